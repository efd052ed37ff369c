package splice

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
)

// blockStyle returns the indentation of the nearest block collections around a place.
func (s *splicer) blockStyle(p *place) yamltext.BlockStyle {
	style := yamltext.BlockStyle{Step: -1, List: -1, Quoted: s.quoted}
	for around := p; around != nil && (style.Step < 0 || style.List < 0); around = around.parent {
		s.learn(around, &style)
	}
	if style.Step < 0 {
		style.Step = 2
	}
	if style.List < 0 {
		style.List = 0
	}
	return style
}

// learn takes the indentation from the first map and the first list below a key in a block collection.
func (s *splicer) learn(p *place, style *yamltext.BlockStyle) {
	if !yamlnode.IsCollection(p.node) || s.inFlow(p) || style.Step >= 0 && style.List >= 0 {
		return
	}
	s.learnNode(p.node, style)
}

// learnNode is learn by the positions of the parser, which is enough for what has no anchor.
func (s *splicer) learnNode(node *yaml.Node, style *yamltext.BlockStyle) {
	step := 1
	if node.Kind == yaml.MappingNode {
		step = 2
	}
	for i := step - 1; i < len(node.Content) && (style.Step < 0 || style.List < 0); i += step {
		value := node.Content[i]
		if !yamlnode.IsCollection(value) || yamlnode.IsFlow(value) || len(value.Content) == 0 {
			continue
		}
		if step == 2 && value.Anchor == "" && value.Style&yaml.TaggedStyle == 0 {
			by := value.Column - node.Content[i-1].Column
			switch {
			case value.Kind == yaml.MappingNode && style.Step < 0 && by > 0:
				style.Step = by
			case value.Kind == yaml.SequenceNode && style.List < 0 && by >= 0:
				style.List = by
			}
		}
		s.learnNode(value, style)
	}
}

// flowStyle returns how the entries of a flow collection are written.
func (s *splicer) flowStyle(p *place) yamltext.FlowStyle {
	style := yamltext.FlowStyle{JSON: s.doc.JSON(), Comma: ", ", Colon: ": ", Line: s.lineBreak(p.body)}
	if style.JSON {
		spacing(&style, s.layout, p)
	}
	entries := s.list(p)
	if len(entries) == 0 {
		return style
	}
	first, last := entries[0], entries[len(entries)-1]
	if p.node.Kind == yaml.MappingNode && s.has(p.body, "{ ") {
		style.Pad = " "
	}
	if s.isFirst(last.start) {
		style.Indent = s.indentation(last.start)
		outer := s.indentation(p.body)
		if style.Step = strings.TrimPrefix(style.Indent, outer); style.Step == style.Indent {
			style.Step = "  "
		}
		if outer == "" {
			style.Step = style.Indent
		}
		style.Multi = style.JSON && !s.hasShort(entries)
	}
	if style.JSON && len(entries) > 1 && !s.isFirst(last.start) {
		if s.has(entries[len(entries)-2].value.end, ",") && s.trivia(first.value.end+1) == first.value.end+1 {
			style.Comma = ","
		}
	}
	return style
}

// hasShort reports whether an entry is a collection on one line.
func (s *splicer) hasShort(entries []entry) bool {
	for _, e := range entries {
		if yamlnode.IsCollection(e.value.node) && len(e.value.node.Content) > 0 {
			return s.line(e.value.start) == s.line(e.value.end)
		}
	}
	return false
}

// spacing sets what is between keys and values in JSON, from the nearest map.
func spacing(f *yamltext.FlowStyle, l *layout, p *place) {
	for around := p; around != nil; around = around.parent {
		if around.node.Kind != yaml.MappingNode || len(around.node.Content) == 0 {
			continue
		}
		if value := l.list(around)[0].value; value.start == value.mark+1 {
			f.Colon, f.Comma = ":", ","
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
