package schema

import (
	"fmt"
	"maps"
	"path"
	"regexp/syntax"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
)

func (v *validator) target(at *field.Path, s *Secret, t Target) {
	v.selector(at, t)
	v.usage(at, s, t)
	if t.TLS != nil {
		v.tls(at.Child("tls"), s, *t.TLS)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Env)) {
		variable := report.Key(at.Child("env"), name)
		v.syntax(report.InvalidVariable, variable, name, validation.IsRelaxedEnvVarName)
		v.key(variable, s, t.Env[name])
	}
	if t.EnvFrom != nil && t.EnvFrom.Prefix != "" {
		v.syntax(report.InvalidVariable, at.Child("envFrom", "prefix"), t.EnvFrom.Prefix, validation.IsRelaxedEnvVarName)
	}
	if t.Volume != nil {
		v.volume(at.Child("volume"), s, *t.Volume)
	}
	for i, name := range t.Containers {
		if name == "*" && len(t.Containers) > 1 {
			v.Error(report.ContainerAndWildcard, at.Child("containers").Index(i), `"*" is listed beside other names`,
				`write ["*"] alone for all containers`)
		}
	}
}

// selector checks the fields that select what uses the Secret.
func (v *validator) selector(at *field.Path, t Target) {
	if t.Kind == "" {
		v.Error(report.MissingField, at.Child("kind"), "it is missing", "say what uses the Secret: Deployment, Pod, ...")
	}
	for _, p := range []struct{ field, pattern string }{{"name", t.Name}, {"namespace", t.Namespace}} {
		if _, err := syntax.Parse(p.pattern, syntax.Perl); err != nil {
			v.Error(report.InvalidPattern, at.Child(p.field), quoted(p.pattern)+" is not a regular expression",
				"write a plain name, or an expression that Go's regexp accepts")
		} else if !isSmall(p.pattern) {
			v.Error(report.InvalidPattern, at.Child(p.field), "it is too large a regular expression",
				"write a plain name, or a shorter one")
		}
	}
	if _, err := labels.Parse(t.LabelSelector); err != nil {
		v.Error(report.InvalidSelector, at.Child("labelSelector"), quoted(t.LabelSelector)+" is not a label selector",
			"write it as for kubectl -l: tier=backend,track!=canary")
	}
}

// isSmall reports whether matching a regular expression takes little: the time is that of its program's length for each
// character of each name.
func isSmall(pattern string) bool {
	const maxPattern, maxProgram = 1000, 1500
	if len(pattern) > maxPattern {
		return false
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return false
	}
	program, err := syntax.Compile(parsed.Simplify())
	return err == nil && len(program.Inst) <= maxProgram
}

// usage checks that a target says how the Secret is used, and in a way that fits its type.
func (v *validator) usage(at *field.Path, s *Secret, t Target) {
	inContainers := len(t.Env) > 0 || t.EnvFrom != nil || t.Volume != nil
	if !inContainers && !t.ImagePullSecret && t.TLS == nil && len(t.FieldPaths) == 0 {
		v.Error(report.NoUse, at, "it does not say how the Secret is used",
			"add env, envFrom, volume, imagePullSecret, tls or fieldPaths")
	}
	if !inContainers && len(t.Containers) > 0 {
		v.Error(report.UselessField, at.Child("containers"), "no container sees the Secret by what is said here",
			"remove it, or add env, envFrom or volume")
	}
	if t.ImagePullSecret && secretTypes[s.Type].registries == "" {
		v.Error(report.FieldNeedsType, at.Child("imagePullSecret"),
			fmt.Sprintf("a Secret of type %s cannot pull images", s.Type), "set type: kubernetes.io/dockerconfigjson")
	}
}

func (v *validator) tls(at *field.Path, s *Secret, t TLS) {
	keys, complete := s.Keys()
	isPair := slices.Contains(keys, corev1.TLSCertKey) && slices.Contains(keys, corev1.TLSPrivateKeyKey)
	if complete && !isPair {
		v.Error(report.FieldNeedsType, at, "the Secret has no tls.crt and tls.key",
			"add them, and set type: kubernetes.io/tls")
	}
	for i, host := range t.Hosts {
		check := validation.IsDNS1123Subdomain
		if strings.HasPrefix(host, "*.") {
			check = validation.IsWildcardDNS1123Subdomain
		}
		v.syntax(report.InvalidHost, at.Child("hosts").Index(i), host, check)
	}
}

// volume follows validateVolumeMounts and validateKeyToPath of Kubernetes' pkg/apis/core/validation.
func (v *validator) volume(at *field.Path, s *Secret, vol Volume) {
	if vol.Name != "" {
		v.syntax(report.InvalidName, at.Child("name"), vol.Name, validation.IsDNS1123Label)
	}
	if !path.IsAbs(vol.MountPath) || strings.Contains(vol.MountPath, ":") {
		v.Error(report.InvalidPath, at.Child("mountPath"), quoted(vol.MountPath)+" is not an absolute path without a colon",
			"write the folder the files appear in: /etc/"+s.Name)
	}
	if vol.SubPath != "" {
		v.relative(at.Child("subPath"), vol.SubPath)
	}
	if m := vol.DefaultMode; m != nil && (*m < 0 || *m > 0o777) {
		v.Error(report.InvalidMode, at.Child("defaultMode"), fmt.Sprintf("%d (octal %#o) is not a file mode", *m, *m),
			"write 0 to 0777, in octal with a leading 0")
	}
	for _, key := range slices.Sorted(maps.Keys(vol.Items)) {
		item := report.Key(at.Child("items"), key)
		v.key(item, s, key)
		v.relative(item, vol.Items[key])
		if p := vol.Items[key]; strings.HasPrefix(p, "..") && !strings.HasPrefix(p, "../") && p != ".." {
			v.Error(report.InvalidPath, item, quoted(p)+" begins with two dots, which Kubernetes keeps for itself",
				"name it otherwise")
		}
	}
}

func (v *validator) relative(at *field.Path, p string) {
	if p == "" || path.IsAbs(p) || slices.Contains(strings.Split(p, "/"), "..") {
		v.Error(report.InvalidPath, at, quoted(p)+" is not a relative path without ..", "write a path inside the volume")
	}
}

// key checks a reference to a key of the Secret, as far as the SecretSpec alone can tell.
func (v *validator) key(at *field.Path, s *Secret, key string) {
	if known, complete := s.Keys(); complete {
		v.Add(MissingKey(at, s.Name, key, known))
	}
}
