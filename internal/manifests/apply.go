package manifests

import (
	"bytes"
	"encoding/json"
	"sort"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// apply returns the text with all edits made, or nil if two of them are in the same place.
func (s *splicer) apply() []byte {
	s.keepLastBreak()
	sort.SliceStable(s.edits, func(i, j int) bool {
		a, b := s.edits[i], s.edits[j]
		if a.start != b.start {
			return a.start < b.start
		}
		return a.end == a.start && b.end > b.start
	})
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
	for isCollection(last.node) && !isFlow(last.node) && len(last.node.Content) > 0 {
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
	if text == nil || s.doc.json && !json.Valid(bytes.TrimPrefix(text, []byte(bom))) {
		return false
	}
	if s.partsVerified() {
		return true
	}
	if len(split(text)) != 1 {
		return false
	}
	node, err := decode(text)
	if err != nil || node == nil || check(node, len(text)) != nil {
		return false
	}
	return meanings{}.of(node) == s.means.of(edited)
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
		if s.lineStart(at) == at && isMarker(s.text[at:], "...") {
			end = at
			break
		}
	}
	line := s.lineBreak(start)
	var text []byte
	if s.doc.json {
		style := flowStyle{json: true, comma: ", ", colon: ": ", step: "  ", line: line}
		style.multi = bytes.Contains(s.text, []byte("\n"))
		text = []byte(style.text(edited, ""))
	} else {
		for i, one := range (blockStyle{step: 2, quoted: s.quoted}).lines(followed(edited)) {
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
