package generators

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// serviceAccountToken is `kubernetes.io/service-account-token`. ValidateSecret asks for the annotation that says
// whose it is; the tokens controller writes the rest.
type serviceAccountToken struct{}

func (serviceAccountToken) requires() required { return required{} }

func (serviceAccountToken) annotations(spec schema.Secret) map[string]string {
	return map[string]string{corev1.ServiceAccountNameKey: spec.ServiceAccountName}
}

func (serviceAccountToken) added() []string {
	return []string{corev1.ServiceAccountTokenKey, corev1.ServiceAccountRootCAKey, corev1.ServiceAccountNamespaceKey}
}

func (serviceAccountToken) checks() []string { return nil }

func (k serviceAccountToken) complete(in *Input, c *report.Collector) {
	for _, key := range k.added() {
		if _, given := in.Data[key]; given {
			c.Warn(report.WrittenByKubernetes, in.at(key), "Kubernetes writes this key itself", "leave it out")
		}
	}
}
