package splice

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// diffMap edits the keys of a map.
func (s *splicer) diffMap(p *place, edited *yaml.Node) {
	entries, want := s.list(p), s.means.Pairs(edited)
	wanted := make(map[uint64]*yaml.Node, len(want))
	for _, w := range want {
		wanted[s.means.Of(w.Key)] = w.Value
	}
	kept := make([]bool, len(entries))
	own := map[uint64]int{}
	for i, e := range entries {
		if yamlnode.IsMerge(e.key.node) {
			continue
		}
		own[s.means.Of(e.key.node)] = i
		value, found := wanted[s.means.Of(e.key.node)]
		if kept[i] = found; found {
			s.diff(e.value, value)
			continue
		}
		s.lose(e.key.node)
		s.lose(e.value.node)
	}
	inherited, writeOut := s.inherited(p.node, wanted) // now that it is known what became of the map's own keys
	last := -1
	for i, e := range entries {
		if yamlnode.IsMerge(e.key.node) {
			if kept[i] = !writeOut; writeOut {
				s.lose(e.value.node)
			}
		}
		if kept[i] {
			last = i
		}
	}
	if last < 0 {
		s.replace(p, edited)
		return
	}
	s.addKeys(p, want, func(w yamlnode.Pair) (int, bool) {
		key := s.means.Of(w.Key)
		if i, ok := own[key]; ok {
			return i, false
		}
		value, ok := inherited[key]
		return last, !ok || writeOut || !s.means.Equal(value, w.Value)
	}, last, inherited != nil)
	s.remove(p, kept)
}

// addKeys inserts the keys that are new, each behind the key it follows in the edited map, or behind the last.
func (s *splicer) addKeys(
	p *place, want []yamlnode.Pair, isNew func(yamlnode.Pair) (int, bool), last int, merged bool,
) {
	behind := -1
	added := map[int][]*yaml.Node{}
	var order []int
	for _, w := range want {
		i, add := isNew(w)
		if !add {
			behind = i
			continue
		}
		if behind < 0 || merged {
			behind = last
		}
		if added[behind] == nil {
			order = append(order, behind)
		}
		added[behind] = append(added[behind], w.Key, w.Value)
	}
	for _, i := range order {
		nodes := added[i]
		var keys, values []*yaml.Node
		for j := 0; j < len(nodes); j += 2 {
			keys, values = append(keys, nodes[j]), append(values, nodes[j+1])
		}
		s.insert(p, i, values, keys)
	}
}

// inherited returns what the merge keys of a map bring now, nil if it has none, and whether they have to be written
// out: because they bring what is not wanted, or what they name is gone.
func (s *splicer) inherited(node *yaml.Node, wanted map[uint64]*yaml.Node) (map[uint64]*yaml.Node, bool) {
	var brings map[uint64]*yaml.Node
	writeOut := false
	own := map[uint64]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if !yamlnode.IsMerge(node.Content[i]) {
			own[s.means.Of(node.Content[i])] = true
			continue
		}
		brings = map[uint64]*yaml.Node{}
		for _, source := range yamlnode.MergeSources(node.Content[i+1]) {
			writeOut = writeOut || s.current(source) == nil
		}
	}
	if brings == nil {
		return nil, false
	}
	for _, p := range s.means.Merged(node, s.current) {
		key := s.means.Of(p.Key)
		if own[key] {
			continue
		}
		brings[key] = p.Value
		if _, ok := wanted[key]; !ok {
			writeOut = true
		}
	}
	return brings, writeOut
}
