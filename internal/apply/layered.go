package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/api/hasher"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/former"
	"github.com/secretwright/secretwright/internal/host"
	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// layering is the Secrets of one SecretSpec on their way into a build of kustomize. They are resources of kustomize's
// own like those of secretGenerator: it adds the hash to their names, has references follow in the fields it knows, and
// finds them by their former names in later layers. Secretwright writes the names into the fields kustomize does not
// know.
type layering struct {
	*run
	spec *schema.SecretSpec
	// final are the names that Secrets will have at the end if no later layer changes them, for fields kustomize does not
	// know.
	final references.Names
}

// placeInBuild puts the Secrets among the resources of a build of kustomize. What an earlier layer made is never
// removed.
func (r *run) placeInBuild(ctx context.Context, spec *schema.SecretSpec, plans []*plan) {
	l := &layering{run: r, spec: spec, final: references.Names{}}
	r.names = l.final
	for _, p := range plans {
		if p.secret == nil {
			continue
		}
		behavior := p.spec.Annotations[references.Behavior]
		isMerge := behavior == "merge" || behavior == "replace"
		switch earlier := l.earlier(p); {
		case isMerge && spec.Output != nil && spec.Output.SOPS != nil:
			r.Error(report.MergedEncrypted, report.Key(p.field.Child("annotations"), references.Behavior),
				"a Secret that goes out encrypted cannot be merged with another", "leave out the behavior, or output.sops")
		case r.layer.Generator:
			l.generate(p)
		case p.resource >= 0:
			l.decrypt(ctx, p)
		case r.layer.Lists(p.spec.Name) && len(earlier) > 0:
			l.keep(p, earlier) // the generator of this SecretSpec made it, in this layer
		case isMerge:
			l.merge(p, earlier, behavior)
		case len(earlier) > 0 && !l.isSame(p, earlier):
			r.Error(report.SecretExists, p.field.Child("name"), fmt.Sprintf("there is a Secret %s among the resources already",
				p.spec.Name), "remove it, choose another name, or add to it with the annotation "+references.Behavior+": merge")
		case len(earlier) > 0:
			l.keep(p, earlier)
		default:
			l.add(ctx, p)
		}
	}
	l.stale()
}

// stale warns of what a former run stored and the SecretSpec no longer declares: nothing is removed in a build.
func (l *layering) stale() {
	for _, e := range l.items.Emitted() {
		isDeclared := slices.ContainsFunc(l.spec.Secrets, func(s schema.Secret) bool { return s.Name == e.Secret })
		if e.Encrypted && e.SpecName == l.spec.Metadata.Name && !isDeclared {
			l.Warn(report.StoredSecretIsStale, report.Field("secrets"), fmt.Sprintf("the stored Secret %s is no longer declared",
				e.Name), "delete its file")
		}
	}
}

// earlier are the Secrets of this build that kustomize would take for the same as the one of a plan.
func (l *layering) earlier(p *plan) []int {
	if l.layer.WithoutResources {
		return nil
	}
	return slices.DeleteFunc(l.items.Called(l.spec.NamespaceOf(p.spec), p.spec.Name), func(i int) bool {
		return i >= len(l.nodes) || l.isFormer(i)
	})
}

// isFormer reports whether a resource is what a former run stored for the SecretSpec: an encrypted Secret with its
// mark.
func (l *layering) isFormer(index int) bool {
	return slices.ContainsFunc(l.items.Emitted(), func(e wiring.Emitted) bool {
		return e.Index == index && e.Encrypted && e.SpecName == l.spec.Metadata.Name
	})
}

// isSame reports whether the one earlier Secret was made from the same SecretSpec, with the same content.
func (l *layering) isSame(p *plan, earlier []int) bool {
	if len(earlier) != 1 {
		return false
	}
	node := l.items.Node(earlier[0])
	return node.GetAnnotations()[schema.SecretAnnotation] == l.mark(p) &&
		maps.Equal(wiring.DataOf(node), wiring.DataOf(p.secret.Manifest(p.spec.Name, "", nil, nil)))
}

func (l *layering) mark(p *plan) string { return l.spec.Metadata.Name + "/" + p.spec.Name }

// generate emits the Secret of a generator. kustomize does all else to it.
func (l *layering) generate(p *plan) {
	annotations := map[string]string{schema.SecretAnnotation: l.mark(p)}
	namespace := l.spec.NamespaceOf(p.spec)
	out := l.form.emit(context.Background(), p, nil)
	suffix, _, err := suffix(p, out)
	if err != nil {
		l.Error(report.Internal, p.field, "its content cannot be hashed", "set rollout: none")
		return
	}
	name := p.spec.Name
	if p.recipients != nil {
		name += suffix // kustomize would hash the ciphertext
		host.AlsoKnownAs(annotations, namespace, p.spec.Name)
	} else if suffix != "" {
		annotations["kustomize.config.k8s.io/needs-hash"] = "true"
	}
	out.annotate(annotations)
	l.append(p, namespace, p.secret.Manifest(name, namespace, nil, annotations), out)
}

// append encrypts a manifest where that is asked for, and adds it to the resources.
func (l *layering) append(p *plan, namespace string, manifest *yaml.RNode, out emission) {
	written, finding := out.write(namespace, manifest)
	if finding != nil {
		l.Add(finding.In(p.field))
		return
	}
	l.items.Append(written)
}

// keep leaves Secrets that are there already to kustomize, and has the fields follow that kustomize does not know.
func (l *layering) keep(p *plan, earlier []int) {
	clear(p.names)
	for _, i := range earlier {
		l.expect(p, i)
	}
}

// merge puts a Secret in the place of an earlier one, as a generator with that behavior does.
func (l *layering) merge(p *plan, earlier []int, behavior string) {
	if len(earlier) != 1 {
		l.Error(report.NothingToMerge, report.Key(p.field.Child("annotations"), references.Behavior),
			fmt.Sprintf("%d Secrets of the resources are called %s", len(earlier), p.spec.Name),
			"leave the behavior out, or name one Secret of an earlier layer")
		return
	}
	old := l.items.Node(earlier[0])
	merged := p.secret.Manifest(old.GetName(), old.GetNamespace(), nil, nil)
	before, err := (&hasher.Hasher{}).Hash(old)
	if err == nil {
		mark := map[string]string{schema.SecretAnnotation: l.mark(p)}
		err = l.layer.Merge(merged, old, behavior, mark, p.spec.Rollout == schema.NameSuffixHash)
	}
	if err == nil {
		p.hash, err = (&hasher.Hasher{}).Hash(merged)
	}
	if err != nil {
		l.Error(report.Internal, p.field, "it cannot be merged", "set rollout: none")
		return
	}
	l.items.Replace(earlier[0], merged)
	l.keep(p, earlier)
	l.items.RenewChecksums(old.GetNamespace(), p.spec.Name, before, p.hash)
}

// expect notes the name that a Secret of kustomize's will have, for the fields that kustomize does not know, and has
// kustomize know it, so that the user's own `nameReference` configurations follow there too.
func (l *layering) expect(p *plan, index int) {
	node := l.items.Node(index).Copy()
	annotations := node.GetAnnotations()
	name := node.GetName()
	if annotations[references.NeedsHash] == "enabled" {
		hash, err := (&hasher.Hasher{}).Hash(node)
		if err != nil {
			l.Error(report.Internal, p.field, "its content cannot be hashed", "set rollout: none")
			return
		}
		name += "-" + hash
		host.AlsoKnownAs(annotations, node.GetNamespace(), name)
		if err := node.SetAnnotations(annotations); err != nil {
			l.Error(report.Internal, p.field, "its annotations cannot be written", "")
			return
		}
		l.items.Replace(index, node)
	}
	p.merged = slices.Sorted(maps.Keys(wiring.DataOf(node)))
	namespace := node.GetNamespace()
	p.names[namespace] = name
	for _, former := range append(l.items.FormerNames(index), p.spec.Name) {
		l.final.Add(namespace, former, name)
	}
}

// add emits a Secret as kustomize would have it by now, had a generator of this layer made it.
func (l *layering) add(ctx context.Context, p *plan) {
	former := l.formerOf(l.spec)
	out := l.form.emit(ctx, p, former)
	suffix, hash, err := suffix(p, out)
	if err != nil {
		l.Error(report.Internal, p.field, "its content cannot be hashed", "set rollout: none")
		return
	}
	p.hash = hash
	for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
		name, annotations := l.layer.Record(p.spec.Name, l.spec.NamespaceOf(p.spec), namespace)
		final := name
		old := storedIn(former, p.spec.Name, namespace)
		switch {
		case p.recipients != nil:
			// kustomize would hash the ciphertext, so the name has our own hash
			host.AlsoKnownAs(annotations, namespace, name)
			name += suffix
			final = name
		case suffix != "":
			annotations[references.NeedsHash] = "enabled"
			final += suffix
			host.AlsoKnownAs(annotations, namespace, final)
		}
		annotations[schema.SecretAnnotation] = l.mark(p)
		maps.Copy(annotations, l.layer.Annotations)
		if old != nil {
			host.Inherit(annotations, old.Annotations)
			l.final.Add(namespace, old.Name, final)
		}
		out.annotate(annotations)
		if l.taken(p, namespace, name, old) {
			continue
		}
		manifest := p.secret.Manifest(name, namespace, l.layer.Labels, annotations)
		if err := manifest.PipeE(yaml.ClearAnnotation(references.Behavior)); err != nil {
			l.Error(report.Internal, p.field, "its annotations cannot be written", "")
			continue
		}
		p.names[namespace] = final
		l.final.Add(namespace, p.spec.Name, final)
		if old == nil {
			l.append(p, namespace, manifest, out)
			continue
		}
		written, finding := out.write(namespace, manifest)
		if finding != nil {
			l.Add(finding.In(p.field))
			continue
		}
		l.items.Replace(old.Index, written)
	}
}

// taken reports another Secret that has the name now.
func (l *layering) taken(p *plan, namespace, name string, old *wiring.Emitted) bool {
	i := l.items.Find(namespace, name)
	if i < 0 || old != nil && i == old.Index || l.isFormer(i) {
		return false
	}
	l.Error(report.SecretExists, p.field.Child("name"), fmt.Sprintf("there is a Secret %s among the resources already",
		name), "remove it, or choose another name")
	return true
}

// storedIn is the encrypted Secret that a former run stored for a namespace, or nil. In a build of kustomize only such
// a one is known to be of a former run, and not of an earlier layer.
func storedIn(made []wiring.Emitted, secret, namespace string) *wiring.Emitted {
	if old := former.In(namespace, secret, made); old != nil && old.Encrypted {
		return old
	}
	return nil
}

// wireInBuild writes the references to the Secrets into what uses them: by the plain name, which kustomize has follow,
// and by the final one in fields kustomize does not know.
func (r *run) wireInBuild(plans []*plan) {
	for _, p := range plans {
		for _, u := range p.uses {
			r.items.SetPodSpec(u.item, u.target.PodSpec)
			name, namespace := r.nameFor(p, u)
			r.items.Wire(u.item, wiring.Use{Field: u.field, Target: u.target, Secret: wiring.Secret{
				Plain: p.spec.Name, Name: p.spec.Name, Final: name, Namespace: namespace, Keys: p.keys(), Checksum: p.checksum(),
			}}, r.Collector)
		}
		if namespace, only := p.onlyNamespace(); only && namespace != "" && p.secret != nil {
			r.names.Add("", p.spec.Name, p.names[namespace]) // what has no namespace yet follows
		}
	}
	r.items.Rename(r.names)
	r.items.Review(r.Collector)
}
