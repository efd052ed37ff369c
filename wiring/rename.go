package wiring

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Rename makes every reference to a Secret of a namespace follow it to its new name. Names maps old names to new ones.
func (it *Items) Rename(namespace string, names map[string]string) {
	if len(names) == 0 {
		return
	}
	for _, i := range it.items {
		if i.node == nil || i.namespace != namespace {
			continue
		}
		for _, path := range referencePaths(i.group(), i.kind) {
			stale := false
			visit(i.node.YNode(), path, func(scalar *yaml.Node) {
				to, ok := names[scalar.Value]
				stale = stale || ok && to != scalar.Value
			})
			if !stale {
				continue
			}
			visit(i.edit(), path, func(scalar *yaml.Node) {
				if to, ok := names[scalar.Value]; ok {
					scalar.Value = to
				}
			})
		}
	}
}
