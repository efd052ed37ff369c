package manifests

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// blockStyle is how new text in block style is indented: maps and lists below a key.
type blockStyle struct {
	step, list int
	// quoted says that no text is written as a block scalar.
	quoted bool
}

// lines writes a collection that is not empty, or a scalar, as lines that begin at column 0.
func (s blockStyle) lines(node *yaml.Node) []string {
	var out []string
	switch {
	case isInline(node):
		return []string{s.inline(node)}
	case node.Kind == yaml.SequenceNode:
		for _, child := range node.Content {
			out = append(out, s.element(child)...)
		}
	default:
		for _, p := range (meanings{}).pairs(node) {
			out = append(out, s.pair(p)...)
		}
	}
	return out
}

// isInline reports whether a node is written on the line of its key.
func isInline(node *yaml.Node) bool {
	node = followed(node)
	return !isCollection(node) || len(node.Content) == 0 || isFlow(node)
}

func (s blockStyle) inline(node *yaml.Node) string {
	node = followed(node)
	if isCollection(node) {
		return flowStyle{comma: ", ", colon: ": "}.text(node, "")
	}
	return scalarText(node, node.Style, false, false)
}

// element writes an element of a list.
func (s blockStyle) element(node *yaml.Node) []string {
	node = followed(node)
	out := comment(node.HeadComment)
	tag := collectionTag(node)
	lines := s.lines(node)
	switch header, text, ok := s.literal(node); {
	case ok:
		out = append(append(out, "- "+header), indented(text, 2)...)
	case tag != "" && !isInline(node):
		out = append(append(out, "- "+tag), indented(lines, 2)...)
	default:
		lines = indented(lines, 2)
		lines[0] = "-" + lines[0][1:]
		if isInline(node) {
			lines[0] += lineComment(node.LineComment)
		}
		out = append(out, lines...)
	}
	return append(out, comment(node.FootComment)...)
}

// pair writes a key and its value.
func (s blockStyle) pair(p pair) []string {
	key, value := s.inline(p.key), followed(p.value)
	if isCollection(followed(p.key)) && !isFlow(followed(p.key)) {
		key = flowStyle{comma: ", ", colon: ": "}.text(p.key, "")
	}
	out := comment(p.key.HeadComment)
	behind := lineComment(p.key.LineComment)
	switch header, text, ok := s.literal(value); {
	case ok:
		out = append(append(out, key+": "+header), indented(text, s.step)...)
	case isInline(value):
		if behind == "" {
			behind = lineComment(value.LineComment)
		}
		out = append(out, key+": "+s.inline(value)+behind)
	default:
		by := s.step
		if value.Kind == yaml.SequenceNode {
			by = s.list
		}
		if tag := collectionTag(value); tag != "" {
			key += ": " + tag
		} else {
			key += ":"
		}
		out = append(out, key+behind)
		out = append(out, indented(append(comment(value.HeadComment), s.lines(value)...), by)...)
	}
	return append(out, comment(p.key.FootComment)...)
}

// literal returns the header and lines of a text that is better written as a block scalar.
func (s blockStyle) literal(node *yaml.Node) (string, []string, bool) {
	node = followed(node)
	quoted := node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0
	if s.quoted || node.Kind != yaml.ScalarNode || !isString(node) || quoted {
		return "", nil, false
	}
	return literal(node.Value)
}

// endsInLiteral reports whether the last line of a node is in a block scalar, where a comment would be text.
func (s blockStyle) endsInLiteral(node *yaml.Node) bool {
	node = followed(node)
	for isCollection(node) && !isInline(node) {
		node = followed(node.Content[len(node.Content)-1])
	}
	_, _, ok := s.literal(node)
	return ok
}

// collectionTag returns the tag to write before a collection, or "".
func collectionTag(node *yaml.Node) string {
	if tag := node.ShortTag(); isCollection(node) && tag != yaml.NodeTagMap && tag != yaml.NodeTagSeq {
		return node.Tag
	}
	return ""
}

func comment(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func lineComment(text string) string {
	if text == "" || strings.Contains(text, "\n") {
		return ""
	}
	return " " + text
}

// indented returns lines with spaces before each that is not blank.
func indented(lines []string, by int) []string {
	spaces := strings.Repeat(" ", by)
	out := make([]string, len(lines))
	for i, line := range lines {
		if line != "" {
			line = spaces + line
		}
		out[i] = line
	}
	return out
}

// flowStyle is how new text in flow style is written.
type flowStyle struct {
	json               bool
	comma, colon, pad  string
	multi              bool // each entry on a line of its own
	indent, step, line string
}

// text writes a node in flow style, with the indentation of the line it is in.
func (f flowStyle) text(node *yaml.Node, indent string) string {
	node = followed(node)
	if !isCollection(node) {
		return scalarText(node, node.Style, true, f.json)
	}
	opening, closing := "{", "}"
	if node.Kind == yaml.SequenceNode {
		opening, closing = "[", "]"
	}
	if tag := collectionTag(node); tag != "" && !f.json {
		opening = tag + " " + opening
	}
	var parts []string
	if node.Kind == yaml.SequenceNode {
		for _, child := range node.Content {
			parts = append(parts, f.text(child, indent+f.step))
		}
	} else {
		for _, p := range (meanings{}).pairs(node) {
			parts = append(parts, f.pair(p, indent+f.step))
		}
	}
	switch {
	case len(parts) == 0:
		return opening + closing
	case f.multi:
		between := f.line + indent + f.step
		return opening + between + strings.Join(parts, ","+between) + f.line + indent + closing
	case node.Kind == yaml.SequenceNode:
		return opening + strings.Join(parts, f.comma) + closing
	}
	return opening + f.pad + strings.Join(parts, f.comma) + f.pad + closing
}

func (f flowStyle) pair(p pair, indent string) string {
	key := f.text(p.key, indent)
	if f.json && !strings.HasPrefix(key, `"`) {
		key = jsonScalar(&yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: followed(p.key).Value})
	}
	return key + f.colon + f.text(p.value, indent)
}
