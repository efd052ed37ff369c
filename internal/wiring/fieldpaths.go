package wiring

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/utils"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// fieldPaths writes a Secret's name into any fields.
type fieldPaths []string

func (f fieldPaths) wire(w *wirer) {
	for i, path := range f {
		at := w.Field.Child("fieldPaths").Index(i)
		if by, taken := w.taken("field "+path, w.Secret.Name); taken {
			w.fail(report.ConflictingUses, at, nil, fmt.Sprintf("gets the field %s from %s too", path, by), "keep one of them")
			continue
		}
		node, err := yaml.NewRNode(w.item.edit()).Pipe(yaml.PathGetter{Path: utils.SmarterPathSplitter(path, "."), Create: yaml.ScalarNode})
		if err != nil || node == nil || node.YNode().Kind != yaml.ScalarNode {
			w.fail(report.NoSuchField, at, nil, fmt.Sprintf("has no field %s that could hold a name", path),
				"write the path to a text, with [name=x] for an element of a list")
			continue
		}
		if y := node.YNode(); y.Value != w.Secret.Name {
			y.Value, y.Tag = w.Secret.Name, yaml.NodeTagString
		}
	}
}
