package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/former"
	"github.com/secretwright/secretwright/internal/host"
	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// run is one run over one list of resources.
type run struct {
	*report.Collector
	settings *Settings
	items    *wiring.Items
	keys     *sopsfile.Keyring
	opener   *sources.Opener
	nodes    []*yaml.RNode
	// known are the SecretSpecs of this run, and others that are known of.
	known former.Specs
	form  form
	// layer is the kustomization that runs Secretwright, or nil.
	layer *host.Layer
	// names are the new names of the Secrets, which references follow.
	names references.Names
	// templates is shared by all SecretSpecs of the run.
	templates *generators.Templates
	// audiences are who can read the Secrets of all SecretSpecs, by their marks and namespaces.
	audiences map[[2]string]Audience
	// set are the sources, once they are open, and dir is the folder of the SecretSpec in the root.
	set *sources.Set
	dir string
	// taken are the Secrets of the SecretSpec, with what is taken from manifests.
	taken []taken
}

// plan is one Secret of a SecretSpec on its way from its description to the resources that use it.
type plan struct {
	taken
	spec   schema.Secret
	uses   []use
	secret *generators.Secret
	// recipients is for whom it is encrypted when it goes out, or nil when it goes out in the clear; witness is what those
	// share who can read its sources.
	recipients *keyring.Recipients
	witness    []byte
	// readers is the same in a check, which encrypts nothing; audience is who can read the values, and files are the
	// encrypted files they come from.
	readers  *keyring.Recipients
	audience Audience
	files    []string
	// stored says that a former run emitted it, and wired what used it then.
	stored bool
	// hash is the hash of its content, for checksums.
	hash string
	// names are its final names, by namespace.
	names map[string]string
	// merged are the keys of the Secret of this build that it was merged with, or that stays in its place.
	merged []string
}

// use is a target of a plan that selected a resource.
type use struct {
	item   int
	field  *report.Path
	target schema.Target
}

// apply applies one SecretSpec: it reads it, finds what uses its Secrets, decrypts, makes and places them, and wires
// them. The order lets every mistake that needs no key show before one is asked for. A check goes on where a step
// failed, so that the mistakes of independent steps show in one run; otherwise the first step that fails is the last.
func (r *run) apply(ctx context.Context, node *yaml.RNode) {
	opened, own, finding := r.open(ctx, node)
	if finding != nil {
		r.Add(finding)
		return
	}
	before := r.Errors()
	spec := schema.Parse(opened, r.Collector)
	if f := host.Expired(ctx); f != nil {
		r.Add(f)
		return
	}
	if spec == nil {
		return
	}
	schema.Validate(spec, r.Collector)
	if r.Errors() > before {
		return
	}
	r.form = r.formOf(spec)
	if r.layer = r.layerOf(node); r.layer != nil && r.layer.WithoutResources {
		r.items = wiring.NewItems(nil)
	}
	if r.take(ctx, node, spec); r.Errors() > before {
		return
	}
	plans := r.plan(spec)
	r.checkFiles(spec, plans)
	if r.stop(before) {
		return
	}
	if r.set == nil {
		r.openSources(ctx, node, spec)
	}
	if r.set == nil || r.stop(before) {
		return
	}
	r.make(ctx, node, spec, own, plans)
	if !r.stop(before) {
		r.put(ctx, node, spec, plans, before)
	}
}

// layerOf returns the kustomization that runs Secretwright, or nil where kustomize does not. kustomize runs functions
// in the kustomization's folder.
func (r *run) layerOf(node *yaml.RNode) *host.Layer {
	if !r.settings.Configured || node.GetAnnotations()[kioutil.PathAnnotation] != "" {
		return nil // kpt and the command line say which file it is
	}
	only := len(r.nodes) == 1 && schema.IsSecretSpec(r.nodes[0]) && r.nodes[0].GetName() == node.GetName()
	if !only && !r.items.InBuild() {
		return nil
	}
	return host.LayerOf(r.settings.Root, r.settings.Dir, node.GetName(), only, r.items)
}

// put puts the Secrets among the resources, and the references to them into what uses them.
func (r *run) put(ctx context.Context, node *yaml.RNode, spec *schema.SecretSpec, plans []*plan, before int) {
	if r.layer != nil {
		r.items.Layered()
		r.placeInBuild(ctx, spec, plans)
	} else {
		r.place(ctx, node, spec, plans)
	}
	for _, p := range plans {
		for namespace := range p.names {
			r.audiences[[2]string{spec.Metadata.Name + "/" + p.spec.Name, namespace}] = p.audience
		}
	}
	if r.layer != nil && r.layer.Generator || r.stop(before) {
		return
	}
	if r.layer != nil {
		r.wireInBuild(plans)
	} else {
		r.wire(plans)
	}
	if r.Errors() == before {
		r.proofread(plans)
	}
}

// open decrypts a SecretSpec that is itself a SOPS document, or without keys looks at it.
func (r *run) open(ctx context.Context, node *yaml.RNode) (*yaml.RNode, *keyring.Recipients, *report.Finding) {
	if r.settings.Keyless {
		return sopsfile.InspectSpec(node)
	}
	report.ProgressOf(ctx).Show("decrypting the SecretSpec")
	return r.keys.OpenSpec(ctx, r.settings.Root, node)
}

// stop reports whether a step has failed and the next one must not be taken.
func (r *run) stop(before int) bool {
	return (r.Errors() > before || r.templates.Failed()) && !r.settings.Keyless
}

// plan finds the resources that use each Secret, and so the namespaces it goes to.
func (r *run) plan(spec *schema.SecretSpec) []*plan {
	var plans []*plan
	emitted := r.formerOf(spec)
	var known []string
	for i, secret := range spec.Secrets {
		plans = append(plans, &plan{taken: r.taken[i], spec: secret, names: map[string]string{}})
		known = append(known, secret.Name)
	}
	for _, e := range emitted {
		known = append(known, e.Name)
	}
	index := r.items.Index(known...)
	for _, p := range plans {
		if r.layer != nil && r.layer.Generator {
			p.names[spec.NamespaceOf(p.spec)] = ""
			continue
		}
		r.users(p)
		own := slices.DeleteFunc(slices.Clone(emitted), func(e wiring.Emitted) bool { return e.Secret != p.spec.Name })
		r.destine(spec, p, index, own)
	}
	return plans
}

// users finds what the targets of a Secret select.
func (r *run) users(p *plan) {
	for i, target := range p.spec.UsedBy {
		field := p.field.Child("usedBy").Index(i)
		matched := r.items.Match(target)
		if len(matched) == 0 && !target.Optional {
			r.Error(report.NoMatch, field, "no resource matches "+target.Describe(), r.fixTarget(target))
		}
		for _, item := range matched {
			p.uses = append(p.uses, use{item: item, field: field, target: target})
		}
	}
}

func (r *run) fixTarget(t schema.Target) string {
	names := r.items.NamesOf(t.Kind)
	if near := report.Nearest(t.Kind, r.items.Kinds()); len(names) == 0 && near != "" {
		return fmt.Sprintf("did you mean the kind %s?", near)
	}
	if near := report.Nearest(t.Name, names); near != "" && near != t.Name {
		return fmt.Sprintf("did you mean %s?", near)
	}
	for _, name := range names {
		if strings.Contains(name, t.Name) && t.Name != "" {
			return fmt.Sprintf("did you mean %s? If kustomize gave it that name, name the manifests it builds from, not what it built", name)
		}
	}
	if len(r.items.Kinds()) == 0 && r.settings.Positions && r.layer == nil {
		return "there are no manifests; name them after the SecretSpec, or set optional: true"
	}
	if len(names) == 0 {
		return "add one to the resources, or set optional: true"
	}
	return "correct the target, or set optional: true"
}

// openSources opens the sources. If the folder of the SecretSpec is not found, there are none.
func (r *run) openSources(ctx context.Context, node *yaml.RNode, spec *schema.SecretSpec) {
	if spec.ReadsFiles() {
		var finding *report.Finding
		if r.dir, finding = host.Origin(r.settings.Root, r.settings.Dir, node); finding != nil {
			r.Add(finding)
			return
		}
	}
	r.set = r.opener.Open(ctx, r.Collector, spec, sources.Origin{Dir: r.dir, Items: r.nodes})
}

// make makes the Secrets. A plan whose Secret could not be made has none.
func (r *run) make(ctx context.Context, node *yaml.RNode, spec *schema.SecretSpec, own *keyring.Recipients,
	plans []*plan) {
	set := r.set
	if !r.choose(set, plans) {
		return
	}
	clear := clearValues{run: r, set: set, encrypted: own != nil, sources: spec.Sources}
	for _, p := range plans {
		if f := host.Expired(ctx); f != nil {
			r.Add(f)
			return
		}
		if !set.Has(p.spec.UsedSources()) || len(p.names) == 0 {
			continue // which has been reported
		}
		before := r.Errors()
		in := generators.Input{Field: p.field, Spec: p.spec, Namespace: spec.Metadata.Namespace, Now: r.settings.now(),
			Templates: r.templates}
		in.Data = r.values(set, p)
		in.Registries = r.registries(set, p)
		if r.Errors() > before {
			continue
		}
		var said report.Collector
		p.secret = r.form.generate(in, &said)
		r.blame(&said, set, p)
		if r.Errors() == before {
			from := opened{set, own, r.ruledFile(spec, p, r.dir)}
			p.files = encryptedFiles(spec, node, p, from, r.dir)
			r.Add(r.form.address(p, from))
		}
		clear.check(p, in.Registries)
	}
}

// blame takes findings about a Secret, and names in those about a key of data the source that its value came from.
func (r *run) blame(said *report.Collector, set *sources.Set, p *plan) {
	byField := map[string]string{}
	for key, value := range p.spec.Data {
		byField[report.Key(p.field.Child("data"), key).String()] = set.Name(value.From)
	}
	for _, f := range said.Findings() {
		if source := byField[f.Path()]; source != "" && f.Field != nil {
			f = f.From(source)
		}
		r.Add(f)
	}
}

// values are the values of everything in data and dataFrom but the templates.
func (r *run) values(set *sources.Set, p *plan) map[string][]byte {
	data, given := map[string][]byte{}, map[string]bool{}
	if p.manifest != nil {
		maps.Copy(data, p.manifest.Data)
	}
	for i, from := range p.spec.DataFrom {
		field := p.field.Child("dataFrom").Index(i)
		for _, scalar := range set.Scalars(r.Collector, field, from) {
			twice := given[scalar.Key]
			if twice && from.Overlap == schema.KeepEarlier {
				continue
			} else if twice && from.Overlap == "" {
				r.Error(report.KeyGivenTwice, field, fmt.Sprintf("the key %q comes from an earlier dataFrom too", scalar.Key),
					"give one of them a prefix, say in data which one is meant, or set overlap: replace or keep")
			}
			data[scalar.Key], given[scalar.Key] = scalar.Value, true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.spec.Data)) {
		value := p.spec.Data[key]
		if value.Template != "" {
			delete(data, key)
			continue
		}
		r.Add(set.Encoded(report.Key(p.field.Child("data"), key), value))
		out, finding := set.Value(report.Key(p.field.Child("data"), key), value)
		r.Add(finding)
		data[key] = out
	}
	return data
}

// registries are the values of the credentials in registries, by field.
func (r *run) registries(set *sources.Set, p *plan) []map[string][]byte {
	var all []map[string][]byte
	for i, registry := range p.spec.Registries {
		credentials := map[string][]byte{}
		given := registry.Values()
		for _, name := range slices.Sorted(maps.Keys(given)) {
			out, finding := set.Value(p.field.Child("registries").Index(i).Child(name), given[name])
			r.Add(finding)
			credentials[name] = out
		}
		all = append(all, credentials)
	}
	return all
}
