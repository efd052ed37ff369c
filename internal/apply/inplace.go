package apply

import (
	"context"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/host"
	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// inPlace returns the index of the encrypted Secret that a Secret takes the place of, or -1. It takes over the
// annotations that say where it is stored. Of several namespaces, the Secret's own has it, or else the first.
func (p *placing) inPlace(one *plan, namespace string, annotations map[string]string) int {
	if one.resource < 0 {
		return -1
	}
	node := p.nodes[one.resource]
	if _, own := one.names[node.GetNamespace()]; own && namespace != node.GetNamespace() ||
		!own && namespace != slices.Sorted(maps.Keys(one.names))[0] {
		return -1
	}
	for _, key := range []string{kioutil.PathAnnotation, kioutil.IndexAnnotation, host.PackagePath, "config.k8s.io/id",
		"internal.config.kubernetes.io/path", "internal.config.kubernetes.io/index"} {
		if value, has := node.GetAnnotations()[key]; has {
			annotations[key] = value
		}
	}
	return one.resource
}

// decrypt puts a Secret in the place of the encrypted one it was taken from, which stays kustomize's to name.
func (l *layering) decrypt(ctx context.Context, p *plan) {
	if p.recipients != nil {
		l.Error(report.ConflictingFields, p.field.Child("from"),
			"it takes an encrypted Secret of this build, and output encrypts it again",
			"leave output out, or name the file of the Secret as a source")
		return
	}
	node := l.items.Node(p.resource)
	annotations := node.GetAnnotations()
	annotations[schema.SecretAnnotation] = l.mark(p)
	delete(annotations, references.NeedsHash)
	if p.spec.Rollout == schema.NameSuffixHash {
		annotations[references.NeedsHash] = "enabled"
	}
	out := l.form.emit(ctx, p, nil)
	out.annotate(annotations)
	manifest := p.secret.Manifest(node.GetName(), node.GetNamespace(), node.GetLabels(), annotations)
	written, finding := out.write(node.GetNamespace(), manifest)
	if finding != nil {
		l.Add(finding.In(p.field))
		return
	}
	l.items.Replace(p.resource, written)
	hash, err := p.secret.Hash()
	if err != nil {
		l.Error(report.Internal, p.field, "its content cannot be hashed", "set rollout: none")
		return
	}
	p.hash = hash
	l.keep(p, []int{p.resource})
}

// originalName is the name that a resource had before kustomize changed it, or a former run added a hash.
func originalName(node *yaml.RNode) string {
	if _, name, emitted := strings.Cut(node.GetAnnotations()[schema.SecretAnnotation], "/"); emitted {
		return name
	}
	if former := node.GetAnnotations()[references.PreviousNames]; former != "" {
		name, _, _ := strings.Cut(former, ",")
		return name
	}
	return node.GetName()
}

// encryptedNames are the names of the Secrets among the resources that are SOPS documents and were not emitted here.
func (r *run) encryptedNames() []string {
	var names []string
	for _, i := range r.encrypted() {
		names = append(names, r.items.FormerNames(i)...)
	}
	return names
}

// encrypted are the indices of the Secrets that came as SOPS documents and still are.
func (r *run) encrypted() []int {
	var indices []int
	for i, node := range r.nodes {
		isSecret := node.GetKind() == "Secret" && node.GetApiVersion() == "v1" && node.Field("sops") != nil
		if isSecret && node.GetAnnotations()[schema.SecretAnnotation] == "" && i < r.items.Len() && r.items.Node(i) == node {
			indices = append(indices, i)
		}
	}
	return indices
}

// leftEncrypted warns of Secrets that stay SOPS documents although something reads them.
func (r *run) leftEncrypted(index *wiring.Index) {
	for _, i := range r.encrypted() {
		var readers []string
		for _, name := range slices.Compact(r.items.FormerNames(i)) {
			readers = append(readers, index.In(r.items.Namespace(i), name)...)
		}
		if len(readers) > 0 {
			r.Warn(report.LeftEncrypted, nil, r.items.Describe(i)+" is encrypted, and read by "+report.List(readers),
				"take it with from, and a source with secret: {name: "+originalName(r.items.Node(i))+"}")
		}
	}
}
