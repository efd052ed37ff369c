package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/hostile"
)

// TestDiffLines holds a diff to lines that are its own, whatever a file is called and has in it.
func TestDiffLines(t *testing.T) {
	text := func(name, comment string) string {
		return unified([]pair{{name: name, was: []byte("a: b\n"), will: []byte("a: c # " + comment + "\n")}})
	}
	for i, name := range hostile.Names() {
		comment := hostile.InOneLine(name)
		lines := strings.Count(text("web", comment), "\n")
		t.Run(fmt.Sprint(i), func(t *testing.T) { hostile.Harmless(t, text(name, comment), lines) })
	}
}
