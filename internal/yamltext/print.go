package yamltext

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// BlockStyle is how new text in block style is indented: maps and lists below a key.
type BlockStyle struct {
	Step, List int
	// quoted says that no text is written as a block scalar.
	Quoted bool
}

// Lines writes a collection that is not empty, or a scalar, as lines that begin at column 0.
func (s BlockStyle) Lines(node *yaml.Node) []string {
	var out []string
	switch {
	case IsInline(node):
		return []string{s.Inline(node)}
	case node.Kind == yaml.SequenceNode:
		for _, child := range node.Content {
			out = append(out, s.Element(child)...)
		}
	default:
		for _, p := range (yamlnode.Meanings{}).Pairs(node) {
			out = append(out, s.Pair(p)...)
		}
	}
	return out
}

// IsInline reports whether a node is written on the line of its key.
func IsInline(node *yaml.Node) bool {
	node = yamlnode.Resolved(node)
	return !yamlnode.IsCollection(node) || len(node.Content) == 0 || yamlnode.IsFlow(node)
}

// Inline writes a node on one line.
func (s BlockStyle) Inline(node *yaml.Node) string {
	node = yamlnode.Resolved(node)
	if yamlnode.IsCollection(node) {
		return FlowStyle{Comma: ", ", Colon: ": "}.Text(node, "")
	}
	return Scalar(node, node.Style, false, false)
}

// Element writes an element of a list.
func (s BlockStyle) Element(node *yaml.Node) []string {
	node = yamlnode.Resolved(node)
	out := comment(node.HeadComment)
	tag := collectionTag(node)
	lines := s.Lines(node)
	switch header, text, ok := s.Literal(node); {
	case ok:
		out = append(append(out, "- "+header), Indented(text, 2)...)
	case tag != "" && !IsInline(node):
		out = append(append(out, "- "+tag), Indented(lines, 2)...)
	default:
		lines = Indented(lines, 2)
		lines[0] = "-" + lines[0][1:]
		if IsInline(node) {
			lines[0] += lineComment(node.LineComment)
		}
		out = append(out, lines...)
	}
	return append(out, comment(node.FootComment)...)
}

// Pair writes a key and its value.
func (s BlockStyle) Pair(p yamlnode.Pair) []string {
	key, value := s.Inline(p.Key), yamlnode.Resolved(p.Value)
	if yamlnode.IsCollection(yamlnode.Resolved(p.Key)) && !yamlnode.IsFlow(yamlnode.Resolved(p.Key)) {
		key = FlowStyle{Comma: ", ", Colon: ": "}.Text(p.Key, "")
	}
	out := comment(p.Key.HeadComment)
	behind := lineComment(p.Key.LineComment)
	switch header, text, ok := s.Literal(value); {
	case ok:
		out = append(append(out, key+": "+header), Indented(text, s.Step)...)
	case IsInline(value):
		if behind == "" {
			behind = lineComment(value.LineComment)
		}
		out = append(out, key+": "+s.Inline(value)+behind)
	default:
		by := s.Step
		if value.Kind == yaml.SequenceNode {
			by = s.List
		}
		if tag := collectionTag(value); tag != "" {
			key += ": " + tag
		} else {
			key += ":"
		}
		out = append(out, key+behind)
		out = append(out, Indented(append(comment(value.HeadComment), s.Lines(value)...), by)...)
	}
	return append(out, comment(p.Key.FootComment)...)
}

// Literal returns the header and lines of a text that is better written as a block scalar.
func (s BlockStyle) Literal(node *yaml.Node) (string, []string, bool) {
	node = yamlnode.Resolved(node)
	quoted := node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0
	if s.Quoted || node.Kind != yaml.ScalarNode || !IsString(node) || quoted {
		return "", nil, false
	}
	return Literal(node.Value)
}

// EndsInLiteral reports whether the last line of a node is in a block scalar, where a comment would be text.
func (s BlockStyle) EndsInLiteral(node *yaml.Node) bool {
	node = yamlnode.Resolved(node)
	for yamlnode.IsCollection(node) && !IsInline(node) {
		node = yamlnode.Resolved(node.Content[len(node.Content)-1])
	}
	_, _, ok := s.Literal(node)
	return ok
}

// collectionTag returns the tag to write before a collection, or "".
func collectionTag(node *yaml.Node) string {
	if tag := node.ShortTag(); yamlnode.IsCollection(node) && tag != yaml.NodeTagMap && tag != yaml.NodeTagSeq {
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

// Indented returns lines with spaces before each that is not blank.
func Indented(lines []string, by int) []string {
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

// FlowStyle is how new text in flow style is written.
type FlowStyle struct {
	JSON               bool
	Comma, Colon, Pad  string
	Multi              bool // each entry on a line of its own
	Indent, Step, Line string
}

// Text writes a node in flow style, with the indentation of the line it is in.
func (f FlowStyle) Text(node *yaml.Node, indent string) string {
	node = yamlnode.Resolved(node)
	if !yamlnode.IsCollection(node) {
		return Scalar(node, node.Style, true, f.JSON)
	}
	opening, closing := "{", "}"
	if node.Kind == yaml.SequenceNode {
		opening, closing = "[", "]"
	}
	if tag := collectionTag(node); tag != "" && !f.JSON {
		opening = tag + " " + opening
	}
	var parts []string
	if node.Kind == yaml.SequenceNode {
		for _, child := range node.Content {
			parts = append(parts, f.Text(child, indent+f.Step))
		}
	} else {
		for _, p := range (yamlnode.Meanings{}).Pairs(node) {
			parts = append(parts, f.Pair(p, indent+f.Step))
		}
	}
	switch {
	case len(parts) == 0:
		return opening + closing
	case f.Multi:
		between := f.Line + indent + f.Step
		return opening + between + strings.Join(parts, ","+between) + f.Line + indent + closing
	case node.Kind == yaml.SequenceNode:
		return opening + strings.Join(parts, f.Comma) + closing
	}
	return opening + f.Pad + strings.Join(parts, f.Comma) + f.Pad + closing
}

// Pair writes a key and its value.
func (f FlowStyle) Pair(p yamlnode.Pair, indent string) string {
	key := f.Text(p.Key, indent)
	if f.JSON && !strings.HasPrefix(key, `"`) {
		key = JSONScalar(&yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: yamlnode.Resolved(p.Key).Value})
	}
	return key + f.Colon + f.Text(p.Value, indent)
}
