package disk

import (
	"path/filepath"
	"testing"
)

// TestPathsByName resolves paths to what is not there, on every system.
func TestPathsByName(t *testing.T) {
	dir := Resolve(".")
	for _, name := range []string{"none.yaml", filepath.Join("none", "b.yaml")} {
		whole := filepath.Join(dir, name)
		if got := Resolve(name); got != whole {
			t.Errorf("%s is %s", name, got)
		}
		if !Inside(name, dir) || !Inside(whole, dir) || Inside(name, filepath.Join(dir, "other")) {
			t.Errorf("%s is not where it is", name)
		}
		if got := FromHere(whole); got != filepath.ToSlash(name) {
			t.Errorf("from here %s is %s", whole, got)
		}
	}
	if up := filepath.Join("..", "c.yaml"); Inside(up, dir) {
		t.Errorf("%s is inside", up)
	}
}
