package generators

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/schema"
)

// serviceAccountToken is `kubernetes.io/service-account-token`. ValidateSecret asks for the annotation that says whose it
// is; the tokens controller writes the rest.
type serviceAccountToken struct{}

// writtenByKubernetes are the keys that the tokens controller adds.
var writtenByKubernetes = []string{corev1.ServiceAccountTokenKey, corev1.ServiceAccountRootCAKey, corev1.ServiceAccountNamespaceKey}

func (serviceAccountToken) requires() required { return required{} }

func (serviceAccountToken) complete(in *Input) schema.Findings {
	in.Spec.Annotations[corev1.ServiceAccountNameKey] = in.Spec.ServiceAccountName
	var findings schema.Findings
	for _, key := range writtenByKubernetes {
		if _, given := in.Data[key]; given {
			findings.Warn(in.at(key), "Kubernetes writes this key itself", "leave it out")
		}
	}
	return findings
}
