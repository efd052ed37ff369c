//go:build unix

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestRead reads files by their names, and in a root: those that are regular and not too large.
func TestRead(t *testing.T) {
	dir, _ := folder(t)
	for name, size := range map[string]int{"full": MaxDocument, "large": MaxDocument + 1} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // nothing was written
	for name, test := range map[string]struct {
		size             int
		inRoot, byItself string // what is wrong
	}{
		"a.yaml": {1, "", ""},
		"full":   {MaxDocument, "", ""},
		"large":  {0, "4194305 bytes", "4194305 bytes"},
		"deep":   {0, "not a regular file", "is a directory"},
		"none":   {0, "no such file", "no such file"},
		"out":    {0, "leads out of the folder", "is a directory"},
	} {
		data, finding := ReadFile(root, name)
		message := ""
		if finding != nil {
			message = finding.Error()
		}
		check(t, name+" in the root", test.size, data, test.inRoot, message)
		data, err := ReadNamed(filepath.Join(dir, name))
		message = ""
		if err != nil {
			message = err.Error()
		}
		check(t, name+" by itself", test.size, data, test.byItself, message)
	}
	if _, finding := ReadFile(nil, "a.yaml"); finding == nil {
		t.Error("a file is read from no root")
	}
	large, err := os.Open(filepath.Join(dir, "large"))
	if err != nil {
		t.Fatal(err)
	}
	if data, err := bounded(large); err == nil || len(data) > 0 {
		t.Errorf("what has grown is read: %v", err)
	}
	full, err := os.Open(filepath.Join(dir, "full"))
	if err != nil {
		t.Fatal(err)
	}
	if data, err := bounded(full); err != nil || len(data) != MaxDocument {
		t.Errorf("%d bytes: %v", len(data), err)
	}
	if _, err := bounded(full); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("a file that is closed: %v", err)
	}
}

func check(t *testing.T, name string, size int, data []byte, wrong, message string) {
	t.Helper()
	if len(data) != size || (message == "") != (wrong == "") || !strings.Contains(message, wrong) {
		t.Errorf("%s: %d bytes, %q", name, len(data), message)
	}
}

// TestNamedError says what was meant perhaps.
func TestNamedError(t *testing.T) {
	dir, _ := folder(t)
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"gone.yml":    {fs.ErrNotExist, "did you mean " + filepath.Join(dir, "gone.yaml") + "?"},
		"zzzzzzzz":    {fs.ErrNotExist, "name one that exists"},
		"none/a.yaml": {fs.ErrNotExist, "name one that exists"},
		"*.yaml":      {fs.ErrNotExist, "leave the pattern out"},
		"deep":        {syscall.EISDIR, "name a file"},
		"a.yaml":      {syscall.ENOTDIR, "name a folder"},
	} {
		if err := NamedError(filepath.Join(dir, name), test.err); !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPaths resolves paths, with links followed, and says which are inside a folder.
func TestPaths(t *testing.T) {
	dir, _ := folder(t)
	dir = Resolve(dir)
	if err := os.Symlink("deep", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for path, want := range map[string]string{
		"link/b.yaml": "deep/b.yaml", "link/new/c.yaml": "deep/new/c.yaml", "a.yaml": "a.yaml",
	} {
		if got := Resolve(path); got != filepath.Join(dir, want) {
			t.Errorf("%s is %s", path, got)
		}
		if !Inside(path, dir) || Inside(path, filepath.Join(dir, "other")) {
			t.Errorf("%s is not where it is", path)
		}
		if got := FromHere(filepath.Join(dir, want)); got != want {
			t.Errorf("from here %s is %s", want, got)
		}
	}
	if IsSpecial("a.yaml") || IsSpecial("deep") || IsSpecial("none") || !IsSpecial(os.DevNull) {
		t.Error("what is special is not told apart")
	}
}
