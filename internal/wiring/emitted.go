package wiring

import (
	"slices"
	"strings"

	"github.com/secretwright/secretwright/schema"
)

// Emitted is a Secret among the resources that a run before this one emitted for a SecretSpec.
type Emitted struct {
	// Index is its place among the resources.
	Index int
	// Secret is its name in the SecretSpec.
	Secret string
	// Name and Namespace are those it has now.
	Name, Namespace string
	// Original is the name it had before kustomize added prefixes and suffixes, or else Name.
	Original string
	// InBuild says that it was emitted earlier in the same build of kustomize, not by a run that was stored.
	InBuild bool
	// Labels and Annotations are what to keep of those it has: the annotations by which kustomize and kpt keep track of it,
	// and, within one build of kustomize, all that has been put on it since.
	Labels, Annotations map[string]string
}

// tools are the prefixes of the annotations in which kustomize and kpt keep track of a resource.
var tools = []string{"config.kubernetes.io/", "internal.config.kubernetes.io/", "config.k8s.io/", "kustomize.config.k8s.io/"}

// needsHash is the annotation by which kustomize remembers to add a hash to the name of what a generator made. Where
// the Secret is wired in the same build its name has the hash already.
const needsHash = "internal.config.kubernetes.io/needsHashSuffix"

// kustomizeID is on every resource that kustomize hands to a transformer. What is on it beside was put there in this build.
const kustomizeID = "kustomize.config.k8s.io/id"

// Emitted finds the Secrets that carry the mark of a SecretSpec.
func (it *Items) Emitted(spec string) []Emitted {
	var found []Emitted
	for i, item := range it.items {
		if item.kind != "Secret" || item.apiVersion != "v1" {
			continue
		}
		annotations := at(item.node.YNode(), "metadata.annotations")
		mark := field(annotations, schema.SecretAnnotation)
		if mark == nil {
			continue
		}
		owner, secret, _ := strings.Cut(mark.Value, "/")
		if owner != spec {
			continue
		}
		e := Emitted{Index: i, Secret: secret, Name: item.name, Namespace: item.namespace, Original: item.names()[0], Annotations: map[string]string{}}
		e.InBuild = field(annotations, kustomizeID) != nil
		if e.InBuild {
			e.Labels = item.node.GetLabels()
		}
		for k := 0; k+1 < len(annotations.Content); k += 2 {
			key := annotations.Content[k].Value
			isTool := slices.ContainsFunc(tools, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
			if key != needsHash && (isTool || e.InBuild) {
				e.Annotations[key] = annotations.Content[k+1].Value
			}
		}
		found = append(found, e)
	}
	return found
}

// Rebased is a new name with the prefixes and suffixes that kustomize gave the old one.
func (e Emitted) Rebased(name string) string {
	return strings.Replace(e.Name, e.Original, name, 1)
}

// Find is the index of the Secret with a name in a namespace, or -1.
func (it *Items) Find(namespace, name string) int {
	for i, item := range it.items {
		if item.kind == "Secret" && item.apiVersion == "v1" && item.namespace == namespace && item.name == name {
			return i
		}
	}
	return -1
}
