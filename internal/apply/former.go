package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// formerOf finds what a former run emitted for a SecretSpec.
func (r *run) formerOf(spec *schema.SecretSpec) []wiring.Emitted {
	return r.known.Of(spec, r.madeOf(r.items.Emitted()))
}

// madeOf keeps of the Secrets with a mark those that a former run emitted.
func (r *run) madeOf(marked []wiring.Emitted) []wiring.Emitted {
	return slices.DeleteFunc(marked, func(e wiring.Emitted) bool { return e.Index >= len(r.nodes) })
}

// followRenamed has references follow Secrets that the SecretSpec calls by another name now: one that is gone and one
// that is new, in one namespace, with the same content.
func (p *placing) followRenamed(ctx context.Context) {
	for _, gone := range p.former {
		if p.replaced[gone.Index] || p.nameOf(gone.Secret, gone.Namespace) != "" {
			continue
		}
		var same []*plan
		for _, one := range p.plans {
			if one.secret != nil && one.names[gone.Namespace] != "" && !one.stored && p.holds(ctx, gone, one) {
				same = append(same, one)
			}
		}
		if len(same) != 1 {
			continue
		}
		to := same[0].names[gone.Namespace]
		p.replaced[gone.Index], same[0].stored = true, true
		p.items.Remove(gone.Index)
		p.names.Add(gone.Namespace, gone.Name, to)
		p.names.Add(gone.Namespace, gone.Secret, to)
		p.Info(report.SecretRenamed, same[0].field.Child("name"),
			fmt.Sprintf("the Secret %s is now %s, and its references follow", gone.Secret, same[0].spec.Name), "")
	}
}

// holds reports whether a Secret of a former run has the content of a plan.
func (p *placing) holds(ctx context.Context, gone wiring.Emitted, one *plan) bool {
	node := p.items.Node(gone.Index)
	now := wiring.DataOf(one.secret.Manifest(one.spec.Name, "", nil, nil))
	was := wiring.DataOf(node)
	switch {
	case p.settings.Keyless:
		return slices.Equal(slices.Sorted(maps.Keys(was)), slices.Sorted(maps.Keys(now)))
	case gone.Encrypted:
		opened, finding := p.keys.OpenEnvelope(ctx, node)
		if finding != nil {
			return false
		}
		was = wiring.DataOf(opened.Content())
	}
	return maps.Equal(was, now)
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
		if p.known.Elsewhere(p.spec.Metadata.Name, gone) {
			continue // which takes it over
		}
		p.checksums[gone.Secret] = nil
		p.items.Remove(gone.Index)
		p.Warn(report.SecretRemoved, report.Field("secrets"),
			fmt.Sprintf("the Secret %s, which is no longer declared, was removed", gone.Name),
			"declare it again if something still needs it")
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
