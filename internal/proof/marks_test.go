package proof_test

import (
	"encoding/base64"
	"testing"

	"github.com/secretwright/secretwright/internal/proof"
)

// TestMarks fills a mark that is text, one in base64, and two in one value.
func TestMarks(t *testing.T) {
	marks := proof.NewMarks()
	a, b := marks.Of("first"), marks.Of("second")
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	text := func(a, b string) string {
		return "kind: Secret\ndata:\n  a: " + encode(a) + "\n  both: " + encode(a+":"+b) + "\n  other: " + encode("x") +
			"\nstringData:\n  b: " + b + "\n"
	}
	made := nodes([]string{text(a, b)})
	marks.Fill(made)
	if got, want := made[0].MustString(), text("first", "second"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
