package manifests

import (
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// maxNodes is how many nodes a document may have once its aliases are written out. A long document may have as many
// as it has bytes, which only aliases can exceed.
const maxNodes = 1_000_000

// check refuses documents that hold a key twice or whose aliases multiply.
func check(node *yaml.Node, size int) error {
	if hasAlias(node) && aliasesMultiply(node, max(maxNodes, size)) {
		return &Error{Line: node.Line, Column: node.Column,
			Problem: "the YAML aliases of the document multiply to more than it could hold"}
	}
	return checkKeys(node)
}

// hasAlias reports whether a tree has an alias.
func hasAlias(node *yaml.Node) bool {
	if node.Kind == yaml.AliasNode {
		return true
	}
	for _, child := range node.Content {
		if hasAlias(child) {
			return true
		}
	}
	return false
}

// aliasesMultiply reports whether a tree has more than limit nodes once its aliases are written out: the mark of a
// document made to exhaust memory. A node that contains itself always has.
func aliasesMultiply(node *yaml.Node, limit int) bool {
	known := map[*yaml.Node]int{}
	var size func(*yaml.Node) int
	size = func(node *yaml.Node) int {
		if n, ok := known[node]; ok {
			return n
		}
		known[node] = limit + 1 // until it is counted: a node that contains itself has no end
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

// checkKeys refuses maps that hold a key twice.
func checkKeys(node *yaml.Node) error {
	if node.Kind == yaml.MappingNode {
		if err := checkMap(node); err != nil {
			return err
		}
	}
	for _, child := range node.Content {
		if err := checkKeys(child); err != nil {
			return err
		}
	}
	return nil
}

func checkMap(node *yaml.Node) error {
	type id struct{ tag, value string }
	var seen map[id]bool
	if len(node.Content) > 2 {
		seen = make(map[id]bool, len(node.Content)/2)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := followed(node.Content[i])
		k, name := id{key.ShortTag(), key.Value}, strconv.Quote(key.Value)
		if key.Kind != yaml.ScalarNode {
			k.value, name = strconv.FormatUint(meanings{}.of(key), 16), "that is a collection"
		}
		if seen[k] {
			at := node.Content[i]
			return &Error{Line: at.Line, Column: at.Column, Problem: "the key " + name +
				" is in its map twice; remove one"}
		}
		if seen != nil {
			seen[k] = true
		}
	}
	return nil
}

// followed returns the node that an alias stands for, or the node itself.
func followed(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}
