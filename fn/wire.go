package fn

import (
	"maps"
	"slices"

	"github.com/secretwright/secretwright/schema"
	"github.com/secretwright/secretwright/wiring"
)

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
				Secret: wiring.Secret{Plain: p.spec.Name, Name: name, Keys: p.secret.Keys(), Checksum: p.checksum()},
			})...)
		}
	}
	return findings
}

// proofread looks at the result as a whole: at references by hand to keys that a Secret does not have, and at Secrets that
// nothing refers to.
func (r *run) proofread(plans []*plan) schema.Findings {
	var findings schema.Findings
	index := r.items.Index()
	for _, p := range plans {
		references := 0
		for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
			secret := wiring.Secret{Plain: p.spec.Name, Name: p.names[namespace], Keys: p.secret.Keys()}
			if p.spec.ServiceAccountName == "" { // else Kubernetes adds keys
				findings = append(findings, index.Dangling(p.field, namespace, secret)...)
			}
			references += index.References(namespace, secret.Name)
		}
		if references == 0 && len(p.uses) == 0 && p.spec.Rollout == schema.NameSuffixHash {
			findings.Warn(p.field, "nothing uses the Secret "+p.spec.Name, "say who does in usedBy, or set rollout: none if it is found by its name")
		}
	}
	return findings
}

// checksum is what `rollout: checksumAnnotation` puts on pod templates, or "".
func (p *plan) checksum() string {
	if p.spec.Rollout != schema.ChecksumAnnotationMode {
		return ""
	}
	return p.hash
}
