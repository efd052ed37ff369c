package schema_test

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

const referenceFile = "../docs/secretspec.md"

// The part of the reference that is written by hand. The list of fields comes from the JSON Schema, and so from the Go
// types and their comments.
//
//go:embed reference.md.tmpl
var referenceTemplate string

// documentedType is a type of the API in the reference.
type documentedType struct {
	Name, Description string
	Fields            []documentedField
}

type documentedField struct{ Name, Type, Description string }

// TestReferenceIsCurrent holds docs/secretspec.md to its template and the types.
func TestReferenceIsCurrent(t *testing.T) {
	page := template.Must(template.New("reference").Delims("<%", "%>").Parse(referenceTemplate))
	var want bytes.Buffer
	if err := page.Execute(&want, map[string]any{"Types": documentedTypes(t)}); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(referenceFile, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Errorf("%s is not current (-want +got); run `make generate`:\n%s", referenceFile, diff)
	}
}

// documentedTypes are the types of the JSON Schema, SecretSpec first, each after the one that first mentions it.
func documentedTypes(t *testing.T) []documentedType {
	t.Helper()
	root := reflected(t)
	var types []documentedType
	names, todo := []string{"SecretSpec"}, []*jsonschema.Schema{root}
	for i := 0; i < len(todo); i++ {
		d := documentedType{Name: names[i], Description: todo[i].Description}
		for pair := todo[i].Properties.Oldest(); pair != nil; pair = pair.Next() {
			name, field := pair.Key, pair.Value
			for _, s := range []*jsonschema.Schema{field, field.Items, field.AdditionalProperties} {
				if s != nil && s.Ref != "" && !slices.Contains(names, typeName(s)) {
					names, todo = append(names, typeName(s)), append(todo, root.Definitions[typeName(s)])
				}
			}
			d.Fields = append(d.Fields, documentedField{name, fieldType(field, slices.Contains(todo[i].Required, name)),
				inCell(name, field.Description)})
		}
		types = append(types, d)
	}
	return types
}

func typeName(s *jsonschema.Schema) string { return strings.TrimPrefix(s.Ref, "#/$defs/") }

func fieldType(s *jsonschema.Schema, required bool) string {
	text := valueType(s)
	if len(s.Enum) > 0 {
		var values []string
		for _, v := range s.Enum {
			values = append(values, fmt.Sprintf("`%v`", v))
		}
		text = strings.Join(values, ", ")
	}
	if required {
		text += ", required"
	}
	if s.Default != nil {
		text += fmt.Sprintf(", default `%v`", s.Default)
	}
	return text
}

func valueType(s *jsonschema.Schema) string {
	switch {
	case s.Ref != "":
		return fmt.Sprintf("[%s](#%s)", typeName(s), strings.ToLower(typeName(s)))
	case len(s.OneOf) > 0:
		var kinds []string
		for _, one := range s.OneOf {
			kinds = append(kinds, valueType(one))
		}
		return strings.Join(kinds[:len(kinds)-1], ", ") + " or " + kinds[len(kinds)-1]
	case s.Type == "array":
		return "list of " + valueType(s.Items)
	case s.Type == "object" && s.AdditionalProperties != nil:
		return "map of text to " + valueType(s.AdditionalProperties)
	}
	return map[string]string{"string": "text", "boolean": "boolean", "integer": "number", "number": "number",
		"object": "map"}[s.Type]
}

// inCell is the comment of a Go field in a table that has the name in another column: `File is a path` becomes `A
// path`.
func inCell(name, comment string) string {
	text := strings.ReplaceAll(strings.ReplaceAll(comment, "\n", " "), "|", `\|`)
	if first, rest, _ := strings.Cut(text, " "); strings.EqualFold(first, strings.ReplaceAll(name, "_", "")) {
		text = strings.TrimPrefix(strings.TrimPrefix(rest, "is "), "are ")
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// reflected is the JSON Schema as it stands in its file, which -update has just written.
func reflected(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var root jsonschema.Schema
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	return &root
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestReferenceExamples reads every example of the reference as Secretwright would. What an example leaves out is
// added: the head, sources that it takes values from, a Secret that uses its sources.
func TestReferenceExamples(t *testing.T) {
	var types []string
	for i, block := range yamlBlock.FindAllStringSubmatch(referenceTemplate, -1) {
		node, err := yaml.Parse(complete(block[1]))
		if err != nil {
			t.Fatalf("example %d: %v\n%s", i+1, err, block[1])
		}
		var c report.Collector
		spec := schema.Parse(node, &c)
		if spec != nil {
			schema.Validate(spec, &c)
		}
		if findings := c.Findings(); spec == nil || len(findings) > 0 {
			t.Errorf("example %d: %v\n%s", i+1, findings, block[1])
			continue
		}
		for _, secret := range spec.Secrets {
			types = append(types, secret.Type)
		}
	}
	for _, want := range schema.SecretTypes() {
		if !slices.Contains(types, want) {
			t.Errorf("the reference has no example of %s", want)
		}
	}
}

var fromSource = regexp.MustCompile(`\bfrom: ([\w-]+)`)

func complete(example string) string {
	if strings.Contains(example, "apiVersion: secretwright.dev/") {
		return example
	}
	text := "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: example}\n" + example
	if !strings.Contains(example, "secrets:") {
		text += "secrets: [{name: example, data: {key: {value: x}}}]\n"
	}
	if !strings.Contains(example, "sources:") {
		text += "sources:\n- {name: unused, file: unused.enc.yaml}\n"
		var seen []string
		for _, m := range fromSource.FindAllStringSubmatch(example, -1) {
			if !slices.Contains(seen, m[1]) {
				seen = append(seen, m[1])
				text += fmt.Sprintf("- {name: %s, file: %s.enc.yaml}\n", m[1], m[1])
			}
		}
	}
	return text
}
