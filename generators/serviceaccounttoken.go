package generators

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/schema"
)

// serviceAccountToken is `kubernetes.io/service-account-token`. Kubernetes writes the token; ValidateSecret asks for the
// annotation that says whose it is.
type serviceAccountToken struct{}

func (serviceAccountToken) requires() ([]string, bool) { return nil, false }

func (serviceAccountToken) complete(in *Input) schema.Findings {
	in.Spec.Annotations[corev1.ServiceAccountNameKey] = in.Spec.ServiceAccountName
	return nil
}
