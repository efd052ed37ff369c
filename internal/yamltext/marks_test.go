package yamltext_test

import (
	"slices"
	"testing"

	"github.com/secretwright/secretwright/internal/yamltext"
)

// TestBreaks finds the breaks of lines that YAML 1.1 has, whole and cut off.
func TestBreaks(t *testing.T) {
	for text, want := range map[string][]int{
		"":                             {0},
		"a":                            {0},
		"a\nb\n":                       {0, 2, 4},
		"a\r\nb\rc":                    {0, 3, 5},
		"a\r":                          {0, 2},
		"a\n\rb":                       {0, 2, 3},
		"a\u0085b\u2028c\u2029d":       {0, 3, 7, 11},
		"\u00a0\u2027\u202a\u2128\xe2": {0},
		"a\xc2":                        {0},
		"a\xe2\x80":                    {0},
		"a\xe2\xa8\xa8":                {0},
	} {
		if got := yamltext.LineStarts([]byte(text)); !slices.Equal(got, want) {
			t.Errorf("%q has lines at %v, want %v", text, got, want)
		}
		if got := yamltext.SpaceAt([]byte(text), len(text)); got != 0 {
			t.Errorf("%q has a space of %d bytes behind its end", text, got)
		}
		for i, start := range want {
			next := len(text)
			if i+1 < len(want) {
				next = want[i+1]
			}
			if got := yamltext.NextLine([]byte(text), start); got != next {
				t.Errorf("%q: the line after %d is at %d, want %d", text, start, got, next)
			}
		}
	}
}

func TestIsMarker(t *testing.T) {
	for line, want := range map[string]bool{
		"---": true, "---\n": true, "--- a": true, "---\ta": true, "---a": false, "--": false, " ---": false,
	} {
		if got := yamltext.IsMarker([]byte(line), "---"); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

func TestIsBlankOrComment(t *testing.T) {
	for line, want := range map[string]bool{
		"": true, " \t\r\n": true, "# a\n": true, "\t# a": true, "a # b": false, " -": false,
	} {
		if got := yamltext.IsBlankOrComment([]byte(line)); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}
