package splice

import (
	"bytes"
	"encoding/json"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
)

// apply returns the text with all edits made, or nil if two of them are in the same place.
func (s *splicer) apply() []byte {
	s.keepLastBreak()
	s.makeRoom()
	slices.SortStableFunc(s.edits, func(a, b edit) int { return a.start - b.start })
	size := len(s.text)
	for _, e := range s.edits {
		size += len(e.text)
	}
	out := make([]byte, 0, size)
	at := 0
	for _, e := range s.edits {
		if e.start < at || e.end < e.start {
			return nil
		}
		out = append(append(out, s.text[at:e.start]...), e.text...)
		at = e.end
	}
	out = append(out, s.text[at:]...)
	if at == len(s.text) && !endsInBreak(s.text) {
		out = bytes.TrimSuffix(bytes.TrimSuffix(out, []byte("\n")), []byte("\r"))
	}
	return out
}

// makeRoom has lines that are removed take the line break before them with them, and not the one behind, where text is
// inserted at their end.
func (s *splicer) makeRoom() {
	taken := map[int]bool{} // where an insertion, or what made room for one, begins
	for _, e := range s.edits {
		if e.start == e.end && e.text != "" {
			taken[e.start] = true
		}
	}
	for i := range slices.Backward(s.edits) { // lines that are removed one after the other make room for the last
		e := &s.edits[i]
		end := s.breakBefore(e.end)
		if e.text != "" || e.start == e.end || !taken[end] || s.breakBefore(e.start) == e.start {
			continue
		}
		e.start, e.end = s.breakBefore(e.start), end
		taken[e.start] = true
	}
}

// breakBefore returns where the line break before an offset begins, or the offset if there is none.
func (s *splicer) breakBefore(at int) int {
	for _, size := range []int{2, 1} {
		if at >= size && yamltext.BreakAt(s.text, at-size) == size {
			return at - size
		}
	}
	return at
}

func endsInBreak(text []byte) bool {
	return len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == '\r')
}

// keepLastBreak keeps the value of a block scalar that ends with the file, without a line break, and is to be
// followed by lines: it is marked to have none.
func (s *splicer) keepLastBreak() {
	if endsInBreak(s.text) {
		return
	}
	added := false
	for _, e := range s.edits {
		added = added || e.start == len(s.text)
	}
	if !added || s.forced[s.doc.Node] {
		return
	}
	last := s.root()
	for yamlnode.IsCollection(last.node) && !yamlnode.IsFlow(last.node) && len(last.node.Content) > 0 {
		entries := s.list(last)
		last = entries[len(entries)-1].value
	}
	if last.node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 || last.end != len(s.text) {
		return
	}
	for _, e := range s.edits {
		if e.start < last.end && e.end > last.body {
			return
		}
	}
	if b := s.blockScalar(last.body, last.indent); b.chomp != '-' && b.end >= b.first {
		s.chomp(last, b, true)
	}
}

// verified reports whether a text means what it should.
func (s *splicer) verified(text []byte, edited *yaml.Node) bool {
	if text == nil || s.doc.JSON() && !json.Valid(bytes.TrimPrefix(text, []byte(yamltext.BOM))) {
		return false
	}
	return s.partsVerified() || s.wholeVerified(text, edited)
}

// wholeVerified is verified for a text that is read as a whole.
func (s *splicer) wholeVerified(text []byte, edited *yaml.Node) bool {
	if len(manifests.Split(text)) != 1 {
		return false
	}
	node, err := manifests.Decode(text)
	if err != nil || node == nil || manifests.CheckAliases(node, len(text)) != nil ||
		s.doc.Twice() == nil && manifests.CheckKeys(node) != nil {
		return false
	}
	return yamlnode.Meanings{}.Of(node) == s.means.Of(edited)
}

// widen forces the nodes that were edited to be printed anew, or those around them that were not yet.
func (s *splicer) widen() map[*yaml.Node]bool {
	forced := map[*yaml.Node]bool{}
	for node := range s.forced {
		forced[node] = true
	}
	if len(s.edits) == 0 {
		forced[s.doc.Node] = true
	}
	for _, e := range s.edits {
		p := e.owner
		for p != nil && s.forced[p.node] {
			p = p.parent
		}
		if p == nil {
			forced[s.doc.Node] = true
			continue
		}
		forced[p.node] = true
	}
	return forced
}

// reprintDocument writes the value of the document anew.
func (s *splicer) reprintDocument(edited *yaml.Node) {
	start, end := 0, len(s.text)
	func() {
		defer func() {
			if r := recover(); r != nil {
				if _, lost := r.(misplaced); !lost {
					panic(r)
				}
			}
		}()
		start = s.offset(s.doc.Node)
	}()
	for at := start; at < len(s.text); at = s.lineNext(at) {
		if s.lineStart(at) == at && yamltext.IsMarker(s.text[at:], "...") {
			end = at
			break
		}
	}
	line := s.lineBreak(start)
	var text []byte
	if s.doc.JSON() {
		style := yamltext.FlowStyle{JSON: true, Comma: ", ", Colon: ": ", Step: "  ", Line: line}
		style.Multi = bytes.Contains(s.text, []byte("\n"))
		text = []byte(style.Text(edited, ""))
	} else {
		style := yamltext.BlockStyle{Step: 2, Quoted: s.quoted}
		for i, one := range style.Lines(withoutHead(s.doc.Node, yamlnode.Resolved(edited))) {
			if i > 0 {
				text = append(text, line...)
			}
			text = append(text, one...)
		}
	}
	if endsInBreak(s.text[:end]) {
		text = append(text, line...)
	}
	s.reprinted = []*yaml.Node{s.doc.Node}
	s.edits = []edit{{start: start, end: end, text: string(text)}}
}
