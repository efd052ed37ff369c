package schema

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
)

// hashLength is the length of what `rollout: nameSuffixHash` adds to a name: a dash and kustomize's ten characters.
const hashLength = 11

// maxAnnotations is how many bytes the keys and values of all annotations of an object may have together
// (TotalAnnotationSizeLimitB of k8s.io/apimachinery/pkg/api/validation).
const maxAnnotations = 256 << 10

// Validate holds a SecretSpec to every rule that needs nothing but the SecretSpec itself, and fills in the defaults. A
// misspelt type is replaced by the one that was probably meant, so that what follows reports about that one.
// The rules for names, keys, labels and variables are those of k8s.io/apimachinery/pkg/util/validation, which the API
// server applies.
func Validate(spec *SecretSpec, c *report.Collector) {
	v := newValidator(spec, c)
	metadata := field.NewPath("metadata")
	v.dns(metadata.Child("name"), spec.Metadata.Name)
	if ns := spec.Metadata.Namespace; ns != "" {
		v.syntax(report.InvalidName, metadata.Child("namespace"), ns, validation.IsDNS1123Label)
	}
	v.sources()
	if out := spec.Output; out != nil && out.SOPS != nil && out.SOPS.CreationRules && out.SOPS.Explicit() {
		v.Error(report.ConflictingFields, field.NewPath("output", "sops"),
			"it lists recipients, and asks for those of creation rules too", "keep one of them")
	}
	v.output()
	secrets := field.NewPath("secrets")
	if len(spec.Secrets) == 0 {
		v.Error(report.EmptySecret, secrets, "there is none", "describe at least one Secret")
	}
	seen := map[string]int{}
	for i := range spec.Secrets {
		at, s := secrets.Index(i), &spec.Secrets[i]
		v.once(seen, i, at, s.Name)
		if s.From != "" {
			v.manifest(at, s) // the rest follows in ValidateTaken
			continue
		}
		v.notTaken(at, s)
		v.secret(at, s)
	}
}

// output holds the places of a render without arguments to being relative.
func (v *validator) output() {
	out := v.spec.Output
	if out == nil {
		return
	}
	at := field.NewPath("output")
	if len(out.Manifests) > 0 && out.Dir == "" {
		v.Error(report.UselessField, at.Child("manifests"), "it goes with dir",
			"write the folder that they are rendered into as dir")
	}
	for i, name := range append([]string{out.Dir}, out.Manifests...) {
		where := at.Child("dir")
		if i > 0 {
			where = at.Child("manifests").Index(i - 1)
		}
		if path.IsAbs(name) {
			v.Error(report.InvalidPath, where, quoted(name)+" is an absolute path",
				"write it relative to the folder of the SecretSpec")
		} else if name == "" && i > 0 {
			v.Error(report.InvalidPath, where, "it is empty", "write . for the folder of the SecretSpec")
		}
	}
}

// once reports a name that an earlier Secret has.
func (v *validator) once(seen map[string]int, i int, at *field.Path, name string) {
	if j, twice := seen[name]; twice && name != "" {
		v.Error(report.DuplicateName, at.Child("name"), fmt.Sprintf("%q is the name of secrets[%d] already", name, j),
			"give each Secret its own name")
	}
	seen[name] = i
}

// validator checks one SecretSpec, and reports to a collector.
type validator struct {
	*report.Collector
	spec  *SecretSpec
	known map[string]bool // the names of the sources
}

func newValidator(spec *SecretSpec, c *report.Collector) validator {
	v := validator{Collector: c, spec: spec, known: map[string]bool{}}
	for _, s := range spec.Sources {
		v.known[s.Name] = true
	}
	return v
}

// dns reports whether a name is there and a DNS subdomain, as most names in Kubernetes are.
func (v *validator) dns(at *field.Path, name string) bool {
	if name == "" {
		v.Error(report.MissingField, at, "it is missing", "give it a name")
		return false
	}
	return v.syntax(report.InvalidName, at, name, validation.IsDNS1123Subdomain)
}

// syntax reports what a check of apimachinery's validation package finds, without its regular expression, and whether
// that was nothing. The way out is the nearest text that the check allows.
func (v *validator) syntax(code report.Code, at *field.Path, value string, check func(string) []string) bool {
	problems := check(value)
	for _, p := range problems {
		p, _, _ = strings.Cut(p, " (e.g. ")
		v.Error(code, at, quoted(value)+" is not allowed: "+p, allowed(value, check))
	}
	return len(problems) == 0
}

func quoted(text string) string { return strconv.Quote(text) }

// oneOf reports a value that is not in an enum. Empty is allowed.
func oneOf[T ~string](v *validator, at *field.Path, value T, allowed ...T) {
	if value == "" || slices.Contains(allowed, value) {
		return
	}
	var names []string
	for _, a := range allowed {
		names = append(names, string(a))
	}
	v.Error(report.UnknownValue, at, quoted(string(value))+" is not known", "write "+either(names))
}

func either(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

func (v *validator) sources() {
	seen := map[string]int{}
	for i, s := range v.spec.Sources {
		at := field.NewPath("sources").Index(i)
		if s.Name == "" {
			v.Error(report.MissingField, at.Child("name"), "it is missing", "give the source a name that `from` can use")
		} else if j, twice := seen[s.Name]; twice {
			v.Error(report.DuplicateName, at.Child("name"), fmt.Sprintf("%q is the name of sources[%d] already", s.Name, j),
				"give each source its own name")
		}
		seen[s.Name] = i
		v.source(at, s)
	}
}

// source checks where one source is, and its format.
func (v *validator) source(at *field.Path, s Source) {
	oneOf(v, at.Child("format"), s.Format, YAML, JSON, Dotenv, INI, Binary)
	oneOf(v, at.Child("dialect"), s.Dialect, SOPSDialect, KustomizeDialect, GodotenvDialect)
	var given []string
	if s.File != "" {
		given = append(given, "file")
	}
	if s.ConfigMap != nil {
		given = append(given, "configMap")
		if s.ConfigMap.Name == "" || s.ConfigMap.Key == "" {
			v.Error(report.MissingField, at.Child("configMap"), "it needs a name and a key",
				"write configMap: {name: ..., key: ...}")
		}
	}
	if s.Secret != nil {
		given = append(given, "secret")
		if s.Secret.Name == "" {
			v.Error(report.MissingField, at.Child("secret", "name"), "it is missing", "write secret: {name: ...}")
		}
		if s.Format != "" && s.Format != YAML || !s.IsEncrypted() {
			v.Error(report.UselessField, at, "a Secret among the resources is encrypted YAML",
				"leave format and encrypted out")
		}
	}
	if s.Inline != "" {
		given = append(given, "inline")
	}
	v.exactlyOne(at, given, "it says nowhere what to read", "write file, configMap, secret or inline")
	if s.Public && s.IsEncrypted() {
		v.Error(report.UselessField, at.Child("public"), "public is for a document in the clear",
			"remove it, or set encrypted: false")
	}
	if path.IsAbs(s.File) {
		v.Error(report.InvalidPath, at.Child("file"), quoted(s.File)+" is an absolute path",
			"write it relative to the folder of the SecretSpec")
	}
}

// exactlyOne reports fields that exclude each other, or that there is none of them, and whether there is one.
func (v *validator) exactlyOne(at *field.Path, given []string, none, fix string) bool {
	switch len(given) {
	case 0:
		v.Error(report.MissingField, at, none, fix)
	case 1:
		return true
	default:
		v.Error(report.ConflictingFields, at, strings.Join(given, " and ")+" are given at once", "keep one of them")
	}
	return false
}

func (v *validator) secret(at *field.Path, s *Secret) {
	if s.Type == "" {
		s.Type = "Opaque"
	}
	s.Type = v.secretType(at.Child("type"), s.Type)
	v.rollout(at, s)
	if s.Namespace != "" {
		v.syntax(report.InvalidName, at.Child("namespace"), s.Namespace, validation.IsDNS1123Label)
	}
	v.labels(at, s)
	v.registries(at, s)
	v.noServiceAccount(at, s)
	for _, key := range slices.Sorted(maps.Keys(s.Data)) {
		entry := report.Key(at.Child("data"), key)
		v.syntax(report.InvalidDataKey, entry, key, validation.IsConfigMapKey)
		v.value(entry, s.Data[key])
	}
	for i, from := range s.DataFrom {
		entry := at.Child("dataFrom").Index(i)
		v.from(entry.Child("from"), from.From)
		oneOf(v, entry.Child("decode"), from.Decode, Base64)
		oneOf(v, entry.Child("overlap"), from.Overlap, ReplaceEarlier, KeepEarlier)
	}
	if check := secretTypes[s.Type].check; check != nil {
		check(v, at, s)
	}
	for i, t := range s.UsedBy {
		v.target(at.Child("usedBy").Index(i), s, t)
	}
}

// rollout checks the name of a Secret with what is added to it, and fills in the default.
func (v *validator) rollout(at *field.Path, s *Secret) {
	name, foundByName := at.Child("name"), secretTypes[s.Type].foundByName
	keepsName := s.Rollout == NoRollout || s.Rollout == ChecksumAnnotationMode || foundByName
	if v.dns(name, s.Name) && !keepsName && len(s.Name)+hashLength > validation.DNS1123SubdomainMaxLength {
		v.Error(report.NameTooLong, name, fmt.Sprintf("%d characters leave no room for the hash", len(s.Name)),
			"shorten it to 242, or set rollout: none")
	}
	oneOf(v, at.Child("rollout"), s.Rollout, NameSuffixHash, ChecksumAnnotationMode, NoRollout)
	if s.Rollout == ChecksumAnnotationMode && s.Name != "" {
		v.syntax(report.InvalidName, name, s.Name, func(name string) []string {
			return validation.IsQualifiedName(ChecksumAnnotation + name)
		})
	}
	if s.Rollout == "" {
		s.Rollout = NameSuffixHash
		if foundByName {
			s.Rollout = NoRollout
		}
	}
	if s.Immutable && s.Rollout != NameSuffixHash {
		v.Warn(report.ImmutableKeepsName, at.Child("immutable"),
			"the API server refuses to change an immutable Secret, and this one keeps its name",
			"set rollout: nameSuffixHash, or leave immutable out")
	}
}

func (v *validator) registries(at *field.Path, s *Secret) {
	at = at.Child("registries")
	if len(s.Registries) > 0 && secretTypes[s.Type].registries == "" {
		v.Error(report.FieldNeedsType, at, fmt.Sprintf("a Secret of type %s has no registries", s.Type),
			"set type: kubernetes.io/dockerconfigjson")
	}
	servers := map[string]int{}
	for i, r := range s.Registries {
		registry := at.Index(i)
		if r.Server == "" {
			v.Error(report.MissingField, registry.Child("server"), "it is missing",
				"write the registry's host: registry.example.com")
		} else if j, twice := servers[r.Server]; twice {
			v.Error(report.DuplicateName, registry.Child("server"),
				fmt.Sprintf("%q is the server of registries[%d] already", r.Server, j), "keep one of them")
		}
		servers[r.Server] = i
		values := r.Values()
		for _, name := range slices.Sorted(maps.Keys(values)) {
			v.value(registry.Child(name), values[name])
			if values[name].Template != "" {
				v.Error(report.TemplateNotAllowed, registry.Child(name, "template"),
					"credentials of a registry cannot be templates", "take them from a source")
			}
		}
	}
}

// Values returns the registry's values, by field.
func (r Registry) Values() map[string]Value {
	values := map[string]Value{"username": r.Username, "password": r.Password}
	if r.Email != nil {
		values["email"] = *r.Email
	}
	return values
}

func (v *validator) labels(at *field.Path, s *Secret) {
	for _, key := range slices.Sorted(maps.Keys(s.Labels)) {
		label := report.Key(at.Child("labels"), key)
		v.syntax(report.InvalidLabel, label, key, validation.IsQualifiedName)
		v.syntax(report.InvalidLabel, label, s.Labels[key], validation.IsValidLabelValue)
	}
	size := 0
	for _, key := range slices.Sorted(maps.Keys(s.Annotations)) {
		size += len(key) + len(s.Annotations[key])
		annotation := report.Key(at.Child("annotations"), key)
		v.syntax(report.InvalidAnnotation, annotation, key, func(key string) []string {
			return validation.IsQualifiedName(strings.ToLower(key))
		})
		if key == SecretAnnotation {
			v.Error(report.ReservedAnnotation, annotation, "this annotation is Secretwright's own", "remove it")
		}
	}
	if size += len(SecretAnnotation) + len(v.spec.Metadata.Name) + 1 + len(s.Name); size > maxAnnotations {
		v.Error(report.AnnotationsTooLarge, at.Child("annotations"),
			fmt.Sprintf("they have %d bytes together; Kubernetes takes %d", size, maxAnnotations), "shorten them")
	}
}

// value holds one entry of data to the rule that exactly one of from, value and template says what it is.
func (v *validator) value(at *field.Path, value Value) {
	var given []string
	if value.From != "" {
		given = append(given, "from")
		v.from(at.Child("from"), value.From)
	}
	if value.Value != nil {
		given = append(given, "value")
	}
	if value.Template != "" {
		given = append(given, "template")
	}
	one := v.exactlyOne(at, given, "it says nowhere what the value is", "write from, value or template")
	if one && value.From == "" && (value.Key != "" || value.As != "" || value.Decode != "") {
		v.Error(report.UselessField, at, "key, as and decode belong to a value from a source",
			"remove them, or write from")
	}
	if one && value.Public && value.From != "" {
		v.Error(report.UselessField, at.Child("public"), "public belongs to a value in the SecretSpec itself",
			"remove it; a source in the clear has a public of its own")
	}
	oneOf(v, at.Child("as"), value.As, AsJSON, AsYAML)
	oneOf(v, at.Child("decode"), value.Decode, Base64)
	if value.As != "" && value.Decode != "" {
		v.Error(report.ConflictingFields, at, "as and decode are both given",
			"keep one of them: a map or a list is not base64")
	}
}

func (v *validator) from(at *field.Path, name string) {
	if name == "" {
		v.Error(report.MissingField, at, "it is missing", "name a source")
		return
	}
	if v.known[name] {
		return
	}
	var names []string
	for _, s := range v.spec.Sources {
		names = append(names, s.Name)
	}
	v.Error(report.UnknownSource, at, "there is no source "+quoted(name),
		report.DidYouMean(name, names, "add it to sources"))
}
