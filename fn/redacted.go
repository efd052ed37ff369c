package fn

import (
	"context"
	"maps"
	"slices"

	"github.com/secretwright/secretwright/generators"
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

func (redacted) generate(in generators.Input, c *report.Collector) *generators.Secret {
	return generators.Redact(in, c)
}

func (r redacted) address(p *plan, from opened) (finding *report.Finding) {
	if r.out != nil {
		p.readers, finding = r.run.recipientsFor(*r.out, p, from)
	}
	p.audience = audienceOf(p, from, p.readers)
	if len(p.audience.recipients) > 0 && finding == nil {
		r.run.Info(report.ReadableBy, p.field, "the Secret "+p.spec.Name+" has its values from "+
			report.List(p.audience.sources)+
			", and can be read by "+report.List(p.audience.recipients), "")
	}
	return finding
}

func (r redacted) emit(_ context.Context, p *plan, former []wiring.Emitted) emission {
	if p.readers == nil {
		return r
	}
	as := *p
	as.recipients = p.readers
	confirm := confirmation{r.run, &as, r.out.Explicit() || r.out.CreationRules}
	for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
		if old := emitted(former, p.spec.Name, namespace); old != nil && old.Encrypted {
			confirm.holdsUnopened(r.run.items.Node(old.Index))
		}
	}
	return r
}

func (redacted) hidden() bool { return true }

func (redacted) digest(*generators.Secret) (string, error) { return "redacted", nil }
