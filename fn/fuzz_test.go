package fn_test

import (
	"bytes"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/pinned"
)

// FuzzExecute holds the function to its promises whatever comes in.
func FuzzExecute(f *testing.F) {
	for _, dir := range cases(f) {
		f.Add(read(f, dir, "in.yaml"))
	}
	dir := filepath.Join(pinned.Root(), "testdata", "formats") // has files for some of the sources
	setEnv(f, dir)
	f.Fuzz(func(t *testing.T, in []byte) { keepsPromises(t, dir, in) })
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
			for _, node := range nodes(list)[1:] {
				was := *node
				*node = *yaml.MustParse(instead[(next*7+3)%len(instead)]).YNode()
				next++
				in, err := yaml.Marshal(list)
				*node = was
				if err != nil || node.Kind == yaml.AliasNode || node.Anchor != "" {
					continue // no YAML
				}
				if keepsPromises(t, dir, in); t.Failed() {
					t.Errorf("the input was:\n%s", in)
				}
			}
		})
	}
}

// keepsPromises checks that the function does not panic, that what it writes can be read, and that where it fails the
// items are those that came in.
func keepsPromises(t *testing.T, dir string, in []byte) {
	t.Helper()
	defer func() {
		if problem := recover(); problem != nil {
			t.Errorf("panic: %v\n%s", problem, debug.Stack())
		}
	}()
	out, errs, status := execute(t, dir, in)
	if status != 0 && !strings.Contains(string(errs), "secretwright: error: ") {
		t.Errorf("exit status %d, and no error on stderr", status)
	}
	if len(out) == 0 {
		if status != 1 {
			t.Errorf("exit status %d, and nothing on stdout", status)
		}
		return
	}
	got, err := itemsOf(out)
	if err != nil {
		t.Fatalf("the output cannot be read: %v\n%s", err, out)
	}
	if status == 0 {
		return
	}
	if diff := cmp.Diff(rewritten(t, in), got); diff != "" {
		t.Errorf("the run failed, but the items changed (-in +out):\n%s", diff)
	}
}

// nodes are all nodes under a node, itself first.
func nodes(node *yaml.Node) []*yaml.Node {
	all := []*yaml.Node{node}
	for _, child := range node.Content {
		all = append(all, nodes(child)...)
	}
	return all
}

// rewritten are the items of a ResourceList as kyaml's reader and writer alone leave them.
func rewritten(t *testing.T, in []byte) string {
	t.Helper()
	items, err := itemsOf(canonical(t, in))
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// canonical is a ResourceList as kyaml's reader and writer alone leave it.
func canonical(t *testing.T, in []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	list := &kio.ByteReadWriter{Reader: bytes.NewReader(in), Writer: &out, OmitReaderAnnotations: true, KeepReaderAnnotations: true}
	nodes, err := list.Read()
	if err == nil {
		err = list.Write(nodes)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
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
