package examples_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/pinned"
)

// TestKptToStdout renders the package to standard output.
func TestKptToStdout(t *testing.T) {
	setUp(t)
	kpt := pinned.Command(t, "kpt")
	work := copied(t)
	out := run(t, filepath.Join(work, "kpt"), kpt, "fn", "render", "--allow-exec", "--output", "unwrap", "shop")
	golden(t, "kpt/expected.yaml", out)
	holdTogether(t, read(t, out))
	sameFiles(t, files(t, "kpt/shop"), files(t, filepath.Join(work, "kpt/shop")))
}

// TestKptInPlace renders the package in place, twice: the first time wires the Deployment and adds one file, the second
// changes nothing.
func TestKptInPlace(t *testing.T) {
	setUp(t)
	kpt := pinned.Command(t, "kpt")
	shop := filepath.Join(copied(t), "kpt/shop")
	before := files(t, shop)
	run(t, shop, kpt, "fn", "render", "--allow-exec")
	once := files(t, shop)
	run(t, shop, kpt, "fn", "render", "--allow-exec")
	sameFiles(t, once, files(t, shop))

	holdTogether(t, read(t, []byte(once["deployment.yaml"]+"---\n"+once["secret_database.yaml"])))
	delete(once, "secret_database.yaml")
	once["deployment.yaml"] = before["deployment.yaml"]
	sameFiles(t, before, once)
}

// TestKptNeedsKrmignore is why the package has a .krmignore.
func TestKptNeedsKrmignore(t *testing.T) {
	setUp(t)
	kpt := pinned.Command(t, "kpt")
	shop := filepath.Join(copied(t), "kpt/shop")
	if err := os.Remove(filepath.Join(shop, ".krmignore")); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(kpt, "fn", "render", "--allow-exec", shop).CombinedOutput(); err == nil {
		t.Errorf("kpt has come to accept files that are no resources; the README need not speak of .krmignore:\n%s", out)
	}
}

// TestKptFunction hands secretwright what kpt sends it (testdata/kpt-stdin.yaml, $PACKAGE stands for the package's
// path). TestKptStdin holds the file to it.
func TestKptFunction(t *testing.T) {
	setUp(t)
	shop := filepath.Join(copied(t), "kpt/shop")
	stdin, err := os.ReadFile("testdata/kpt-stdin.yaml")
	if err != nil {
		t.Fatal(err)
	}
	function := func(in []byte) []byte {
		cmd := exec.Command("secretwright")
		cmd.Dir = filepath.Dir(shop) // kpt runs it where it was itself started
		cmd.Stdin = bytes.NewReader(in)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	once := function(bytes.ReplaceAll(stdin, []byte("$PACKAGE"), []byte(shop)))
	if diff := cmp.Diff(string(once), string(function(once))); diff != "" {
		t.Errorf("the second run changes something (-first +second):\n%s", diff)
	}
	want, err := os.ReadFile("kpt/expected.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sorted(string(want)), sorted(unwrap(t, once))); diff != "" {
		t.Errorf("what kpt would print (-want +got):\n%s", diff)
	}
}

// TestKptStdin holds testdata/kpt-stdin.yaml to what kpt sends to a function.
func TestKptStdin(t *testing.T) {
	setUp(t)
	kpt := pinned.Command(t, "kpt")
	work := copied(t)
	spy := t.TempDir()
	script := "#!/bin/sh\ntee " + filepath.Join(spy, "stdin") + " | " + which(t, "secretwright") + "\n"
	if err := os.WriteFile(filepath.Join(spy, "secretwright"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", spy+string(filepath.ListSeparator)+os.Getenv("PATH"))
	run(t, filepath.Join(work, "kpt"), kpt, "fn", "render", "--allow-exec", "--output", "unwrap", "shop")
	sent, err := os.ReadFile(filepath.Join(spy, "stdin"))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/kpt-stdin.yaml", bytes.ReplaceAll(sent, []byte(filepath.Join(work, "kpt/shop")),
		[]byte("$PACKAGE")))
}

func which(t *testing.T, command string) string {
	t.Helper()
	path, err := exec.LookPath(command)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// unwrap is a ResourceList as `kpt fn render --output unwrap` prints it.
func unwrap(t *testing.T, list []byte) string {
	t.Helper()
	items, err := (&kio.ByteReader{Reader: bytes.NewReader(list), OmitReaderAnnotations: true}).Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range items {
		for name := range item.GetAnnotations() {
			internal := strings.HasPrefix(name, "internal.config.kubernetes.io/") || strings.HasPrefix(name, "config.k8s.io/") ||
				name == "config.kubernetes.io/path" || name == "config.kubernetes.io/index"
			if !internal {
				continue
			}
			if err := item.PipeE(yaml.ClearAnnotation(name)); err != nil {
				t.Fatal(err)
			}
		}
		if err := yaml.ClearEmptyAnnotations(item); err != nil {
			t.Fatal(err)
		}
	}
	out, err := kio.StringAll(items)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sorted is a stream of YAML documents in the order of their text: kpt sorts resources by their files.
func sorted(stream string) string {
	documents := strings.Split(strings.TrimSuffix(stream, "\n"), "\n---\n")
	slices.Sort(documents)
	return strings.Join(documents, "\n---\n")
}

// files are the files in a folder and their content.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[entry.Name()] = string(content)
	}
	return out
}

func sameFiles(t *testing.T, want, got map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the files of the package (-want +got):\n%s", diff)
	}
}
