package wiring

import (
	"strings"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/schema"
)

// Emitted is a Secret among the resources that Secretwright emitted: in a run before this one, or earlier in a build.
type Emitted struct {
	// Index is its place among the resources.
	Index int
	// Secret is its name in the SecretSpec.
	Secret string
	// Name and Namespace are those it has now.
	Name, Namespace string
	// SpecName is the name of the SecretSpec it was emitted for.
	SpecName string
	// Encrypted reports whether it is a SOPS document.
	Encrypted bool
	// Annotations are those by which kustomize and kpt keep track of it.
	Annotations map[string]string
}

// kustomizeID is on every resource that kustomize hands to a transformer. What is on it beside was put there in this
// build.
const kustomizeID = "kustomize.config.k8s.io/id"

// Emitted finds the Secrets that carry the mark of Secretwright.
func (it *Items) Emitted() []Emitted {
	var found []Emitted
	for i, item := range it.items {
		if !item.IsSecret() {
			continue
		}
		annotations := at(item.Node.YNode(), "metadata.annotations")
		mark := field(annotations, schema.SecretAnnotation)
		if mark == nil {
			continue
		}
		spec, secret, _ := strings.Cut(mark.Value, "/")
		e := Emitted{
			Index: i, SpecName: spec, Secret: secret, Name: item.Name, Namespace: item.Namespace,
			Encrypted: field(item.Node.YNode(), "sops") != nil, Annotations: map[string]string{},
		}
		for k := 0; k+1 < len(annotations.Content); k += 2 {
			key := annotations.Content[k].Value
			if key != references.NeedsHash && references.TracksResource(key) {
				e.Annotations[key] = annotations.Content[k+1].Value
			}
		}
		found = append(found, e)
	}
	return found
}

// Find is the index of the Secret with a name in a namespace, or -1.
func (it *Items) Find(namespace, name string) int {
	for i, item := range it.items {
		if item.IsSecret() && item.Namespace == namespace && item.Name == name {
			return i
		}
	}
	return -1
}
