package generators

import (
	"maps"
	"slices"

	"github.com/secretwright/secretwright/internal/report"
)

// Mark is what every value of a redacted Secret is.
const Mark = "REDACTED"

// Unusable is what every value of a redacted Secret is that must not reach a cluster. It is not base64, so an API
// server refuses the Secret.
const Unusable = "<redacted>"

// RedactedAnnotation is on every redacted Secret, so that it cannot be mistaken for the real thing.
const RedactedAnnotation = "secretwright.dev/redacted"

// Redact makes a Secret that has every key of the real one, and Mark for every value. It checks what needs no value,
// and returns the Secret even if there are errors.
func Redact(in Input, c *report.Collector) *Secret {
	if in.Templates == nil {
		in.Templates = &Templates{}
	}
	given, _ := in.Spec.Keys()
	given = append(given, slices.Collect(maps.Keys(in.Data))...)
	in.Data = copied(in.Data)
	in.templates().Check(c)
	in.Data = map[string][]byte{}
	for _, key := range given {
		in.Data[key] = []byte(Mark)
	}
	annotate(&in)
	in.Spec.Annotations[RedactedAnnotation] = "true"
	absent(in, c)
	keys(in, c)
	bounds(in, c)
	return &Secret{spec: in.Spec, data: in.Data}
}

// MakeUnusable has every value of a Secret go out as [Unusable].
func (s *Secret) MakeUnusable() { s.unusable = true }
