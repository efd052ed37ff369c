package templates

import (
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/secretwright/secretwright/internal/report"
)

// TestFactsHaveNoPlaces reads a long template. The place of a field is found by reading all that is before it, which is
// for messages only, and takes four allocations.
func TestFactsHaveNoPlaces(t *testing.T) {
	const fields = 10_000
	parsed, err := template.New("template").Parse(strings.Repeat("{{ .a }}", fields))
	if err != nil {
		t.Fatal(err)
	}
	if got := testing.AllocsPerRun(1, func() { factsOf(parsed) }); got > 4*fields {
		t.Errorf("%v allocations for %d fields", got, fields)
	}
}

// TestFailsOnce has a template that fails in many places whatever the values are. The first is reported.
func TestFailsOnce(t *testing.T) {
	text := strings.Repeat("\n{{ fail `no` }}{{ range 9999999999 }}{{ end }}{{ .a }}", 100)
	in := &Input{Field: report.Key(nil, "secrets"), Templates: map[string]string{"k": text},
		Keys: []string{"a"}, Run: &Run{}}
	var c report.Collector
	in.Check(&c)
	var got []string
	for _, f := range c.Findings() {
		got = append(got, f.Message)
	}
	want := []string{"no at 2:3", "it takes more than 1000000 steps at 2:24"}
	if !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
	}
}
