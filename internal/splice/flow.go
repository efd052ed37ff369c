package splice

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
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
			parts[i] = style.Pair(yamlnode.Pair{Key: keys[i], Value: value}, style.Indent)
		} else {
			parts[i] = style.Text(value, style.Indent)
		}
	}
	between := style.Comma
	ownLines := s.isFirst(entries[len(entries)-1].start)
	if ownLines {
		between = "," + style.Line + style.Indent
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
	next := at
	if s.has(at, ",") {
		next++
	}
	for s.has(next, " ") || s.has(next, "\t") {
		next++
	}
	if ownLines && s.has(next, "#") {
		s.flowBehindComment(p, at, text, style)
		return
	}
	s.change(p, at, at, between+text)
}

// flowBehindComment adds entries to a flow collection below a line that has a comment.
func (s *splicer) flowBehindComment(p *place, at int, text string, style yamltext.FlowStyle) {
	end := s.lineEnd(at)
	if s.has(at, ",") {
		s.change(p, end, end, style.Line+style.Indent+text+",")
		return
	}
	s.change(p, at, at, ",")
	s.change(p, end, end, style.Line+style.Indent+text)
}

// removeFlow takes out the entries of a flow collection that are not kept. At least one is.
func (s *splicer) removeFlow(p *place, kept []bool) {
	survivor := 0
	for i, e := range s.list(p) {
		if kept[i] {
			survivor = i
			continue
		}
		end := e.value.end
		comma := s.trivia(end)
		if s.has(comma, ",") {
			end = comma + 1
		} else { // the last one has no comma, and neither will the one that is then the last
			before := s.trivia(s.list(p)[survivor].value.end)
			s.change(p, before, before+1, "")
		}
		s.cutFlow(p, e.start, end)
	}
}

// cutFlow takes out an entry with its comma: its lines, if nothing else is in them, and else its text and the spaces
// to one side of it.
func (s *splicer) cutFlow(p *place, start, end int) {
	rest := end
	for s.has(rest, " ") || s.has(rest, "\t") {
		rest++
	}
	last := rest == s.lineEnd(rest) || s.has(rest, "#")
	switch {
	case last && s.isFirst(start):
		s.change(p, s.lineStart(start), s.lineNext(end), "")
	case last || s.text[end-1] != ',':
		for start > p.body+1 && !s.isFirst(start) && (s.text[start-1] == ' ' || s.text[start-1] == '\t') {
			start--
		}
		s.change(p, start, end, "")
	default:
		s.change(p, start, rest, "")
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
	if yamlnode.IsImplicitNull(p.node) {
		before = " "
		if s.has(end, " ") {
			end++ // `{a: }`
		}
		if p.mark < 0 && p.parent.node.Kind == yaml.MappingNode {
			before = ": "
		}
	}
	if yamlnode.IsFlow(p.node) && len(p.node.Content) > 0 {
		style.Multi = style.JSON && s.line(p.body) != s.line(p.end)
	}
	s.change(p, from, end, before+style.Text(edited, s.indentation(from)))
}
