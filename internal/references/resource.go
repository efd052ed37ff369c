package references

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Resource is a resource in which references are looked for.
type Resource struct {
	APIVersion, Kind string
	Name, Namespace  string
	// Node is what it was read from, or nil for one that was removed.
	Node *yaml.RNode
}

// Group returns the group of its API, which is "" for the core.
func (r *Resource) Group() string {
	group, _, isGroup := strings.Cut(r.APIVersion, "/")
	if !isGroup {
		return ""
	}
	return group
}

// String names the resource to a person.
func (r *Resource) String() string {
	if r.Namespace != "" {
		return r.Kind + " " + r.Namespace + "/" + r.Name
	}
	return r.Kind + " " + r.Name
}

// IsSecret reports whether it is a Secret of Kubernetes.
func (r *Resource) IsSecret() bool {
	return r.Node != nil && r.Kind == "Secret" && r.APIVersion == "v1"
}

// TracksResource reports whether an annotation is one in which kustomize or kpt keeps track of a resource.
func TracksResource(annotation string) bool {
	return slices.ContainsFunc([]string{
		"config.kubernetes.io/", "internal.config.kubernetes.io/", "config.k8s.io/", "kustomize.config.k8s.io/",
	}, func(prefix string) bool { return strings.HasPrefix(annotation, prefix) })
}

// LooksElsewhere reports whether it may read a Secret of another namespace than its own: an Istio Gateway reads those
// of its proxies' namespace, and a Gateway of the Gateway API those it names with a namespace.
func (r *Resource) LooksElsewhere() bool {
	return r.ClusterScoped() || r.Kind == "Gateway" && slices.Contains(
		[]string{"networking.istio.io", "gateway.networking.k8s.io"}, r.Group())
}
