package generators

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/secretwright/secretwright/schema"
)

// Input is what a Secret is made from.
type Input struct {
	// Field is the path of the Secret in its SecretSpec: `secrets[0]`.
	Field string
	// Spec is the Secret's description.
	Spec schema.Secret
	// Namespace is where the SecretSpec says the Secret goes, or "".
	Namespace string
	// Data are the values, by key, of everything in data and dataFrom but the templates.
	Data map[string][]byte
	// Registries are the values of Spec.Registries, in the same order, by field.
	Registries []map[string][]byte
	// Now is the time that certificates are held against.
	Now time.Time
}

// kind is one type of Secret.
type kind interface {
	// requires are the keys the type must have.
	requires() required
	// complete adds the keys that are computed, and checks the values there are. It need not look for missing keys.
	complete(in *Input) schema.Findings
}

// required are keys a type must have: all of them, or any. The fix says how they come to be, if not by data alone.
type required struct {
	keys []string
	any  bool
	fix  string
}

// kinds has a row for every type with rules of its own. A new type is a file of this package and a row here.
var kinds = map[corev1.SecretType]kind{
	corev1.SecretTypeBasicAuth:           basicAuth{},
	corev1.SecretTypeBootstrapToken:      bootstrapToken{},
	corev1.SecretTypeDockerConfigJson:    dockerConfigJSON,
	corev1.SecretTypeDockercfg:           dockercfg,
	corev1.SecretTypeOpaque:              opaque{},
	corev1.SecretTypeServiceAccountToken: serviceAccountToken{},
	corev1.SecretTypeSSHAuth:             sshAuth{},
	corev1.SecretTypeTLS:                 tlsPair{},
}

// kindOf is the row of a type; a type that users make up is as free as Opaque.
func kindOf(secretType string) kind {
	if k, known := kinds[corev1.SecretType(secretType)]; known {
		return k
	}
	return opaque{}
}

// Make makes a Secret. Its findings name fields of the SecretSpec and never hold a value.
func Make(in Input) (*Secret, schema.Findings) {
	in.Data = copied(in.Data)
	in.Spec.Annotations = copied(in.Spec.Annotations)
	findings := expand(&in)
	if findings.HasErrors() {
		return nil, findings
	}
	findings = append(findings, kindOf(in.Spec.Type).complete(&in)...)
	findings = append(findings, absent(in)...)
	findings = append(findings, bounds(in)...)
	if findings.HasErrors() {
		return nil, findings
	}
	return &Secret{spec: in.Spec, data: in.Data}, findings
}

// absent reports the keys that a type must have and that are not there. It needs no values.
func absent(in Input) schema.Findings {
	var findings schema.Findings
	required := kindOf(in.Spec.Type).requires()
	missing := slices.DeleteFunc(slices.Clone(required.keys), func(key string) bool { _, is := in.Data[key]; return is })
	switch {
	case len(missing) == 0, required.any && len(missing) < len(required.keys):
	case required.any:
		findings.Add(in.Field+".data", fmt.Sprintf("it has neither %s, and the type %s needs one of them", strings.Join(missing, " nor "), in.Spec.Type), "add one to data")
	default:
		findings.Add(in.Field+".data", fmt.Sprintf("it lacks %s, which the type %s must have", strings.Join(missing, " and "), in.Spec.Type), cmp.Or(required.fix, "add it to data"))
	}
	return findings
}

func copied[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return maps.Clone(m)
}

// at is the field that gave the Secret a key.
func (in Input) at(key string) string {
	if _, given := in.Spec.Data[key]; given || len(in.Spec.DataFrom) == 0 {
		return schema.FieldKey(in.Field+".data", key)
	}
	return in.Field + ".dataFrom"
}

// bounds holds the data to what ValidateSecret of Kubernetes' pkg/apis/core/validation allows any Secret.
func bounds(in Input) schema.Findings {
	var findings schema.Findings
	total := 0
	for _, key := range slices.Sorted(maps.Keys(in.Data)) {
		total += len(in.Data[key])
		for _, p := range validation.IsConfigMapKey(key) {
			findings.Add(in.at(key), fmt.Sprintf("%q cannot be a key of a Secret: %s", key, p), "rename it in the source, or take it in data under another key")
		}
	}
	if total > corev1.MaxSecretSize {
		findings.Add(in.Field, fmt.Sprintf("the values have %d bytes together; a Secret holds %d. The largest are %s", total, corev1.MaxSecretSize, largest(in.Data)), "split it into several Secrets")
	}
	return findings
}

// largest names the three keys with the most bytes.
func largest(data map[string][]byte) string {
	keys := slices.SortedFunc(maps.Keys(data), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(data[b]), len(data[a])), cmp.Compare(a, b))
	})
	var names []string
	for _, key := range keys[:min(3, len(keys))] {
		names = append(names, fmt.Sprintf("%s (%d)", key, len(data[key])))
	}
	return strings.Join(names, ", ")
}
