package wiring

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// Dangling reports the fields of pods that ask for a key that a Secret does not have, unless they call it optional.
func (x *Index) Dangling(owner *report.Path, namespace string, secret Secret, c *report.Collector) {
	for _, i := range x.byName[secret.Name] {
		if i.podPath == "" || i.namespace != namespace {
			continue
		}
		pod := at(i.node.YNode(), i.podPath)
		ask := func(where string, ref *yaml.Node, key string) {
			if missing := secret.missing(owner, key); missing != nil && value(ref, "optional") != "true" {
				missing.Message = fmt.Sprintf("%s, %s: %s", i, where, missing.Message)
				missing.Place = i.place(ref)
				c.Add(missing)
			}
		}
		for _, list := range containerLists {
			for _, container := range elements(pod, list) {
				for _, e := range elements(container, "env") {
					if ref := at(e, "valueFrom.secretKeyRef"); value(ref, "name") == secret.Name {
						ask(fmt.Sprintf("container %s, variable %s", value(container, "name"), value(e, "name")), ref, value(ref, "key"))
					}
				}
			}
		}
		for _, volume := range elements(pod, "volumes") {
			refs := []*yaml.Node{field(volume, "secret")}
			for _, source := range elements(field(volume, "projected"), "sources") {
				refs = append(refs, field(source, "secret"))
			}
			for _, ref := range refs {
				if value(ref, "secretName") != secret.Name && value(ref, "name") != secret.Name {
					continue
				}
				for _, item := range elements(ref, "items") {
					ask("volume "+value(volume, "name"), ref, value(item, "key"))
				}
			}
		}
	}
}
