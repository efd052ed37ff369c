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
	// Data are the values, by key, of everything in data and dataFrom but the templates.
	Data map[string][]byte
	// Now is the time that certificates are held against.
	Now time.Time
}

// kind completes and checks the data of one type of Secret.
type kind interface {
	complete(in *Input) schema.Findings
}

// kinds has a row for every type with rules of its own. A new type is a file of this package and a row here.
var kinds = map[corev1.SecretType]kind{
	corev1.SecretTypeOpaque: opaque{},
}

// Make makes a Secret. Its findings name fields of the SecretSpec and never hold a value.
func Make(in Input) (*Secret, schema.Findings) {
	in.Data = maps.Clone(in.Data)
	if in.Data == nil {
		in.Data = map[string][]byte{}
	}
	findings := expand(&in)
	if findings.HasErrors() {
		return nil, findings
	}
	k, known := kinds[corev1.SecretType(in.Spec.Type)]
	if !known {
		k = opaque{}
	}
	findings = append(findings, k.complete(&in)...)
	findings = append(findings, bounds(in)...)
	if findings.HasErrors() {
		return nil, findings
	}
	return &Secret{spec: in.Spec, data: in.Data}, findings
}

// bounds holds the data to what ValidateSecret of Kubernetes' pkg/apis/core/validation allows any Secret.
func bounds(in Input) schema.Findings {
	var findings schema.Findings
	total := 0
	for _, key := range slices.Sorted(maps.Keys(in.Data)) {
		total += len(in.Data[key])
		for _, p := range validation.IsConfigMapKey(key) {
			findings.Add(in.Field, fmt.Sprintf("%q cannot be a key of a Secret: %s", key, p), "rename it in the source, or take it in data under another key")
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
