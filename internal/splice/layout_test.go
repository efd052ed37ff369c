package splice

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// TestLayoutFindsEnds lists the text of every scalar and flow collection, in order.
func TestLayoutFindsEnds(t *testing.T) {
	for _, test := range []struct {
		in   string
		want []string
	}{
		{"a: b # c\nd:\n- e f\n  g\n-\n- 'h''i'\n", []string{"a", "b", "d", "e f\n  g", "", "'h''i'"}},
		{"ü: {é: &b \"x\\\"\", <<: *b, c: , d}\r\n", []string{"ü", "{é: &b \"x\\\"\", <<: *b, c: , d}",
			"é", "&b \"x\\\"\"", "<<", "*b", "c", "", "d", ""}},
		{"a: |\n  x\n\n  y\n\n# c\nb: >+\n  z\n\nc: |2-\n    q\n", []string{"a", "|\n  x\n\n  y", "b", ">+\n  z\n",
			"c", "|2-\n    q"}},
		{"- |\n x\n # y\n# z\n- [a: b, {c: d,},]\n- !!null\n- &e\n", []string{"|\n x\n # y", "[a: b, {c: d,},]",
			"a: b", "a", "b",
			"{c: d,}", "c", "d", "!!null", "&e"}},
		{"\ufeff# x\n? k\n: v\n? {a: b}\n: !t\n  c: d\n", []string{"k", "v", "{a: b}", "a", "b", "c", "d"}},
		{"a: |1\n  x\n y\nb: |9\n          z\n         w\n", []string{"a", "|1\n  x\n y", "b",
			"|9\n          z\n         w"}},
		{"a: http://x#y\nb: x:y - z\nc: -1\n", []string{"a", "http://x#y", "b", "x:y - z", "c", "-1"}},
	} {
		file, err := manifests.Parse([]byte(test.in))
		if err != nil {
			t.Fatal(err)
		}
		l := newLayout(file.Documents[0])
		var got []string
		var walk func(p *place)
		walk = func(p *place) {
			if !yamlnode.IsCollection(p.node) || yamlnode.IsFlow(p.node) {
				got = append(got, strings.ReplaceAll(string(l.text[p.start:p.end]), "\r", ""))
			}
			if p.node.Kind != yaml.AliasNode {
				for _, e := range l.list(p) {
					if e.key != nil {
						walk(e.key)
					}
					walk(e.value)
				}
			}
		}
		walk(l.root())
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: %s", test.in, diff)
		}
	}
}
