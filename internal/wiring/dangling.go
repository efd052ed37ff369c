package wiring

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
)

// Dangling reports the fields of pods that ask for a key that a Secret does not have, unless they call it optional.
func (x *Index) Dangling(owner *report.Path, namespace string, secret Secret, c *report.Collector) {
	for _, i := range x.byName[secret.Name] {
		if i.podPath == "" || i.Namespace != namespace {
			continue
		}
		if x.asked[i] == nil {
			x.asked[i] = keysAsked(at(i.Node.YNode(), i.podPath))
		}
		for _, asked := range x.asked[i][secret.Name] {
			missing := secret.missing(owner, asked.key)
			if missing == nil || value(asked.ref, "optional") == "true" {
				continue
			}
			missing.Message = fmt.Sprintf("%s, %s: %s", i, asked.where(), missing.Message)
			missing.Place = i.place(asked.ref)
			c.Add(missing)
		}
	}
}

// askedKey is a key that a pod asks a Secret for: in a variable of a container, or in a volume.
type askedKey struct {
	container, variable, volume string
	ref                         *yaml.Node
	key                         string
	inVolume                    bool
}

func (a askedKey) where() string {
	if a.inVolume {
		return "volume " + a.volume
	}
	return fmt.Sprintf("container %s, variable %s", a.container, a.variable)
}

// keysAsked returns every key that a pod asks for, by the name of the Secret.
func keysAsked(pod *yaml.Node) map[string][]askedKey {
	asked := map[string][]askedKey{}
	add := func(name string, key askedKey) { asked[name] = append(asked[name], key) }
	for _, list := range references.ContainerLists {
		for _, container := range elements(pod, list) {
			for _, e := range elements(container, "env") {
				if ref := at(e, "valueFrom.secretKeyRef"); ref != nil {
					add(value(ref, "name"), askedKey{container: value(container, "name"), variable: value(e, "name"),
						ref: ref, key: value(ref, "key")})
				}
			}
		}
	}
	for _, volume := range elements(pod, "volumes") {
		for _, ref := range secretsOf(volume) {
			for _, item := range elements(ref, "items") {
				key := askedKey{inVolume: true, volume: value(volume, "name"), ref: ref, key: value(item, "key")}
				name, other := value(ref, "secretName"), value(ref, "name")
				add(name, key)
				if other != name {
					add(other, key)
				}
			}
		}
	}
	return asked
}

// secretsOf are the parts of a volume that name a Secret whose keys are files.
func secretsOf(volume *yaml.Node) []*yaml.Node {
	refs := []*yaml.Node{field(volume, "secret")}
	for _, source := range elements(field(volume, "projected"), "sources") {
		refs = append(refs, field(source, "secret"))
	}
	return refs
}
