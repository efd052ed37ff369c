package splice

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
)

// diffScalar writes another value in the place of a scalar, in its style where that can be done.
func (s *splicer) diffScalar(p *place, edited *yaml.Node) {
	if yamlnode.IsImplicitNull(p.node) || p.body == p.end {
		s.replace(p, edited)
		return
	}
	from, before := s.from(p, edited)
	style := p.node.Style &^ yaml.TaggedStyle
	block := style == yaml.LiteralStyle || style == yaml.FoldedStyle
	if block && yamltext.IsString(edited) && from == p.body && s.editBlockScalar(p, edited.Value) {
		return
	}
	if !block && edited.Style == yaml.LiteralStyle && s.toBlockScalar(p, from, before, edited) {
		return
	}
	if p.node.ShortTag() != edited.ShortTag() && yamltext.IsString(edited) {
		style = edited.Style &^ yaml.TaggedStyle
	}
	text := before + yamltext.Scalar(edited, style, p.flow, s.doc.JSON())
	if block { // a comment is behind the indicator, and so in what is replaced
		if at := s.comment(p.body); at < s.lineEnd(p.body) {
			text += " " + string(s.text[at:s.lineEnd(at)])
		}
	}
	s.change(p, from, p.end, text)
}

// toBlockScalar writes a block scalar in the place of a scalar on the line of its key. A comment behind it stays there.
// It reports false if the value cannot be written so.
func (s *splicer) toBlockScalar(p *place, from int, before string, edited *yaml.Node) bool {
	style := s.blockStyle(p)
	header, lines, ok := style.Literal(edited)
	if !ok || p.flow || s.doc.JSON() || p.mark < 0 || p.parent == nil || p.parent.node.Kind != yaml.MappingNode ||
		s.line(from) != s.line(p.mark) || s.line(p.end) != s.line(from) {
		return false
	}
	s.change(p, from, p.end, before+header)
	end, br := s.lineEnd(p.end), s.lineBreak(from)
	s.change(p, end, end, br+strings.Join(yamltext.Indented(lines, p.indent+style.Step), br))
	return true
}

// editBlockScalar changes the lines of a block scalar that differ. It reports false if the value cannot be written
// so.
func (s *splicer) editBlockScalar(p *place, text string) bool {
	header, lines, ok := yamltext.Literal(text)
	b := s.blockScalar(p.body, p.indent)
	if !ok || b.end < b.first || b.chomp == '+' {
		return false
	}
	if s.has(p.body, ">") {
		for _, line := range lines {
			if line == "" || line[0] == ' ' || line[0] == '\t' {
				return false
			}
		}
		lines = strings.Split(strings.Join(lines, "\n\n"), "\n")
	}
	old := s.linesBetween(b.first, b.end)
	if strip := strings.HasSuffix(header, "-"); strip != (b.chomp == '-') {
		defer s.chomp(p, b, strip)
	}
	s.changeLines(p, b, old, yamltext.Indented(lines, b.indent))
	return true
}

// changeLines changes the lines of a block scalar that differ: between those at its beginning and its end that stay.
func (s *splicer) changeLines(p *place, b block, old []int, lines []string) {
	head, tail := 0, 0
	for head < min(len(old), len(lines)) && s.content(old[head]) == lines[head] {
		head++
	}
	for tail < min(len(old), len(lines))-head && s.content(old[len(old)-1-tail]) == lines[len(lines)-1-tail] {
		tail++
	}
	line := s.lineBreak(p.body)
	middle := strings.Join(lines[head:len(lines)-tail], line)
	switch {
	case head == len(old) && head == len(lines):
	case head == len(old): // lines at the end are new
		s.change(p, b.end, b.end, line+middle)
	case tail > 0:
		if middle != "" {
			middle += line
		}
		s.change(p, old[head], old[len(old)-tail], middle)
	case head == len(lines): // lines at the end are gone
		s.change(p, s.lineEnd(old[head-1]), b.end, "")
	default:
		s.change(p, old[head], b.end, middle)
	}
}

// chomp makes a block scalar end with a line break in its value, or without.
func (s *splicer) chomp(p *place, b block, strip bool) {
	at := b.indicators
	for at < len(s.text) && strings.IndexByte("0123456789+-", s.text[at]) >= 0 {
		if s.text[at] == '+' || s.text[at] == '-' {
			break
		}
		at++
	}
	end := at
	if b.chomp != 0 {
		end++
	}
	text := ""
	if strip {
		text = "-"
	}
	s.change(p, at, end, text)
}

// linesBetween returns the starts of the lines between two offsets.
func (s *splicer) linesBetween(start, end int) []int {
	var lines []int
	for at := start; at < len(s.text) && at <= end; at = s.lineNext(at) {
		lines = append(lines, at)
	}
	return lines
}

// content returns the text of a line without its break.
func (l *layout) content(at int) string { return string(l.text[at:l.lineEnd(at)]) }
