package fn

import (
	"context"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
)

// redacted has Secrets go out with every key and a fixed mark for every value: for checks, which have no key.
type redacted struct{ plain }

func (redacted) generate(in generators.Input, c *report.Collector) *generators.Secret {
	return generators.Redact(in, c)
}

func (r redacted) emit(context.Context, *plan, []wiring.Emitted) emission { return r }

func (redacted) hidden() bool { return true }

func (redacted) digest(*generators.Secret) (string, error) { return "redacted", nil }
