package generators

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/schema"
)

// Mark is what every value of a redacted Secret is.
const Mark = "REDACTED"

// RedactedAnnotation is on every redacted Secret, so that it cannot be mistaken for the real thing.
const RedactedAnnotation = "secretwright.dev/redacted"

// Redact makes a Secret that has every key of the real one, and Mark for every value. It checks what needs no value.
func Redact(in Input) (*Secret, schema.Findings) {
	keys, _ := in.Spec.Keys()
	keys = append(keys, slices.Collect(maps.Keys(in.Data))...)
	in.Data = map[string][]byte{}
	for _, key := range keys {
		in.Data[key] = []byte(Mark)
	}
	in.Spec.Annotations = copied(in.Spec.Annotations)
	in.Spec.Annotations[RedactedAnnotation] = "true"
	if in.Spec.ServiceAccountName != "" {
		in.Spec.Annotations[corev1.ServiceAccountNameKey] = in.Spec.ServiceAccountName
	}
	findings := slices.Concat(parseTemplates(&in).findings, absent(in), bounds(in))
	return &Secret{spec: in.Spec, data: in.Data}, findings
}
