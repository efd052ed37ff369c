package yamltext_test

import (
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamltext"
)

// TestIsPlain asks of text what needs no quotes, and holds the parser to it.
func TestIsPlain(t *testing.T) {
	for text, want := range map[string]bool{
		"a": true, "a b": true, "a:b": true, "a#b": true, "a: b": false, "a #b": false, "a:": false, "": false, " a": false,
		"-_": true, "-0a": true, "-9a": true, "-a": true, "-z": true, "-A": true, "-Z": true, "-/": true, "--a": true,
		"-$": false, "- a": false, "-": false, "?": false, ":": false, "?a": true, ":a": true, "? a": false, ": a": false,
		"-@": false, "-[": false, "-`": false, "-{": false, "-:": false, "-.": false,
		"1:30": false, "1:60": true, "0x1": false, "1_000": false, "yes": false, "~": false, "=": false, "<<": false,
		"---": false, "...": false, "@a": false, "`a": false, "%a": false, "\ta": false, "a\u00a0b": false, "\xff": false,
	} {
		if got := yamltext.IsPlain(text, false); got != want {
			t.Errorf("%q: %v", text, got)
		}
		for style, in := range map[bool]string{false: "- " + text, true: "[" + text + "]"} {
			if !yamltext.IsPlain(text, style) {
				continue
			}
			list, err := yaml.Parse(in)
			if err != nil || len(list.Content()) != 1 || list.Content()[0].Value != text ||
				list.Content()[0].ShortTag() != yaml.NodeTagString {
				t.Errorf("%q does not come back from %q (%v)", text, in, err)
			}
		}
	}
}

// TestScalar writes scalars in a style.
func TestScalar(t *testing.T) {
	for _, test := range []struct {
		value, tag string
		style      yaml.Style
		want       string
	}{
		{"a", yaml.NodeTagString, 0, "a"},
		{"a", yaml.NodeTagString, yaml.TaggedStyle, `"a"`},
		{"a", yaml.NodeTagString, yaml.TaggedStyle | yaml.SingleQuotedStyle, "'a'"},
		{"it's", yaml.NodeTagString, yaml.SingleQuotedStyle, "'it''s'"},
		{"a\tb", yaml.NodeTagString, yaml.SingleQuotedStyle, `"a\tb"`},
		{"a: b", yaml.NodeTagString, 0, "'a: b'"},
		{"yes", yaml.NodeTagString, 0, `"yes"`},
		{"yes", yaml.NodeTagString, yamltext.AsRead, "yes"},
		{"1", yaml.NodeTagInt, 0, "1"},
		{"1", yaml.NodeTagFloat, yaml.TaggedStyle, `!!float "1"`},
		{"", yaml.NodeTagNull, 0, "null"},
		{"a", "!x", yaml.TaggedStyle, "!x a"},
	} {
		node := &yaml.Node{Kind: yaml.ScalarNode, Value: test.value, Tag: test.tag, Style: test.style}
		if got := yamltext.Scalar(node, test.style, false, false); got != test.want {
			t.Errorf("%q, %s, style %d: got %s, want %s", test.value, test.tag, test.style, got, test.want)
		}
	}
}
