package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree returns the files in a folder, by name, with their modes and contents.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		info, err := entry.Info()
		if err != nil {
			return err
		}
		content := ""
		if entry.Type().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content = string(data)
		}
		if name != "." {
			found[name] = fmt.Sprintf("%v %s", info.Mode(), content)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// folder is a folder with three files, and the changes to it that the tests make.
func folder(t *testing.T) (dir string, changes []Change) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range map[string]string{"a.yaml": "a", "deep/b.yaml": "b", "gone.yaml": "gone",
		"same.yaml": "same"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content),
			0o640)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, []Change{
		{Name: "secret.yaml", Content: []byte("s"), Private: true},
		{Name: "a.yaml", Content: []byte("A")},
		{Name: "gone.yaml"},
		{Name: "deep/b.yaml", Content: []byte("B"), Private: true},
		{Name: "new/deeper/c.yaml", Content: []byte("c")},
		{Name: "same.yaml", Content: []byte("same")},
		{Name: "never.yaml"},
	}
}

func TestWrite(t *testing.T) {
	dir, changes := folder(t)
	if err := Write(dir, changes); err != nil {
		t.Fatal(err)
	}
	got := tree(t, dir)
	for name := range got {
		if got[name] = strings.TrimPrefix(got[name], "drwxr-xr-x "); got[name] == "" {
			delete(got, name)
		}
	}
	if diff := cmp.Diff(map[string]string{
		"secret.yaml": "-rw------- s", "a.yaml": "-rw-r----- A", "deep/b.yaml": "-rw------- B",
		"new/deeper/c.yaml": "-rw-r--r-- c", "same.yaml": "-rw-r----- same",
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWriteFails has each operation fail in turn, as on a full disk or in a folder that is read-only. Nothing changes.
func TestWriteFails(t *testing.T) {
	for n := 0; ; n++ {
		dir, changes := folder(t)
		before := tree(t, dir)
		count, failed := 0, ""
		tx := &transaction{before: func(operation, name string) error {
			if count++; count-1 != n {
				return nil
			}
			failed = operation + " " + name
			return syscall.ENOSPC
		}}
		err := tx.run(dir, changes)
		if failed == "" {
			if err != nil || n < 10 {
				t.Fatalf("%d operations, and then %v", n, err)
			}
			return
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s fails: got %v", failed, err)
		}
		if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
			t.Errorf("%s fails, and the folder changed (-before +after):\n%s", failed, diff)
		}
	}
}

// TestWriteCannotUndo has a file that cannot be put back. Its former content is kept.
func TestWriteCannotUndo(t *testing.T) {
	dir, changes := folder(t)
	err := (&transaction{before: func(operation, name string) error {
		if operation == "remove" || operation == "undo" && name == "a.yaml" {
			return syscall.EIO
		}
		return nil
	}}).run(dir, changes)
	if err == nil || !strings.Contains(err.Error(), savedPrefix) {
		t.Fatalf("got %v", err)
	}
	if err := Sweep(dir); err != nil {
		t.Fatal(err)
	}
	kept := false
	for name, content := range tree(t, dir) {
		kept = kept || strings.HasPrefix(name, savedPrefix) && content == "-rw-r----- a"
	}
	if !kept {
		t.Errorf("what a.yaml held is lost: %v", tree(t, dir))
	}
}

// TestWriteIntoNothing makes the folder, and removes it again if that was for nothing.
func TestWriteIntoNothing(t *testing.T) {
	dir := t.TempDir()
	changes := []Change{{Name: "x/a.yaml", Content: []byte("a")}, {Name: "x/a.yaml/b.yaml", Content: []byte("b")}}
	if err := Write(filepath.Join(dir, "new", "deeper"), changes); err == nil ||
		!strings.Contains(err.Error(), "not a directory") {
		t.Errorf("got %v", err)
	}
	if got := tree(t, dir); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
	if err := Write(filepath.Join(dir, "new", "deeper"), changes[:1]); err != nil {
		t.Error(err)
	}
}

// TestWriteStaysInside refuses what a link in the folder leads out to.
func TestWriteStaysInside(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, []Change{{Name: "link/a.yaml", Content: []byte("a")}}); err == nil {
		t.Error("it was written")
	}
	if got := tree(t, outside); len(got) > 0 {
		t.Errorf("written outside: %v", got)
	}
}

// TestSweepAlone removes what a killed process left, when nothing is written.
func TestSweepAlone(t *testing.T) {
	dir, _ := folder(t)
	before := tree(t, dir)
	if err := os.MkdirAll(filepath.Join(dir, stagePrefix+"leftover", "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(dir); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if err := Sweep(filepath.Join(dir, "a.yaml")); err == nil {
		t.Error("a file was swept")
	}
}

// TestSweep removes what a killed process left, and not what a live one is at work on.
func TestSweep(t *testing.T) {
	dir, changes := folder(t)
	leftover := filepath.Join(dir, stagePrefix+"leftover")
	if err := errors.Join(os.Mkdir(leftover, 0o700), os.WriteFile(filepath.Join(leftover, "0.new"), []byte("s"),
		0o600)); err != nil {
		t.Fatal(err)
	}
	err := (&transaction{before: func(operation, _ string) error {
		if operation != "write" {
			return nil
		}
		if _, err := os.Stat(leftover); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the leftover is still there: %w", err)
		}
		for name, content := range tree(t, dir) {
			if strings.HasPrefix(name, stagePrefix) && strings.HasPrefix(content, "d") &&
				!strings.HasPrefix(content, "drwx------") {
				return fmt.Errorf("%s can be read by others", name)
			}
		}
		return Sweep(dir)
	}}).run(dir, changes)
	if err != nil {
		t.Error(err)
	}
	if got := tree(t, dir); got["a.yaml"] != "-rw-r----- A" {
		t.Errorf("got %v", got)
	}
}

// TestWriteKnows has files that are no longer what they were when they were read: none of the set is written.
func TestWriteKnows(t *testing.T) {
	for name, stale := range map[string]Change{
		"changed":      {Name: "a.yaml", Content: []byte("A"), Former: []byte("what it was")},
		"gone":         {Name: "none.yaml", Content: []byte("A"), Former: []byte("a")},
		"to be new":    {Name: "a.yaml", Content: []byte("A"), New: true},
		"to be gone":   {Name: "gone.yaml", Former: []byte("what it was")},
		"empty before": {Name: "a.yaml", Content: []byte("A"), Former: []byte{}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, changes := folder(t)
			before := tree(t, dir)
			err := Write(dir, append(changes[:1:1], stale))
			var of *Error
			if !errors.Is(err, ErrChanged) || !errors.As(err, &of) || of.Path != filepath.Join(dir, stale.Name) {
				t.Errorf("it says %v", err)
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("the folder (-before +after):\n%s", diff)
			}
		})
	}
	dir, _ := folder(t)
	err := Write(dir, []Change{
		{Name: "a.yaml", Content: []byte("A"), Former: []byte("a")}, {Name: "new.yaml", Content: []byte("n"), New: true},
		{Name: "same.yaml", Content: []byte("same"), Former: []byte("what it was")}}) // which is what it should be
	if err != nil {
		t.Error(err)
	}
}

// TestWriteMeanwhile has somebody save a file after everything was prepared.
func TestWriteMeanwhile(t *testing.T) {
	dir, _ := folder(t)
	tx := &transaction{before: func(operation, _ string) error {
		if operation != "sync" {
			return nil
		}
		return os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("saved"), 0o600)
	}}
	err := tx.run(dir, []Change{
		{Name: "deep/b.yaml", Content: []byte("B"), Former: []byte("b")},
		{Name: "a.yaml", Content: []byte("A"), Former: []byte("a")}})
	if !errors.Is(err, ErrChanged) {
		t.Errorf("it says %v", err)
	}
	for name, want := range map[string]string{"a.yaml": "saved", "deep/b.yaml": "b"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
			t.Errorf("%s has %q (%v), want %q", name, got, err, want)
		}
	}
}
