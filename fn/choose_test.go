package fn_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
)

// TestGuesses picks elements of a list by values that are encrypted. A run with keys must not tell which guesses are
// right, and one without keys cannot know.
func TestGuesses(t *testing.T) {
	w := newWorkshop(t)
	w.encrypt("users.enc.yaml", "users: [{pin: \"1234\", name: anne}, {pin: \"5678\", name: bert}, "+
		"{pin: \"5678\", name: carl}]\n")
	spec := func(keys ...string) string {
		var b strings.Builder
		b.WriteString("apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: shop, namespace: shop}\n" +
			"sources:\n- {name: users, file: users.enc.yaml}\nsecrets:\n- name: it\n  data:\n")
		for i, key := range keys {
			fmt.Fprintf(&b, "    k%d: {from: users, key: %q}\n", i, key)
		}
		return b.String()
	}
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // read only
	lines := func(filter fn.Filter, spec string) []string {
		filter.Root, filter.FunctionConfig = root, yaml.MustParse(spec)
		result, _ := filter.Run(t.Context(), nil)
		var all []string
		for _, f := range result.Findings {
			if f.IsError() {
				all = append(all, string(f.Code)+" "+f.Error())
			}
		}
		return all
	}
	right, wrong := "users.[pin=1234].name", "users.[pin=0000].name"
	twice, below := "users.[pin=5678].name", "users.[pin=1234].nam"
	var said []string
	for i, keys := range [][]string{{right, wrong}, {wrong, right}, {wrong, wrong}, {twice, right}, {right, twice},
		{right, below}} {
		got := lines(fn.Filter{}, spec(keys...))
		if i > 0 && !slices.Equal(got, said) {
			t.Errorf("%q: %q, and before it was %q", keys, got, said)
		}
		said = got
	}
	if len(said) != 1 || !strings.HasPrefix(said[0], string(report.NoSuchPath)+" secrets: ") ||
		!strings.Contains(said[0], "secrets[0].data.k0, secrets[0].data.k1") {
		t.Errorf("it says %q", said)
	}
	if got := lines(fn.Filter{}, spec(wrong, "users.7.name")); len(got) != 2 ||
		!strings.Contains(got[0], `k1: users.enc.yaml: there is no key "7"`) {
		t.Errorf("a guess, and a mistake: %q", got)
	}
	if got := lines(fn.Filter{}, spec(right, right)); len(got) > 0 {
		t.Errorf("right guesses: %q", got)
	}
	if got := lines(fn.Filter{}, spec(wrong, "users.0.name")); len(got) != 1 ||
		!strings.Contains(got[0], "secrets[0].data.k0: its key finds nothing") {
		t.Errorf("a single guess: %q", got)
	}
	if got := lines(fn.Filter{Explain: true}, spec(right, wrong)); len(got) != 1 ||
		!strings.Contains(got[0], `secrets[0].data.k1: users.enc.yaml: there is no key "[pin=0000]"`) {
		t.Errorf("explained: %q", got)
	}
	if got := lines(fn.Filter{Keyless: true}, spec(right, wrong, twice)); len(got) > 0 {
		t.Errorf("without keys: %q", got)
	}
	if got := lines(fn.Filter{Keyless: true}, spec(below)); len(got) != 1 ||
		!strings.Contains(got[0], `there is no key "nam"`) {
		t.Errorf("without keys, what is not there: %q", got)
	}
}
