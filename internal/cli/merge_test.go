package cli

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func TestMergeLines(t *testing.T) {
	for name, test := range map[string]struct{ original, before, after, want string }{
		"nothing changed": {
			original: "a:  1\n\n# c\nb: 2\n",
			before:   "a: 1\n# c\nb: 2\n",
			after:    "a: 1\n# c\nb: 2\n",
			want:     "a:  1\n\n# c\nb: 2\n",
		},
		"a line added": {
			original: "a:  1\n\nb: 2\n",
			before:   "a: 1\nb: 2\n",
			after:    "a: 1\nx: 9\nb: 2\n",
			want:     "a:  1\nx: 9\n\nb: 2\n",
		},
		"a line changed": {
			original: "a:  1\n\nb: 2\n",
			before:   "a: 1\nb: 2\n",
			after:    "a: 1\nb: 3\n",
			want:     "a:  1\nb: 3\n\n",
		},
		"a line gone": {
			original: "a: 1\n\nb:   2\nc: 3\n",
			before:   "a: 1\nb: 2\nc: 3\n",
			after:    "a: 1\nc: 3\n",
			want:     "a: 1\n\nc: 3\n",
		},
		"deeper than the printer": {
			original: "a:\n    b:\n        -   c: 1\n            d: 2\n\n        -   c: 3\n",
			before:   "a:\n  b:\n  - c: 1\n    d: 2\n  - c: 3\n",
			after:    "a:\n  b:\n  - c: 1\n    d: 2\n    e:\n    - f: 9\n      g: 9\n  - c: 3\n  - c: 4\n  x:\n    y: 9\n",
			want: "a:\n    b:\n        -   c: 1\n            d: 2\n            e:\n            - f: 9\n              g: 9\n\n" +
				"        -   c: 3\n        - c: 4\n    x:\n      y: 9\n",
		},
		"no line break at the end": {
			original: "a:   1",
			before:   "a: 1\n",
			after:    "a: 1\nb: 2\n",
			want:     "a:   1\nb: 2\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := mergeLines(lines(test.original), lines(test.before), lines(test.after))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestMergeGivesUp is what merge does where it cannot keep the lines of the original: it prints the edited manifest anew.
func TestMergeGivesUp(t *testing.T) {
	for name, test := range map[string]struct{ original, want string }{
		"a flow map over lines, edited": {
			original: "metadata: {\n  name: a,\n\n  labels: {b: c}\n}\n",
			want:     "metadata: {name: a, labels: {b: c}, added: x}\n",
		},
		"JSON": {
			original: "{\n  \"metadata\": {\n    \"name\": \"1\"\n  }\n}\n",
			want:     "metadata:\n  name: \"1\"\n  added: x\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			original := parseOne(t, test.original)
			edited := original.node.Copy()
			if err := edited.PipeE(yaml.Lookup("metadata"), yaml.SetField("added", yaml.NewStringRNode("x"))); err != nil {
				t.Fatal(err)
			}
			got, err := merge(original, edited)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestMergeKeepsItsPromise makes manifests in many hands and edits them at random. What merge writes means what the edited
// manifest means, always; and where the edit only added something, every line of the original is there, in order.
func TestMergeKeepsItsPromise(t *testing.T) {
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 0))
		text := (&author{Rand: random, wide: random.IntN(2) == 0, step: 2 + 2*random.IntN(2)}).manifest()
		original := parseOne(t, text)
		edited := original.node.Copy()
		onlyAdded := true
		for range 1 + random.IntN(4) {
			onlyAdded = edit(random, edited.YNode()) && onlyAdded
		}
		got, err := merge(original, edited)
		if err != nil {
			t.Fatal(err)
		}
		node, err := yaml.Parse(got)
		if err != nil {
			t.Fatalf("seed %d: %v in:\n%s", seed, err, got)
		}
		if diff := cmp.Diff(meaning(edited), meaning(node)); diff != "" {
			t.Fatalf("seed %d: it means something else (-want +got):\n%s\noriginal:\n%s\ngot:\n%s", seed, diff, text, got)
		}
		if onlyAdded && !inOrder(lines(text), lines(got)) {
			t.Errorf("seed %d: a line was lost or rewritten:\n%s\noriginal:\n%s", seed, cmp.Diff(text, got), text)
		}
	}
}

// FuzzMerge edits any manifest: what merge writes means what the edited manifest means.
func FuzzMerge(f *testing.F) {
	f.Add("a:\n- b: 1 # c\n", uint64(0))
	f.Add("{\"a\": [1, 2]}", uint64(1))
	f.Add("a: |\n  b\n\n  c\nd: &x [1]\ne: *x\n", uint64(2))
	f.Add("? a\n: b\n--- \n", uint64(3))
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		all, err := parse("fuzz", text)
		if err != nil {
			return
		}
		for _, original := range all {
			if original.text == "" {
				continue
			}
			edited := original.node.Copy()
			edit(rand.New(rand.NewPCG(seed, 0)), edited.YNode())
			want := meaning(edited)
			printed, err := encode(edited, yaml.CompactSequenceStyle)
			if err != nil {
				return
			}
			if again, err := yaml.Parse(printed); err != nil || meaning(again) != want {
				return // the printer's own mistake
			}
			text, err := merge(original, edited)
			if err != nil {
				t.Fatal(err)
			}
			got, err := yaml.Parse(text)
			if err != nil {
				t.Fatalf("%v in:\n%s", err, text)
			}
			if diff := cmp.Diff(want, meaning(got)); diff != "" {
				t.Errorf("it means something else (-want +got):\n%s\ngot:\n%s", diff, text)
			}
		}
	})
}

func parseOne(t *testing.T, text string) manifest {
	t.Helper()
	all, err := parse("test", text)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d manifests, %v, in:\n%s", len(all), err, text)
	}
	return all[0]
}

// meaning is a document without comments and style.
func meaning(node *yaml.RNode) string {
	var out strings.Builder
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		value := n.Value
		if n.ShortTag() == yaml.NodeTagNull {
			value = "null" // or ~, or nothing
		}
		fmt.Fprintf(&out, "%d %s %s %q\n", n.Kind, n.ShortTag(), n.Anchor, value)
		for _, child := range n.Content {
			walk(child)
		}
		out.WriteString("end\n")
	}
	walk(node.YNode())
	return out.String()
}

func inOrder(want, got []string) bool {
	for _, line := range got {
		if len(want) > 0 && exact(line) == exact(want[0]) {
			want = want[1:]
		}
	}
	return len(want) == 0
}

// edit changes one thing in a block map or list, and says whether it only added something.
func edit(random *rand.Rand, root *yaml.Node) (onlyAdded bool) {
	var blocks []*yaml.Node
	var find func(*yaml.Node)
	find = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
			if n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0 {
				blocks = append(blocks, n)
			}
			for _, child := range n.Content {
				find(child)
			}
		}
	}
	find(root)
	if len(blocks) == 0 {
		return false
	}
	block := blocks[random.IntN(len(blocks))]
	text := func() *yaml.Node { return yaml.NewStringRNode(fmt.Sprintf("added%d", random.IntN(1000))).YNode() }
	value := text()
	if random.IntN(2) == 0 {
		value = &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{text(), text(), text(),
			{Kind: yaml.SequenceNode, Content: []*yaml.Node{text(), text()}}}}
	}
	size := 1
	if block.Kind == yaml.MappingNode {
		size = 2
	}
	at := random.IntN(len(block.Content)/size) * size
	switch random.IntN(6) {
	case 0: // take something out, but not the last
		if len(block.Content) > size {
			block.Content = append(block.Content[:at:at], block.Content[at+size:]...)
		}
		return false
	case 1: // replace a scalar
		if last := block.Content[at+size-1]; last.Kind == yaml.ScalarNode {
			last.Value, last.Tag, last.Style = fmt.Sprintf("changed%d", random.IntN(1000)), yaml.NodeTagString, 0
		}
		return false
	}
	if block.Kind == yaml.MappingNode {
		block.Content = append(block.Content, text())
	}
	block.Content = append(block.Content, value)
	return true
}

// author writes a manifest in a hand of its own: with an indentation, blank lines, comments, quotes and spaces.
type author struct {
	*rand.Rand
	wide bool // lists stand deeper than their key
	step int
	keys int
	out  strings.Builder
}

func (a *author) manifest() string {
	a.out.WriteString("kind: Test\n")
	a.mapping(0, 0)
	return a.out.String()
}

func (a *author) pick(of ...string) string { return of[a.IntN(len(of))] }

func (a *author) key() string {
	a.keys++
	return a.pick("key%d", `"key %d"`, "'key.%d'")
}

// start begins a line: in the place where the last one ended, or after blank lines and comments.
func (a *author) start(indent int, here bool) {
	if here {
		return
	}
	for a.IntN(6) == 0 {
		a.out.WriteString("\n")
	}
	if a.IntN(8) == 0 {
		a.out.WriteString(strings.Repeat(" ", indent) + "# of what follows\n")
	}
	a.out.WriteString(strings.Repeat(" ", indent))
}

func (a *author) mapping(indent, depth int) { a.mappingHere(indent, depth, false) }

func (a *author) mappingHere(indent, depth int, here bool) {
	for i := range 1 + a.IntN(4) {
		a.start(indent, here && i == 0)
		fmt.Fprintf(&a.out, a.key()+":", a.keys)
		a.value(indent, depth)
	}
}

func (a *author) value(indent, depth int) {
	switch kind := a.IntN(4); {
	case kind == 0 && depth < 4:
		a.out.WriteString(a.pick("\n", "  # a map\n"))
		a.mapping(indent+a.step, depth+1)
	case kind == 1 && depth < 4:
		a.out.WriteString("\n")
		a.list(indent, depth)
	default:
		a.out.WriteString(a.pick(" ", "  ") + a.scalar() + a.pick("", "", " # why", "   # why") + "\n")
	}
}

func (a *author) list(indent, depth int) {
	if a.wide {
		indent += a.step
	}
	for range 1 + a.IntN(3) {
		a.start(indent, false)
		a.out.WriteString("-" + strings.Repeat(" ", a.step-1))
		if a.IntN(2) == 0 {
			a.mappingHere(indent+a.step, depth+1, true)
		} else {
			a.out.WriteString(a.scalar() + "\n")
		}
	}
}

func (a *author) scalar() string {
	return a.pick("text", `"quoted"`, "'1'", "1.10", "0644", "true", "null", "~", `""`, "{ a: 1,  b: [c,d] }", "[ 'x',  y ]", "[]", "{}",
		"'"+strings.Repeat("a long line ", 12)+"'", strings.Repeat("a long line ", 12)+"ends")
}
