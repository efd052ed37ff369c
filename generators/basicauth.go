package generators

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/schema"
)

// basicAuth is `kubernetes.io/basic-auth`. ValidateSecret asks for a username or a password.
type basicAuth struct{}

func (basicAuth) requires() ([]string, bool) {
	return []string{corev1.BasicAuthUsernameKey, corev1.BasicAuthPasswordKey}, true
}

func (basicAuth) complete(*Input) schema.Findings { return nil }
