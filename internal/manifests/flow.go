package manifests

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// insertFlow adds entries behind one in a flow collection, or before all for -1.
func (s *splicer) insertFlow(p *place, behind int, values, keys []*yaml.Node) {
	if !s.has(p.body, "{") && !s.has(p.body, "[") {
		panic(misplaced{}) // [a: b]
	}
	entries, style := s.list(p), s.flowStyle(p)
	parts := make([]string, len(values))
	for i, value := range values {
		if keys != nil {
			parts[i] = style.pair(pair{keys[i], value}, style.indent)
		} else {
			parts[i] = style.text(value, style.indent)
		}
	}
	between := style.comma
	ownLines := s.isFirst(entries[len(entries)-1].start)
	if ownLines {
		between = "," + style.line + style.indent
	}
	text := strings.Join(parts, between)
	if behind < 0 {
		s.change(p, entries[0].start, entries[0].start, text+between)
		return
	}
	at := entries[behind].value.end
	if comma := s.trivia(at); ownLines && s.has(comma, ",") {
		at = comma // a comment may be behind the comma
	}
	if c := s.comment(at); ownLines && c < s.lineEnd(at) {
		s.flowBehindComment(p, at, text, style)
		return
	}
	s.change(p, at, at, between+text)
}

// flowBehindComment adds entries to a flow collection below a line that has a comment.
func (s *splicer) flowBehindComment(p *place, at int, text string, style flowStyle) {
	end := s.lineEnd(at)
	if s.has(at, ",") {
		s.change(p, end, end, style.line+style.indent+text+",")
		return
	}
	s.change(p, at, at, ",")
	s.change(p, end, end, style.line+style.indent+text)
}

// removeFlow takes out the entries of a flow collection that are not kept. At least one is.
func (s *splicer) removeFlow(p *place, kept []bool) {
	entries := s.list(p)
	survivor := -1
	for i := range entries {
		switch {
		case kept[i]:
			survivor = i
		case survivor >= 0:
			s.change(p, max(entries[i-1].value.end, entries[i-1].value.mark+1), entries[i].value.end, "")
		default:
			s.change(p, entries[i].start, entries[i+1].start, "")
		}
	}
}

// replaceFlow writes a node inside a flow collection, or one of JSON, anew.
func (s *splicer) replaceFlow(p *place, edited *yaml.Node) {
	from, before := s.from(p, edited)
	edited = s.withoutTag(p, from, edited)
	around := p
	if p.parent != nil {
		around = p.parent
	}
	style := s.flowStyle(around)
	end := p.end
	if isImplicitNull(p.node) {
		before = " "
		if s.has(end, " ") {
			end++ // `{a: }`
		}
		if p.mark < 0 && p.parent.node.Kind == yaml.MappingNode {
			before = ": "
		}
	}
	if p.node.Kind != yaml.AliasNode && isFlow(p.node) && len(p.node.Content) > 0 {
		style.multi = style.json && s.line(p.body) != s.line(p.end)
	}
	s.change(p, from, end, before+style.text(edited, s.indentation(from)))
}
