package fn

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// placing is the Secrets of one SecretSpec on their way into the resources.
type placing struct {
	*run
	node      *yaml.RNode
	spec      *schema.SecretSpec
	plans     []*plan
	generator bool
	// former are the Secrets that a run before this one emitted.
	former []wiring.Emitted
	// replaced are the indices of those that were.
	replaced map[int]bool
	// checksums are the resources that keep the checksum of a Secret, by its plain name.
	checksums map[string][]int
	// names are the new names that references follow.
	names wiring.Names
}

// place names the Secrets and puts them among the resources: in the place of the one that a former run emitted, or at the
// end. What a former run emitted and this one does not goes. Every reference to a Secret follows it to its name.
func (r *run) place(ctx context.Context, node *yaml.RNode, spec *schema.SecretSpec, plans []*plan, generator bool) {
	p := &placing{run: r, node: node, spec: spec, plans: plans, generator: generator, names: wiring.Names{}, replaced: map[int]bool{}, checksums: map[string][]int{}}
	// Another SecretSpec of the same name, in a copy of the package, has its own: in this run, or in another namespace.
	p.former = slices.DeleteFunc(r.items.Emitted(spec.Metadata.Name), func(e wiring.Emitted) bool {
		return e.Index >= len(r.nodes) || spec.Metadata.Namespace != "" && e.Namespace != spec.Metadata.Namespace
	})
	for _, one := range plans {
		if one.secret != nil {
			p.secret(ctx, one)
		}
	}
	p.removeGone()
	r.inTheOpen(node)
	for _, one := range plans {
		p.checksums[one.spec.Name] = nil
		for _, u := range one.uses {
			if one.spec.Rollout == schema.ChecksumAnnotationMode {
				p.checksums[one.spec.Name] = append(p.checksums[one.spec.Name], u.item)
			}
			r.items.SetPodSpec(u.item, u.target.PodSpec)
			if r.items.Namespace(u.item) == "" && spec.Metadata.Namespace != "" {
				p.names.Add("", one.spec.Name, one.names[spec.Metadata.Namespace]) // it gets its namespace later
			}
		}
	}
	r.items.DropChecksums(p.checksums)
	r.items.Rename(p.names)
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
		old := emitted(p.former, one.spec.Name, namespace)
		name, labels, annotations := p.metadata(one, namespace, suffix, old)
		out.annotate(annotations)
		if old != nil {
			p.replaced[old.Index] = true
			one.stored = one.stored || !old.InBuild
		}
		one.names[namespace] = name
		p.names.Add(namespace, one.spec.Name, name)
		for _, taken := range []string{one.spec.Name, name} {
			if i := p.items.Find(namespace, taken); i >= 0 && (old == nil || i != old.Index) {
				p.Error(report.SecretExists, one.field.Child("name"), fmt.Sprintf("there is a Secret %s among the resources already", taken), "remove it, or choose another name")
				break
			}
		}
		manifest, finding := out.write(namespace, one.secret.Manifest(name, namespace, labels, annotations))
		switch {
		case finding != nil:
			p.Add(finding.In(one.field))
		case old != nil:
			p.items.Replace(old.Index, manifest)
		default:
			p.items.Append(manifest)
		}
	}
}

// metadata is the final name of a Secret, and the labels and annotations beside those of its description: what kustomize and kpt
// have put on the one of a former run, or else where it is to be stored. A generator of kustomize leaves the hash to it.
func (p *placing) metadata(one *plan, namespace, suffix string, old *wiring.Emitted) (name string, labels, annotations map[string]string) {
	name = one.spec.Name + suffix
	annotations = map[string]string{schema.SecretAnnotation: p.spec.Metadata.Name + "/" + one.spec.Name}
	switch {
	case old != nil:
		name = old.Rebased(name)
		labels = old.Labels
		maps.Copy(annotations, old.Annotations)
		p.names.Add(namespace, old.Name, name)
		p.names.Add(namespace, old.Original, name)
	case p.generator && one.recipients == nil && suffix != "":
		name = one.spec.Name
		annotations["kustomize.config.k8s.io/needs-hash"] = "true"
	default:
		maps.Copy(annotations, p.file(one, namespace))
	}
	return name, labels, annotations
}

// removeGone takes out the Secrets of a former run that are no longer declared, and the references to them.
func (p *placing) removeGone() {
	for _, gone := range p.former {
		if p.replaced[gone.Index] {
			continue
		}
		if to := p.nameOf(gone.Secret, gone.Namespace); to != "" {
			p.items.Remove(gone.Index) // another copy of one that was replaced
			p.names.Add(gone.Namespace, gone.Name, to)
			continue
		}
		p.checksums[gone.Secret] = nil
		p.items.Remove(gone.Index)
		p.Info(report.SecretRemoved, report.Field("secrets"), fmt.Sprintf("the Secret %s, which is no longer declared, was removed", gone.Name), "")
		p.items.Unwire(report.Field("secrets"), gone.Namespace, gone.Name, p.Collector)
	}
}

// nameOf is the name that a declared Secret has in a namespace, or "".
func (p *placing) nameOf(secret, namespace string) string {
	for _, one := range p.plans {
		if one.spec.Name == secret {
			return one.names[namespace]
		}
	}
	return ""
}

// inTheOpen warns where plain Secrets are about to be stored in a Git work tree: kpt, which says where on disk the package
// stands, writes what it gets back into it.
func (r *run) inTheOpen(node *yaml.RNode) {
	dir := node.GetAnnotations()[packagePath]
	if dir == "" || r.form.hidden() {
		return
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			r.Warn(report.StoredInTheClear, report.Field("output"), "rendered in place, plain Secrets are written into a Git work tree",
				"set output: {sops: {}} to have them encrypted, or render with -o to another place")
			return
		}
		if dir == filepath.Dir(dir) {
			return
		}
	}
}

// emitted is the Secret that a former run emitted into a namespace, or nil.
func emitted(former []wiring.Emitted, secret, namespace string) *wiring.Emitted {
	for i := range former {
		if former[i].Secret == secret && former[i].Namespace == namespace {
			return &former[i]
		}
	}
	return nil
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
