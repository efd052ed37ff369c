// Package usedby reads the references to Secrets that manifests have by hand as the usedBy entries that would write
// them: variables, files, pull secrets, and the certificates of an Ingress or a Gateway. What no entry can say, such as
// a reference that is optional, and references in other fields, it leaves by hand: they follow all the same.
package usedby

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// Targets returns how a resource uses the Secret of a name in its own namespace, as far as usedBy can say it.
func Targets(resource *yaml.RNode, secret string) []schema.Target {
	node := resource.YNode()
	r := reader{secret: secret, base: schema.Target{Kind: resource.GetKind(), Name: regexp.QuoteMeta(resource.GetName())}}
	group, _ := resid.ParseGroupVersion(resource.GetApiVersion())
	if path := references.PodPath(group, resource.GetKind()); path != "" {
		if pod := yamlnode.At(node, path); pod != nil {
			r.pod(pod)
		}
	}
	switch {
	case r.base.Kind == "ServiceAccount":
		r.pullSecrets(node)
	case r.base.Kind == "Ingress":
		r.ingress(node)
	case r.base.Kind == "Gateway" && group == "gateway.networking.k8s.io":
		r.gateway(node)
	}
	return r.targets
}

// reader reads how one resource uses one Secret.
type reader struct {
	secret  string
	base    schema.Target
	targets []schema.Target
}

func (r *reader) add(change func(*schema.Target)) {
	target := r.base
	change(&target)
	r.targets = append(r.targets, target)
}

func (r *reader) pod(pod *yaml.Node) {
	var containers []*yaml.Node
	for _, list := range []string{"containers", "initContainers", "ephemeralContainers"} {
		containers = append(containers, yamlnode.Elements(pod, list)...)
	}
	for _, container := range containers {
		if len(containers) > 1 {
			r.base.Containers = []string{yamlnode.Value(container, "name")}
		}
		r.container(pod, container)
	}
	r.base.Containers = nil
	r.pullSecrets(pod)
}

func (r *reader) container(pod, container *yaml.Node) {
	env := map[string]string{}
	for _, entry := range yamlnode.Elements(container, "env") {
		ref := yamlnode.At(entry, "valueFrom.secretKeyRef")
		if r.names(ref, "name") && only(ref, "name", "key") {
			env[yamlnode.Value(entry, "name")] = yamlnode.Value(ref, "key")
		}
	}
	if len(env) > 0 {
		r.add(func(t *schema.Target) { t.Env = env })
	}
	for _, entry := range yamlnode.Elements(container, "envFrom") {
		ref := yamlnode.Field(entry, "secretRef")
		if r.names(ref, "name") && only(ref, "name") {
			r.add(func(t *schema.Target) { t.EnvFrom = &schema.EnvFrom{Prefix: yamlnode.Value(entry, "prefix")} })
		}
	}
	for _, mount := range yamlnode.Elements(container, "volumeMounts") {
		if volume := r.volume(pod, mount); volume != nil {
			r.add(func(t *schema.Target) { t.Volume = volume })
		}
	}
}

// volume returns a mount of the Secret, or nil if it is of something else, or says what usedBy cannot.
func (r *reader) volume(pod, mount *yaml.Node) *schema.Volume {
	name := yamlnode.Value(mount, "name")
	volumes := yamlnode.Elements(pod, "volumes")
	i := slices.IndexFunc(volumes, func(v *yaml.Node) bool { return yamlnode.Value(v, "name") == name })
	if i < 0 || !only(mount, "name", "mountPath", "subPath", "readOnly") {
		return nil
	}
	source := yamlnode.Field(volumes[i], "secret")
	if !r.names(source, "secretName") || !only(source, "secretName", "defaultMode", "items") {
		return nil
	}
	volume := &schema.Volume{Name: name, MountPath: yamlnode.Value(mount, "mountPath"),
		SubPath: yamlnode.Value(mount, "subPath"), ReadOnly: yamlnode.Value(mount, "readOnly") == "true"}
	if text := yamlnode.Value(source, "defaultMode"); text != "" {
		mode, err := strconv.ParseInt(text, 0, 32)
		if err != nil {
			return nil
		}
		number := int32(mode)
		volume.DefaultMode = &number
	}
	for _, item := range yamlnode.Elements(source, "items") {
		if !only(item, "key", "path") {
			return nil
		}
		if volume.Items == nil {
			volume.Items = map[string]string{}
		}
		volume.Items[yamlnode.Value(item, "key")] = yamlnode.Value(item, "path")
	}
	return volume
}

func (r *reader) pullSecrets(holder *yaml.Node) {
	if slices.ContainsFunc(yamlnode.Elements(holder, "imagePullSecrets"),
		func(e *yaml.Node) bool { return r.names(e, "name") }) {
		r.add(func(t *schema.Target) { t.ImagePullSecret = true })
	}
}

// ingress reads the one entry of spec.tls for the Secret: usedBy keeps one alone.
func (r *reader) ingress(node *yaml.Node) {
	entries := slices.DeleteFunc(slices.Clone(yamlnode.Elements(yamlnode.Field(node, "spec"), "tls")),
		func(e *yaml.Node) bool {
			return !r.names(e, "secretName")
		})
	if len(entries) != 1 {
		return
	}
	var hosts []string
	for _, host := range yamlnode.Elements(entries[0], "hosts") {
		hosts = append(hosts, host.Value)
	}
	r.add(func(t *schema.Target) { t.TLS = &schema.TLS{Hosts: hosts} })
}

func (r *reader) gateway(node *yaml.Node) {
	var listeners []string
	for _, listener := range yamlnode.Elements(yamlnode.Field(node, "spec"), "listeners") {
		for _, ref := range yamlnode.Elements(yamlnode.Field(listener, "tls"), "certificateRefs") {
			kind := cmp.Or(yamlnode.Value(ref, "kind"), "Secret")
			if r.names(ref, "name") && kind == "Secret" && yamlnode.Value(ref, "namespace") == "" {
				listeners = append(listeners, yamlnode.Value(listener, "name"))
			}
		}
	}
	if len(listeners) > 0 {
		r.add(func(t *schema.Target) { t.TLS = &schema.TLS{Listeners: listeners} })
	}
}

// names reports whether a field of a node is the name of the Secret.
func (r *reader) names(node *yaml.Node, field string) bool {
	return node != nil && yamlnode.Value(node, field) == r.secret
}

// only reports whether a map has no other keys.
func only(node *yaml.Node, known ...string) bool {
	return !slices.ContainsFunc(yamlnode.Keys(node), func(key string) bool { return !slices.Contains(known, key) })
}
