package manifests

import (
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// maxNodes is how many nodes a document may have once its aliases are written out. A long document may have as many
// as it has bytes, which only aliases can exceed.
const maxNodes = 1_000_000

// CheckAliases refuses documents whose aliases multiply.
func CheckAliases(node *yaml.Node, size int) error {
	if yamlnode.HasAlias(node) && yamlnode.AliasesMultiply(node, max(maxNodes, size)) {
		return &Error{Line: node.Line, Column: node.Column,
			Problem: "the YAML aliases of the document multiply to more than it could hold"}
	}
	return nil
}

// CheckKeys returns an *Error if a node or one in it holds a key twice.
func CheckKeys(node *yaml.Node) error { return checkKeys(node, yamlnode.Meanings{}) }

// checkKeys is CheckKeys with the meanings of keys that are collections, which may be keys of one another.
func checkKeys(node *yaml.Node, means yamlnode.Meanings) error {
	if node.Kind == yaml.MappingNode {
		if err := checkMap(node, means); err != nil {
			return err
		}
	}
	for _, child := range node.Content {
		if err := checkKeys(child, means); err != nil {
			return err
		}
	}
	return nil
}

func checkMap(node *yaml.Node, means yamlnode.Meanings) error {
	if len(node.Content) <= 2 {
		return nil
	}
	type id struct{ tag, value string }
	if len(node.Content) < 2*fewKeys && areScalarKeys(node) {
		return checkFew(node)
	}
	seen := make(map[id]bool, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := yamlnode.Resolved(node.Content[i])
		k, name := id{key.ShortTag(), key.Value}, strconv.Quote(key.Value)
		if key.Kind != yaml.ScalarNode {
			k.value, name = strconv.FormatUint(means.Of(key), 16), "that is a collection"
		}
		if seen[k] {
			return errTwice(node.Content[i], name)
		}
		seen[k] = true
	}
	return nil
}

// fewKeys is how many keys it takes for a table of them to cost less than comparing each with each.
const fewKeys = 12

func areScalarKeys(node *yaml.Node) bool {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Kind != yaml.ScalarNode {
			return false
		}
	}
	return true
}

// checkFew is checkMap for a map of few keys, all of them scalars.
func checkFew(node *yaml.Node) error {
	for i := 2; i+1 < len(node.Content); i += 2 {
		for j := 0; j < i; j += 2 {
			a, b := node.Content[i], node.Content[j]
			if a.Value == b.Value && a.ShortTag() == b.ShortTag() {
				return errTwice(a, strconv.Quote(a.Value))
			}
		}
	}
	return nil
}

func errTwice(key *yaml.Node, name string) error {
	return &Error{Line: key.Line, Column: key.Column, Problem: "the key " + name + " is in its map twice; remove one"}
}
