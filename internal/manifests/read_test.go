package manifests_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
)

// TestReadFolder reads a folder: what is a manifest in it, once, and what a link leads to inside.
func TestReadFolder(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	for _, name := range []string{"b.yaml", "a/c.yml", "a/d.json", "a/e.txt", ".hidden/f.yaml", ".g.yaml", "data"} {
		write(t, filepath.Join(dir, name), "{}\n")
	}
	write(t, filepath.Join(outside, "o.yaml"), "{}\n")
	for link, to := range map[string]string{
		"again.yaml": "b.yaml", "data.yaml": "data", "folder": "a", ".dots": "a", "nowhere.yaml": "absent",
		"out.yaml": filepath.Join(outside, "o.yaml"), "out": outside, "out.txt": filepath.Join(outside, "o.yaml"),
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	var r manifests.Reader
	names := func(sources []*manifests.Source, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, s := range sources {
			if s.Resolved != disk.Resolve(s.Path) || !r.HasRead(s.Path) {
				t.Errorf("%s is read as %s", s.Path, s.Resolved)
			}
			all = append(all, filepath.ToSlash(s.Name))
		}
		return strings.Join(all, " ")
	}
	keep := func(file string) bool { return filepath.Base(file) != "c.yml" }
	if got, want := names(r.Read(dir, keep)), ".g.yaml a/d.json b.yaml data.yaml"; got != want {
		t.Errorf("read %s, want %s", got, want)
	}
	var left []string
	for _, path := range r.NotFollowed {
		left = append(left, filepath.Base(path))
	}
	if diff := cmp.Diff([]string{"folder", "out", "out.yaml"}, left); diff != "" {
		t.Errorf("links that were not followed (-want +got):\n%s", diff)
	}
	if got := names(r.Read(dir, nil)); got != "a/c.yml" {
		t.Errorf("then read %s", got)
	}
	if got := names(r.Read(filepath.Join(dir, "b.yaml"), nil)); got != "" {
		t.Errorf("read once more: %s", got)
	}
	if got := names(r.Read(filepath.Join(dir, "a", "e.txt"), nil)); got != "e.txt" {
		t.Errorf("a file by its name is %s", got)
	}
	if r.HasRead(filepath.Join(dir, ".hidden", "f.yaml")) {
		t.Error("a hidden folder is read")
	}
}

// TestReadFails names the file that cannot be read.
func TestReadFails(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bad", "x.yaml"), "a: [\n")
	for path, want := range map[string]string{
		"absent":     "absent: ",
		"bad":        "bad/x.yaml: line 1",
		"bad/x.yaml": "bad/x.yaml: line 1",
	} {
		sources, err := (&manifests.Reader{}).Read(filepath.Join(dir, path), nil)
		if err == nil || len(sources) > 0 || !strings.Contains(filepath.ToSlash(err.Error()),
			filepath.ToSlash(dir)+"/"+want) {
			t.Errorf("%s: %v, %v", path, sources, err)
		}
	}
	r := manifests.Reader{Stdin: strings.NewReader("a: [\n")}
	if _, err := r.Read("-", nil); err == nil {
		t.Error("what is no YAML is read from standard input")
	}
	r = manifests.Reader{Stdin: endless{}}
	if _, err := r.Read("-", nil); err == nil || !strings.Contains(err.Error(), "more than 67108864 bytes") {
		t.Errorf("what does not end: %v", err)
	}
	r = manifests.Reader{Stdin: strings.NewReader("a: b\n")}
	if sources, err := r.Read("-", nil); err != nil || len(sources) != 1 || sources[0].Path != "-" ||
		sources[0].Resolved != "" {
		t.Errorf("%v, %v", sources, err)
	}
}

// endless is a file without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
