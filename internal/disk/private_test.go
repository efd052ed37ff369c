package disk

import (
	"os"
	"path/filepath"
	"testing"
)

// TestPrivate removes what a killed process left, and not what a live one is at work on.
func TestPrivate(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp) // of Windows
	left := filepath.Join(temp, privatePrefix+"left")
	if err := os.Mkdir(left, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, "spec.yaml"), []byte("plain"), 0o600); err != nil {
		t.Fatal(err)
	}
	one, removeOne, err := Private()
	if err != nil {
		t.Fatal(err)
	}
	two, removeTwo, err := Private()
	if err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]bool{left: false, one: true, two: true} {
		info, err := os.Stat(dir)
		if (err == nil) != want {
			t.Errorf("%s: %v", dir, err)
		}
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v", dir, info.Mode())
		}
	}
	removeOne()
	removeTwo()
	if entries, err := os.ReadDir(temp); err != nil || len(entries) > 0 {
		t.Errorf("%v, %v", entries, err)
	}
}
