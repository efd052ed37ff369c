package splice_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
)

// An edit changes a tree as the wiring does.
type edit func(*yaml.Node)

func set(text string, path ...string) edit {
	return func(n *yaml.Node) {
		for i, name := range path {
			value := &yaml.Node{Kind: yaml.MappingNode}
			if i == len(path)-1 {
				value = yaml.MustParse(text).YNode()
			}
			if found := yaml.NewRNode(n).Field(name); found == nil {
				n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, value)
			} else if i == len(path)-1 || found.Value.YNode().Kind != yaml.MappingNode {
				*found.Value.YNode() = *value
			}
			n = yaml.NewRNode(n).Field(name).Value.YNode()
		}
	}
}

// setAt adds a key to the map at the top, before the key with a number.
func setAt(at int, value, name string) edit {
	return func(n *yaml.Node) {
		n.Content = append(n.Content[:2*at:2*at], append([]*yaml.Node{{Kind: yaml.ScalarNode, Value: name},
			yaml.MustParse(value).YNode()}, n.Content[2*at:]...)...)
	}
}

func text(value string, path ...string) edit {
	return func(n *yaml.Node) {
		found := lookup(n, path...)
		found.Value, found.Tag, found.Style = value, yaml.NodeTagString, found.Style&^yaml.TaggedStyle
	}
}

func clearKey(path ...string) edit {
	return func(n *yaml.Node) {
		must(yaml.NewRNode(lookup(n, path[:len(path)-1]...)).PipeE(yaml.Clear(path[len(path)-1])))
	}
}

// insert adds an element to a list before the element with a number, or at the end for -1. A missing list is made.
func insert(at int, element string, path ...string) edit {
	return func(n *yaml.Node) {
		found, err := yaml.NewRNode(n).Pipe(yaml.LookupCreate(yaml.SequenceNode, path...))
		must(err)
		list := found.YNode()
		if at < 0 || at > len(list.Content) {
			at = len(list.Content)
		}
		list.Style = 0
		list.Content = append(list.Content[:at:at],
			append([]*yaml.Node{yaml.MustParse(element).YNode()}, list.Content[at:]...)...)
	}
}

func drop(at int, path ...string) edit {
	return func(n *yaml.Node) {
		list := lookup(n, path...)
		list.Content = append(list.Content[:at:at], list.Content[at+1:]...)
	}
}

func both(edits ...edit) edit {
	return func(n *yaml.Node) {
		for _, e := range edits {
			e(n)
		}
	}
}

func lookup(n *yaml.Node, path ...string) *yaml.Node {
	found, err := yaml.NewRNode(n).Pipe(yaml.Lookup(path...))
	must(err)
	if found == nil {
		panic(fmt.Sprintf("no field %v", path))
	}
	return found.YNode()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// spliced makes an edit in each document of a file that has a value, and counts the nodes printed anew.
func spliced(t *testing.T, in string, e edit) (string, int) {
	t.Helper()
	file, err := manifests.Parse([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	out, reprinted := "", 0
	for _, d := range file.Documents {
		if d.Node == nil {
			out += string(d.Text)
			continue
		}
		result, err := splice.Edit(d, func(n *yaml.Node) error { e(n); return nil })
		if err != nil {
			t.Fatal(err)
		}
		out, reprinted = out+string(result.Text), reprinted+len(result.Reprinted)
	}
	return out, reprinted
}

type spliceCase struct {
	name, in  string
	edit      edit
	want      string
	reprinted int
}

func runSplices(t *testing.T, cases []spliceCase) {
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			got, reprinted := spliced(t, test.in, test.edit)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s\n%s", diff, got)
			}
			if reprinted != test.reprinted {
				t.Errorf("%d nodes were printed anew", reprinted)
			}
			if again, _ := spliced(t, got, func(*yaml.Node) {}); again != got {
				t.Errorf("without an edit it becomes\n%s", again)
			}
		})
	}
}

func TestSpliceBlock(t *testing.T) {
	runSplices(t, []spliceCase{
		{"a separator stays", "---\n# Copyright\na: b\n", set("c", "x"), "---\n# Copyright\na: b\nx: c\n", 0},
		{"no newline at the end", "a: b", set("c", "x"), "a: b\nx: c", 0},
		{"a key behind the one it follows", "a: b # c\n# of d\nd: e\n", setAt(1, "c", "x"), "a: b # c\nx: c\n# of d\nd: e\n",
			0},
		{"a key that follows none goes last", "a: b # c\n# of d\nd: e\n", setAt(0, "c", "x"),
			"a: b # c\n# of d\nd: e\nx: c\n", 0},
		{"a block text without a newline", "a: |\n  x", set("c", "x"), "a: |-\n  x\nx: c", 0},
		{"one that keeps", "b:\n- a: |2+\n    x", set("c", "x"), "b:\n- a: |2-\n    x\nx: c", 0},
		{"one that ends in blank lines", "a: |+\n  x\n\n", set("c", "x"), "a: |+\n  x\n\nx: c\n", 0},
		{"CRLF", "a:\r\n  b: |\r\n    x\r\n", set("c", "a", "x"), "a:\r\n  b: |\r\n    x\r\n  x: c\r\n", 0},
		{"mixed line ends", "a: b\nc:\r\n- d\r\n", insert(0, "e", "c"), "a: b\nc:\r\n- e\r\n- d\r\n", 0},
		{"dots", "a: b\n... # end\n", set("c", "x"), "a: b\nx: c\n... # end\n", 0},
		{"front", "l:\n  # of a\n- name: a\n- name: b\n", insert(0, "name: c", "l"),
			"l:\n  # of a\n- name: c\n- name: a\n- name: b\n", 0},
		{"front, before a comment", "l:\n# of a\n- name: a\n", insert(0, "name: c", "l"),
			"l:\n- name: c\n# of a\n- name: a\n", 0},
		{"middle", "l:\n  - name: a # x\n    # y\n  # of b\n  - name: b\n", insert(1, "{name: c, l: [d]}", "l"),
			"l:\n  - name: a # x\n    # y\n  - {name: c, l: [d]}\n  # of b\n  - name: b\n", 0},
		{"end, lists indented", "l:\n    - name: a\n      m:\n          k: v\n\nz: y\n", insert(-1,
			"name: c\nl:\n- d\nm:\n  k: v", "l"),
			"l:\n    - name: a\n      m:\n          k: v\n    - name: c\n      l:\n          - d\n      m:\n          k: v\n\nz: y\n", 0},
		{"new map", "metadata:\n  name: a # n\nspec: {}\n", set("b", "metadata", "annotations", "x.y/z"),
			"metadata:\n  name: a # n\n  annotations:\n    x.y/z: b\nspec: {}\n", 0},
		{"Helm's empty map", "metadata:\n  annotations:\n    {}\n  name: a\n", set("b", "metadata", "annotations",
			"x"),
			"metadata:\n  annotations:\n    x: b\n  name: a\n", 0},
		{"null", "metadata:\n  annotations: # c\n  name: a\n", set("b", "metadata", "annotations", "x"),
			"metadata:\n  annotations: # c\n    x: b\n  name: a\n", 0},
		{"tilde", "metadata:\n  annotations: ~\n  name: a\n", set("b", "metadata", "annotations", "x"),
			"metadata:\n  annotations:\n    x: b\n  name: a\n", 0},
		{"empty list", "env: []  # none\nx:\n  - y\n", insert(0, "name: a", "env"),
			"env:  # none\n  - name: a\nx:\n  - y\n", 0},
		{"empty document", "{} # c\n", set("b", "a"), "a: b # c\n", 0},
		{"empty element", "l:\n-\n- {} # c\n", both(func(n *yaml.Node) {
			lookup(n,
				"l").Content[0] = yaml.MustParse("a: b\nc: d").YNode()
		},
			func(n *yaml.Node) { lookup(n, "l").Content[1] = yaml.MustParse("e: f").YNode() }),
			"l:\n- a: b\n  c: d\n- e: f # c\n", 0},
		{"remove", "l:\n# of a\n- name: a\n  # more\n\n# of b\n- name: b\n", drop(0, "l"),
			"l:\n\n# of b\n- name: b\n", 0},
		{"remove the last", "l:\n- name: a\nx: y", clearKey("x"), "l:\n- name: a", 0},
		{"remove the last element, and add a key behind", "# head\n# more\nk: v\nl:\n  - a\n  - b # c\n  - c\n",
			both(drop(1, "l"), drop(1, "l"),
				set("d", "x")), "# head\n# more\nk: v\nl:\n  - a\nx: d\n", 0},
		{"the same without a newline", "l:\r\n- a\r\n- b", both(drop(1, "l"), set("c", "x")), "l:\r\n- a\r\nx: c", 0},
		{"remove the last, and add two", "l:\n- a\n- b\nz: y\n", both(drop(1, "l"), insert(-1, "c", "l"),
			insert(-1, "d", "l")),
			"l:\n- a\n- c\n- d\nz: y\n", 0},
		{"all anew below a comment", "# head\nk: v\nl: {a: b}\n", func(n *yaml.Node) {
			*n = yaml.Node{Kind: yaml.MappingNode, Content: append([]*yaml.Node{n.Content[0]},
				yaml.MustParse("{a: b, c: d}").Content()[1:]...)}
		}, "# head\nk: b\nc: d\n", 0},
		{"remove the only", "a:\n  l: # c\n  - name: a # d\n  x: y\n", drop(0, "a", "l"),
			"a:\n  l: [] # c\n  x: y\n", 0},
		{"remove behind a dash", "- a: b\n  c: d\n- - e\n  - f\n", func(n *yaml.Node) {
			n.Content[0].Content = n.Content[0].Content[2:]
			n.Content[1].Content = n.Content[1].Content[1:]
		}, "- c: d\n- - f\n", 0},
		{"complex keys", "? a\n: b\n? [c]\n: d\n", set("z", "a"), "? a\n: z\n? [c]\n: d\n", 0},
		{"tags", "a: !x {b: c}\nd: !!str 1\n", both(text("e", "a", "b"), text("2", "d")),
			"a: !x {b: e}\nd: !!str \"2\"\n", 0},
		{"the tag of a map for a list", "a: !x\n  b: c\n", set("!x [d]", "a"), "a: !x [d]\n", 0},
		{"the tag of an element", "- !x\n  b: c\n", func(n *yaml.Node) { n.Content[0] = yaml.MustParse("!x [d]").YNode() },
			"- !x\n  [d]\n", 0},
		{"another tag", "a: !x {b: c}\n", set("!y\n- d\n", "a"), "a: !y\n- d\n", 1},
		{"a tag without text", "a: !!null # c\n", set("x: y\n", "a"), "a: # c\n  x: \"y\"\n", 0},
		{"a block text without a newline, and another text", "a: |\n  x", both(text("y\nz\n", "a"), set("c", "x")),
			"a: |\n  y\n  z\nx: c", 0},
		{"an empty block text without a newline", "a: |", set("c", "x"), "a: \"\"\nx: c", 1},
		{"an empty block text", "a: |\n", set("c", "x"), "a: |\nx: c\n", 0},
		{"remove before a text that keeps blank lines", "l:\n- a\n\n- |+\n  x\n\n- c\n", drop(0, "l"),
			"l:\n\n- |+\n  x\n\n- c\n", 0},
		{"remove behind one", "l:\n- |+\n  x\n\n- a\n\n- c\n", drop(1, "l"), "l:\n- |+\n  x\n\n- c\n", 0},
		{"flow below its key, for what ends in a block text", "a:\n  [x] # c\n", set("k: |\n  l\n  m\n", "a"),
			"a:\n  k: |\n    l\n    m\n  # c\n", 0},
		{"flow below its key", "a:\n  [x] # c\n", set("k: l\n", "a"), "a:\n  k: l # c\n", 0},
		{"a list for a text", "a:   # c\n  - b\n  - c\n", set("x", "a"), "a: x   # c\n", 0},
		{"a tab", "a: \t {}\n", set("b", "a", "x"), "a:\n  x: b\n", 0},
		{"a null without a newline", "a:", set("b", "a", "x"), "a:\n  x: b", 0},
		{"a key behind one", "a:", set("b", "x"), "a:\nx: b", 0},
		{"a key before one", "b: c\na:", set("d", "b"), "b: d\na:", 0},
		{"an empty element without a newline", "- a\n-", func(n *yaml.Node) { n.Content[1] = yaml.MustParse("x: z").YNode() },
			"- a\n- x: z", 0},
		{"a comment without a space", "a: #c\n  - b#d\n  - c\n", set("x", "a"), "a: x #c\n", 0},
		{"below a blank line", "\na: b\nc: d\n", both(clearKey("a"), set("e", "f")), "\nc: d\nf: e\n", 0},
		{"the last for another, without a newline", "a: b\r\nc: d", both(clearKey("c"), set("e", "f")), "a: b\r\nf: e", 0},
		{"same anew", "a:\n- 1\n- 2\n", set("[3, 4]", "a"), "a:\n- 3\n- 4\n", 0},
	})
}

func TestSpliceWithoutEdit(t *testing.T) {
	for _, in := range []string{"?", "a: !\n", "? \n: a\n", "---\n", "# c\n", "- &a {}\n- <<: *a\n"} {
		if got, reprinted := spliced(t, in, func(*yaml.Node) {}); got != in || reprinted != 0 {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestSpliceScalars(t *testing.T) {
	for _, test := range []struct{ in, value, want string }{
		{"a: b # c\n", "d", "a: d # c\n"},
		{"a: b\n", "on", "a: \"on\"\n"},
		{"a: b\n", "n", "a: \"n\"\n"},
		{"a: b\n", "0123", "a: \"0123\"\n"},
		{"a: b\n", "1_000", "a: \"1_000\"\n"},
		{"a: b\n", "1e3", "a: \"1e3\"\n"},
		{"a: b\n", "190:20:30", "a: \"190:20:30\"\n"},
		{"a: b\n", "2020-01-01", "a: \"2020-01-01\"\n"},
		{"a: b\n", "x: y", "a: 'x: y'\n"},
		{"a: b\n", "x\ny", "a: \"x\\ny\"\n"},
		{"a: b\n", "", "a: \"\"\n"},
		{"a: 1\n", "x", "a: x\n"},
		{"a: 'b'\n", "it's", "a: 'it''s'\n"},
		{"a: 'b'\n", "x\ty", "a: \"x\\ty\"\n"},
		{"a: \"b\"\n", "ü\"", "a: \"ü\\\"\"\n"},
		{"a: b\n  c\n  d # e\n", "f", "a: f # e\n"},
		{"a: |\n  b\n  c\n  d\n", "b\nx\nd\n", "a: |\n  b\n  x\n  d\n"},
		{"a: |\n  b\n  c\n  d\n", "b\nc\nd\ne\n", "a: |\n  b\n  c\n  d\n  e\n"},
		{"a: |\n  b\n  c\n  d\n", "b\nc\n", "a: |\n  b\n  c\n"},
		{"a: |\n  b\n  c\n  d\n", "c\nd", "a: |-\n  c\n  d\n"},
		{"a: >-\n  b c\n  d\n# e\n", "f\ng\n", "a: >\n  f\n\n  g\n# e\n"},
		{"a: |\n  b\n# e\n", "x", "a: \"x\"\n# e\n"},
		{"a: | # c\n  b\n# e\n", "x", "a: \"x\" # c\n# e\n"},
		{"a: >-  # c #d\r\n  b\r\nd: e\r\n", "", "a: \"\" # c #d\r\nd: e\r\n"},
	} {
		if got, reprinted := spliced(t, test.in, text(test.value, "a")); got != test.want || reprinted != 0 {
			t.Errorf("%q with %q: got %q, %d printed anew", test.in, test.value, got, reprinted)
		}
	}
}

func TestSpliceFlow(t *testing.T) {
	runSplices(t, []spliceCase{
		{"list", "a: [b, c]\n", insert(-1, "d", "a"), "a: [b, c, d]\n", 0},
		{"front", "a: [b, c]\n", insert(0, "d", "a"), "a: [d, b, c]\n", 0},
		{"trailing comma", "a: [b, c,]\n", insert(-1, "d", "a"), "a: [b, c, d,]\n", 0},
		{"map", "a: { b: c }\n", set("{d: [e, f]}", "a", "x"), "a: { b: c, x: { d: [e, f] } }\n", 0},
		{"block value", "a: {b: c, d: }\n", both(set("e: f\n", "a", "d"), text("x:y, z", "a", "b")),
			"a: {b: 'x:y, z', d: {e: f}}\n", 0},
		{"lines", "a: [\n\tb, # x\n\tc # y\n]\n", insert(-1, "d", "a"), "a: [\n\tb, # x\n\tc, # y\n\td\n]\n", 0},
		{"lines, middle", "a: [\n  b, # x\n  c # y\n]\n", insert(1, "d", "a"), "a: [\n  b, # x\n  d,\n  c # y\n]\n",
			0},
		{"remove", "a: [b, c, d]\n", both(drop(2, "a"), drop(0, "a")), "a: [c]\n", 0},
		{"remove lines", "a: {\n  b: 1,\n  c: 2,\n  d: 3\n}\n", both(clearKey("a", "d"), clearKey("a", "b")),
			"a: {\n  c: 2\n}\n", 0},
		{"remove all", "a: [b]\n", drop(0, "a"), "a: []\n", 0},
		{"pair in a list", "a: [b: c, d]\n", func(n *yaml.Node) {
			lookup(n,
				"a").Content[0].Content[1].Value = "x"
		}, "a: [b: x, d]\n", 0},
	})
}

func TestSpliceJSON(t *testing.T) {
	runSplices(t, []spliceCase{
		{"one line", `{"a":{"b":"c"},"d":["e"]}`, both(set("on", "a", "x"), insert(0, "{f: 1}", "d")),
			`{"a":{"b":"c","x":"on"},"d":[{"f":1},"e"]}`, 0},
		{"spaced", "{\"a\": {\"b\": \"c\"}, \"d\": [1, 2]}\n", both(set("x: <y>\n", "a", "x"), insert(-1, "3", "d")),
			"{\"a\": {\"b\": \"c\", \"x\": {\"x\": \"<y>\"}}, \"d\": [1, 2, 3]}\n", 0},
		{"lines", "{\n    \"a\": [\n        {\n            \"name\": \"b\"\n        }\n    ],\n    \"e\": []\n}\n",
			both(insert(-1, "name: c\nx: {y: z}", "a"), insert(-1, "name: d", "e"), set("null", "n")),
			"{\n    \"a\": [\n        {\n            \"name\": \"b\"\n        },\n        {\n            \"name\": \"c\",\n            " +
				"\"x\": {\n                \"y\": \"z\"\n            }\n        }\n    ],\n    \"e\": [\n        {\n            " +
				"\"name\": \"d\"\n        }\n    ],\n    \"n\": null\n}\n", 0},
		{"tabs, elements on one line", "{\n\t\"a\": [\n\t\t{\"name\": \"b\"}\n\t]\n}", insert(0, "name: c", "a"),
			"{\n\t\"a\": [\n\t\t{\"name\": \"c\"},\n\t\t{\"name\": \"b\"}\n\t]\n}", 0},
		{"several", "{\"a\": 1}\n{\"a\": 2}{\"a\": 3}\n", set("4", "b"),
			"{\"a\": 1, \"b\": 4}\n{\"a\": 2, \"b\": 4}{\"a\": 3, \"b\": 4}\n", 0},
		{"value", "{\"a\": true, \"b\": 1}\n", both(set("1e3", "b"), set("\"x\"", "a")),
			"{\"a\": \"x\", \"b\": 1e3}\n", 0},
		{"byte order mark", "\ufeff{\"a\": 1}\r\n", set("2", "a"), "\ufeff{\"a\": 2}\r\n", 0},
	})
}

func TestSpliceAliases(t *testing.T) {
	labels := "a: &l\n  x: y\nb: *l\nc: *l\n"
	merge := "base: &b\n  image: i\n  env:\n  - name: E\none:\n  <<: *b\n  image: o\ntwo:\n  <<: *b\n"
	runSplices(t, []spliceCase{
		{"beside", labels, set("1", "d"), labels + "d: 1\n", 0},
		{"through an alias", labels, set("z", "b", "x"), "a: &l\n  x: y\nb:\n  x: z\nc: *l\n", 1},
		{"at the anchor", labels, set("z", "a", "x"), "a: &l\n  x: z\nb:\n  x: y\nc:\n  x: y\n", 2},
		{"everywhere", labels, both(set("z", "a", "x"), set("z", "b", "x"), set("z", "c", "x")),
			"a: &l\n  x: z\nb: *l\nc: *l\n", 0},
		{"the anchor goes", labels, clearKey("a"), "b:\n  x: y\nc:\n  x: y\n", 2},
		{"anchored scalar", "a: &n web # c\nb: *n\n", set("db", "a"), "a: &n db # c\nb: web\n", 0},
		{"anchored empty map", "a: &n {}\nb: *n\n", set("db", "a", "x"), "a: &n\n  x: db\nb: {}\n", 0},
		{"anchored empty map below its anchor", "- &a\r\n  {}\r\n- *a\r\n",
			func(n *yaml.Node) { n.Content[0] = yaml.MustParse("x: z").YNode() }, "- &a\r\n  x: z\r\n- {}\r\n", 0},
		{"anchored empty list behind a tab", "- &a\t[]\n- *a\n",
			func(n *yaml.Node) { n.Content[0] = yaml.MustParse("x: z").YNode() }, "- &a\n  x: z\n- []\n", 0},
		{"anchored tag without text in a map", "a: &n !!null # c\nb: *n\n", set("x: y\n", "a"),
			"a: &n # c\n  x: \"y\"\nb: null\n", 0},
		{"anchored list for a text", "a: &n\n  - b\nc: *n\n", set("x", "a"), "a: &n x\nc:\n- b\n", 1},
		{"alias in a list", "a: &n {x: y}\nb:\n- *n\n- *n\n", func(n *yaml.Node) {
			lookup(n,
				"b").Content[0].Content[1].Value = "z"
		},
			"a: &n {x: y}\nb:\n- {x: z}\n- *n\n", 1},
		{"anchored tag without text", "- &n !!null # c\n- *n\n",
			func(n *yaml.Node) { n.Content[0] = yaml.MustParse("x: y").YNode() },
			"- &n # c\n  x: \"y\"\n- null\n", 0},
		{"inherited key", merge, set("t", "two", "image"), merge + "  image: t\n", 0},
		{"key of the base", merge, insert(-1, "name: F", "base", "env"),
			"base: &b\n  image: i\n  env:\n  - name: E\n  - name: F\none:\n  <<: *b\n  image: o\n  env:\n  - name: E\n" +
				"two:\n  <<: *b\n  env:\n  - name: E\n", 0},
		{"key of a base inside", "l:\n- &b {x: y, z: w}\n<<: *b # c\n",
			func(n *yaml.Node) { lookup(n, "l").Content[0].Content[1].Value = "v" },
			"l:\n- &b {x: v, z: w}\n<<: *b # c\nx: \"y\"\n", 0},
		{"new key of the base", merge, set("1", "base", "x"),
			"base: &b\n  image: i\n  env:\n  - name: E\n  x: 1\none:\n  image: o\n  env:\n  - name: E\n" +
				"two:\n  image: i\n  env:\n  - name: E\n", 1},
		{"removed inherited key", merge, clearKey("one", "env"),
			"base: &b\n  image: i\n  env:\n  - name: E\none:\n  image: o\ntwo:\n  <<: *b\n", 0},
	})
}
