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
		i.keysAsked(at(i.node.YNode(), i.podPath), secret.Name, func(where string, ref *yaml.Node, key string) {
			missing := secret.missing(owner, key)
			if missing == nil || value(ref, "optional") == "true" {
				return
			}
			missing.Message = fmt.Sprintf("%s, %s: %s", i, where, missing.Message)
			missing.Place = i.place(ref)
			c.Add(missing)
		})
	}
}

// keysAsked calls do with every key that a pod asks a Secret of a name for.
func (i *item) keysAsked(pod *yaml.Node, name string, do func(where string, ref *yaml.Node, key string)) {
	for _, list := range containerLists {
		for _, container := range elements(pod, list) {
			for _, e := range elements(container, "env") {
				if ref := at(e, "valueFrom.secretKeyRef"); value(ref, "name") == name {
					do(fmt.Sprintf("container %s, variable %s", value(container, "name"), value(e, "name")), ref, value(ref, "key"))
				}
			}
		}
	}
	for _, volume := range elements(pod, "volumes") {
		for _, ref := range secretsOf(volume) {
			if value(ref, "secretName") != name && value(ref, "name") != name {
				continue
			}
			for _, item := range elements(ref, "items") {
				do("volume "+value(volume, "name"), ref, value(item, "key"))
			}
		}
	}
}

// secretsOf are the parts of a volume that name a Secret whose keys are files.
func secretsOf(volume *yaml.Node) []*yaml.Node {
	refs := []*yaml.Node{field(volume, "secret")}
	for _, source := range elements(field(volume, "projected"), "sources") {
		refs = append(refs, field(source, "secret"))
	}
	return refs
}
