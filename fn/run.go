package fn

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/schema"
	"github.com/secretwright/secretwright/sources"
	"github.com/secretwright/secretwright/wiring"
)

// run is one run over one list of resources.
type run struct {
	filter *Filter
	items  *wiring.Items
	opener *sources.Opener
	nodes  []*yaml.RNode
}

// plan is one Secret of a SecretSpec on its way from its description to the resources that use it.
type plan struct {
	field  string
	spec   schema.Secret
	uses   []use
	secret *generators.Secret
	// names are its final names, by namespace.
	names map[string]string
}

// use is a target of a plan that selected a resource.
type use struct {
	item   int
	field  string
	target schema.Target
}

// apply applies one SecretSpec: it reads it, finds what uses its Secrets, decrypts, makes and places them, and wires
// them. The order lets every mistake that needs no key show before one is asked for.
func (r *run) apply(ctx context.Context, node *yaml.RNode) schema.Findings {
	opened, finding := r.opener.Spec(ctx, node)
	if finding != nil {
		return schema.Findings{*finding}
	}
	spec, findings := schema.Parse(opened)
	if findings.HasErrors() {
		return findings
	}
	findings = append(findings, schema.Validate(spec)...)
	if findings.HasErrors() {
		return findings
	}
	generator := r.asGenerator(node)
	if generator {
		r.items = wiring.NewItems(nil)
	}
	plans, more := r.plan(spec, generator)
	findings = append(findings, more...)
	if findings.HasErrors() {
		return findings
	}
	findings = append(findings, r.make(ctx, node, spec, plans)...)
	if findings.HasErrors() {
		return findings
	}
	if generator {
		r.emit(spec, plans)
		return findings
	}
	findings = append(findings, r.place(node, spec, plans)...)
	if findings.HasErrors() {
		return findings
	}
	findings = append(findings, r.wire(plans)...)
	return append(findings, r.proofread(plans)...)
}

// asGenerator says whether kustomize runs Secretwright under `generators:`. It then hands over the SecretSpec twice, as
// functionConfig and as the only resource, and unlike kpt gives that no path.
func (r *run) asGenerator(spec *yaml.RNode) bool {
	if r.filter.FunctionConfig == nil || len(r.nodes) != 1 {
		return false
	}
	only := r.nodes[0]
	return schema.IsSecretSpec(only) && only.GetName() == spec.GetName() && only.GetAnnotations()[kioutil.PathAnnotation] == ""
}

// plan finds the resources that use each Secret, and so the namespaces it goes to.
func (r *run) plan(spec *schema.SecretSpec, generator bool) ([]*plan, schema.Findings) {
	var plans []*plan
	var findings schema.Findings
	for i, secret := range spec.Secrets {
		p := &plan{field: fmt.Sprintf("secrets[%d]", i), spec: secret, names: map[string]string{}}
		plans = append(plans, p)
		if generator {
			p.names[spec.Metadata.Namespace] = secret.Name
			continue
		}
		findings = append(findings, r.users(p)...)
		for _, u := range p.uses {
			namespace := r.items.Namespace(u.item)
			if want := spec.Metadata.Namespace; want != "" {
				if namespace != "" && namespace != want {
					findings.Add(u.field, fmt.Sprintf("%s is in another namespace than the Secret's, %s", r.items.Describe(u.item), want),
						"remove metadata.namespace, so that the Secret goes where its users are, or narrow the target with namespace")
				}
				namespace = want
			}
			p.names[namespace] = ""
		}
		if len(p.uses) == 0 {
			p.names[spec.Metadata.Namespace] = ""
		}
	}
	return plans, findings
}

// users finds what the targets of a Secret select.
func (r *run) users(p *plan) schema.Findings {
	var findings schema.Findings
	for i, target := range p.spec.UsedBy {
		field := fmt.Sprintf("%s.usedBy[%d]", p.field, i)
		matched := r.items.Match(target)
		if len(matched) == 0 && !target.Optional {
			findings.Add(field, "no resource matches "+describe(target), r.fixTarget(target))
		}
		for _, item := range matched {
			p.uses = append(p.uses, use{item: item, field: field, target: target})
		}
	}
	return findings
}

func describe(t schema.Target) string {
	text := "kind " + t.Kind
	for _, part := range []struct{ name, value string }{
		{"apiVersion", t.APIVersion}, {"name", t.Name}, {"namespace", t.Namespace}, {"labelSelector", t.LabelSelector},
	} {
		if part.value != "" {
			text += ", " + part.name + " " + part.value
		}
	}
	return text
}

func (r *run) fixTarget(t schema.Target) string {
	names := r.items.NamesOf(t.Kind)
	if near := schema.Nearest(t.Name, names); near != "" && near != t.Name {
		return fmt.Sprintf("did you mean %s?", near)
	}
	if len(names) == 0 {
		return "add one to the resources, or set optional: true"
	}
	return "correct the target, or set optional: true"
}

// make opens the sources and makes the Secrets.
func (r *run) make(ctx context.Context, node *yaml.RNode, spec *schema.SecretSpec, plans []*plan) schema.Findings {
	dir, finding := origin(r.filter.Root, node)
	if finding != nil {
		return schema.Findings{*finding}
	}
	set, findings := r.opener.Open(ctx, spec, sources.Origin{Dir: dir, Items: r.nodes})
	if findings.HasErrors() {
		return findings
	}
	for _, p := range plans {
		in := generators.Input{Field: p.field, Spec: p.spec, Namespace: spec.Metadata.Namespace, Now: r.filter.now()}
		var more, most schema.Findings
		in.Data, more = values(set, p)
		in.Registries, most = registries(set, p)
		findings = append(append(findings, more...), most...)
		if more.HasErrors() || most.HasErrors() {
			continue
		}
		secret, more := generators.Make(in)
		findings = append(findings, more...)
		p.secret = secret
	}
	return findings
}

// values are the values of everything in data and dataFrom but the templates.
func values(set *sources.Set, p *plan) (map[string][]byte, schema.Findings) {
	data := map[string][]byte{}
	var findings schema.Findings
	for i, from := range p.spec.DataFrom {
		field := fmt.Sprintf("%s.dataFrom[%d]", p.field, i)
		scalars, more := set.Scalars(field, from)
		findings = append(findings, more...)
		for _, scalar := range scalars {
			if _, twice := data[scalar.Key]; twice {
				findings.Add(field, fmt.Sprintf("the key %q comes from an earlier dataFrom too", scalar.Key), "give one of them a prefix, or say in data which one is meant")
			}
			data[scalar.Key] = scalar.Value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.spec.Data)) {
		value := p.spec.Data[key]
		if value.Template != "" {
			continue
		}
		out, finding := set.Value(schema.FieldKey(p.field+".data", key), value)
		if finding != nil {
			findings = append(findings, *finding)
		}
		data[key] = out
	}
	return data, findings
}

// registries are the values of the credentials in registries, by field.
func registries(set *sources.Set, p *plan) ([]map[string][]byte, schema.Findings) {
	var all []map[string][]byte
	var findings schema.Findings
	for i, registry := range p.spec.Registries {
		credentials := map[string][]byte{}
		given := registry.Values()
		for _, name := range slices.Sorted(maps.Keys(given)) {
			out, finding := set.Value(fmt.Sprintf("%s.registries[%d].%s", p.field, i, name), given[name])
			if finding != nil {
				findings = append(findings, *finding)
			}
			credentials[name] = out
		}
		all = append(all, credentials)
	}
	return all, findings
}

// emit appends the Secrets for kustomize to name: it adds prefixes and, where it is asked to, the hash.
func (r *run) emit(spec *schema.SecretSpec, plans []*plan) {
	for _, p := range plans {
		annotations := mark(spec, p)
		if p.spec.Rollout == schema.NameSuffixHash {
			annotations["kustomize.config.k8s.io/needs-hash"] = "true"
		}
		r.items.Append(p.secret.Manifest(p.spec.Name, spec.Metadata.Namespace, annotations))
	}
}

func mark(spec *schema.SecretSpec, p *plan) map[string]string {
	return map[string]string{schema.SecretAnnotation: spec.Metadata.Name + "/" + p.spec.Name}
}

// place names the Secrets and puts them among the resources: in the place of the one a former run emitted, or at the
// end. What a former run emitted and this one does not is removed.
func (r *run) place(node *yaml.RNode, spec *schema.SecretSpec, plans []*plan) schema.Findings {
	var findings schema.Findings
	former := r.items.Emitted(spec.Metadata.Name)
	names := wiring.Names{}
	for _, p := range plans {
		suffix := ""
		if p.spec.Rollout == schema.NameSuffixHash {
			hash, err := p.secret.Hash()
			if err != nil {
				findings.Add(p.field, "its content cannot be hashed", "set rollout: none")
				continue
			}
			suffix = "-" + hash
		}
		for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
			name := p.spec.Name + suffix
			annotations := mark(spec, p)
			old := slices.IndexFunc(former, func(e wiring.Emitted) bool { return e.Secret == p.spec.Name && e.Namespace == namespace })
			if old >= 0 {
				name = former[old].Rebased(name)
				maps.Copy(annotations, former[old].Tools)
				names.Add(namespace, former[old].Name, name)
				names.Add(namespace, former[old].Original, name)
			} else {
				maps.Copy(annotations, file(node, p, namespace))
			}
			names.Add(namespace, p.spec.Name, name)
			for _, taken := range []string{p.spec.Name, name} {
				if i := r.items.Find(namespace, taken); i >= 0 && (old < 0 || i != former[old].Index) {
					findings.Add(p.field+".name", fmt.Sprintf("there is a Secret %s among the resources already", taken), "remove it, or choose another name")
					break
				}
			}
			manifest := p.secret.Manifest(name, namespace, annotations)
			if old >= 0 {
				r.items.Replace(former[old].Index, manifest)
				former = slices.Delete(former, old, old+1)
			} else {
				r.items.Append(manifest)
			}
			p.names[namespace] = name
		}
	}
	for _, gone := range former {
		r.items.Remove(gone.Index)
		findings = append(findings, schema.Finding{Severity: schema.Info, Field: "secrets",
			Message: fmt.Sprintf("the Secret %s, which is no longer declared, was removed", gone.Name)})
		findings = append(findings, r.items.Unwire("secrets", gone.Namespace, gone.Name)...)
	}
	for _, p := range plans {
		for _, u := range p.uses {
			r.items.SetPodSpec(u.item, u.target.PodSpec)
		}
	}
	r.items.Rename(names)
	return findings
}

// file is where a new Secret is stored, when resources are stored in files: beside the SecretSpec, under a name that does
// not change with its content.
func file(node *yaml.RNode, p *plan, namespace string) map[string]string {
	specFile := node.GetAnnotations()[kioutil.PathAnnotation]
	if specFile == "" {
		return nil
	}
	name := "secret_" + p.spec.Name + ".yaml"
	if len(p.names) > 1 && namespace != "" {
		name = "secret_" + namespace + "_" + p.spec.Name + ".yaml"
	}
	return map[string]string{kioutil.PathAnnotation: path.Join(path.Dir(specFile), name), kioutil.IndexAnnotation: "0"}
}

// wire writes the references to the Secrets into what uses them.
func (r *run) wire(plans []*plan) schema.Findings {
	var findings schema.Findings
	for _, p := range plans {
		for _, u := range p.uses {
			name, ok := p.names[r.items.Namespace(u.item)]
			if !ok { // the resource has no namespace yet, the Secret has the SecretSpec's
				for _, only := range p.names {
					name = only
				}
			}
			findings = append(findings, r.items.Wire(u.item, wiring.Use{
				Field:  u.field,
				Target: u.target,
				Secret: wiring.Secret{Plain: p.spec.Name, Name: name, Keys: p.secret.Keys(), Checksum: checksum(p)},
			})...)
		}
	}
	return findings
}

// proofread looks at the result as a whole: at references by hand to keys that a Secret does not have, and at Secrets that
// nothing refers to.
func (r *run) proofread(plans []*plan) schema.Findings {
	var findings schema.Findings
	for _, p := range plans {
		references := 0
		for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
			secret := wiring.Secret{Plain: p.spec.Name, Name: p.names[namespace], Keys: p.secret.Keys()}
			if p.spec.ServiceAccountName == "" { // else Kubernetes adds keys
				findings = append(findings, r.items.Dangling(p.field, namespace, secret)...)
			}
			references += r.items.References(namespace, secret.Name)
		}
		if references == 0 && len(p.uses) == 0 && p.spec.Rollout == schema.NameSuffixHash {
			findings.Warn(p.field, "nothing uses the Secret "+p.spec.Name, "say who does in usedBy, or set rollout: none if it is found by its name")
		}
	}
	return findings
}

func checksum(p *plan) string {
	if p.spec.Rollout != schema.ChecksumAnnotationMode {
		return ""
	}
	hash, err := p.secret.Hash()
	if err != nil {
		return ""
	}
	return hash
}
