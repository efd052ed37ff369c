package yamlnode

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// LastApplied is the annotation in which kubectl keeps what was applied: of a Secret, its values too.
const LastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Field returns the value of a map's key, or nil. It sees through aliases.
func Field(node *yaml.Node, name string) *yaml.Node {
	if node = Resolved(node); node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return Resolved(node.Content[i+1])
		}
	}
	return nil
}

// Resolved returns the node that an alias stands for, or the node itself.
func Resolved(node *yaml.Node) *yaml.Node {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

// At returns the node at a path of keys with dots between them, or nil.
func At(node *yaml.Node, path string) *yaml.Node {
	for more := true; more && node != nil; {
		var name string
		name, path, more = strings.Cut(path, ".")
		node = Field(node, name)
	}
	return node
}

// Value returns the text of the scalar at a path of keys, or "" if there is none or it is null.
func Value(node *yaml.Node, path string) string {
	if n := At(node, path); n != nil && n.Kind == yaml.ScalarNode && n.Tag != yaml.NodeTagNull {
		return n.Value
	}
	return ""
}

// Elements returns the elements of the list under a key. It sees through aliases.
func Elements(node *yaml.Node, name string) []*yaml.Node {
	list := Field(node, name)
	if list == nil || list.Kind != yaml.SequenceNode {
		return nil
	}
	if !slices.ContainsFunc(list.Content, func(e *yaml.Node) bool { return e.Kind == yaml.AliasNode }) {
		return list.Content
	}
	var out []*yaml.Node
	for _, e := range list.Content {
		out = append(out, Resolved(e))
	}
	return out
}

// Keys returns the keys of a map, in its order.
func Keys(node *yaml.Node) []string {
	if node = Resolved(node); node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	var keys []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		keys = append(keys, node.Content[i].Value)
	}
	return keys
}

// Remove takes a key out of a map.
func Remove(node *yaml.Node, name string) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			node.Content = slices.Delete(node.Content, i, i+2)
			return
		}
	}
}
