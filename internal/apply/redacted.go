package apply

import (
	"context"
	"maps"
	"slices"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/former"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// redacted has Secrets go out with every key and a fixed mark for every value: for checks, which have no key.
// What it says about recipients is what a run with keys would say, as far as that needs none.
type redacted struct {
	plain
	run *run
	out *schema.SOPSOutput
}

func (r redacted) generate(in generators.Input, c *report.Collector) *generators.Secret {
	secret := generators.Redact(in, c)
	if r.run.settings.Unusable {
		secret.MakeUnusable()
	}
	return secret
}

func (r redacted) address(p *plan, from opened) (finding *report.Finding) {
	if r.out != nil {
		p.readers, finding = r.run.recipientsFor(*r.out, p, from)
	}
	p.audience = audienceOf(p, from, p.readers)
	if len(p.audience.Recipients) > 0 && finding == nil {
		r.run.Info(report.ReadableBy, p.field, "the Secret "+p.spec.Name+" has its values from "+
			report.List(p.audience.Sources)+
			", and can be read by "+report.List(p.audience.Recipients), "")
	}
	return finding
}

func (r redacted) emit(_ context.Context, p *plan, made []wiring.Emitted) emission {
	if p.readers == nil {
		return r
	}
	as := *p
	as.recipients = p.readers
	confirm := confirmation{r.run, &as, r.out.Explicit() || r.out.CreationRules}
	for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
		if old := former.In(namespace, p.spec.Name, made); old != nil && old.Encrypted {
			confirm.holdsUnopened(r.run.items.Node(old.Index))
		}
	}
	return r
}

func (redacted) hidden() bool { return true }

// digest returns a word in the place of the hash, which nobody knows without the values. In a build of kustomize it
// returns what kustomize will add, which hashes the redacted content.
func (r redacted) digest(secret *generators.Secret) (string, error) {
	if r.run.layer != nil && r.run.settings.Unusable {
		return secret.Hash()
	}
	return "redacted", nil
}
