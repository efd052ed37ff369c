package generators

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/secrecy"
	"github.com/secretwright/secretwright/schema"
)

// TestKindsOfSchema holds the types that are made here to those that a SecretSpec may have, and each that has values of
// its own to having one that must not be written in the clear.
func TestKindsOfSchema(t *testing.T) {
	var types []string
	for name := range kinds {
		types = append(types, string(name))
	}
	slices.Sort(types)
	if diff := cmp.Diff(schema.SecretTypes(), types); diff != "" {
		t.Errorf("the types of schema and generators differ (-schema +generators):\n%s", diff)
	}
	for name, k := range kinds {
		isSecret := func(key string) bool { return secrecy.Reason(string(name), key, []byte("x")) != "" }
		if keys := k.checks(); len(keys) > 0 && !slices.ContainsFunc(keys, isSecret) {
			t.Errorf("%s: internal/secrecy takes none of the keys %q for secret", name, keys)
		}
	}
}
