package references

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// The annotations in which kustomize keeps the names that a resource had, in the order it had them, and what was added
// to them. kustomize strips them at the end of a build.
const (
	PreviousKinds      = "internal.config.kubernetes.io/previousKinds"
	PreviousNames      = "internal.config.kubernetes.io/previousNames"
	PreviousNamespaces = "internal.config.kubernetes.io/previousNamespaces"
	Prefixes           = "internal.config.kubernetes.io/prefixes"
	Suffixes           = "internal.config.kubernetes.io/suffixes"
	// NeedsHash has kustomize add the hash of the content to the name, after all suffixes.
	NeedsHash = "internal.config.kubernetes.io/needsHashSuffix"
	// Behavior is what a generator's resource does to an earlier one of its name: create, merge or replace.
	Behavior = "kustomize.config.k8s.io/behavior"
)

// ID is a namespace and a name that a resource has or had. kustomize takes no namespace for `default`.
type ID struct{ Namespace, Name string }

// NewID returns the ID of a name in a namespace.
func NewID(namespace, name string) ID {
	if namespace == "" {
		namespace = "default"
	}
	return ID{namespace, name}
}

// Recorded returns all that a resource was called by kustomize's record, and what it is called now, last.
func Recorded(node *yaml.Node, namespace, name string) []ID {
	var all []ID
	annotations := yamlnode.At(node, "metadata.annotations")
	list := func(name string) []string {
		if f := yamlnode.Field(annotations, name); f != nil && f.Value != "" {
			return strings.Split(f.Value, ",")
		}
		return nil
	}
	names, namespaces := list(PreviousNames), list(PreviousNamespaces)
	for k := range min(len(names), len(namespaces)) {
		all = append(all, NewID(namespaces[k], names[k]))
	}
	return append(all, NewID(namespace, name))
}
