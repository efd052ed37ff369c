package schema

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// hashLength is the length of what `rollout: nameSuffixHash` adds to a name: a dash and kustomize's ten characters.
const hashLength = 11

// maxAnnotations is how many bytes the keys and values of all annotations of an object may have together
// (TotalAnnotationSizeLimitB of k8s.io/apimachinery/pkg/api/validation).
const maxAnnotations = 256 << 10

// Validate holds a SecretSpec to every rule that needs nothing but the SecretSpec itself, and fills in the defaults.
// The rules for names, keys, labels and variables are those of k8s.io/apimachinery/pkg/util/validation, which the API
// server applies.
func Validate(spec *SecretSpec) Findings {
	v := validator{spec: spec}
	v.dns("metadata.name", spec.Metadata.Name)
	if ns := spec.Metadata.Namespace; ns != "" {
		v.syntax("metadata.namespace", ns, validation.IsDNS1123Label(ns))
	}
	v.sources()
	if out := spec.Output; out != nil && out.SOPS != nil && out.SOPS.CreationRules && out.SOPS.Explicit() {
		v.Add("output.sops", "it lists recipients, and asks for those of creation rules too", "keep one of them")
	}
	if len(spec.Secrets) == 0 {
		v.Add("secrets", "there is none", "describe at least one Secret")
	}
	seen := map[string]int{}
	for i := range spec.Secrets {
		at := fmt.Sprintf("secrets[%d]", i)
		s := &spec.Secrets[i]
		if j, twice := seen[s.Name]; twice && s.Name != "" {
			v.Add(at+".name", fmt.Sprintf("%q is the name of secrets[%d] already", s.Name, j), "give each Secret its own name")
		}
		seen[s.Name] = i
		v.secret(at, s)
	}
	return v.Findings
}

type validator struct {
	Findings
	spec *SecretSpec
}

func (v *validator) dns(at, name string) bool {
	if name == "" {
		v.Add(at, "it is missing", "give it a name")
		return false
	}
	return v.syntax(at, name, validation.IsDNS1123Subdomain(name))
}

// syntax reports what a check of apimachinery's validation package found.
func (v *validator) syntax(at, value string, problems []string) bool {
	for _, p := range problems {
		v.Add(at, fmt.Sprintf("%q is not allowed: %s", value, p), "")
	}
	return len(problems) == 0
}

// oneOf reports a value that is not in an enum. Empty is allowed.
func oneOf[T ~string](v *validator, at string, value T, allowed ...T) {
	if value == "" || slices.Contains(allowed, value) {
		return
	}
	var names []string
	for _, a := range allowed {
		names = append(names, string(a))
	}
	v.Add(at, fmt.Sprintf("%q is not known", string(value)), "write "+either(names))
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
		at := fmt.Sprintf("sources[%d]", i)
		if s.Name == "" {
			v.Add(at+".name", "it is missing", "give the source a name that `from` can use")
		} else if j, twice := seen[s.Name]; twice {
			v.Add(at+".name", fmt.Sprintf("%q is the name of sources[%d] already", s.Name, j), "give each source its own name")
		}
		seen[s.Name] = i
		oneOf(v, at+".format", s.Format, YAML, JSON, Dotenv, INI, Binary)
		var given []string
		if s.File != "" {
			given = append(given, "file")
		}
		if s.ConfigMap != nil {
			given = append(given, "configMap")
			if s.ConfigMap.Name == "" || s.ConfigMap.Key == "" {
				v.Add(at+".configMap", "it needs a name and a key", "write configMap: {name: ..., key: ...}")
			}
		}
		if s.Inline != "" {
			given = append(given, "inline")
		}
		switch len(given) {
		case 0:
			v.Add(at, "it says nowhere what to read", "write file, configMap or inline")
		case 1:
		default:
			v.Add(at, strings.Join(given, " and ")+" are given at once", "keep one of them")
		}
		if path.IsAbs(s.File) {
			v.Add(at+".file", fmt.Sprintf("%q is an absolute path", s.File), "write it relative to the folder of the SecretSpec")
		}
	}
}

func (v *validator) secret(at string, s *Secret) {
	if s.Type == "" {
		s.Type = "Opaque"
	}
	if v.dns(at+".name", s.Name) && s.Rollout != NoRollout && s.Rollout != ChecksumAnnotationMode && !lookedUpByName[s.Type] && len(s.Name)+hashLength > validation.DNS1123SubdomainMaxLength {
		v.Add(at+".name", fmt.Sprintf("%d characters leave no room for the hash", len(s.Name)), "shorten it to 242, or set rollout: none")
	}
	oneOf(v, at+".rollout", s.Rollout, NameSuffixHash, ChecksumAnnotationMode, NoRollout)
	if s.Rollout == ChecksumAnnotationMode && s.Name != "" {
		v.syntax(at+".name", s.Name, validation.IsQualifiedName(ChecksumAnnotation+s.Name))
	}
	if s.Rollout == "" {
		s.Rollout = NameSuffixHash
		if lookedUpByName[s.Type] {
			s.Rollout = NoRollout
		}
	}
	if s.Immutable && s.Rollout != NameSuffixHash {
		v.Warn(at+".immutable", "the API server refuses to change an immutable Secret, and this one keeps its name", "set rollout: nameSuffixHash, or leave immutable out")
	}
	v.labels(at, s)
	v.typeFields(at, s)
	for _, key := range slices.Sorted(maps.Keys(s.Data)) {
		field := FieldKey(at+".data", key)
		v.syntax(field, key, validation.IsConfigMapKey(key))
		v.value(field, s.Data[key])
	}
	for i, from := range s.DataFrom {
		v.from(fmt.Sprintf("%s.dataFrom[%d].from", at, i), from.From)
	}
	if s.Type == "Opaque" && len(s.Data) == 0 && len(s.DataFrom) == 0 {
		v.Add(at, "it holds nothing", "fill data or dataFrom")
	}
	for i := range s.UsedBy {
		v.target(fmt.Sprintf("%s.usedBy[%d]", at, i), s, s.UsedBy[i])
	}
}

// lookedUpByName are the types that a controller finds by the Secret's name, which therefore gets no hash.
var lookedUpByName = map[string]bool{
	string(corev1.SecretTypeServiceAccountToken): true,
	string(corev1.SecretTypeBootstrapToken):      true,
}

// dockerKeys are the keys that registries are computed into.
var dockerKeys = map[string]string{
	string(corev1.SecretTypeDockerConfigJson): corev1.DockerConfigJsonKey,
	string(corev1.SecretTypeDockercfg):        corev1.DockerConfigKey,
}

// typeFields checks the fields that belong to some types only.
func (v *validator) typeFields(at string, s *Secret) {
	if len(s.Registries) > 0 && dockerKeys[s.Type] == "" {
		v.Add(at+".registries", fmt.Sprintf("a Secret of type %s has no registries", s.Type), "set type: kubernetes.io/dockerconfigjson")
	}
	servers := map[string]int{}
	for i, r := range s.Registries {
		field := fmt.Sprintf("%s.registries[%d]", at, i)
		if r.Server == "" {
			v.Add(field+".server", "it is missing", "write the registry's host: registry.example.com")
		} else if j, twice := servers[r.Server]; twice {
			v.Add(field+".server", fmt.Sprintf("%q is the server of registries[%d] already", r.Server, j), "keep one of them")
		}
		servers[r.Server] = i
		values := r.Values()
		for _, name := range slices.Sorted(maps.Keys(values)) {
			value := values[name]
			v.value(field+"."+name, value)
			if value.Template != "" {
				v.Add(field+"."+name+".template", "credentials of a registry cannot be templates", "take them from a source")
			}
		}
	}
	isToken := s.Type == string(corev1.SecretTypeServiceAccountToken)
	switch {
	case isToken && s.ServiceAccountName == "":
		v.Add(at+".serviceAccountName", "it is missing, and a service account token is for one ServiceAccount", "name it")
	case !isToken && s.ServiceAccountName != "":
		v.Add(at+".serviceAccountName", fmt.Sprintf("a Secret of type %s is for no ServiceAccount", s.Type), "set type: kubernetes.io/service-account-token")
	case isToken && s.Immutable:
		v.Add(at+".immutable", "Kubernetes itself writes the token into it", "leave immutable out")
	}
	if isToken && s.ServiceAccountName != "" {
		v.syntax(at+".serviceAccountName", s.ServiceAccountName, validation.IsDNS1123Subdomain(s.ServiceAccountName))
	}
	if s.Type == string(corev1.SecretTypeBootstrapToken) && s.Rollout == NameSuffixHash {
		v.Add(at+".rollout", "a bootstrap token is found by its name, which can have no hash", "leave rollout out")
	}
}

// Values are the registry's values, by field.
func (r Registry) Values() map[string]Value {
	values := map[string]Value{"username": r.Username, "password": r.Password}
	if r.Email != nil {
		values["email"] = *r.Email
	}
	return values
}

func (v *validator) labels(at string, s *Secret) {
	for _, key := range slices.Sorted(maps.Keys(s.Labels)) {
		v.syntax(FieldKey(at+".labels", key), key, validation.IsQualifiedName(key))
		v.syntax(FieldKey(at+".labels", key), s.Labels[key], validation.IsValidLabelValue(s.Labels[key]))
	}
	size := 0
	for _, key := range slices.Sorted(maps.Keys(s.Annotations)) {
		size += len(key) + len(s.Annotations[key])
		field := FieldKey(at+".annotations", key)
		v.syntax(field, key, validation.IsQualifiedName(strings.ToLower(key)))
		if key == SecretAnnotation {
			v.Add(field, "this annotation is Secretwright's own", "remove it")
		}
	}
	if size += len(SecretAnnotation) + len(v.spec.Metadata.Name) + 1 + len(s.Name); size > maxAnnotations {
		v.Add(at+".annotations", fmt.Sprintf("they have %d bytes together; Kubernetes takes %d", size, maxAnnotations), "shorten them")
	}
}

// value holds one entry of data to the rule that exactly one of from, value and template says what it is.
func (v *validator) value(at string, value Value) {
	var given []string
	if value.From != "" {
		given = append(given, "from")
		v.from(at+".from", value.From)
	}
	if value.Value != nil {
		given = append(given, "value")
	}
	if value.Template != "" {
		given = append(given, "template")
	}
	switch {
	case len(given) == 0:
		v.Add(at, "it says nowhere what the value is", "write from, value or template")
	case len(given) > 1:
		v.Add(at, strings.Join(given, " and ")+" are given at once", "keep one of them")
	case value.From == "" && (value.Key != "" || value.As != "" || value.Decode != ""):
		v.Add(at, "key, as and decode belong to a value from a source", "remove them, or write from")
	}
	oneOf(v, at+".as", value.As, AsJSON, AsYAML)
	oneOf(v, at+".decode", value.Decode, Base64)
	if value.As != "" && value.Decode != "" {
		v.Add(at, "as and decode are both given", "keep one of them: a map or a list is not base64")
	}
}

func (v *validator) from(at, name string) {
	if name == "" {
		v.Add(at, "it is missing", "name a source")
		return
	}
	if slices.ContainsFunc(v.spec.Sources, func(s Source) bool { return s.Name == name }) {
		return
	}
	var names []string
	for _, s := range v.spec.Sources {
		names = append(names, s.Name)
	}
	v.Add(at, fmt.Sprintf("there is no source %q", name), meant(name, names, "add it to sources"))
}

// meant is a fix that proposes the nearest known name, or says otherwise.
func meant(name string, known []string, otherwise string) string {
	if near := Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return otherwise
}

// Keys are the keys the SecretSpec itself gives the Secret, sorted, and whether these are all it will have.
func (s Secret) Keys() (keys []string, complete bool) {
	keys = slices.Collect(maps.Keys(s.Data))
	if key := dockerKeys[s.Type]; key != "" && len(s.Registries) > 0 {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return slices.Compact(keys), len(s.DataFrom) == 0 && s.Type != string(corev1.SecretTypeServiceAccountToken)
}

func keysAre(known []string) string {
	if len(known) == 0 {
		return "it has none"
	}
	return "its keys are " + strings.Join(known, ", ")
}

// MissingKey is the finding that a Secret has no such key, or nil when it has.
func MissingKey(at, secret, key string, known []string) *Finding {
	if slices.Contains(known, key) {
		return nil
	}
	return &Finding{
		Field:   at,
		Message: fmt.Sprintf("the Secret %s has no key %q", secret, key),
		Fix:     meant(key, known, keysAre(known)),
	}
}
