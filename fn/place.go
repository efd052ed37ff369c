package fn

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
	"github.com/secretwright/secretwright/wiring"
)

// place names the Secrets and puts them among the resources: in the place of the one that a former run emitted, or at the
// end. What a former run emitted and this one does not goes, and what referred to it is told. For a generator of kustomize,
// which has no other resources and does the naming itself, it asks for that.
func (r *run) place(ctx context.Context, node *yaml.RNode, spec *schema.SecretSpec, plans []*plan, generator bool) schema.Findings {
	var findings schema.Findings
	// Another SecretSpec of the same name, in a copy of the package, has its own: in this run, or in another namespace.
	former := slices.DeleteFunc(r.items.Emitted(spec.Metadata.Name), func(e wiring.Emitted) bool {
		return e.Index >= len(r.nodes) || spec.Metadata.Namespace != "" && e.Namespace != spec.Metadata.Namespace
	})
	names := wiring.Names{}
	for _, p := range plans {
		e, more := r.envelopes(ctx, p, former)
		findings = append(findings, more...)
		if more.HasErrors() {
			continue
		}
		suffix, hash, err := r.suffix(p, e)
		if err != nil {
			findings.Add(p.field, "its content cannot be hashed", "set rollout: none")
			continue
		}
		p.hash = hash
		for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
			name := p.spec.Name + suffix
			annotations := map[string]string{schema.SecretAnnotation: spec.Metadata.Name + "/" + p.spec.Name}
			var labels map[string]string
			old := emitted(former, p.spec.Name, namespace)
			switch {
			case old != nil:
				name = old.Rebased(name)
				labels = old.Labels
				maps.Copy(annotations, old.Annotations)
				names.Add(namespace, old.Name, name)
				names.Add(namespace, old.Original, name)
			case generator && p.recipients == nil && suffix != "":
				name = p.spec.Name
				annotations["kustomize.config.k8s.io/needs-hash"] = "true"
			default:
				maps.Copy(annotations, file(node, p, namespace))
			}
			names.Add(namespace, p.spec.Name, name)
			p.names[namespace] = name
			for _, taken := range []string{p.spec.Name, name} {
				if i := r.items.Find(namespace, taken); i >= 0 && (old == nil || i != old.Index) {
					findings.Add(p.field+".name", fmt.Sprintf("there is a Secret %s among the resources already", taken), "remove it, or choose another name")
					break
				}
			}
			manifest, finding := e.seal(r, namespace, p.secret.Manifest(name, namespace, labels, annotations))
			if finding != nil {
				finding.Field = p.field
				findings = append(findings, *finding)
				continue
			}
			if old != nil {
				r.items.Replace(old.Index, manifest)
			} else {
				r.items.Append(manifest)
			}
		}
	}
	for _, gone := range former {
		if slices.ContainsFunc(plans, func(p *plan) bool { _, stays := p.names[gone.Namespace]; return stays && p.spec.Name == gone.Secret }) {
			continue
		}
		r.items.Remove(gone.Index)
		findings = append(findings, schema.Finding{Severity: schema.Info, Field: "secrets",
			Message: fmt.Sprintf("the Secret %s, which is no longer declared, was removed", gone.Name)})
		findings = append(findings, r.items.Unwire("secrets", gone.Namespace, gone.Name)...)
	}
	findings = append(findings, r.inTheOpen(node, plans)...)
	for _, p := range plans {
		for _, u := range p.uses {
			r.items.SetPodSpec(u.item, u.target.PodSpec)
		}
	}
	for _, p := range plans { // what has no namespace yet refers to the Secret in the SecretSpec's
		for _, u := range p.uses {
			if namespace := r.items.Namespace(u.item); namespace == "" && spec.Metadata.Namespace != "" {
				names.Add(namespace, p.spec.Name, p.names[spec.Metadata.Namespace])
			}
		}
	}
	r.items.Rename(names)
	return findings
}

// inTheOpen warns where plain Secrets are about to be stored in a Git work tree: kpt, which says where on disk the package
// stands, writes what it gets back into it.
func (r *run) inTheOpen(node *yaml.RNode, plans []*plan) schema.Findings {
	dir := node.GetAnnotations()[packagePath]
	if dir == "" || r.filter.Keyless || !slices.ContainsFunc(plans, func(p *plan) bool { return p.recipients == nil }) {
		return nil
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return schema.Findings{{Severity: schema.Warning, Field: "output",
				Message: "rendered in place, plain Secrets are written into a Git work tree",
				Fix:     "set output: {sops: {}} to have them encrypted, or render with -o to another place"}}
		}
		if dir == filepath.Dir(dir) {
			return nil
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

// suffix is what `rollout` adds to the name, and the hash it is made of: of the content, or, when the Secret goes out
// encrypted, of the content under the data key.
func (r *run) suffix(p *plan, e *envelopes) (suffix, hash string, err error) {
	switch {
	case p.spec.Rollout == schema.NoRollout:
		return "", "", nil
	case r.filter.Keyless:
		hash = "redacted"
	case e != nil:
		hash, err = p.secret.Digest(e.key)
	default:
		hash, err = p.secret.Hash()
	}
	if p.spec.Rollout == schema.NameSuffixHash {
		suffix = "-" + hash
	}
	return suffix, hash, err
}

// file is where a new Secret is stored, when resources are stored in files: beside the SecretSpec.
func file(node *yaml.RNode, p *plan, namespace string) map[string]string {
	specFile := node.GetAnnotations()[kioutil.PathAnnotation]
	if specFile == "" {
		return nil
	}
	return map[string]string{kioutil.PathAnnotation: path.Join(path.Dir(specFile), fileName(p, namespace)), kioutil.IndexAnnotation: "0"}
}

// fileName does not change with the Secret's content.
func fileName(p *plan, namespace string) string {
	if len(p.names) > 1 && namespace != "" {
		return "secret_" + namespace + "_" + p.spec.Name + ".yaml"
	}
	return "secret_" + p.spec.Name + ".yaml"
}
