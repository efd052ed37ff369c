package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/former"
	"github.com/secretwright/secretwright/internal/host"
	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// placing is the Secrets of one SecretSpec on their way into the resources.
type placing struct {
	*run
	node  *yaml.RNode
	spec  *schema.SecretSpec
	plans []*plan
	// marked are the Secrets with a mark that are there before these; made are those of them that a run before this one
	// emitted, former those of them that are the SecretSpec's, and replaced the indices of those that were.
	marked   []wiring.Emitted
	made     []wiring.Emitted
	former   []wiring.Emitted
	replaced map[int]bool
	index    *wiring.Index // see madeIndex
	// checksums are the resources that keep the checksum of a Secret, by its plain name.
	checksums map[string][]int
	// names are the new names that references follow.
	names references.Names
}

// place names the Secrets and puts them among the resources: in the place of the one that a former run emitted, or at
// the end. What a former run emitted and this one does not goes. Every reference to a Secret follows it to its name.
func (r *run) place(ctx context.Context, node *yaml.RNode, spec *schema.SecretSpec, plans []*plan) {
	p := &placing{run: r, node: node, spec: spec, plans: plans, marked: r.items.Emitted(),
		names: references.Names{}, replaced: map[int]bool{}, checksums: map[string][]int{}}
	p.made = r.madeOf(slices.Clone(p.marked))
	p.former = r.known.Of(spec, p.made)
	for _, one := range plans {
		if one.secret != nil {
			p.secret(ctx, one)
		}
	}
	p.followMoved()
	p.followRenamed(ctx)
	p.removeGone()
	r.inTheOpen(node)
	for _, one := range plans {
		p.checksums[one.spec.Name] = nil
		for _, u := range one.uses {
			if one.spec.Rollout == schema.ChecksumAnnotationMode {
				p.checksums[one.spec.Name] = append(p.checksums[one.spec.Name], u.item)
			}
			r.items.SetPodSpec(u.item, u.target.PodSpec)
		}
		if namespace, only := one.onlyNamespace(); only && namespace != "" && one.secret != nil {
			for from, to := range p.names[namespace] { // what has no namespace yet follows
				if to == one.names[namespace] {
					p.names.Add("", from, to)
				}
			}
		}
	}
	r.items.DropChecksums(p.checksums)
	r.items.Rename(p.names)
	r.names = p.names
}

// onlyNamespace returns the one namespace that the Secret goes to, if it is one.
func (p *plan) onlyNamespace() (namespace string, only bool) {
	for namespace = range p.names {
		only = len(p.names) == 1
	}
	return namespace, only
}

// secret places one Secret, in each of its namespaces.
func (p *placing) secret(ctx context.Context, one *plan) {
	out := p.form.emit(ctx, one, p.former)
	suffix, hash, err := suffix(one, out)
	if err != nil {
		p.Error(report.Internal, one.field, "its content cannot be hashed", "set rollout: none")
		return
	}
	one.hash = hash
	for _, namespace := range slices.Sorted(maps.Keys(one.names)) {
		old := former.In(namespace, one.spec.Name, p.former)
		name := one.spec.Name + suffix
		annotations := map[string]string{schema.SecretAnnotation: p.spec.Metadata.Name + "/" + one.spec.Name}
		if old != nil {
			p.replaced[old.Index], one.stored = true, true
			maps.Copy(annotations, old.Annotations)
			p.names.Add(namespace, old.Name, name)
		}
		at := p.inPlace(one, namespace, annotations)
		if old == nil && at < 0 {
			maps.Copy(annotations, p.file(one, namespace))
		}
		out.annotate(annotations)
		one.names[namespace] = name
		p.names.Add(namespace, one.spec.Name, name)
		if !p.isStrangers(one, namespace, old == nil) {
			p.exists(one, namespace, old, name)
		}
		manifest, finding := out.write(namespace, one.secret.Manifest(name, namespace, nil, annotations))
		switch {
		case finding != nil:
			p.Add(finding.In(one.field))
		case old != nil:
			p.items.Replace(old.Index, manifest)
		case at >= 0:
			p.items.Replace(at, manifest)
		default:
			p.items.Append(manifest)
		}
	}
}

// exists reports another Secret in a namespace that has the plain or the final name, or that another SecretSpec calls
// by the plain name: references could mean either.
func (p *placing) exists(one *plan, namespace string, old *wiring.Emitted, final string) {
	found, fix := "", "remove it, or choose another name"
	for _, name := range []string{final, one.spec.Name} {
		if i := p.items.Find(namespace, name); i >= 0 && (old == nil || i != old.Index) && i != one.resource {
			found = name
		}
	}
	for _, e := range p.marked {
		isSame := e.Name == found || e.Secret == one.spec.Name && !p.known.Orphaned(e)
		if isSame && e.Namespace == namespace && e.SpecName != p.spec.Metadata.Name && e.Index != one.resource &&
			!p.replaced[e.Index] {
			found = e.Name
			fix = "it was made for the SecretSpec " + e.SpecName + ": take it out of that one, or choose another name"
		}
	}
	if found != "" {
		p.Error(report.SecretExists, one.field.Child("name"), fmt.Sprintf("there is a Secret %s among the resources already",
			found), fix)
	}
}

// inTheOpen warns where plain Secrets are about to be stored in a Git work tree: kpt, which says where on disk the
// package stands, writes what it gets back into it.
func (r *run) inTheOpen(node *yaml.RNode) {
	if dir := node.GetAnnotations()[host.PackagePath]; dir != "" && !r.form.hidden() && host.InWorkTree(dir) {
		r.Warn(report.StoredInTheClear, report.Field("output"),
			"rendered in place, plain Secrets are written into a Git work tree",
			"set output: {sops: {}} to have them encrypted, or render with -o to another place")
	}
}

// suffix returns what `rollout` adds to the name, and the hash it is made of.
func suffix(p *plan, out emission) (suffix, hash string, err error) {
	if p.spec.Rollout == schema.NoRollout {
		return "", "", nil
	}
	hash, err = out.digest(p.secret)
	if p.spec.Rollout == schema.NameSuffixHash {
		suffix = "-" + hash
	}
	return suffix, hash, err
}
