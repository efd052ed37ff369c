package terminal

import (
	"bytes"
	"testing"
)

// TestColourDiff colours lines by what they say, and leaves the text as it is.
func TestColourDiff(t *testing.T) {
	text := "diff a b\n--- a\n+++ b\n@@ -1 +1 @@\n same\n-old\n+new\n"
	want := bold + "diff a b" + plainText + "\n" + bold + "--- a" + plainText + "\n" + bold + "+++ b" + plainText + "\n" +
		cyan + "@@ -1 +1 @@" + plainText + "\n same\n" + red + "-old" + plainText + "\n" + green + "+new" + plainText + "\n"
	if got := ColourDiff(text); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if IsColoured(&Stream{Writer: &bytes.Buffer{}}) {
		t.Error("what is no terminal is coloured")
	}
}

// TestColourFindings colours the severity and nothing that looks like one in a message.
func TestColourFindings(t *testing.T) {
	got := colourFindings("a.yaml:1:2: error: f: x: warning: y\n  - detail: error: z\n")
	want := bold + "a.yaml:1:2" + plainText + ": " + red + "error" + plainText + ": f: x: warning: y\n  - detail: error: z\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
