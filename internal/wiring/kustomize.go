package wiring

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
)

// ids are all that the resource was called by kustomize's record, and what it is called now, last.
func (i *item) ids() []references.ID {
	return references.Recorded(i.Node.YNode(), i.Namespace, i.Name)
}

// Called returns the Secrets that have, or had in this build of kustomize, a name in a namespace.
func (it *Items) Called(namespace, name string) []int {
	var found []int
	for index, i := range it.items {
		if i.IsSecret() && slices.Contains(i.ids(), references.NewID(namespace, name)) {
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
		if !slices.ContainsFunc(i.ids(), func(id references.ID) bool { return id.Namespace != shared }) {
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
