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
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
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
	// recipients is for whom it is encrypted when it goes out, or nil when it goes out in the clear; witness is what those share
	// who can read its sources.
	recipients *sources.Recipients
	witness    []byte
	// stored says that a former run emitted it, and wired what used it then.
	stored bool
	// hash is the hash of its content, for checksums.
	hash string
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
	opened, own, finding := r.opener.Spec(ctx, node)
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
	findings = append(findings, r.make(ctx, node, spec, own, plans)...)
	if findings.HasErrors() {
		return findings
	}
	findings = append(findings, r.place(ctx, node, spec, plans, generator)...)
	if generator {
		return findings
	}
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
			p.names[spec.Metadata.Namespace] = ""
			continue
		}
		findings = append(findings, r.users(p)...)
		for _, u := range p.uses {
			if r.items.ClusterScoped(u.item) {
				continue
			}
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
		if len(p.names) == 0 {
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
	if near := schema.Nearest(t.Kind, r.items.Kinds()); len(names) == 0 && near != "" {
		return fmt.Sprintf("did you mean the kind %s?", near)
	}
	if near := schema.Nearest(t.Name, names); near != "" && near != t.Name {
		return fmt.Sprintf("did you mean %s?", near)
	}
	if len(names) == 0 {
		return "add one to the resources, or set optional: true"
	}
	return "correct the target, or set optional: true"
}

// make opens the sources and makes the Secrets.
func (r *run) make(ctx context.Context, node *yaml.RNode, spec *schema.SecretSpec, own *sources.Recipients, plans []*plan) schema.Findings {
	var dir string
	var finding *schema.Finding
	if readsFiles(spec) {
		if dir, finding = origin(r.filter.Root, node); finding != nil {
			return schema.Findings{*finding}
		}
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
		makeIt := generators.Make
		if r.filter.Keyless {
			makeIt = generators.Redact
		}
		secret, more := makeIt(in)
		findings = append(findings, blame(more, set, p)...)
		p.secret = secret
		if spec.Output != nil && spec.Output.SOPS != nil && !r.filter.Keyless && !findings.HasErrors() {
			p.witness = set.Witness(p.spec.UsedSources(), own)
			if p.recipients, finding = r.recipients(*spec.Output.SOPS, set, own, p, path.Join(dir, fileName(p, ""))); finding != nil {
				if finding.Field == "" {
					finding.Field = p.field
				}
				findings = append(findings, *finding)
			}
		}
	}
	return findings
}

// readsFiles says whether a SecretSpec needs the file system. In a container kpt runs a function without it.
func readsFiles(spec *schema.SecretSpec) bool {
	rules := spec.Output != nil && spec.Output.SOPS != nil && spec.Output.SOPS.CreationRules
	return rules || slices.ContainsFunc(spec.Sources, func(s schema.Source) bool { return s.File != "" })
}

// blame names, in findings about a key of data, the source that its value came from.
func blame(findings schema.Findings, set *sources.Set, p *plan) schema.Findings {
	for key, value := range p.spec.Data {
		for i := range findings {
			if findings[i].Field == schema.FieldKey(p.field+".data", key) {
				findings[i].Source = set.Name(value.From)
			}
		}
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
