package schema

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
)

// serviceAccountToken is `kubernetes.io/service-account-token`. Kubernetes itself writes the token into it.
var serviceAccountToken = secretType{foundByName: true, growing: true, check: (*validator).serviceAccountToken}

func (v *validator) serviceAccountToken(at *field.Path, s *Secret) {
	if s.ServiceAccountName == "" {
		v.Error(report.MissingField, at.Child("serviceAccountName"),
			"it is missing, and a service account token is for one ServiceAccount", "name it")
	} else {
		v.syntax(report.InvalidName, at.Child("serviceAccountName"), s.ServiceAccountName, validation.IsDNS1123Subdomain)
	}
	if s.Immutable {
		v.Error(report.ImmutableToken, at.Child("immutable"), "Kubernetes itself writes the token into it",
			"leave immutable out")
	}
}

// noServiceAccount reports a service account that a Secret of another type names.
func (v *validator) noServiceAccount(at *field.Path, s *Secret) {
	if s.ServiceAccountName != "" && s.Type != string(corev1.SecretTypeServiceAccountToken) {
		v.Error(report.FieldNeedsType, at.Child("serviceAccountName"),
			fmt.Sprintf("a Secret of type %s is for no ServiceAccount", s.Type),
			"set type: kubernetes.io/service-account-token")
	}
}
