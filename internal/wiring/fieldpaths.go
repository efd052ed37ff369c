package wiring

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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
		name := w.Secret.Name
		if w.Secret.Final != "" && !w.item.follows(keysOf(path)) {
			name = w.Secret.Final
		}
		if y := node.YNode(); y.Value != name {
			y.Value, y.Tag = name, yaml.NodeTagString
		}
	}
}

// keysOf are the keys of a path, without what picks elements of lists.
func keysOf(path string) []string {
	return slices.DeleteFunc(utils.SmarterPathSplitter(path, "."), func(segment string) bool {
		_, err := strconv.Atoi(segment)
		return err == nil || strings.HasPrefix(segment, "[")
	})
}
