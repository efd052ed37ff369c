package splice_test

import (
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
)

// literal gives a scalar a text in the style of block texts.
func literal(value string, path ...string) edit {
	return func(n *yaml.Node) {
		found := lookup(n, path...)
		found.Value, found.Tag, found.Style = value, yaml.NodeTagString, yaml.LiteralStyle
	}
}

func TestSpliceToBlockText(t *testing.T) {
	runSplices(t, []spliceCase{
		{"below its key", "a:\n  b: x # c\n  d: e\n", literal("k\nl\n", "a", "b"),
			"a:\n  b: | # c\n    k\n    l\n  d: e\n", 0},
		{"behind an anchor", "a: &x b\nc: d\n", literal("k\nl", "a"), "a: &x |-\n  k\n  l\nc: d\n", 0},
		{"a value below its key", "a:\n  b # c\n", literal("k\nl\n", "a"), "a:\n  \"k\\nl\\n\" # c\n", 0},
		{"of several lines", "a: b\n  c # d\n", literal("k\nl\n", "a"), "a: \"k\\nl\\n\" # d\n", 0},
		{"in a list", "- a\n- b\n", func(n *yaml.Node) { literal("k\nl\n")(n.Content[0]) }, "- \"k\\nl\\n\"\n- b\n", 0},
		{"at the top", "a\n", literal("k\nl\n"), "\"k\\nl\\n\"\n", 0},
		{"in braces", "{a: b}\n", literal("k\nl\n", "a"), `{a: "k\nl\n"}` + "\n", 0},
		{"in JSON", `{"a": "b"}`, literal("k\nl\n", "a"), `{"a": "k\nl\n"}`, 0},
		{"behind a question mark", "? a\n: b\n", literal("k\nl\n", "a"), "? a\n: |\n  k\n  l\n", 0},
	})
}

func TestSpliceMore(t *testing.T) {
	runSplices(t, []spliceCase{
		{"a key that follows none of three", "a: b\nc: d\ne: f\n", setAt(0, "g", "x"), "a: b\nc: d\ne: f\nx: g\n", 0},
		{"colon in braces", "m: {a: b}\n", set("':80'", "m", "a"), "m: {a: \":80\"}\n", 0},
		{"colon new in braces", "m: {a: b}\n", text(":80", "m", "a"), "m: {a: \":80\"}\n", 0},
		{"a key without a colon in braces", "m: {a, b: c}\n", set("x", "m", "a"), "m: {a: x, b: c}\n", 0},
		{"what a merge key brings too", "base: &b {image: i, x: y}\none:\n  <<: *b\n  image: o\n", clearKey("one", "image"),
			"base: &b {image: i, x: y}\none:\n  x: y\n", 1},
		{"what a list of merge keys brings too",
			"a: &a {k: v}\nb: &b {image: i, x: y}\none:\n  <<: [*a, *b]\n  image: o\n  z: z\n",
			clearKey("one", "image"),
			"a: &a {k: v}\nb: &b {image: i, x: y}\none:\n  z: z\n  k: v\n  x: y\n", 1},
		{"block text at the top", "--- |\n a\n b\n", text("a\nc\n"), "--- |\n a\n c\n", 0},
		{"block text of mixed line ends", "a: |\r\n  x\n  y\n  z\n", text("x\ny\nw\n", "a"), "a: |\r\n  x\n  y\n  w\n", 0},
		{"the first of two lists", "a:\n- b\nc:\n  - d\n", set("- e", "f"), "a:\n- b\nc:\n  - d\nf:\n- e\n", 0},
		{"a list of JSON", `["a","b"]`, func(n *yaml.Node) { n.Content = append(n.Content, yaml.MustParse(`"c"`).YNode()) },
			`["a","b","c"]`, 0},
		{"a map below an anchor", "a: &x\nb: c\n", set("k: v\n", "a"), "a: &x\n  k: v\nb: c\n", 0},
		{"a map below an anchor in a list", "- &x\n- c\n",
			func(n *yaml.Node) { *n.Content[0] = *yaml.MustParse("k: v\n").YNode() },
			"- &x\n  k: v\n- c\n", 0},
		{"another value of a tag", "a: !!int '1' # c\n", set("k: v\n", "a"), "a: # c\n  k: v\n", 0},
		{"a block text without lines", "a:\n  b: |\n  c: d\n", set("x", "a", "c"), "a:\n  b: |\n  c: x\n", 0},
		{"a key that begins with a question mark", "?a: b\nc: d\n", set("x", "?a"), "?a: x\nc: d\n", 0},
		{"a key with a colon", "a:b: c\n", set("x", "a:b"), "a:b: x\n", 0},
		{"a key with a colon in braces", "{\"a\":b, c: d}\n", set("x", "a"), "{\"a\":x, c: d}\n", 0},
		{"tabs in braces", "m: {a: b,\tc: d\t}\n", clearKey("m", "c"), "m: {a: b\t}\n", 0},
		{"a line break first", "\na: b\nc: d\n", clearKey("a"), "\nc: d\n", 0},
		{"CRLF in one line", "a: b\r\n", set("c", "x"), "a: b\r\nx: c\r\n", 0},
		{"CR in one line", "a: b\r", set("c", "x"), "a: b\rx: c\r", 0},
		{"no text for a key", "? \n: b\nc: d\n", set("x", "c"), "? \n: b\nc: x\n", 0},
		{"no text for a key, dots", "---\n? \n: b\nc: d\n...\n", set("x", "c"), "---\n? \n: b\nc: x\n...\n", 0},
		{"keys without values", "? a\n? b\n", set("x", "a"), "a: x\nb: null\n", 1},
		{"keys without values, dots", "---\n? a\n? b\n...\n", set("x", "a"),
			"---\na: x\nb: null\n...\n", 1},
		{"keys without values, CRLF", "? a\r\n? b", set("x", "a"), "a: x\r\nb: null", 1},
		{"a key in brackets", "[a: b, c]\n", func(n *yaml.Node) { set("x", "a")(n.Content[0]) }, "[a: x, c]\n", 0},
		{"a new key in brackets", "[a: b, c]\n", func(n *yaml.Node) { set("x", "d")(n.Content[0]) }, "[{a: b, d: x}, c]\n", 1},
	})
}

// TestSpliceTwice refuses a document that holds a key twice.
func TestSpliceTwice(t *testing.T) {
	file, err := manifests.Parse([]byte("a: b\na: c\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := splice.Edit(file.Documents[0], func(n *yaml.Node) error { set("x", "d")(n); return nil }); err == nil {
		t.Error("it is edited")
	}
}
