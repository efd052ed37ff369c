package generators

import "github.com/secretwright/secretwright/schema"

// opaque is a Secret with any keys: `Opaque`, and the types that users make up. The API server has no rules for them.
type opaque struct{}

func (opaque) requires() ([]string, bool) { return nil, false }

func (opaque) complete(*Input) schema.Findings { return nil }
