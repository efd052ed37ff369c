package splice

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
)

// end returns where a node ends whose text behind its anchor and tag begins at body.
func (l *layout) end(node *yaml.Node, body, indent int, flow bool) int {
	switch node.Kind {
	case yaml.AliasNode:
		return body + 1 + len(node.Value)
	case yaml.ScalarNode:
		switch node.Style &^ yaml.TaggedStyle {
		case yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle:
			return l.quotedEnd(body)
		case yaml.LiteralStyle, yaml.FoldedStyle:
			return l.blockScalar(body, indent).end
		}
		return l.plainEnd(body, node.Value)
	}
	if end, ok := l.ends[node]; ok {
		return end
	}
	end := l.collectionEnd(node, body, indent, flow)
	l.ends[node] = end
	return end
}

func (l *layout) collectionEnd(node *yaml.Node, body, indent int, flow bool) int {
	if node.Style&yaml.FlowStyle == 0 {
		return l.lastEnd(node, len(node.Content), body, l.column(body), flow)
	}
	if !l.has(body, "{") && !l.has(body, "[") { // a single key in a list: [a: b]
		return l.lastEnd(node, len(node.Content), body, indent, true)
	}
	at := body + 1
	if len(node.Content) > 0 {
		at = l.lastEnd(node, len(node.Content), at, indent, true)
	}
	at = l.trivia(at)
	if l.has(at, ",") {
		at = l.trivia(at + 1)
	}
	if !l.has(at, "}") && !l.has(at, "]") {
		panic(misplaced{})
	}
	return at + 1
}

// lastEnd returns where the first n nodes in a collection end. Only the last of them is looked at, so that a long
// list is not read to find its end.
func (l *layout) lastEnd(node *yaml.Node, n, first, indent int, flow bool) int {
	last := node.Content[n-1]
	if !yamlnode.IsImplicitNull(last) {
		return l.endOf(last, indent, flow)
	}
	if node.Kind == yaml.MappingNode {
		if n%2 == 1 {
			panic(misplaced{}) // a map key without text
		}
		end := l.lastEnd(node, n-1, first, indent, flow)
		if colon := l.colon(end, flow); colon >= 0 {
			return colon + 1
		}
		return end
	}
	at := first
	if n > 1 {
		at = l.lastEnd(node, n-1, first, indent, flow)
	}
	if at = l.trivia(at); !l.has(at, "-") {
		panic(misplaced{})
	}
	return at + 1
}

// endOf returns where a node that has text ends, from where the parser found it.
func (l *layout) endOf(node *yaml.Node, indent int, flow bool) int {
	return l.end(node, l.behindProperties(node, l.offset(node)), indent, flow)
}

// colon returns the offset of the `:` behind a key that ends at an offset, or -1.
func (l *layout) colon(at int, flow bool) int {
	at = l.trivia(at)
	if l.has(at, ":") && (flow || at+1 == len(l.text) || yamltext.SpaceAt(l.text, at+1) > 0) {
		return at
	}
	return -1
}

func (l *layout) quotedEnd(body int) int {
	if body >= len(l.text) || l.text[body] != '"' && l.text[body] != '\'' {
		panic(misplaced{})
	}
	quote := l.text[body]
	for at := body + 1; at < len(l.text); at++ {
		switch {
		case l.text[at] == '\\' && quote == '"':
			at++
		case l.text[at] != quote:
		case quote == '\'' && l.has(at+1, "'"):
			at++
		default:
			return at + 1
		}
	}
	panic(misplaced{})
}

// plainEnd returns where a plain scalar ends. Its text is its value, with other spaces and breaks between the words.
func (l *layout) plainEnd(at int, value string) int {
	v := []byte(value)
	for i := 0; i < len(v); {
		if n := yamltext.SpaceAt(v, i); n > 0 {
			for ; n > 0; n = yamltext.SpaceAt(v, i) {
				i += n
			}
			for n = yamltext.SpaceAt(l.text, at); n > 0; n = yamltext.SpaceAt(l.text, at) {
				at += n
			}
			continue
		}
		if at >= len(l.text) || l.text[at] != v[i] {
			panic(misplaced{})
		}
		at, i = at+1, i+1
	}
	return at
}

// block is the text of a block scalar.
type block struct {
	// indicators and first are where the characters behind the `|` or `>` begin and where the first line of the text
	// does.
	indicators, first int
	// end is where the text ends, before the break of its last line.
	end int
	// indent is the indentation of the text.
	indent int
	// chomp is '-', '+' or 0, and digit whether the indentation is written.
	chomp byte
	digit bool
}

// blockScalar reads the text of a block scalar inside a collection with an indentation.
func (l *layout) blockScalar(body, indent int) block {
	if !l.has(body, "|") && !l.has(body, ">") {
		panic(misplaced{})
	}
	b := block{indicators: body + 1, first: l.lineNext(body), indent: -1}
	for at := body + 1; at < len(l.text); at++ {
		c := l.text[at]
		switch {
		case c == '+' || c == '-':
			b.chomp = c
			continue
		case c >= '1' && c <= '9':
			b.indent, b.digit = max(indent, 0)+int(c-'0'), true
			continue
		}
		break
	}
	b.end = l.lineEnd(body)
	if b.indent < 0 {
		b.indent = max(l.detectIndent(b.first), indent+1, 1)
	}
	for at := b.first; at < len(l.text); at = l.lineNext(at) {
		spaces := l.spaces(at, b.indent)
		blank := yamltext.BreakAt(l.text, at+spaces) > 0
		if spaces < b.indent && !blank {
			break
		}
		if !blank && at+spaces < len(l.text) || b.chomp == '+' {
			b.end = l.lineEnd(at)
		}
	}
	return b
}

// detectIndent returns the indentation of the first line that is not blank, or the largest of the blank ones before
// it.
func (l *layout) detectIndent(at int) int {
	indent := 0
	for ; at < len(l.text); at = l.lineNext(at) {
		spaces := l.spaces(at, len(l.text))
		indent = max(indent, spaces)
		if yamltext.BreakAt(l.text, at+spaces) == 0 {
			break
		}
	}
	return indent
}

// spaces counts the spaces at an offset, up to a number.
func (l *layout) spaces(at, most int) int {
	n := 0
	for n < most && at+n < len(l.text) && l.text[at+n] == ' ' {
		n++
	}
	return n
}
