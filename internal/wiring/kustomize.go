package wiring

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
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

func newID(namespace, name string) ID {
	if namespace == "" {
		namespace = "default"
	}
	return ID{namespace, name}
}

// ids are all that the resource was called by kustomize's record, and what it is called now, last.
func (i *item) ids() []ID {
	var all []ID
	annotations := at(i.Node.YNode(), "metadata.annotations")
	list := func(name string) []string {
		if f := field(annotations, name); f != nil && f.Value != "" {
			return strings.Split(f.Value, ",")
		}
		return nil
	}
	names, namespaces := list(PreviousNames), list(PreviousNamespaces)
	for k := range min(len(names), len(namespaces)) {
		all = append(all, newID(namespaces[k], names[k]))
	}
	return append(all, newID(i.Namespace, i.Name))
}

// Called returns the Secrets that have, or had in this build of kustomize, a name in a namespace.
func (it *Items) Called(namespace, name string) []int {
	var found []int
	for index, i := range it.items {
		if i.IsSecret() && slices.Contains(i.ids(), newID(namespace, name)) {
			found = append(found, index)
		}
	}
	return found
}

// FormerNames are the names that a resource had in this build of kustomize, and the one it has.
func (it *Items) FormerNames(index int) []string { return it.items[index].names() }

// InBuild reports whether kustomize handed over the resources: it puts an annotation on each.
func (it *Items) InBuild() bool {
	return slices.ContainsFunc(it.items, func(i *item) bool {
		return i.Node != nil && field(at(i.Node.YNode(), "metadata.annotations"), kustomizeID) != nil
	})
}

// Last returns the last part that every resource kustomize has named has in an annotation such as [Prefixes], or "" if
// they differ: what the kustomization at hand added, as far as it can be told from its resources.
func (it *Items) Last(annotation string) string {
	last := ""
	for _, i := range it.items {
		if i.Node == nil || i.Kind == "Namespace" || i.Kind == "CustomResourceDefinition" || i.Kind == "APIService" {
			continue // which kustomize does not prefix
		}
		value := ""
		if f := field(at(i.Node.YNode(), "metadata.annotations"), annotation); f != nil {
			value = f.Value[strings.LastIndex(f.Value, ",")+1:]
		}
		if value == "" || last != "" && value != last {
			return ""
		}
		last = value
	}
	return last
}

// GivenNamespace returns the namespace that kustomize has given all resources that have one, or "" if they differ or
// brought theirs along.
func (it *Items) GivenNamespace() string {
	shared := it.SharedNamespace()
	for index, i := range it.items {
		if i.Node == nil || it.ClusterScoped(index) {
			continue
		}
		if !slices.ContainsFunc(i.ids(), func(id ID) bool { return id.Namespace != shared }) {
			return ""
		}
	}
	return shared
}

// SharedNamespace returns the namespace that all resources are in that have one, or "" if they differ.
func (it *Items) SharedNamespace() string {
	shared := ""
	for index, i := range it.items {
		if i.Node == nil || it.ClusterScoped(index) {
			continue
		}
		if i.Namespace == "" || shared != "" && i.Namespace != shared {
			return ""
		}
		shared = i.Namespace
	}
	return shared
}

// DataOf returns the data of a Secret, by key, in base64.
func DataOf(node *yaml.RNode) map[string]string {
	data := map[string]string{}
	if f := field(node.YNode(), "data"); f != nil {
		for k := 0; k+1 < len(f.Content); k += 2 {
			data[f.Content[k].Value] = f.Content[k+1].Value
		}
	}
	return data
}
