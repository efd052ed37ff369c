package yamlnode

import (
	"hash/maphash"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Pair is a key of a map with its value.
type Pair struct{ Key, Value *yaml.Node }

// seed is that of all meanings of this process.
var seed = maphash.MakeSeed()

// Meanings holds a number for what each node means, equal for nodes that mean the same: with aliases and merge keys
// followed, without regard to style, comments, anchors and the order of keys. It is used for trees that do not
// change.
type Meanings map[*yaml.Node]uint64

// Of returns the number of a node.
func (m Meanings) Of(node *yaml.Node) uint64 {
	node = Resolved(node)
	type scalar struct {
		kind       yaml.Kind
		tag, value string
	}
	type element struct{ before, next uint64 }
	tag := node.ShortTag()
	if node.Kind == yaml.ScalarNode { // cheaper than to remember it
		text := node.Value
		switch tag {
		case yaml.NodeTagNull:
			text = ""
		case yaml.NodeTagBool:
			text = strings.ToLower(text)
		}
		return maphash.Comparable(seed, scalar{node.Kind, tag, text})
	}
	if known, ok := m[node]; ok {
		return known
	}
	sum := maphash.Comparable(seed, scalar{kind: node.Kind, tag: tag})
	switch node.Kind {
	case yaml.MappingNode:
		for _, p := range m.Pairs(node) {
			sum += maphash.Comparable(seed, element{m.Of(p.Key), m.Of(p.Value)})
		}
	case yaml.SequenceNode:
		for _, child := range node.Content {
			sum = maphash.Comparable(seed, element{sum, m.Of(child)})
		}
	}
	m[node] = sum
	return sum
}

// Pairs returns the keys of a map: its own, and then those that its merge keys bring and it does not have.
func (m Meanings) Pairs(node *yaml.Node) []Pair {
	return m.Merged(node, func(node *yaml.Node) *yaml.Node { return node })
}

// Merged returns what pairs does, with each map that is merged replaced by what it is now. One that is nil brings
// none.
func (m Meanings) Merged(node *yaml.Node, now func(*yaml.Node) *yaml.Node) []Pair {
	pairs := make([]Pair, 0, len(node.Content)/2)
	var sources []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		if IsMerge(node.Content[i]) {
			sources = append(sources, MergeSources(node.Content[i+1])...)
			continue
		}
		pairs = append(pairs, Pair{node.Content[i], node.Content[i+1]})
	}
	if len(sources) == 0 {
		return pairs
	}
	has := map[uint64]bool{}
	for _, p := range pairs {
		has[m.Of(p.Key)] = true
	}
	for _, source := range sources {
		source = now(source)
		if source == nil || source.Kind != yaml.MappingNode {
			continue
		}
		for _, p := range m.Pairs(source) {
			if key := m.Of(p.Key); !has[key] {
				has[key] = true
				pairs = append(pairs, p)
			}
		}
	}
	return pairs
}

// MergeSources returns the maps that the value of a merge key names, aliases followed.
func MergeSources(value *yaml.Node) []*yaml.Node {
	value = Resolved(value)
	if value.Kind != yaml.SequenceNode {
		return []*yaml.Node{value}
	}
	var sources []*yaml.Node
	for _, element := range value.Content {
		sources = append(sources, Resolved(element))
	}
	return sources
}

// IsMerge reports whether a key is a merge key.
func IsMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.ShortTag() == "!!merge"
}

// Copy returns a copy of a node to edit, with comments and styles. Aliases and merge keys are written out in it, so
// that each place can be edited by itself.
func Copy(node *yaml.Node) *yaml.Node {
	source := Resolved(node)
	c := *source
	c.Anchor, c.Content = "", make([]*yaml.Node, 0, len(source.Content))
	if source.Kind == yaml.MappingNode {
		for _, p := range (Meanings{}).Pairs(source) {
			c.Content = append(c.Content, Copy(p.Key), Copy(p.Value))
		}
		return &c
	}
	for _, child := range source.Content {
		c.Content = append(c.Content, Copy(child))
	}
	return &c
}

// Plain returns a node without aliases and merge keys: the node itself if it has none, or else a copy (see Copy).
func Plain(node *yaml.Node) *yaml.Node {
	if HasAlias(node) || hasMerge(node) {
		return Copy(node)
	}
	return node
}

// hasMerge reports whether a tree has a merge key, whose map may be written behind it: `<<: {a: b}`.
func hasMerge(node *yaml.Node) bool {
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 && IsMerge(child) ||
			hasMerge(child) {
			return true
		}
	}
	return false
}

// IsCollection reports whether a node is a map or a list.
func IsCollection(node *yaml.Node) bool {
	return node.Kind == yaml.MappingNode || node.Kind == yaml.SequenceNode
}

// IsFlow reports whether a collection is written in braces or brackets.
func IsFlow(node *yaml.Node) bool { return node.Style&yaml.FlowStyle != 0 }

// HasAlias reports whether a tree has an alias.
func HasAlias(node *yaml.Node) bool {
	if node.Kind == yaml.AliasNode {
		return true
	}
	for _, child := range node.Content {
		if HasAlias(child) {
			return true
		}
	}
	return false
}

// Equal reports whether two nodes mean the same.
func (m Meanings) Equal(a, b *yaml.Node) bool { return a == b || m.Of(a) == m.Of(b) }

// IsImplicitNull reports whether a node has no text, as the value of `key:`.
func IsImplicitNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.Value == "" && node.Style == 0 && node.Anchor == "" &&
		(node.Tag == "" || node.Tag == yaml.NodeTagNull)
}
