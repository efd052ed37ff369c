package schema

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
)

// secretType is what a SecretSpec may say about the Secrets of one type.
type secretType struct {
	// registries is the key that registries are computed into, if the type has registries.
	registries string
	// foundByName is set if a controller finds the Secret by its name, which therefore gets no hash.
	foundByName bool
	// check reports what is wrong with fields that only this type has rules for.
	check func(v *validator, at *field.Path, s *Secret)
	// growing is set if Kubernetes adds keys.
	growing bool
}

// secretTypes are the types that Kubernetes knows. Everything about a type that needs no value is in its row.
var secretTypes = map[string]secretType{
	string(corev1.SecretTypeBasicAuth):           {},
	string(corev1.SecretTypeBootstrapToken):      {foundByName: true, check: (*validator).bootstrapToken},
	string(corev1.SecretTypeDockerConfigJson):    {registries: corev1.DockerConfigJsonKey},
	string(corev1.SecretTypeDockercfg):           {registries: corev1.DockerConfigKey},
	string(corev1.SecretTypeOpaque):              {check: (*validator).opaque},
	string(corev1.SecretTypeSSHAuth):             {},
	string(corev1.SecretTypeServiceAccountToken): serviceAccountToken,
	string(corev1.SecretTypeTLS):                 {},
}

// volumeTypes are types in Kubernetes' domain that it does not know itself: its volume plugins and Rook ask for them.
// They are held to no rules.
var volumeTypes = []string{"kubernetes.io/cephfs", "kubernetes.io/glusterfs", "kubernetes.io/iscsi-chap",
	"kubernetes.io/quobyte", "kubernetes.io/rbd", "kubernetes.io/rook", "kubernetes.io/scaleio", "kubernetes.io/storageos"}

// otherNames are words that are near no type, or near another one: what `kubectl create secret` calls types, and
// dockerconfig.
var otherNames = map[string]string{
	"dockerconfig":    string(corev1.SecretTypeDockerConfigJson),
	"generic":         string(corev1.SecretTypeOpaque),
	"docker-registry": string(corev1.SecretTypeDockerConfigJson),
}

// secretType reports a type that Kubernetes would not know although it looks like one of its own, and returns the type
// that was probably meant. Types of the users' own have another domain; Kubernetes does not check them.
func (v *validator) secretType(at *field.Path, given string) string {
	if _, known := secretTypes[given]; known || slices.Contains(volumeTypes, given) {
		return given
	}
	domain, name, qualified := strings.Cut(given, "/")
	near := nearestType(name)
	reserved := strings.EqualFold(domain, "kubernetes.io") || strings.EqualFold(domain, "bootstrap.kubernetes.io")
	fix := "did you mean " + near + "?"
	switch {
	case !qualified:
		if near = nearestType(given); near == "" {
			return given
		}
		fix = "did you mean " + near + "? A type of your own has a domain: example.com/" + given
	case reserved && near == "":
		fix = "write one of " + strings.Join(SecretTypes(), ", ") + ", or use a domain of your own: example.com/" + name
	case reserved:
	case near == "" || !strings.EqualFold(lastSegment(near), name) || !misspelt(domain):
		return given
	}
	v.Error(report.UnknownType, at, quoted(given)+" is not a type of Kubernetes", fix)
	if near == "" {
		return given
	}
	return near
}

// nearestType returns the type whose name after the slash a word comes close to, or "".
func nearestType(word string) string {
	if known, is := otherNames[strings.ToLower(word)]; is {
		return known
	}
	segments := map[string]string{}
	var known []string
	for _, name := range SecretTypes() {
		segments[lastSegment(name)] = name
		known = append(known, lastSegment(name))
	}
	near := report.Nearest(word, known)
	if difference := len(near) - len(word); near == "" || max(difference, -difference) > len(word)/3 {
		return "" // a word with another one in it, such as api-token
	}
	return segments[near]
}

// misspelt reports whether a domain is nearly one of Kubernetes' own.
func misspelt(domain string) bool {
	near := report.Nearest(domain, []string{"kubernetes.io", "bootstrap.kubernetes.io"})
	difference := len(near) - len(domain)
	return near != "" && max(difference, -difference) <= 2
}

// SecretTypes returns the types of Secrets that Kubernetes knows, sorted.
func SecretTypes() []string {
	return slices.Sorted(maps.Keys(secretTypes))
}

func lastSegment(name string) string { return name[strings.LastIndex(name, "/")+1:] }

func (v *validator) opaque(at *field.Path, s *Secret) {
	if len(s.Data) == 0 && len(s.DataFrom) == 0 && s.From == "" {
		v.Error(report.EmptySecret, at, "it holds nothing", "fill data or dataFrom")
	}
}

func (v *validator) bootstrapToken(at *field.Path, s *Secret) {
	if s.Rollout == NameSuffixHash {
		v.Error(report.FixedName, at.Child("rollout"), "a bootstrap token is found by its name, which can have no hash",
			"leave rollout out")
	}
}
