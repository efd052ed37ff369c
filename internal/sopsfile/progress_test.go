package sopsfile_test

import (
	"slices"
	"testing"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// hiding notes when progress is hidden.
type hiding struct{ calls []string }

func (h *hiding) Show(string) {}

func (h *hiding) Hide() (done func()) {
	h.calls = append(h.calls, "hide")
	return func() { h.calls = append(h.calls, "done") }
}

// TestProgressMakesRoom has progress be hidden while an age identity may ask for its passphrase: at first, and no more
// once it has opened something.
func TestProgressMakesRoom(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	data := sopstest.Encrypt(t, t.TempDir(), "a.enc.yaml", document, "--age", recipient)
	h := &hiding{}
	ctx := report.WithProgress(t.Context(), h)
	keys := sopsfile.NewKeyring()
	for range 3 {
		if _, f := keys.Open(ctx, slices.Clone(data), sopsfile.YAML); f != nil {
			t.Fatal(f)
		}
	}
	if !slices.Equal(h.calls, []string{"hide", "done"}) {
		t.Errorf("it is %v", h.calls)
	}
}
