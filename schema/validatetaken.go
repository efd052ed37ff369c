package schema

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
)

// ValidateTaken holds the Secrets that are taken from manifests to the rules that [Validate] holds the others to. It is
// for a SecretSpec whose Secrets have been completed from their manifests; paths are their fields in the SecretSpec.
func ValidateTaken(spec *SecretSpec, paths []*field.Path, c *report.Collector) {
	v := newValidator(spec, c)
	seen := map[string]string{}
	for i := range spec.Secrets {
		s := &spec.Secrets[i]
		if other, twice := seen[s.Name]; twice && s.From != "" {
			v.Error(report.DuplicateName, paths[i].Child("from"),
				fmt.Sprintf("it gives a Secret %q, as %s does", s.Name, other),
				"give it a name of its own with name, or remove one of them")
		}
		seen[s.Name] = paths[i].String()
		if s.From != "" {
			v.secret(paths[i], s)
		}
	}
}

// manifest checks how a Secret is taken from its manifest, as far as that can be told without it.
func (v *validator) manifest(at *field.Path, s *Secret) {
	v.from(at.Child("from"), s.From)
	if s.Manifest != nil && s.Manifest.Name == "" {
		v.Error(report.MissingField, at.Child("manifest", "name"), "it is missing",
			"write the name that the Secret has there")
	}
}

// notTaken reports what belongs to a Secret that is taken from a manifest, in one that is not.
func (v *validator) notTaken(at *field.Path, s *Secret) {
	if s.Manifest != nil {
		v.Error(report.UselessField, at.Child("manifest"), "it picks a Secret of a source, and no source is named",
			"add from, or remove it")
	}
}

// Bare reports whether an entry says nothing about its Secret but where it is taken from.
func (s Secret) Bare() bool {
	return s.Name == "" && s.Manifest == nil && s.Data == nil && s.DataFrom == nil && s.Registries == nil &&
		s.UsedBy == nil && s.Type == "" && s.ServiceAccountName == ""
}
