package manifests_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
)

func TestParseSplits(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     []string
	}{
		{"nothing", "", nil},
		{"one", "a: b\n", []string{"a: b\n"}},
		{"starts with a separator", "---\na: b\n", []string{"---\na: b\n"}},
		{"licence", "# Copyright\n\n---\na: b\n", []string{"# Copyright\n\n---\na: b\n"}},
		{"byte order mark", "\ufeff---\na: b\n---\nc: d\n", []string{"\ufeff---\na: b\n", "---\nc: d\n"}},
		{"byte order mark before a comment", "\ufeff# c\n---\na: b\n", []string{"\ufeff# c\n---\na: b\n"}},
		{"comments last", "a: b\n---\n# end\n", []string{"a: b\n", "---\n# end\n"}},
		{"comment behind the dashes", "--- # a\na: b\n--- {c: d}\n", []string{"--- # a\na: b\n", "--- {c: d}\n"}},
		{"empty documents", "---\n---\na: b\n---\n", []string{"---\n", "---\na: b\n", "---\n"}},
		{"dots", "a: b\n...\n---\nc: d\n... # end\n", []string{"a: b\n...\n", "---\nc: d\n... # end\n"}},
		{"comments after dots", "a: b\n...\n# end\n", []string{"a: b\n...\n# end\n"}},
		{"text after dots", "a: b\n...\nc: d", []string{"a: b\n...\n", "c: d"}},
		{"directive", "%YAML 1.1\n---\na: b\n...\n# x\n%YAML 1.1\n---\nc: d\n",
			[]string{"%YAML 1.1\n---\na: b\n...\n", "# x\n%YAML 1.1\n---\nc: d\n"}},
		{"mixed line ends", "a: b\r\n---\r\nc: d\ne: f\r\n", []string{"a: b\r\n", "---\r\nc: d\ne: f\r\n"}},
		{"dashes inside a text", "a: |\n  ---\n  x\nb: ---x\n", []string{"a: |\n  ---\n  x\nb: ---x\n"}},
		{"JSON", "{\"a\": 1}\n", []string{"{\"a\": 1}\n"}},
		{"two of JSON", "{\"a\": 1}\n{\"b\": 2}\n", []string{"{\"a\": 1}", "\n{\"b\": 2}\n"}},
		{"concatenated JSON", "{\"a\":\n1}\n{\"b\": 2}{\"c\":3}\n\n",
			[]string{"{\"a\":\n1}", "\n{\"b\": 2}", "{\"c\":3}\n\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			file, err := manifests.Parse([]byte(test.in))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range file.Documents {
				got = append(got, string(d.Text))
				if string(d.Text) != test.in[d.Start:d.Start+len(d.Text)] ||
					d.Line != strings.Count(test.in[:d.Start], "\n")+1 {
					t.Errorf("%q is said to begin at %d in line %d", d.Text, d.Start, d.Line)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if string(file.Bytes()) != test.in {
				t.Errorf("the documents joined are %q", file.Bytes())
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		prev := "*" + string(c-1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat(prev+",", 9) + prev + "]\n"
	}
	const template = "a {{ is not in quotes; quote a template; of a Helm chart, take what `helm template` makes of it"
	for _, test := range []struct{ name, in, want string }{
		{"template", "a: b\nc: {{ .x }}\n", "line 2, column 4: " + template},
		{"template in a list", "a:\n- b\n- {{ .x }}\n", "line 3, column 3: " + template},
		{"template behind a key", "{a: b, {{ .x }}: c}\n", "line 1, column 1: " + template},
		{"twice in one line of JSON", `{"a": 1}{"b": 2}{"c": 3, "c": 4}`,
			`line 1, column 26: the key "c" is in its map twice; remove one`},
		{"twice", "a: b\n---\nc:\n  secret: x\n  secret: y\n",
			`line 5, column 3: the key "secret" is in its map twice; remove one`},
		{"merge twice", "a: &a {x: 1}\nb: {<<: *a, <<: *a}\n",
			`line 2, column 13: the key "<<" is in its map twice; remove one`},
		{"collection twice", "{[a]: 1, ['a']: 2}\n",
			"line 1, column 10: the key that is a collection is in its map twice; remove one"},
		{"bomb", bomb, "line 1, column 1: the YAML aliases of the document multiply to more than it could hold"},
		{"contains itself", "a: &a [*a]\n",
			"line 1, column 1: the YAML aliases of the document multiply to more than it could hold"},
		{"not YAML", "a: b\n---\nx: y\nc: hunter2: e\n", "line 4: it is not valid YAML: " +
			"a colon stands where no key can be; put a text with a colon in quotes, or correct the indentation"},
		{"flow after flow", "x: y\n---\n{a: b}\n{c: d}\n",
			"line 2: the document is followed by text that is not part of it; " +
				"separate documents with a line of three dashes"},
		{"YAML 1.2", "%YAML 1.2\n---\na: b\n", "line 1: only YAML 1.1 can be declared; remove the %YAML directive"},
		{"UTF-16", "\xff\xfea\x00", "line 1: the file is in UTF-16; save it in UTF-8"},
		{"documents", strings.Repeat("---\n", 50_001), "line 50001: the file has more than 50000 documents; split it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file, err := manifests.Parse([]byte(test.in))
			if err == nil {
				for _, d := range file.Documents {
					err = errors.Join(err, d.Check())
				}
			}
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestCheckKeys looks for keys that are in a map twice, in maps of few keys and of many.
func TestCheckKeys(t *testing.T) {
	var many strings.Builder
	for i := range 20 {
		fmt.Fprintf(&many, "k%d: x\n", i)
	}
	for in, want := range map[string]string{
		"a: b\nc: d\n":                        "",
		"a: b\nc: d\na: e\n":                  `line 3, column 1: the key "a" is in its map twice; remove one`,
		"a: b\nc: d\ne: f\nc: g\n":            `line 4, column 1: the key "c" is in its map twice; remove one`,
		"1: b\n'1': d\n":                      "",
		"1: b\n1: d\n":                        `line 2, column 1: the key "1" is in its map twice; remove one`,
		"[a]: b\n[b]: c\n":                    "",
		"[a]: b\n[a]: c\n":                    "line 2, column 1: the key that is a collection is in its map twice; remove one",
		"&a x: b\n*a : c\n":                   `line 2, column 1: the key "x" is in its map twice; remove one`,
		"&a x: b\n*a : c\ny: z\n":             `line 2, column 1: the key "x" is in its map twice; remove one`,
		"l:\n- a: b\n  a: c\n":                `line 3, column 3: the key "a" is in its map twice; remove one`,
		"? {a: b, a: c}\n: d\n":               `line 1, column 10: the key "a" is in its map twice; remove one`,
		"x: [y, {z: {a: b, a: c}}]\n":         `line 1, column 19: the key "a" is in its map twice; remove one`,
		many.String():                         "",
		many.String() + "k0: y\n":             `line 21, column 1: the key "k0" is in its map twice; remove one`,
		many.String() + "k19: y\n":            `line 21, column 1: the key "k19" is in its map twice; remove one`,
		many.String() + "1: y\n'1': z\n":      "",
		many.String() + "[a]: y\n[b]: z\n":    "",
		many.String() + "[a]: y\n'a': z\n":    "",
		"- 1\n- - a: b\n    c: d\n- {e: f}\n": "",
	} {
		got := ""
		if err := manifests.CheckKeys(yaml.MustParse(in).YNode()); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s\nwant %s", in, got, want)
		}
	}
}

// TestCheckKeysIsLinear nests maps as keys of one another. Each is read once: twice as many take twice as much memory.
func TestCheckKeysIsLinear(t *testing.T) {
	allocations := func(depth int) float64 {
		node := yaml.MustParse("a").YNode()
		for range depth {
			node = &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap, Content: []*yaml.Node{
				node, yaml.NewStringRNode("b").YNode(), yaml.NewStringRNode("c").YNode(), yaml.NewStringRNode("d").YNode()}}
		}
		return testing.AllocsPerRun(1, func() {
			if err := manifests.CheckKeys(node); err != nil {
				t.Error(err)
			}
		})
	}
	if half, all := allocations(500), allocations(1000); all > 3*half {
		t.Errorf("%v allocations for 1000 maps, %v for 500", all, half)
	}
}

// TestCheckAccepts has maps that look like templates, and are not.
func TestCheckAccepts(t *testing.T) {
	for _, in := range []string{"{a: {b: c}}\n", "[{a: b}, {c: d}]\n", "{[a]: b}\n", "? {a: b}\n: c\n", "? a: b\n: {c: d}\n"} {
		file, err := manifests.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Documents[0].Check(); err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestHasTwice(t *testing.T) {
	for in, want := range map[string]bool{"c: d\n": false, "c: d\n  c: e\n": true} {
		list, err := manifests.ParseResourceList([]byte("kind: ResourceList\nitems:\n- x:\n  " + in))
		if err != nil {
			t.Fatal(err)
		}
		if got := list.HasTwice(); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestItems(t *testing.T) {
	for in, want := range map[string]int{
		"kind: List\nitems: [{a: b}, {c: d}]\n": 2,
		"kind: ConfigMapList\nitems: []\n":      0,
		"kind: AllowList\nspec: {}\n":           1,
		`[{"a": 1}, {"b": 2}]`:                  2,
		"# nothing\n":                           0,
	} {
		file, err := manifests.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(file.Documents[0].Items()); got != want {
			t.Errorf("%q has %d items", in, got)
		}
	}
}
