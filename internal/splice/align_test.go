package splice

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

func TestAlign(t *testing.T) {
	long := strings.Repeat("{name: a, k: 1}, {k: 2}, {name: c}, ", 1000)
	for name, test := range map[string]struct{ before, after, want string }{
		"nothing":               {"", "", ""},
		"the same":              {"a, b", "a, b", "0=0 1=1"},
		"one more in front":     {"a, b", "x, a, b", "-=0 0=1 1=2"},
		"one more at the end":   {"a, b", "a, b, x", "0=0 1=1 -=2"},
		"one less in front":     {"a, b, c", "b, c", "0=- 1=0 2=1"},
		"one less at the end":   {"a, b, c", "a, b", "0=0 1=1 2=-"},
		"all new":               {"", "a, b", "-=0 -=1"},
		"all gone":              {"a, b", "", "0=- 1=-"},
		"repeated":              {"a, a", "a, a, a", "0=0 1=1 -=2"},
		"edited by name":        {"{name: a, v: 1}, {name: b, v: 1}", "{name: b, v: 2}, {name: c, v: 1}", "0=- 1=0 -=1"},
		"edited and one before": {"{name: a, v: 1}", "{v: 1}, {name: a, v: 2}", "-=0 0=1"},
		"in another order":      {"{name: a}, {name: b}", "{name: b}, {name: a}", "-=0 0=1 1=-"},
		"a replaced one":        {"a, b, c", "a, x, c", "0=0 1=1 2=2"},
	} {
		t.Run(name, func(t *testing.T) {
			got := matchesText(align(yamlnode.Meanings{}, elementsOf(test.before), elementsOf(test.after)))
			if got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
	t.Run("too long for the table but for its edges", func(t *testing.T) {
		before, after := elementsOf(long+long), elementsOf(long+"{new: 1}, "+long)
		for i, one := range align((yamlnode.Meanings{}), before, after) {
			want := match{i, i}
			if i == 3000 {
				want = match{-1, i}
			} else if i > 3000 {
				want.before--
			}
			if one != want {
				t.Fatalf("%d is %v, want %v", i, one, want)
			}
		}
	})
	t.Run("too long for the table", func(t *testing.T) {
		before := elementsOf("x, " + long + "y")
		for i, one := range align((yamlnode.Meanings{}), before, elementsOf("y, "+long+"x, z")) {
			want := match{i, i}
			if i == len(before) {
				want.before = -1
			}
			if one != want {
				t.Fatalf("%d is %v, want %v", i, one, want)
			}
		}
		for i, one := range align((yamlnode.Meanings{}), elementsOf("y, "+long+"x, z"), before) {
			want := match{i, i}
			if i == len(before) {
				want.after = -1
			}
			if one != want {
				t.Fatalf("%d is %v, want %v", i, one, want)
			}
		}
	})
}

func TestWeight(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int32
	}{
		{"a", "a", sameMeaning},
		{"{name: a, v: 1}", "{v: 1, name: a}", sameMeaning},
		{"{name: a, v: 1}", "{name: a, w: 2}", sameName},
		{"{mountPath: /a, name: s}", "{mountPath: /a, name: t}", sameName},
		{"{mountPath: /a, name: s}", "{mountPath: /b, name: s}", sameShape},
		{"{mountPath: '', name: s, v: 1}", "{name: s, v: 2}", sameName},
		{"{name: a, v: 1}", "{name: b, v: 1}", sameShape},
		{"{name: '', v: 1}", "{name: '', v: 2}", sameShape},
		{"{k: 1}", "{k: 2}", sameShape},
		{"{k: 1}", "{l: 1}", sameKind},
		{"{k: 1, l: 2}", "{k: 2}", sameKind},
		{"a", "b", sameKind},
		{"[a]", "[b]", sameKind},
		{"a", "{}", sameKind},
		{"{}", "[]", sameKind},
	} {
		a, b := yaml.MustParse(test.a).YNode(), yaml.MustParse(test.b).YNode()
		for range 2 {
			if got := weight((yamlnode.Meanings{}), a, b); got != test.want {
				t.Errorf("%s and %s: %d, want %d", test.a, test.b, got, test.want)
			}
			a, b = b, a
		}
	}
}

// TestAlignBest compares with the best of all ways to match two lists in order.
func TestAlignBest(t *testing.T) {
	pool := elementsOf("a, b, {name: a, v: 1}, {name: a, v: 2}, {name: b}, {k: 1}, {k: 2}, [c]")
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 3))
		list := func() []*yaml.Node {
			var nodes []*yaml.Node
			for range r.IntN(6) {
				nodes = append(nodes, pool[r.IntN(len(pool))])
			}
			return nodes
		}
		before, after := list(), list()
		matches := align(yamlnode.Meanings{}, before, after)
		i, j, got := 0, 0, int32(0)
		for _, one := range matches {
			if one.before >= 0 && one.after >= 0 {
				got += weight(yamlnode.Meanings{}, before[one.before], after[one.after])
			}
			if one.before >= 0 && one.before != i || one.after >= 0 && one.after != j {
				t.Fatalf("seed %d: %s is not each once, in order", seed, matchesText(matches))
			}
			if one.before >= 0 {
				i++
			}
			if one.after >= 0 {
				j++
			}
		}
		if want := bestWeight(before, after); got != want || i != len(before) || j != len(after) {
			t.Fatalf("seed %d: %s weighs %d, want %d", seed, matchesText(matches), got, want)
		}
	}
}

// bestWeight tries all ways.
func bestWeight(before, after []*yaml.Node) int32 {
	if len(before) == 0 || len(after) == 0 {
		return 0
	}
	return max(weight(yamlnode.Meanings{}, before[0], after[0])+bestWeight(before[1:], after[1:]),
		bestWeight(before[1:], after), bestWeight(before, after[1:]))
}

func elementsOf(list string) []*yaml.Node { return yaml.MustParse("[" + list + "]").YNode().Content }

func matchesText(matches []match) string {
	var texts []string
	for _, one := range matches {
		texts = append(texts, strings.ReplaceAll(fmt.Sprintf("%d=%d", one.before, one.after), "-1", "-"))
	}
	return strings.Join(texts, " ")
}
