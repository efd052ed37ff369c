package manifests

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// blockStyle returns the indentation of the nearest block collections around a place.
func (s *splicer) blockStyle(p *place) blockStyle {
	style := blockStyle{step: -1, list: -1, quoted: s.quoted}
	for around := p; around != nil && (style.step < 0 || style.list < 0); around = around.parent {
		s.learn(around, &style)
	}
	if style.step < 0 {
		style.step = 2
	}
	if style.list < 0 {
		style.list = 0
	}
	return style
}

// learn takes the indentation from the first map and the first list below a key in a block collection.
func (s *splicer) learn(p *place, style *blockStyle) {
	if !isCollection(p.node) || s.inFlow(p) || style.step >= 0 && style.list >= 0 {
		return
	}
	s.learnNode(p.node, style)
}

// learnNode is learn by the positions of the parser, which is enough for what has no anchor.
func (s *splicer) learnNode(node *yaml.Node, style *blockStyle) {
	step := 1
	if node.Kind == yaml.MappingNode {
		step = 2
	}
	for i := step - 1; i < len(node.Content) && (style.step < 0 || style.list < 0); i += step {
		value := node.Content[i]
		if !isCollection(value) || isFlow(value) || len(value.Content) == 0 {
			continue
		}
		if step == 2 && value.Anchor == "" && value.Style&yaml.TaggedStyle == 0 {
			by := value.Column - node.Content[i-1].Column
			switch {
			case value.Kind == yaml.MappingNode && style.step < 0 && by > 0:
				style.step = by
			case value.Kind == yaml.SequenceNode && style.list < 0 && by >= 0:
				style.list = by
			}
		}
		s.learnNode(value, style)
	}
}

// flowStyle returns how the entries of a flow collection are written.
func (s *splicer) flowStyle(p *place) flowStyle {
	style := flowStyle{json: s.doc.json, comma: ", ", colon: ": ", line: s.lineBreak(p.body)}
	if style.json {
		style.spacing(s.layout, p)
	}
	entries := s.list(p)
	if len(entries) == 0 {
		return style
	}
	first, last := entries[0], entries[len(entries)-1]
	if p.node.Kind == yaml.MappingNode && s.has(p.body, "{ ") {
		style.pad = " "
	}
	if s.isFirst(last.start) {
		style.indent = s.indentation(last.start)
		outer := s.indentation(p.body)
		if style.step = strings.TrimPrefix(style.indent, outer); style.step == style.indent {
			style.step = "  "
		}
		if outer == "" {
			style.step = style.indent
		}
		style.multi = style.json && !s.hasShort(entries)
	}
	if style.json && len(entries) > 1 && !s.isFirst(last.start) {
		if s.has(entries[len(entries)-2].value.end, ",") && s.trivia(first.value.end+1) == first.value.end+1 {
			style.comma = ","
		}
	}
	return style
}

// hasShort reports whether an entry is a collection on one line.
func (s *splicer) hasShort(entries []entry) bool {
	for _, e := range entries {
		if isCollection(e.value.node) && len(e.value.node.Content) > 0 {
			return s.line(e.value.start) == s.line(e.value.end)
		}
	}
	return false
}

// spacing sets what is between keys and values in JSON, from the nearest map.
func (f *flowStyle) spacing(l *layout, p *place) {
	for around := p; around != nil; around = around.parent {
		if around.node.Kind != yaml.MappingNode || len(around.node.Content) == 0 {
			continue
		}
		if value := l.list(around)[0].value; value.start == value.mark+1 {
			f.colon, f.comma = ":", ","
		}
		return
	}
}

// indentation returns the spaces and tabs that a line begins with.
func (l *layout) indentation(at int) string {
	start := at - l.column(at)
	end := start
	for end < len(l.text) && (l.text[end] == ' ' || l.text[end] == '\t') {
		end++
	}
	return string(l.text[start:end])
}
