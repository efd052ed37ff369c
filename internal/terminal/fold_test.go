package terminal

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"short", "a.yaml:1:1: error\n", "a.yaml:1:1: error\n"},
		{"as wide as it may be", "0123456789 123456789\n", "0123456789 123456789\n"},
		{"one more", "0123456789 1234567890\n", "0123456789\n  1234567890\n"},
		{"twice", "one two three four five six seven\n", "one two three four\n  five six seven\n"},
		{"a word that is too long", "see age1aaaaaaaaaaaaaaaaaaaaaaaaaa there\n",
			"see\n  age1aaaaaaaaaaaaaaaaaaaaaaaaaa\n  there\n"},
		{"a list", "  Keys were looked for:\n  - one two three four\n",
			"  Keys were looked\n    for:\n  - one two three\n      four\n"},
		{"letters of several bytes", "ääääääääää ääääääääää\n", "ääääääääää\n  ääääääääää\n"},
		{"a prompt, with no end", "Value: ", "Value: "},
		{"lines", "one\n\ntwo\n", "one\n\ntwo\n"},
		{"spaces alone", "   \n", "   \n"},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, folded(tt.in, 20)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestWidthOfFile tells files, whatever they are wrapped in, from terminals.
func TestWidthOfFile(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // nothing is in it
	for _, w := range []io.Writer{file, &Stream{Writer: file}} {
		if widthOf(w) != 0 {
			t.Errorf("%T of a file is folded", w)
		}
	}
}
