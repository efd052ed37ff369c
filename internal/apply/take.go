package apply

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// taken is one Secret of a SecretSpec, with what is taken from a manifest.
type taken struct {
	field *report.Path
	// resource is the index of the encrypted Secret among the resources, or -1.
	resource int
	// manifest is what it was taken from, if it was.
	manifest *sources.Manifest
}

// take completes the Secrets of a SecretSpec that are taken from manifests, and replaces an entry for all Secrets of a
// source by one for each. It opens the sources, if there are such entries: the names are in them.
func (r *run) take(ctx context.Context, node *yaml.RNode, spec *schema.SecretSpec) {
	secrets := spec.Secrets
	isTaken := func(s schema.Secret) bool { return s.From != "" }
	if slices.ContainsFunc(secrets, isTaken) {
		before := r.Errors()
		if r.openSources(ctx, node, spec); r.Errors() > before {
			return
		}
	}
	spec.Secrets = nil
	for i, secret := range secrets {
		at := report.Field("secrets").Index(i)
		if secret.From == "" {
			spec.Secrets = append(spec.Secrets, secret)
			r.taken = append(r.taken, taken{field: at, resource: -1})
			continue
		}
		for _, m := range r.pick(at, spec, secret, secrets) {
			one := taken{field: at, resource: -1, manifest: &m}
			if r.complete(spec, &one, &m, &secret) {
				spec.Secrets, r.taken = append(spec.Secrets, secret), append(r.taken, one)
			}
			secret = secrets[i]
		}
	}
	if slices.ContainsFunc(secrets, isTaken) {
		r.validateTaken(spec)
	}
}

// pick returns the Secrets of a source that an entry takes.
func (r *run) pick(at *report.Path, spec *schema.SecretSpec, secret schema.Secret,
	all []schema.Secret) []sources.Manifest {
	from := at.Child("from")
	found := r.set.Manifests(r.Collector, from, secret.From)
	want, explicit := r.wanted(spec, secret)
	named := slices.DeleteFunc(slices.Clone(found), func(m sources.Manifest) bool {
		return m.Name != want.Name || want.Namespace != "" && m.Namespace != want.Namespace
	})
	var names []string
	for _, m := range found {
		if !m.Secret {
			names = append(names, m.Name)
		}
	}
	switch {
	case len(found) == 0:
		return nil // which has been reported
	case len(named) == 1:
		return named
	case len(found) == 1 && (!explicit || found[0].NoName):
		return found
	case len(named) > 1:
		r.Error(report.SeveralSecrets, from, fmt.Sprintf("%d of its Secrets have the name %q", len(named), want.Name),
			"add the namespace with manifest: {name: ..., namespace: ...}")
	case want.Name != "":
		r.Error(report.NoSuchSecret, from, fmt.Sprintf("%s has no Secret %q", r.set.Name(secret.From), want.Name),
			report.DidYouMean(want.Name, names, "pick one with manifest: {name: ...}; there are "+report.List(names)))
	case secret.Bare():
		return slices.DeleteFunc(found, func(m sources.Manifest) bool {
			return slices.ContainsFunc(all, func(other schema.Secret) bool {
				if other.From != secret.From {
					return false
				}
				want, _ := r.wanted(spec, other)
				return want.Name == m.Name && (want.Namespace == "" || want.Namespace == m.Namespace)
			})
		})
	default:
		r.Error(report.SeveralSecrets, from, "it holds the Secrets "+report.List(names),
			"pick one with name, or with manifest")
	}
	return nil
}

// wanted is the name by which an entry picks a Secret, and whether no other will do.
func (r *run) wanted(spec *schema.SecretSpec, secret schema.Secret) (want schema.ManifestName, explicit bool) {
	i := slices.IndexFunc(spec.Sources, func(s schema.Source) bool { return s.Name == secret.From })
	switch source := spec.Sources[i]; {
	case secret.Manifest != nil:
		return *secret.Manifest, true
	case source.Secret != nil:
		return r.original(*source.Secret), false
	}
	return schema.ManifestName{Name: secret.Name}, false
}

// original is the name that an encrypted Secret among the resources has in its file.
func (r *run) original(ref schema.ManifestName) schema.ManifestName {
	index, finding := sources.FindSecret(ref, r.nodes)
	if finding != nil {
		return ref
	}
	names := append(r.items.FormerNames(index), r.nodes[index].GetName())
	return schema.ManifestName{Name: names[0]}
}

// complete fills in what an entry leaves to the manifest, and reports whether it has all it needs.
func (r *run) complete(spec *schema.SecretSpec, one *taken, m *sources.Manifest, s *schema.Secret) bool {
	i := slices.IndexFunc(spec.Sources, func(source schema.Source) bool { return source.Name == s.From })
	if ref := spec.Sources[i].Secret; ref != nil {
		if index, finding := sources.FindSecret(*ref, r.nodes); finding == nil {
			one.resource = index
			handedOver(r.nodes[index], m)
		}
		if s.Name != "" && s.Name != m.Name && !m.NoName {
			r.Error(report.ConflictingFields, one.field.Child("name"),
				"it takes the place of the Secret "+m.Name+" among the resources",
				"leave name out, or name the file of the Secret as a source and remove it from the resources")
			return false
		}
	}
	from := one.field.Child("from")
	if m.NoName && s.Name == "" {
		r.Error(report.MetadataIsSecret, from, "its metadata is encrypted too, so that its name is not known without a key",
			"write name and type here, or encrypt it with encrypted_regex: ^(data|stringData)$")
		return false
	}
	if m.NoType && s.Type == "" {
		r.Warn(report.MetadataIsSecret, from, "its type is encrypted too, so that it is not checked without a key",
			"write type here, or encrypt it with encrypted_regex: ^(data|stringData)$")
	}
	s.Name, s.Type = cmp.Or(s.Name, m.Name), cmp.Or(s.Type, m.Type)
	if spec.Metadata.Namespace == "" {
		s.Namespace = cmp.Or(s.Namespace, m.Namespace)
	}
	r.Add(r.set.Uncovered(from, m, spec, s))
	s.Labels, s.Annotations = over(m.Labels, s.Labels), over(m.Annotations, s.Annotations)
	s.Immutable = s.Immutable || m.Immutable
	return true
}

// handedOver takes what kustomize may have changed from the resource instead of its file.
func handedOver(node *yaml.RNode, m *sources.Manifest) {
	if m.NoName {
		return
	}
	m.Name, m.Namespace = originalName(node), node.GetNamespace()
	if m.Secret {
		return
	}
	m.Labels, m.Annotations = node.GetLabels(), node.GetAnnotations()
	sources.DropOwn(m.Annotations)
}

// over returns a map with those entries of another one that it lacks.
func over(below, above map[string]string) map[string]string {
	if len(below) == 0 {
		return above
	}
	all := maps.Clone(below)
	maps.Copy(all, above)
	return all
}

// validateTaken holds what was taken to the rules. What a manifest says is not quoted if it came encrypted.
func (r *run) validateTaken(spec *schema.SecretSpec) {
	var paths []*field.Path
	for _, one := range r.taken {
		paths = append(paths, one.field)
	}
	said := &report.Collector{}
	schema.ValidateTaken(spec, paths, said)
	for _, f := range said.Findings() {
		if slices.ContainsFunc(r.taken, func(one taken) bool {
			return one.manifest != nil && one.manifest.Secret &&
				f.IsAbout(one.field, "name", "namespace", "type", "labels", "annotations")
		}) {
			f.Message, f.Fix = "what its manifest says here is not allowed", "write it in the SecretSpec"
		}
		r.Add(f)
	}
}
