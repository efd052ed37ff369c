package generators

import (
	"bytes"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
)

// basicAuth is `kubernetes.io/basic-auth`. ValidateSecret asks for a username or a password, and takes empty ones.
type basicAuth struct{}

func (basicAuth) requires() required {
	return required{keys: []string{corev1.BasicAuthUsernameKey, corev1.BasicAuthPasswordKey}, any: true}
}

func (b basicAuth) checks() []string { return b.requires().keys }

func (basicAuth) complete(in *Input, c *report.Collector) {
	for _, key := range []string{corev1.BasicAuthUsernameKey, corev1.BasicAuthPasswordKey} {
		newLine(in.at(key), in.Data[key], c)
	}
}

// newLine warns of credentials that end with a new line: an editor or echo put it there, and it is sent with them.
func newLine(at *field.Path, value []byte, c *report.Collector) {
	if bytes.HasSuffix(value, []byte("\n")) {
		c.Warn(report.TrailingNewLine, at, "it ends with a new line, which is part of the value",
			"remove it in the source (`echo -n`)")
	}
}
