package apply

import (
	"fmt"
	"maps"
	"slices"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// wire writes the references to the Secrets into what uses them.
func (r *run) wire(plans []*plan) {
	for _, p := range plans {
		for _, u := range p.uses {
			name, namespace := r.nameFor(p, u)
			r.items.Wire(u.item, wiring.Use{Field: u.field, Target: u.target, Secret: wiring.Secret{
				Plain: p.spec.Name, Name: name, Namespace: namespace, Keys: p.keys(), Checksum: p.checksum(),
			}}, r.Collector)
		}
	}
	r.items.Review(r.Collector)
}

// nameFor is the name of the Secret that a user reads, and its namespace: the one in the user's own namespace, or else
// the only one there is, for what has no namespace, or none yet, or looks in others.
func (r *run) nameFor(p *plan, u use) (name, namespace string) {
	namespace = r.items.Namespace(u.item)
	if name, ok := p.names[namespace]; ok && !r.items.ClusterScoped(u.item) {
		return name, namespace
	}
	only, is := p.onlyNamespace()
	if !is && p.secret != nil {
		r.Error(report.AmbiguousReference, u.field, fmt.Sprintf("%s could read the Secret %s in %s", r.items.Describe(u.item),
			p.spec.Name, report.Namespaces(slices.Sorted(maps.Keys(p.names)))), "say where the Secret goes with namespace")
	}
	return p.names[only], only
}

// keys are the keys of the Secret, or nil where it could not be made, so that they are not known.
func (p *plan) keys() []string {
	switch {
	case p.secret == nil:
		return nil
	case p.merged != nil:
		return p.merged
	}
	return p.secret.Keys()
}

// proofread looks at the result as a whole: at references by hand to keys that a Secret does not have, at references
// that could mean several Secrets, at what is left of former names, and at Secrets that nothing refers to.
func (r *run) proofread(plans []*plan) {
	var names []string
	for _, p := range plans {
		names = append(append(names, r.namesOf(p)...), p.spec.Name)
	}
	names = append(names, r.encryptedNames()...)
	index := r.items.Index(names...)
	for _, p := range plans {
		r.proofreadOne(p, index)
	}
	r.left()
	r.leftEncrypted(index)
}

// namesOf are the names by which resources may refer to a Secret now: its final ones, and in a build of kustomize the
// plain one.
func (r *run) namesOf(p *plan) []string {
	names := slices.Sorted(maps.Values(p.names))
	if r.layer != nil {
		names = append(names, p.spec.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (r *run) proofreadOne(p *plan, index *wiring.Index) {
	references := 0
	namespaces := slices.Sorted(maps.Keys(p.names))
	if len(namespaces) == 1 && namespaces[0] != "" {
		namespaces = append(namespaces, "") // what has no namespace yet reads it too
	}
	for _, namespace := range namespaces {
		for _, name := range r.namesOf(p) {
			secret := wiring.Secret{Plain: p.spec.Name, Name: name, Keys: p.keys()}
			if p.spec.ServiceAccountName == "" { // else Kubernetes adds keys
				index.Dangling(p.field, namespace, secret, r.Collector)
			}
			references += index.References(namespace, name)
		}
		if p.stored && len(p.spec.UsedBy) > 0 {
			r.leftOver(p, index.Readers(namespace, p.names[namespace]))
		}
	}
	r.elsewhere(p, index)
	if references == 0 && len(p.uses) == 0 && p.spec.Rollout == schema.NameSuffixHash && r.layer == nil {
		r.Warn(report.UnusedSecret, p.field, "nothing uses the Secret "+p.spec.Name,
			"say who does in usedBy, or set rollout: none if it is found by its name")
	}
}

// elsewhere reports references by hand that the Secret does not answer: those that do not say which of its namespaces
// they mean, and those in a namespace that it does not go to.
func (r *run) elsewhere(p *plan, index *wiring.Index) {
	if len(p.names) > 1 {
		for _, name := range append(r.namesOf(p), p.spec.Name) {
			for _, resource := range index.Nowhere(name) {
				r.Error(report.AmbiguousReference, p.field, fmt.Sprintf("%s could mean the Secret %s in %s", resource, p.spec.Name,
					report.Namespaces(slices.Sorted(maps.Keys(p.names)))),
					"say where the Secret goes with namespace, or give each its own name")
			}
		}
	}
	for _, namespace := range index.Namespaces(p.spec.Name) {
		if _, here := p.names[namespace]; here || namespace == "" && len(p.names) == 1 ||
			len(r.items.Called(namespace, p.spec.Name)) > 0 {
			continue
		}
		r.Warn(report.ReferenceElsewhere, p.field, fmt.Sprintf("%s refers to a Secret %s in %s, where this one does not go",
			report.List(index.In(namespace, p.spec.Name)), p.spec.Name, report.Namespaces([]string{namespace})),
			"name it in usedBy if it is meant to read this one")
	}
}

// left reports what still has the former name of a Secret, and what writes a Secret that is declared here.
func (r *run) left() {
	for _, t := range r.items.Traces(r.names) {
		where := fmt.Sprintf("%s, field %s, ", r.items.Describe(t.Index), t.Field)
		var f *report.Finding
		switch t.Kind {
		case references.Ambiguous:
			f = report.New(report.AmbiguousReference, where+"could mean any of the Secrets "+report.List(t.To),
				"give the Secrets names of their own, or the field a namespace")
		case references.Output:
			f = report.New(report.TwoWriters, where+"has an operator write the Secret "+t.Name+", which is declared here too",
				"take it out of the SecretSpec, or have the operator write another").WithSeverity(report.Warning)
		case references.InText:
			f = report.New(report.StaleName, where+"still speaks of the Secret "+t.Name+", which is now "+report.List(t.To),
				"set rollout: none for the Secret, so that it keeps its name").WithSeverity(report.Warning)
		default:
			f = report.New(report.StaleName, where+"still has the name "+t.Name+" of the Secret "+report.List(t.To),
				"name the field in fieldPaths of a usedBy, or set rollout: none").WithSeverity(report.Warning)
		}
		f.Place = r.items.Place(t.Index, t.Node)
		r.Add(f)
	}
}

// leftOver warns of containers that read a Secret though no usedBy asks for it, where a former run may have had them do
// so: who narrows a usedBy means to take the Secret away.
func (r *run) leftOver(p *plan, readers []wiring.Reader) {
	for _, left := range r.items.Unasked(readers) {
		r.Warn(report.UndeclaredReader, p.field.Child("usedBy"),
			fmt.Sprintf("%s %s, container %s still reads the Secret %s (%s), and nothing here asks for it",
				left.Kind, left.Name, left.Container, p.spec.Name, left.Via),
			"take the reference out of the container, or add it here")
	}
}

// checksum is what `rollout: checksumAnnotation` puts on pod templates, or "".
func (p *plan) checksum() string {
	if p.spec.Rollout != schema.ChecksumAnnotationMode {
		return ""
	}
	return p.hash
}
