package splice

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice/splicetest"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
)

var update = flag.Bool("update", false, "write the golden file anew")

func stringNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: text}
}

// newNodes are what wiring adds.
var newNodes = []string{
	"name: DATABASE_URL\nvalueFrom:\n  secretKeyRef:\n    name: db-9mf9dg662b\n    key: url\n",
	"secretRef:\n  name: 'on'\n",
	"name: secrets\nsecret:\n  secretName: db\n  items:\n  - key: a\n    path: b\n",
	"mountPath: /etc/secrets\nname: secrets\nreadOnly: true\n",
	"text", "\"0123\"", "[]", "{}", "[a, {b: c}]", "null", "- a\n- - b\n  - c\n- d: e\n", "a: |\n  x\n  y\n",
}

// change is a random edit of a copy of a tree, and what it may touch: the path of a node by its numbers in Content,
// and whether the node goes.
type change struct {
	what  string
	path  []int
	added bool
	// empty is whether something was added to nothing.
	empty bool
}

// randomEdit makes one edit in a tree.
func randomEdit(r *rand.Rand, root *yaml.Node) change {
	var paths [][]int
	var walk func(node *yaml.Node, path []int)
	walk = func(node *yaml.Node, path []int) {
		paths = append(paths, append([]int(nil), path...))
		for i, child := range node.Content {
			if node.Kind == yaml.SequenceNode || i%2 == 1 {
				walk(child, append(path, i))
			}
		}
	}
	walk(root, nil)
	path := paths[r.IntN(len(paths))]
	node, parent := root, (*yaml.Node)(nil)
	for _, i := range path {
		parent, node = node, node.Content[i]
	}
	empty := len(node.Content) == 0
	added := yaml.MustParse(newNodes[r.IntN(len(newNodes))]).YNode()
	switch {
	case node.Kind == yaml.SequenceNode && r.IntN(3) > 0:
		at := r.IntN(len(node.Content) + 1)
		node.Content = append(node.Content[:at:at], append([]*yaml.Node{added}, node.Content[at:]...)...)
		return change{fmt.Sprintf("add element %d", at), path, true, empty}
	case node.Kind == yaml.MappingNode && r.IntN(3) > 0:
		key := fmt.Sprintf("new-%d", r.IntN(1000))
		node.Content = append(node.Content, stringNode(key), added)
		return change{"add key " + key, path, true, empty}
	case node.Kind == yaml.ScalarNode && r.IntN(2) == 0:
		node.Value = splicetest.Texts[r.IntN(len(splicetest.Texts))]
		node.Tag, node.Style = yaml.NodeTagString, node.Style&^yaml.TaggedStyle
		return change{fmt.Sprintf("set to %q", node.Value), path, false, false}
	case parent != nil && r.IntN(3) > 0:
		at := path[len(path)-1]
		from := at
		if parent.Kind == yaml.MappingNode {
			from--
		}
		parent.Content = append(parent.Content[:from:from], parent.Content[at+1:]...)
		if len(parent.Content) == 0 || hasSame(parent, node) {
			path = path[:len(path)-1] // its parent becomes {} or [], or which one goes cannot be said
		}
		return change{"remove", path, false, false}
	}
	*node = *added
	return change{"replace", path, false, false}
}

// hasSame reports whether a list has an element that means the same as a node.
func hasSame(list, node *yaml.Node) bool {
	return list.Kind == yaml.SequenceNode && slices.ContainsFunc(list.Content, func(other *yaml.Node) bool {
		return yamlnode.Meanings{}.Of(other) == yamlnode.Meanings{}.Of(node)
	})
}

// touched returns the first and the last line, from 0, of the node that an edit changes, with its key.
func touched(l *layout, c change) (first, last int) {
	p := l.root()
	start, end := p.start, p.end
	for _, i := range c.path {
		if p.node.Kind == yaml.MappingNode {
			i /= 2
		}
		entries := l.list(p)
		p, start, end = entries[i].value, entries[i].start, entries[i].value.end
		if c.what == "remove" && !l.isFirst(start) && i+1 < len(entries) {
			end = entries[i+1].start // what follows comes behind the dash instead
		}
	}
	return l.line(start), l.line(end)
}

// checkEdit makes random edits in a document and checks what came out.
func checkEdit(t *testing.T, seed uint64, text string) (reprinted int) {
	t.Helper()
	file, err := manifests.Parse([]byte(text))
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, text)
	}
	r := rand.New(rand.NewPCG(seed, 2))
	for _, d := range file.Documents {
		if d.Node == nil {
			continue
		}
		same, err := Document(d, yamlnode.Copy(d.Node))
		if err != nil || !bytes.Equal(same.Text, d.Text) {
			t.Fatalf("seed %d: without an edit: %v\n%s\n---- became\n%s", seed, err, d.Text, same.Text)
		}
		edited := yamlnode.Copy(d.Node)
		c := randomEdit(r, edited)
		result, err := Document(d, edited)
		if err != nil {
			t.Fatalf("seed %d: %s at %v: %v\n%s\n---- for\n%s", seed, c.what, c.path, err, d.Text,
				yaml.NewRNode(edited).MustString())
		}
		after, err := manifests.Parse(result.Text)
		if err != nil || len(after.Documents) != 1 || after.Documents[0].Node == nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, result.Text)
		}
		if (yamlnode.Meanings{}).Of(after.Documents[0].Node) != (yamlnode.Meanings{}).Of(edited) {
			t.Fatalf("seed %d: it means something else\n%s", seed, result.Text)
		}
		again, err := Document(after.Documents[0], edited)
		if err != nil || !bytes.Equal(again.Text, result.Text) {
			t.Fatalf("seed %d: a second run changes it: %v\n%s", seed, err, again.Text)
		}
		reprinted += len(result.Reprinted)
		if problem := collateral(d, result, c); problem != "" {
			t.Fatalf("seed %d: %s at %v: %s\n%s\n---- became\n%s", seed, c.what, c.path, problem, d.Text, result.Text)
		}
	}
	return reprinted
}

// collateral says what an edit changed that it need not have.
func collateral(d *manifests.Document, result Result, c change) string {
	if yamlnode.HasAlias(d.Node) {
		return ""
	}
	if len(result.Reprinted) > 0 && c.what != "replace" {
		return "a node was printed anew"
	}
	before, after := linesOf(d.Text), linesOf(result.Text)
	head := 0
	for head < min(len(before), len(after)) && before[head] == after[head] {
		head++
	}
	problem := ""
	for at := head; at >= 0; at-- { // where lines repeat, what is gone can be said in several ways
		p := collateralFrom(d, c, before, after, at)
		if p == "" {
			return ""
		}
		if at == head {
			problem = p
		}
	}
	return problem
}

func linesOf(text []byte) []string {
	text = bytes.TrimPrefix(text, []byte(yamltext.BOM))
	if !endsInBreak(text) {
		text = append(bytes.Clone(text), newLayout(&manifests.Document{Text: text}).lineBreak(len(text))...)
	}
	var lines []string
	for at := 0; at < len(text); at = yamltext.NextLine(text, at) {
		lines = append(lines, string(text[at:yamltext.NextLine(text, at)]))
	}
	return lines
}

// collateralFrom is collateral, if the first head lines are said to be the same.
func collateralFrom(d *manifests.Document, c change, before, after []string, head int) string {
	tail := 0
	for tail < min(len(before), len(after))-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	gone := before[head : len(before)-tail]
	first, last := touched(newLayout(d), c)
	if !strings.HasSuffix(string(d.Text), "\n") {
		first, last = first-1, len(before) // the line at the end gets a line break, its block text a sign
	}
	if c.added && !c.empty && len(gone) > 1 && strings.HasSuffix(string(d.Text), "\n") {
		return fmt.Sprintf("%d lines changed", len(gone))
	}
	for i, line := range gone {
		at := head + i
		switch trimmed := strings.TrimSpace(line); {
		case at >= first && at <= last, trimmed == "", trimmed[0] == '#':
		case at == first-1 && strings.Contains(trimmed,
			","): // the comma before the last entry in flow style goes with it
		default:
			return fmt.Sprintf("line %d is not its own", at+1)
		}
	}
	return ""
}

func TestRandomYAML(t *testing.T) {
	reprinted := 0
	for seed := range uint64(4_000) {
		reprinted += checkEdit(t, seed, splicetest.New(seed).Document())
	}
	t.Logf("%d nodes were printed anew", reprinted)
}

func TestRandomJSON(t *testing.T) {
	for seed := range uint64(2_000) {
		g := splicetest.New(seed)
		checkEdit(t, seed, g.JSON(4, "", g.Chance(2))+g.Pick("", "\n"))
	}
}

// TestRandomEdits compares the lines that random edits change with testdata/edits.txt: what is as true but not as good,
// such as a comment that goes to another entry or a list that is indented otherwise, is seen there.
func TestRandomEdits(t *testing.T) {
	var got strings.Builder
	for seed := range uint64(600) {
		g := splicetest.New(seed)
		text := ""
		if seed%6 == 5 {
			text = g.JSON(4, "", g.Chance(2))
		} else {
			text = g.Document()
		}
		file, err := manifests.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 4))
		for _, d := range file.Documents {
			if d.Node == nil {
				continue
			}
			edited := yamlnode.Copy(d.Node)
			var whats []string
			for range 1 + r.IntN(2) {
				c := randomEdit(r, edited)
				whats = append(whats, fmt.Sprintf("%s at %v", c.what, c.path))
			}
			result, err := Document(d, edited)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			fmt.Fprintf(&got, "# %d: %s", seed, strings.Join(whats, ", "))
			if n := len(result.Reprinted); n > 0 {
				fmt.Fprintf(&got, "; %d printed anew", n)
			}
			got.WriteString("\n" + changedLines(string(d.Text), string(result.Text)))
		}
	}
	const path = "testdata/edits.txt"
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// changedLines are the lines from the first to the last that differ, quoted where they are not printable.
func changedLines(before, after string) string {
	a, b := slices.Collect(strings.Lines(before)), slices.Collect(strings.Lines(after))
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	var out strings.Builder
	write := func(sign string, lines []string) {
		for _, line := range lines {
			text, whole := strings.CutSuffix(line, "\n")
			if strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
				text = strconv.Quote(text)
			}
			if !whole {
				text += " (no line break)"
			}
			out.WriteString(sign + text + "\n")
		}
	}
	write("-", a)
	write("+", b)
	return out.String()
}

// FuzzSplice checks that any document can be edited, or is refused, and never becomes something else.
// Each run parses the text, edits it twice, and parses the outcome: it takes three times what the fuzzer itself does.
func FuzzSplice(f *testing.F) {
	for seed := range uint64(200) {
		f.Add([]byte(splicetest.New(seed).Document()), seed)
	}
	f.Add([]byte("a: 1\na: 2\n"), uint64(0)) // which is refused
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		file, err := manifests.Parse(text)
		if err != nil {
			return
		}
		if !bytes.Equal(file.Bytes(), text) {
			t.Fatalf("the documents joined are %q", file.Bytes())
		}
		r := rand.New(rand.NewPCG(seed, 2))
		for _, d := range file.Documents {
			if d.Node == nil {
				continue
			}
			edited := yamlnode.Copy(d.Node)
			same, err := Document(d, edited)
			if err != nil && d.Twice() != nil {
				continue // refused
			}
			if err != nil || !bytes.Equal(same.Text, d.Text) {
				t.Fatalf("without an edit: %v, %q", err, same.Text)
			}
			randomEdit(r, edited)
			result, err := Document(d, edited)
			if err != nil {
				continue // refused
			}
			after, err := manifests.Parse(result.Text)
			if err != nil || len(after.Documents) != 1 || !(yamlnode.Meanings{}).Equal(after.Documents[0].Node, edited) {
				t.Fatalf("it became %q: %v", result.Text, err)
			}
		}
	})
}
