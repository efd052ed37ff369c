package yamltext

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// AsRead is the style of a plain scalar that was read and is written as it was, though YAML 1.1 takes it for a
// boolean.
const AsRead yaml.Style = 1 << 16

// IsString reports whether a scalar is text.
func IsString(node *yaml.Node) bool { return node.ShortTag() == yaml.NodeTagString }

// Scalar writes a scalar on one line, in a style if its value can be written in it, else in double quotes.
func Scalar(node *yaml.Node, style yaml.Style, flow, inJSON bool) string {
	value, tag := node.Value, ""
	switch {
	case inJSON:
		return JSONScalar(node)
	case node.Style&AsRead != 0:
		return value
	case IsString(node):
		if node.Style&yaml.TaggedStyle != 0 && node.Style&^yaml.TaggedStyle == 0 {
			style = yaml.DoubleQuotedStyle // `!!str 1`
		}
	case !isCore(node.ShortTag()):
		tag = node.Tag + " "
	case node.ShortTag() == yaml.NodeTagNull && value == "":
		return "null"
	case (&yaml.Node{Kind: yaml.ScalarNode, Value: value}).ShortTag() == node.ShortTag():
		return value
	default:
		tag = node.ShortTag() + " " // `!!int "1"`
		style = yaml.DoubleQuotedStyle
	}
	switch style &^ yaml.TaggedStyle {
	case yaml.SingleQuotedStyle:
		if isPrintable(value) {
			return tag + singleQuoted(value)
		}
	case yaml.DoubleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle:
	default:
		if IsPlain(value, flow) {
			return tag + value
		}
		if tag == "" && strings.Contains(value, " ") && isPrintable(value) { // words, with fewer escapes
			return singleQuoted(value)
		}
	}
	return tag + strconv.Quote(value)
}

func singleQuoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// isCore reports whether a tag is one that plain text can have.
func isCore(tag string) bool {
	switch tag {
	case yaml.NodeTagNull, yaml.NodeTagBool, yaml.NodeTagInt, yaml.NodeTagFloat, yaml.NodeTagString, "!!timestamp",
		"!!merge":
		return true
	}
	return false
}

// JSONScalar writes a scalar as JSON.
func JSONScalar(node *yaml.Node) string {
	switch tag := node.ShortTag(); {
	case tag == yaml.NodeTagNull:
		return "null"
	case tag == yaml.NodeTagBool:
		return strings.ToLower(node.Value)
	case (tag == yaml.NodeTagInt || tag == yaml.NodeTagFloat) && json.Valid([]byte(node.Value)):
		return node.Value
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(node.Value) // a string can be encoded
	return strings.TrimSuffix(out.String(), "\n")
}

// isPrintable reports whether text can be written on one line without escapes.
func isPrintable(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return false
		}
	}
	return utf8.ValidString(text)
}

// sexagesimal matches numbers to the base 60, which YAML 1.1 has.
var sexagesimal = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`) })

// flowIndicator matches what ends plain text between braces.
var flowIndicator = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[,\[\]{}]|:$|^[?:]`) })

// IsPlain reports whether text can be written without quotes and is text then for every reader, YAML 1.1 too, which
// kubectl reads.
func IsPlain(text string, flow bool) bool {
	if text == "" || !isPrintable(text) || strings.TrimSpace(text) != text || text == "=" || text == "<<" {
		return false
	}
	if strings.ContainsRune(",[]{}#&*!|>'\"%@`", rune(text[0])) {
		return false
	}
	if strings.ContainsRune("-?:", rune(text[0])) && (len(text) == 1 || !isWord(text[1])) {
		return false
	}
	if strings.Contains(text, ": ") || strings.HasSuffix(text, ":") || strings.Contains(text, " #") {
		return false
	}
	if flow && flowIndicator().MatchString(text) || strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...") {
		return false
	}
	if yamlnode.IsWords(text) {
		return true
	}
	return (&yaml.Node{Kind: yaml.ScalarNode, Value: text}).ShortTag() == yaml.NodeTagString &&
		!yaml.IsValueNonString(text) && !sexagesimal().MatchString(text)
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '/' || c == '-'
}

// Literal returns the header and the lines of a value as a literal block scalar, or false if it cannot be one.
func Literal(value string) (string, []string, bool) {
	text := strings.TrimRight(value, "\n")
	if text == "" || !strings.Contains(value, "\n") {
		return "", nil, false
	}
	header := "|"
	switch len(value) - len(text) {
	case 0:
		header = "|-"
	case 1:
	default:
		return "", nil, false // `|+` would take the blank lines behind it for its own
	}
	lines := strings.Split(strings.TrimSuffix(value, "\n"), "\n")
	for _, line := range lines {
		if !isPrintable(strings.ReplaceAll(line, "\t", " ")) || line != "" && strings.TrimSpace(line) == "" {
			return "", nil, false
		}
	}
	if first := lines[0]; first == "" || first[0] == ' ' || first[0] == '\t' {
		return "", nil, false // would need its indentation written
	}
	return header, lines, true
}
