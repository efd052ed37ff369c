//go:build !windows

package disk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestWriteWaits has another process at work in a file's folder: Write waits for it, and then sees what it did.
func TestWriteWaits(t *testing.T) {
	dir, _ := folder(t)
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // nothing was written
	other, err := holdFolder(root, "deep")
	if err != nil || other == nil {
		t.Fatalf("the folder is not held: %v", err)
	}
	done := make(chan error)
	go func() {
		time.Sleep(50 * time.Millisecond)
		done <- errors.Join(os.WriteFile(filepath.Join(dir, "deep/b.yaml"), []byte("theirs"), 0o600), other.Close())
	}()
	err = Write(dir, []Change{{Name: "deep/b.yaml", Content: []byte("B"), Former: []byte("b")}})
	if !errors.Is(err, ErrChanged) {
		t.Errorf("it says %v", err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestWriteHolds has others wait while files take their places.
func TestWriteHolds(t *testing.T) {
	dir, changes := folder(t)
	held := 0
	tx := &transaction{}
	tx.before = func(operation, name string) error {
		if operation == "rename" && name == "deep/b.yaml" {
			if other, err := lockFolder(tx.root, "deep"); err == nil {
				return errors.Join(errors.New("the folder is not locked"), other.Close())
			}
			held++
		}
		return nil
	}
	if err := tx.run(dir, changes); err != nil || held != 1 {
		t.Errorf("held %d times: %v", held, err)
	}
}
