package migrate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/hostile"
)

// TestPlanLines holds the plan of adopt to lines that are its own, whatever a file is called and has in it.
func TestPlanLines(t *testing.T) {
	text := func(name, comment string) string {
		a := Adoption{plan: &Plan{Changes: []Change{{Path: name, Before: []byte("a"), After: []byte("b"),
			Was: []byte("a: b\n"), Is: []byte("a: c # " + comment + "\n")}}}}
		var out strings.Builder
		if err := a.Print(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for i, name := range hostile.Names() {
		comment := hostile.InOneLine(name)
		lines := strings.Count(text("web", comment), "\n")
		t.Run(fmt.Sprint(i), func(t *testing.T) { hostile.Harmless(t, text(name, comment), lines) })
	}
}
