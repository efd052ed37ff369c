package generators

import (
	"bytes"

	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/schema"
)

// basicAuth is `kubernetes.io/basic-auth`. ValidateSecret asks for a username or a password, and takes empty ones.
type basicAuth struct{}

func (basicAuth) requires() required {
	return required{keys: []string{corev1.BasicAuthUsernameKey, corev1.BasicAuthPasswordKey}, any: true}
}

func (basicAuth) complete(in *Input) schema.Findings {
	var findings schema.Findings
	for _, key := range []string{corev1.BasicAuthUsernameKey, corev1.BasicAuthPasswordKey} {
		findings = append(findings, newLine(in.at(key), in.Data[key])...)
	}
	return findings
}

// newLine warns of credentials that end with a new line: it is an editor's or echo's, and it is sent with them.
func newLine(field string, value []byte) schema.Findings {
	var findings schema.Findings
	if bytes.HasSuffix(value, []byte("\n")) {
		findings.Warn(field, "it ends with a new line, which is part of the value", "remove it in the source (`echo -n`)")
	}
	return findings
}
