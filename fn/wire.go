package fn

import (
	"fmt"
	"maps"
	"slices"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// wire writes the references to the Secrets into what uses them.
func (r *run) wire(plans []*plan) {
	for _, p := range plans {
		for _, u := range p.uses {
			name, ok := p.names[r.items.Namespace(u.item)]
			if !ok { // the resource has no namespace yet, the Secret has the SecretSpec's
				for _, only := range p.names {
					name = only
				}
			}
			r.items.Wire(u.item, wiring.Use{
				Field:  u.field,
				Target: u.target,
				Secret: wiring.Secret{Plain: p.spec.Name, Name: name, Keys: p.keys(), Checksum: p.checksum()},
			}, r.Collector)
		}
	}
	r.items.Review(r.Collector)
}

// keys are the keys of the Secret, or nil where it could not be made, so that they are not known.
func (p *plan) keys() []string {
	if p.secret == nil {
		return nil
	}
	return p.secret.Keys()
}

// proofread looks at the result as a whole: at references by hand to keys that a Secret does not have, and at Secrets that
// nothing refers to.
func (r *run) proofread(plans []*plan) {
	index := r.items.Index()
	for _, p := range plans {
		references := 0
		for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
			secret := wiring.Secret{Plain: p.spec.Name, Name: p.names[namespace], Keys: p.secret.Keys()}
			if p.spec.ServiceAccountName == "" { // else Kubernetes adds keys
				index.Dangling(p.field, namespace, secret, r.Collector)
			}
			references += index.References(namespace, secret.Name)
			if p.stored && len(p.spec.UsedBy) > 0 {
				r.leftOver(p, index.Readers(namespace, secret.Name))
			}
		}
		if references == 0 && len(p.uses) == 0 && p.spec.Rollout == schema.NameSuffixHash {
			r.Warn(report.UnusedSecret, p.field, "nothing uses the Secret "+p.spec.Name, "say who does in usedBy, or set rollout: none if it is found by its name")
		}
	}
}

// leftOver warns of containers that read a Secret though no usedBy asks for it, where a former run may have had them do so: who
// narrows a usedBy means to take the Secret away.
func (r *run) leftOver(p *plan, readers []wiring.Reader) {
	for _, left := range r.items.Unasked(readers) {
		r.Warn(report.UndeclaredReader, p.field.Child("usedBy"), fmt.Sprintf("%s %s, container %s still reads the Secret %s (%s), and nothing here asks for it",
			left.Kind, left.Name, left.Container, p.spec.Name, left.Via), "take the reference out of the container, or add it here")
	}
}

// checksum is what `rollout: checksumAnnotation` puts on pod templates, or "".
func (p *plan) checksum() string {
	if p.spec.Rollout != schema.ChecksumAnnotationMode {
		return ""
	}
	return p.hash
}
