package schema

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
)

func (v *validator) target(at string, s *Secret, t Target) {
	if t.Kind == "" {
		v.Add(at+".kind", "it is missing", "say what uses the Secret: Deployment, Pod, ...")
	}
	for _, p := range []struct{ field, pattern string }{{"name", t.Name}, {"namespace", t.Namespace}} {
		if _, err := regexp.Compile(p.pattern); err != nil {
			v.Add(at+"."+p.field, fmt.Sprintf("%q is not a regular expression", p.pattern), "write a plain name, or an expression that Go's regexp accepts")
		}
	}
	if _, err := labels.Parse(t.LabelSelector); err != nil {
		v.Add(at+".labelSelector", fmt.Sprintf("%q is not a label selector", t.LabelSelector), "write it as for kubectl -l: tier=backend,track!=canary")
	}
	inContainers := len(t.Env) > 0 || t.EnvFrom != nil || t.Volume != nil
	if !inContainers && !t.ImagePullSecret && t.TLS == nil && len(t.FieldPaths) == 0 {
		v.Add(at, "it does not say how the Secret is used", "add env, envFrom, volume, imagePullSecret, tls or fieldPaths")
	}
	if !inContainers && len(t.Containers) > 0 {
		v.Add(at+".containers", "no container sees the Secret by what is said here", "remove it, or add env, envFrom or volume")
	}
	if t.ImagePullSecret && dockerKeys[s.Type] == "" {
		v.Add(at+".imagePullSecret", fmt.Sprintf("a Secret of type %s cannot pull images", s.Type), "set type: kubernetes.io/dockerconfigjson")
	}
	if t.TLS != nil {
		if keys, complete := s.Keys(); complete && (!slices.Contains(keys, corev1.TLSCertKey) || !slices.Contains(keys, corev1.TLSPrivateKeyKey)) {
			v.Add(at+".tls", "the Secret has no tls.crt and tls.key", "add them, and set type: kubernetes.io/tls")
		}
		for i, host := range t.TLS.Hosts {
			if host != "" && strings.HasPrefix(host, "*.") {
				v.syntax(fmt.Sprintf("%s.tls.hosts[%d]", at, i), host, validation.IsWildcardDNS1123Subdomain(host))
			} else {
				v.syntax(fmt.Sprintf("%s.tls.hosts[%d]", at, i), host, validation.IsDNS1123Subdomain(host))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Env)) {
		field := FieldKey(at+".env", name)
		v.syntax(field, name, validation.IsRelaxedEnvVarName(name))
		v.key(field, s, t.Env[name])
	}
	if t.EnvFrom != nil && t.EnvFrom.Prefix != "" {
		v.syntax(at+".envFrom.prefix", t.EnvFrom.Prefix, validation.IsRelaxedEnvVarName(t.EnvFrom.Prefix))
	}
	if t.Volume != nil {
		v.volume(at+".volume", s, *t.Volume)
	}
	for i, name := range t.Containers {
		if name == "*" && len(t.Containers) > 1 {
			v.Add(fmt.Sprintf("%s.containers[%d]", at, i), `"*" stands beside other names`, `write ["*"] alone for all containers`)
		}
	}
}

// volume follows validateVolumeMounts and validateKeyToPath of Kubernetes' pkg/apis/core/validation.
func (v *validator) volume(at string, s *Secret, vol Volume) {
	if vol.Name != "" {
		v.syntax(at+".name", vol.Name, validation.IsDNS1123Label(vol.Name))
	}
	if !path.IsAbs(vol.MountPath) || strings.Contains(vol.MountPath, ":") {
		v.Add(at+".mountPath", fmt.Sprintf("%q is not an absolute path without a colon", vol.MountPath), "write the folder the files appear in: /etc/"+s.Name)
	}
	if vol.SubPath != "" {
		v.relative(at+".subPath", vol.SubPath)
	}
	if m := vol.DefaultMode; m != nil && (*m < 0 || *m > 0o777) {
		v.Add(at+".defaultMode", fmt.Sprintf("%d (octal %#o) is not a file mode", *m, *m), "write 0 to 0777, in octal with a leading 0")
	}
	for _, key := range slices.Sorted(maps.Keys(vol.Items)) {
		v.key(FieldKey(at+".items", key), s, key)
		v.relative(FieldKey(at+".items", key), vol.Items[key])
		if p := vol.Items[key]; strings.HasPrefix(p, "..") && !strings.HasPrefix(p, "../") && p != ".." {
			v.Add(FieldKey(at+".items", key), fmt.Sprintf("%q begins with two dots, which Kubernetes keeps for itself", p), "name it otherwise")
		}
	}
}

func (v *validator) relative(at, p string) {
	if p == "" || path.IsAbs(p) || slices.Contains(strings.Split(p, "/"), "..") {
		v.Add(at, fmt.Sprintf("%q is not a relative path without ..", p), "write a path inside the volume")
	}
}

// key checks a reference to a key of the Secret, as far as the SecretSpec alone can tell.
func (v *validator) key(at string, s *Secret, key string) {
	if known, complete := s.Keys(); complete {
		if finding := MissingKey(at, s.Name, key, known); finding != nil {
			v.Findings = append(v.Findings, *finding)
		}
	}
}
