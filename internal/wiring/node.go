package wiring

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// How resources are read.
var (
	field    = yamlnode.Field
	resolved = yamlnode.Resolved
	at       = yamlnode.At
	value    = yamlnode.Value
	elements = yamlnode.Elements
	remove   = yamlnode.Remove
)

// set gives a map's key a value; a key that is there keeps its place and its comments.
func set(node *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			old := node.Content[i+1]
			value.HeadComment, value.LineComment, value.FootComment = old.HeadComment, old.LineComment, old.FootComment
			node.Content[i+1] = value
			return
		}
	}
	node.Content = append(node.Content, text(name), value)
}

// setText gives a scalar under a key a text; one that has it already is left as it is written.
func setText(node *yaml.Node, name, value string) {
	if old := field(node, name); old != nil && old.Kind == yaml.ScalarNode {
		if old.Value != value {
			old.Value, old.Tag = value, yaml.NodeTagString
		}
		return
	}
	set(node, name, text(value))
}

// add appends an element to the list under a key, which it makes where there is none.
func add(node *yaml.Node, name string, element *yaml.Node) {
	list := field(node, name)
	if list == nil || list.Kind != yaml.SequenceNode {
		list = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		set(node, name, list)
	}
	if len(list.Content) == 0 {
		open(node, name, list)
	}
	list.Content = append(list.Content, element)
}

// open has an empty list or map (`[]`, `{}`) take what is added to it on lines of its own. A comment on its line moves above
// it.
func open(node *yaml.Node, name string, empty *yaml.Node) {
	empty.Style = 0
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; key.Value == name && empty.LineComment != "" {
			key.HeadComment = strings.TrimPrefix(key.HeadComment+"\n"+empty.LineComment, "\n")
			empty.LineComment = ""
		}
	}
}

// child is the map under a key, which it makes where there is none.
func child(node *yaml.Node, name string) *yaml.Node {
	if n := field(node, name); n != nil && n.Kind == yaml.MappingNode {
		if len(n.Content) == 0 {
			open(node, name, n)
		}
		return n
	}
	n := mapping()
	set(node, name, n)
	return n
}

// What edits are made of.
var (
	text    = yamlnode.Text
	mapping = yamlnode.Map
)

// visit calls do with every scalar at a path, in which `[]` after a key stands for every element of its list, and with the
// innermost map around the scalar.
func visit(node *yaml.Node, path []string, do func(parent, scalar *yaml.Node)) {
	visitIn(nil, node, path, do)
}

func visitIn(parent, node *yaml.Node, path []string, do func(parent, scalar *yaml.Node)) {
	switch {
	case node == nil:
	case len(path) == 0:
		if node.Kind == yaml.ScalarNode {
			do(parent, node)
		}
	default:
		name, isList := strings.CutSuffix(path[0], "[]")
		next := field(node, name)
		if !isList {
			visitIn(node, next, path[1:], do)
			return
		}
		for _, element := range elements(node, name) {
			around := node
			if element.Kind == yaml.MappingNode {
				around = element
			}
			visitIn(around, element, path[1:], do)
		}
	}
}

// prune takes out of the innermost list on a path the elements that have a text at the rest of it, and says how many. A
// list that becomes empty goes too.
func prune(node *yaml.Node, path []string, text string) int {
	if node == nil || len(path) == 0 {
		return 0
	}
	name, isList := strings.CutSuffix(path[0], "[]")
	if !isList {
		return prune(field(node, name), path[1:], text)
	}
	rest := path[1:]
	innermost := !slices.ContainsFunc(rest, func(s string) bool { return strings.HasSuffix(s, "[]") })
	removed := 0
	list := field(node, name)
	if list == nil || list.Kind != yaml.SequenceNode {
		return 0
	}
	list.Content = slices.DeleteFunc(list.Content, func(element *yaml.Node) bool {
		if !innermost {
			removed += prune(element, rest, text)
			return false
		}
		found := false
		visit(element, rest, func(_, scalar *yaml.Node) { found = found || scalar.Value == text })
		if found {
			removed++
		}
		return found
	})
	if innermost && removed > 0 && len(list.Content) == 0 {
		remove(node, name)
	}
	return removed
}
