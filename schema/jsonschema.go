package schema

import (
	_ "embed"
	"slices"
)

//go:embed secretspec.schema.json
var jsonSchema []byte

// JSONSchema returns the JSON Schema (draft 2020-12) of a SecretSpec. It is made from the types of this package and
// their comments by `make generate`; a test holds it to them.
func JSONSchema() []byte { return slices.Clone(jsonSchema) }
