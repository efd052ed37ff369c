package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
)

// Keys returns the keys that the SecretSpec itself gives the Secret, sorted, and whether these are all it will have.
func (s Secret) Keys() (keys []string, complete bool) {
	keys = slices.Collect(maps.Keys(s.Data))
	known := secretTypes[s.Type]
	if known.registries != "" && len(s.Registries) > 0 {
		keys = append(keys, known.registries)
	}
	slices.Sort(keys)
	return slices.Compact(keys), s.From == "" && len(s.DataFrom) == 0 && !known.growing
}

// MissingKey returns the finding that a Secret has no such key, or nil if it has.
func MissingKey(at *field.Path, secret, key string, known []string) *report.Finding {
	if slices.Contains(known, key) {
		return nil
	}
	message := fmt.Sprintf("the Secret %s has no key %q", secret, key)
	return report.New(report.MissingKey, message, report.DidYouMean(key, known, keysAre(known))).In(at)
}

func keysAre(known []string) string {
	if len(known) == 0 {
		return "it has none"
	}
	return "its keys are " + strings.Join(known, ", ")
}

// ReadsFiles reports whether the SecretSpec needs the file system. In a container kpt runs a function without it.
func (s *SecretSpec) ReadsFiles() bool {
	rules := s.Output != nil && s.Output.SOPS != nil && s.Output.SOPS.CreationRules
	return rules || slices.ContainsFunc(s.Sources, func(source Source) bool { return source.File != "" })
}
