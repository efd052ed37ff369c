package manifests

import (
	"hash/maphash"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// pair is a key of a map with its value.
type pair struct{ key, value *yaml.Node }

// seed is that of all meanings of this process.
var seed = maphash.MakeSeed()

// meanings holds a number for what each node means, equal for nodes that mean the same: with aliases and merge keys
// followed, without regard to style, comments, anchors and the order of keys. It is used for trees that do not
// change.
type meanings map[*yaml.Node]uint64

func (m meanings) of(node *yaml.Node) uint64 {
	node = followed(node)
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
		for _, p := range m.pairs(node) {
			sum += maphash.Comparable(seed, element{m.of(p.key), m.of(p.value)})
		}
	case yaml.SequenceNode:
		for _, child := range node.Content {
			sum = maphash.Comparable(seed, element{sum, m.of(child)})
		}
	}
	m[node] = sum
	return sum
}

// pairs returns the keys of a map: its own, and then those that its merge keys bring and it does not have.
func (m meanings) pairs(node *yaml.Node) []pair {
	return m.merged(node, func(node *yaml.Node) *yaml.Node { return node })
}

// merged returns what pairs does, with each map that is merged replaced by what it is now. One that is nil brings
// none.
func (m meanings) merged(node *yaml.Node, now func(*yaml.Node) *yaml.Node) []pair {
	pairs := make([]pair, 0, len(node.Content)/2)
	var sources []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		if isMerge(node.Content[i]) {
			sources = append(sources, mergeSources(node.Content[i+1])...)
			continue
		}
		pairs = append(pairs, pair{node.Content[i], node.Content[i+1]})
	}
	if len(sources) == 0 {
		return pairs
	}
	has := map[uint64]bool{}
	for _, p := range pairs {
		has[m.of(p.key)] = true
	}
	for _, source := range sources {
		source = now(source)
		if source == nil || source.Kind != yaml.MappingNode {
			continue
		}
		for _, p := range m.pairs(source) {
			if key := m.of(p.key); !has[key] {
				has[key] = true
				pairs = append(pairs, p)
			}
		}
	}
	return pairs
}

// mergeSources returns the maps that the value of a merge key names, aliases followed.
func mergeSources(value *yaml.Node) []*yaml.Node {
	value = followed(value)
	if value.Kind != yaml.SequenceNode {
		return []*yaml.Node{value}
	}
	var sources []*yaml.Node
	for _, element := range value.Content {
		sources = append(sources, followed(element))
	}
	return sources
}

// isMerge reports whether a key is a merge key.
func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.ShortTag() == "!!merge"
}

// Copy returns a copy of a node to edit, with comments and styles. Aliases and merge keys are written out in it, so
// that each place can be edited by itself.
func Copy(node *yaml.Node) *yaml.Node {
	source := followed(node)
	c := *source
	c.Anchor, c.Content = "", make([]*yaml.Node, 0, len(source.Content))
	if source.Kind == yaml.MappingNode {
		for _, p := range (meanings{}).pairs(source) {
			c.Content = append(c.Content, Copy(p.key), Copy(p.value))
		}
		return &c
	}
	for _, child := range source.Content {
		c.Content = append(c.Content, Copy(child))
	}
	return &c
}

// Plain returns a node without aliases: the node itself if it has none, or else a copy (see Copy).
func Plain(node *yaml.Node) *yaml.Node {
	if hasAlias(node) {
		return Copy(node)
	}
	return node
}
