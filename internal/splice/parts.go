package splice

import (
	"slices"
	"sort"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// isTop reports whether a node is the value of the document or its list of items.
func (s *splicer) isTop(p *place) bool {
	return p != nil && (p.node == s.doc.Node || p.node == s.known.list)
}

// partsVerified reports whether each item and each field that was edited means what it should, by itself. It spares
// reading a long list a second time for one item. If it reports false, the whole document is to be verified.
func (s *splicer) partsVerified() bool {
	if s.known == nil || len(s.live) > 0 || len(s.forced) > 0 || s.doc.JSON() || yamlnode.IsFlow(s.doc.Node) {
		return false
	}
	parts, inside := map[*place]bool{}, 0
	for _, e := range s.edits {
		p := e.owner
		if s.isTop(p) {
			if !s.topVerified(e) {
				return false
			}
			continue
		}
		for p != nil && !s.isTop(p.parent) {
			p = p.parent
		}
		if p == nil || s.inFlow(p.parent) {
			return false
		}
		parts[p] = true
		inside++
	}
	for p := range parts {
		edits, is := s.partVerified(p)
		if !is {
			return false
		}
		inside -= edits
	}
	return inside == 0
}

// topVerified reports whether entries of the list of items, or of the map around it, were taken out, or were added
// and mean what they should.
func (s *splicer) topVerified(e edit) bool {
	if e.added == nil {
		return e.text == "" && !yamlnode.IsFlow(e.owner.node)
	}
	if !slices.ContainsFunc(e.added, func(p yamlnode.Pair) bool { return p.Key != nil || !isSimple(p.Value) }) {
		return true
	}
	node, err := manifests.Decode([]byte(strings.TrimLeft(e.text, "\r\n") + "\n"))
	return err == nil && node != nil && s.meansEntries(node, e.added)
}

// isSimple reports whether a node's text cannot be read otherwise than it is meant, so that reading it again is spared:
// maps and lists of texts on one line, without comments, anchors and tags of their own. Most Secrets are such.
func isSimple(node *yaml.Node) bool {
	if node.HeadComment != "" || node.LineComment != "" || node.FootComment != "" || node.Anchor != "" || yamlnode.IsFlow(node) {
		return false
	}
	switch node.Kind {
	case yaml.ScalarNode:
		return node.Tag == yaml.NodeTagString && node.Value != "" && !strings.ContainsFunc(node.Value, isUncommon)
	case yaml.MappingNode, yaml.SequenceNode:
		return len(node.Content) > 0 && !slices.ContainsFunc(node.Content, func(n *yaml.Node) bool { return !isSimple(n) })
	default:
		return false
	}
}

// isUncommon reports whether a character is not one of those of names and of base64.
func isUncommon(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("./-_+=", r))
}

// partVerified reports whether an entry of the list of items, or of the map around it, means what it should after the
// edits, and returns how many it has.
func (s *splicer) partVerified(p *place) (edits int, is bool) {
	entry := entryOf(s.list(p.parent), p)
	column := s.column(entry.start)
	start, end := entry.start, s.tail(p.end, column)
	text := []byte(strings.Repeat(" ", column))
	at := start
	first := sort.Search(len(s.edits), func(i int) bool { return s.edits[i].start >= start })
	for _, e := range s.edits[first:] {
		if e.start > end {
			break
		}
		if s.isTop(e.owner) {
			continue
		}
		edits++
		text = append(append(text, s.text[at:e.start]...), e.text...)
		at = e.end
	}
	if at > end {
		return 0, false
	}
	text = append(append(text, s.text[at:end]...), s.lineBreak(end)...)
	node, err := manifests.Decode(text)
	want := yamlnode.Pair{Value: s.targets[p]}
	if entry.key != nil {
		want.Key = entry.key.node
	}
	return edits, err == nil && node != nil && s.meansEntries(node, []yamlnode.Pair{want})
}

// entryOf returns the entry that has a value. The entries are in the order of the text.
func entryOf(entries []entry, value *place) entry {
	return entries[sort.Search(len(entries), func(i int) bool { return entries[i].value.start >= value.start })]
}

// meansEntries reports whether a collection means just some entries. The key of a list's element is nil.
func (s *splicer) meansEntries(node *yaml.Node, entries []yamlnode.Pair) bool {
	want := &yaml.Node{Kind: yaml.SequenceNode}
	for _, e := range entries {
		if e.Key != nil {
			want.Kind = yaml.MappingNode
			want.Content = append(want.Content, e.Key)
		}
		want.Content = append(want.Content, e.Value)
	}
	return node.Kind == want.Kind && manifests.CheckAliases(node, 0) == nil && manifests.CheckKeys(node) == nil &&
		yamlnode.Meanings{}.Of(node) == s.means.Of(want)
}
