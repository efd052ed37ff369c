package yamlnode

import "sigs.k8s.io/kustomize/kyaml/yaml"

// AliasesMultiply reports whether a YAML node has more than limit nodes once its aliases are written out: the mark of a
// document made to exhaust memory. A node that contains itself always has.
func AliasesMultiply(node *yaml.Node, limit int) bool {
	known := map[*yaml.Node]int{}
	var size func(*yaml.Node) int
	size = func(node *yaml.Node) int {
		if node == nil {
			return 0
		}
		if n, ok := known[node]; ok {
			return n
		}
		known[node] = limit // until it is counted: a node that contains itself is larger
		n := 1
		if node.Kind == yaml.AliasNode {
			n += size(node.Alias)
		}
		for _, child := range node.Content {
			n = min(n+size(child), limit+1)
		}
		known[node] = n
		return n
	}
	return size(node) > limit
}
