package wiring

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// refuse reports, once for each resource, a key that its maps have twice, and whether there is one. Which of the two a
// program reads differs, so that an edit of one may be an edit of nothing.
func (i *item) refuse(at *report.Path, c *report.Collector) bool {
	if !i.looked {
		i.looked = true
		if path, key := twice(i.Node.YNode(), ""); key != nil {
			i.twice = true
			c.Add(i.finding(report.DuplicateKeyInResource, at, key, "has "+path+" twice in one map", "remove one of them"))
		}
	}
	return i.twice
}

// twice returns the second of two equal keys of a map, the first that there are in the node, and their path.
func twice(node *yaml.Node, path string) (string, *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		for k, element := range node.Content {
			if found, key := twice(element, path+"["+strconv.Itoa(k)+"]"); key != nil {
				return found, key
			}
		}
		return "", nil
	}
	seen := make(map[string]bool, len(node.Content)/2)
	for k := 0; k+1 < len(node.Content); k += 2 {
		key := node.Content[k]
		below := strings.TrimPrefix(path+"."+key.Value, ".")
		if seen[key.Value] {
			return below, key
		}
		seen[key.Value] = true
		if found, key := twice(node.Content[k+1], below); key != nil {
			return found, key
		}
	}
	return "", nil
}
