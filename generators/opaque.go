package generators

import "github.com/secretwright/secretwright/internal/report"

// opaque is a Secret with any keys: `Opaque`, and the types that users make up. ValidateSecret has no rules for them.
type opaque struct{}

func (opaque) requires() required { return required{} }

func (opaque) checks() []string { return nil }

func (opaque) complete(*Input, *report.Collector) {}
