package fn_test

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/pinned"
)

// FuzzExecute holds the function to its promises whatever comes in. It is the whole of it, in two or three times what
// the fuzzer itself takes: each run parses the ResourceList, applies its SecretSpecs, and parses the outcome.
func FuzzExecute(f *testing.F) {
	for _, dir := range cases(f) {
		f.Add(read(f, dir, "in.yaml"))
	}
	dir := filepath.Join(pinned.Root(), "testdata", "formats") // has files for some of the sources
	setEnv(f, dir)
	f.Fuzz(func(t *testing.T, in []byte) {
		if problem := brokenPromise(t, dir, in); problem != "" {
			t.Error(problem)
		}
	})
}

// TestMangled holds the function to the same promises over every golden case with one node at a time turned into
// something else: what a fuzzer that knows no YAML takes long to find.
func TestMangled(t *testing.T) {
	instead := []string{"null", "5", `""`, "[]", "{}", "[null]", "[[]]", "{a: {}}", "text", "[{}, {name: app}]"}
	next := 0
	for _, dir := range cases(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			setEnv(t, dir)
			list := yaml.MustParse(string(read(t, dir, "in.yaml"))).YNode()
			for i, node := range nodes(list)[1:] {
				if i%3 != len(dir)%3 {
					continue // every third is enough of a sample, and takes seconds
				}
				was := *node
				*node = *yaml.MustParse(instead[(next*7+3)%len(instead)]).YNode()
				next++
				in, err := yaml.Marshal(list)
				*node = was
				if err != nil || node.Kind == yaml.AliasNode || node.Anchor != "" {
					continue // no YAML
				}
				if problem := brokenPromise(t, dir, in); problem != "" {
					t.Errorf("%s\nThe input was:\n%s", problem, in)
				}
			}
		})
	}
}

// brokenPromise is which promise a run broke, or "": that it does not panic, that what it writes can be read, and that
// where it fails the items are those that came in.
func brokenPromise(t *testing.T, dir string, in []byte) (problem string) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			problem = fmt.Sprintf("It panics: %v\n%s", p, debug.Stack())
		}
	}()
	out, stderr, status := execute(t, dir, in)
	switch {
	case status != 0 && !strings.Contains(string(stderr), "error: "):
		return fmt.Sprintf("It fails without an error on stderr: %s", stderr)
	case len(out) == 0 && status == 0:
		return "It writes nothing."
	case len(out) == 0:
		return ""
	}
	if _, err := itemsOf(out); err != nil {
		return fmt.Sprintf("Its output cannot be read: %v\n%s", err, out)
	}
	if status == 0 {
		return ""
	}
	if diff := cmp.Diff(rewritten(t, in), rewritten(t, out)); diff != "" {
		return "It fails, but the items changed (-in +out):\n" + diff
	}
	return ""
}

// nodes are all nodes under a node, itself first.
func nodes(node *yaml.Node) []*yaml.Node {
	all := []*yaml.Node{node}
	for _, child := range node.Content {
		all = append(all, nodes(child)...)
	}
	return all
}

// rewritten are the items of a ResourceList as a YAML reader and writer alone leave them, in block style. What is no
// list is an empty one, as kyaml reads it.
func rewritten(t *testing.T, in []byte) string {
	t.Helper()
	list := yaml.MustParse(string(in))
	found := list.Field("items")
	if found == nil || found.Value.YNode().Kind != yaml.SequenceNode || len(found.Value.Content()) == 0 {
		return "[]\n"
	}
	found.Value.YNode().Style = 0
	items, err := itemsOf([]byte(list.MustString()))
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// itemsOf is the YAML of the items of a ResourceList, without comments: those at their end may belong to what follows.
func itemsOf(data []byte) (string, error) {
	node, err := yaml.Parse(string(data))
	if err != nil {
		return "", err
	}
	found := node.Field("items")
	if found == nil {
		return "", nil
	}
	for _, n := range nodes(found.Value.YNode()) {
		n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	}
	return found.Value.String()
}
