package yamlnode

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// visit calls do with every scalar at a path, in which `[]` after a key stands for every element of its list.
func visit(node *yaml.Node, path []string, do func(scalar *yaml.Node)) {
	switch {
	case node == nil:
	case len(path) == 0:
		if node.Kind == yaml.ScalarNode {
			do(node)
		}
	default:
		name, isList := strings.CutSuffix(path[0], "[]")
		if !isList {
			visit(Field(node, name), path[1:], do)
			return
		}
		for _, element := range Elements(node, name) {
			visit(element, path[1:], do)
		}
	}
}

// Prune takes out of the innermost list on a path the elements that have a text at the rest of it, and says how many. A
// list that becomes empty goes too.
func Prune(node *yaml.Node, path []string, text string) int {
	if node == nil || len(path) == 0 {
		return 0
	}
	name, isList := strings.CutSuffix(path[0], "[]")
	if !isList {
		return Prune(Field(node, name), path[1:], text)
	}
	rest := path[1:]
	innermost := !slices.ContainsFunc(rest, func(s string) bool { return strings.HasSuffix(s, "[]") })
	removed := 0
	list := Field(node, name)
	if list == nil || list.Kind != yaml.SequenceNode {
		return 0
	}
	list.Content = slices.DeleteFunc(list.Content, func(element *yaml.Node) bool {
		if !innermost {
			removed += Prune(element, rest, text)
			return false
		}
		found := false
		visit(element, rest, func(scalar *yaml.Node) { found = found || scalar.Value == text })
		if found {
			removed++
		}
		return found
	})
	if innermost && removed > 0 && len(list.Content) == 0 {
		Remove(node, name)
	}
	return removed
}
