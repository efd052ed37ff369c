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
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/templates"
	"github.com/secretwright/secretwright/schema"
)

// Input is what a Secret is made from.
type Input struct {
	// Field is the path of the Secret in its SecretSpec: `secrets[0]`.
	Field *field.Path
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
	// Templates is shared by the Secrets of one run. With nil, the Secret is a run of its own.
	Templates *Templates
}

// kind is one type of Secret.
type kind interface {
	// requires returns the keys the type must have.
	requires() required
	// checks returns the keys whose values complete looks at.
	checks() []string
	// complete adds the keys that are computed, and checks the values there are. It need not look for missing keys.
	complete(in *Input, c *report.Collector)
}

// controlled is a kind whose Secrets a controller of Kubernetes fills in.
type controlled interface {
	// annotations returns what the controller must find in the annotations. They need no values.
	annotations(spec schema.Secret) map[string]string
	// added returns the keys that the controller adds.
	added() []string
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

// kindOf returns the row of a type; a type that users make up is as free as Opaque.
func kindOf(secretType string) kind {
	if k, known := kinds[corev1.SecretType(secretType)]; known {
		return k
	}
	return opaque{}
}

// Make makes a Secret, or returns nil if there are errors, or if a template failed, which Input.Templates reports. Its
// findings name fields of the SecretSpec and never hold a value.
func Make(in Input, c *report.Collector) *Secret {
	if in.Templates != nil {
		return in.assemble(c)
	}
	in.Templates = &Templates{}
	secret := in.assemble(c)
	in.Templates.Report(c)
	return secret
}

func (in Input) assemble(c *report.Collector) *Secret {
	before := c.Errors()
	in.Data = copied(in.Data)
	if !in.templates().Expand(c) {
		return nil
	}
	annotate(&in)
	var said report.Collector
	kindOf(in.Spec.Type).complete(&in, &said)
	told := in.Templates.Tell(said.Findings(), len(checkedTemplates(in)) > 0, c)
	absent(in, c)
	keys(in, c)
	said = report.Collector{}
	bounds(in, &said)
	told = in.Templates.Tell(said.Findings(), hasTemplates(in), c) && told
	if !told || c.Errors() > before {
		return nil
	}
	return &Secret{spec: in.Spec, data: in.Data}
}

// Templates is what the templates of one run share: see [templates.Run].
type Templates = templates.Run

// templates returns what there is to expand.
func (in Input) templates() *templates.Input {
	out := &templates.Input{Field: in.Field, Templates: map[string]string{}, Data: in.Data, Checked: checkedTemplates(in),
		Run: in.Templates}
	for key, value := range in.Spec.Data {
		out.Keys = append(out.Keys, key)
		if value.Template != "" {
			out.Templates[key] = value.Template
		}
	}
	return out
}

// checkedTemplates returns the keys whose values come from templates and are checked by the Secret's type.
func checkedTemplates(in Input) []string {
	var keys []string
	k := kindOf(in.Spec.Type)
	for _, key := range slices.Sorted(maps.Keys(in.Spec.Data)) {
		if in.Spec.Data[key].Template != "" && slices.Contains(k.checks(), key) {
			keys = append(keys, key)
		}
	}
	return keys
}

func hasTemplates(in Input) bool {
	for _, value := range in.Spec.Data {
		if value.Template != "" {
			return true
		}
	}
	return false
}

// annotate adds the annotations that the type needs.
func annotate(in *Input) {
	in.Spec.Annotations = copied(in.Spec.Annotations)
	if k, is := kindOf(in.Spec.Type).(controlled); is {
		maps.Copy(in.Spec.Annotations, k.annotations(in.Spec))
	}
}

// absent reports the keys that a type must have and that are not there. It needs no values.
func absent(in Input, c *report.Collector) {
	required := kindOf(in.Spec.Type).requires()
	missing := slices.DeleteFunc(slices.Clone(required.keys), func(key string) bool { _, is := in.Data[key]; return is })
	switch {
	case len(missing) == 0, required.any && len(missing) < len(required.keys):
	case required.any:
		c.Error(report.RequiredKey, in.Field.Child("data"),
			fmt.Sprintf("it has neither %s, and the type %s needs one of them", strings.Join(missing, " nor "), in.Spec.Type),
			"add one to data")
	default:
		c.Error(report.RequiredKey, in.Field.Child("data"),
			fmt.Sprintf("it lacks %s, which the type %s must have", strings.Join(missing, " and "), in.Spec.Type),
			cmp.Or(required.fix, "add it to data"))
	}
}

func copied[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return maps.Clone(m)
}

// at returns the field that gave the Secret a key.
func (in Input) at(key string) *field.Path {
	if _, given := in.Spec.Data[key]; given || len(in.Spec.DataFrom) == 0 {
		return report.Key(in.Field.Child("data"), key)
	}
	return in.Field.Child("dataFrom")
}

// bounds holds the size of the data to what ValidateSecret of Kubernetes' pkg/apis/core/validation allows any Secret.
func bounds(in Input, c *report.Collector) {
	total := 0
	for _, key := range slices.Sorted(maps.Keys(in.Data)) {
		total += len(in.Data[key])
	}
	if total > corev1.MaxSecretSize {
		c.Error(report.SecretTooLarge, in.Field,
			fmt.Sprintf("the values have %d bytes together; a Secret holds %d. The largest are %s",
				total, corev1.MaxSecretSize, largest(in.Data)), "split it into several Secrets")
	}
}

// keys holds the keys to what ValidateSecret allows.
func keys(in Input, c *report.Collector) {
	for _, key := range slices.Sorted(maps.Keys(in.Data)) {
		for _, p := range validation.IsConfigMapKey(key) {
			c.Error(report.InvalidSecretKey, in.at(key), fmt.Sprintf("%q cannot be a key of a Secret: %s", key, p),
				"rename it in the source, or take it in data under another key")
		}
	}
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
