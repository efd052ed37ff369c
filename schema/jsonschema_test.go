package schema_test

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"

	"github.com/secretwright/secretwright/schema"
)

var update = flag.Bool("update", false, "write the golden files anew")

const schemaFile = "secretspec.schema.json"

// TestJSONSchemaIsCurrent holds the JSON Schema to the Go types: their comments are its descriptions.
func TestJSONSchemaIsCurrent(t *testing.T) {
	reflector := &jsonschema.Reflector{ExpandedStruct: true}
	if err := reflector.AddGoComments("github.com/secretwright/secretwright/schema", ".",
		jsonschema.WithFullComment()); err != nil {
		t.Fatal(err)
	}
	reflected := reflector.Reflect(schema.SecretSpec{})
	reflected.ID = "https://secretwright.dev/v1alpha1/secretspec.schema.json"
	reflected.Title = "SecretSpec"
	want, err := json.MarshalIndent(reflected, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not current (-want +got); run `make generate`:\n%s", schemaFile, diff)
	}
}
