package yamlnode

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Set gives a map's key a value; a key that is there keeps its place and its comments.
func Set(node *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			old := node.Content[i+1]
			value.HeadComment, value.LineComment, value.FootComment = old.HeadComment, old.LineComment, old.FootComment
			node.Content[i+1] = value
			return
		}
	}
	node.Content = append(node.Content, Text(name), value)
}

// SetText gives a scalar under a key a text; one that has it already is left as it is written.
func SetText(node *yaml.Node, name, value string) {
	if old := Field(node, name); old != nil && old.Kind == yaml.ScalarNode {
		if old.Value != value {
			old.Value, old.Tag = value, yaml.NodeTagString
		}
		return
	}
	Set(node, name, Text(value))
}

// Append appends an element to the list under a key, which it makes where there is none.
func Append(node *yaml.Node, name string, element *yaml.Node) {
	list := Field(node, name)
	if list == nil || list.Kind != yaml.SequenceNode {
		list = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		Set(node, name, list)
	}
	if len(list.Content) == 0 {
		open(node, name, list)
	}
	list.Content = append(list.Content, element)
}

// open has an empty list or map (`[]`, `{}`) take what is added to it on lines of its own. A comment on its line moves
// above it.
func open(node *yaml.Node, name string, empty *yaml.Node) {
	empty.Style = 0
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; key.Value == name && empty.LineComment != "" {
			key.HeadComment = strings.TrimPrefix(key.HeadComment+"\n"+empty.LineComment, "\n")
			empty.LineComment = ""
		}
	}
}

// MapAt returns the map under a key, which it makes where there is none.
func MapAt(node *yaml.Node, name string) *yaml.Node {
	if n := Field(node, name); n != nil && n.Kind == yaml.MappingNode {
		if len(n.Content) == 0 {
			open(node, name, n)
		}
		return n
	}
	n := Map()
	Set(node, name, n)
	return n
}
