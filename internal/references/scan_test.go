package references

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TestMergeBomb walks a document of merges of merges of an empty map, 10^9 in all, which has nothing in it to count.
func TestMergeBomb(t *testing.T) {
	in := "a0: &a0 {}\n"
	for i := range 9 {
		before := "*a" + string(rune('0'+i))
		name := "a" + string(rune('1'+i))
		in += name + ": &" + name + " {<<: [" + before + strings.Repeat(", "+before, 9) + "]}\n"
	}
	s := scanner{wanted: func(string) bool { return true }, do: func(Place) { t.Error("there is no text in it") }}
	s.visit(yaml.MustParse(in).YNode(), nil, 0)
	if s.aliased <= most {
		t.Errorf("%d merges were counted", s.aliased)
	}
}
