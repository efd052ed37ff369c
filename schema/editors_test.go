package schema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/internal/pinned"
	"github.com/secretwright/secretwright/schema"
)

// TestJSONSchemaAcceptsWhatSecretwrightDoes checks every SecretSpec of the golden cases that succeed, of the examples
// and of the reference, as an editor would. Then it puts an unknown field into every map that has fields, which must
// not pass.
func TestJSONSchemaAcceptsWhatSecretwrightDoes(t *testing.T) {
	root := jsonObject(t, schema.JSONSchema())
	specs := secretSpecs(t)
	if len(specs) < 20 {
		t.Errorf("only %d SecretSpecs were found", len(specs))
	}
	for name, spec := range specs {
		text, err := sigsyaml.YAMLToJSON([]byte(spec))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		document := jsonObject(t, text)
		for _, problem := range violations(root, root, "", document) {
			t.Errorf("%s: %s", name, problem)
		}
		mutated := 0
		eachClosed(root, root, document, func(object map[string]any) {
			object["unknownField"] = "x"
			if len(violations(root, root, "", document)) == 0 {
				t.Errorf("%s: unknownField passes in %v", name, slices.Sorted(maps.Keys(object)))
			}
			delete(object, "unknownField")
			mutated++
		})
		if mutated < 3 {
			t.Errorf("%s: only %d maps were found", name, mutated)
		}
	}
}

func TestJSONSchemaRejects(t *testing.T) {
	root := jsonObject(t, schema.JSONSchema())
	const head = "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: x}\n"
	for spec, want := range map[string]string{
		"kind: SecretSpec": ".apiVersion is required",
		strings.Replace(head, "v1alpha1", "v2", 1) + "secrets: []": ".apiVersion is not one of [secretwright.dev/v1alpha1]",
		head + "secrets: {}":                                  ".secrets is not an array",
		head + "secrets: [{name: x, rollout: sometimes}]":     ".secrets[0].rollout is not one of [nameSuffixHash checksumAnnotation none]",
		head + "secrets: [{name: x, data: {k: x}}]":           ".secrets[0].data.k is not an object",
		head + "secrets: [{name: x, data: {k: {value: []}}}]": ".secrets[0].data.k.value fits 0 of 3 alternatives",
		head + "secrets: [{name: x, usedBy: [{name: web}]}]":  ".secrets[0].usedBy[0].kind is required",
	} {
		text, err := sigsyaml.YAMLToJSON([]byte(spec))
		if err != nil {
			t.Fatal(err)
		}
		if got := violations(root, root, "", jsonObject(t, text)); !slices.Contains(got, want) {
			t.Errorf("%s\ngot %q, want %q", spec, got, want)
		}
	}
}

// secretSpecs are the SecretSpecs of the repository that Secretwright takes, by where they stand.
func secretSpecs(t *testing.T) map[string]string {
	t.Helper()
	specs := map[string]string{}
	add := func(name string, node *yaml.RNode) {
		if node != nil && schema.IsSecretSpec(node) {
			specs[name] = node.MustString()
		}
	}
	lists, err := filepath.Glob(filepath.Join(pinned.Root(), "testdata", "*", "in.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range lists {
		out, err := os.ReadFile(filepath.Join(filepath.Dir(in), "out.yaml"))
		if err != nil || strings.Contains(string(out), "severity: error") {
			continue // a case that fails, or one that is being written
		}
		list, err := yaml.ReadFile(in)
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		if config := list.Field("functionConfig"); config != nil {
			add(in, config.Value)
		}
		items, err := list.Field("items").Value.Elements()
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		for i, item := range items {
			add(fmt.Sprintf("%s, item %d", in, i), item)
		}
	}
	err = filepath.WalkDir(filepath.Join(pinned.Root(), "examples"), func(path string, entry os.DirEntry,
		err error) error {
		if err != nil || entry.IsDir() || entry.Name() != "secretspec.yaml" {
			return err
		}
		node, err := yaml.ReadFile(path)
		add(path, node)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, block := range yamlBlock.FindAllStringSubmatch(referenceTemplate, -1) {
		specs[fmt.Sprintf("example %d of the reference", i+1)] = complete(block[1])
	}
	return specs
}

func jsonObject(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// resolved is the schema that a $ref stands for.
func resolved(root, s map[string]any) map[string]any {
	if ref, ok := s["$ref"].(string); ok {
		return root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	return s
}

// under is the schema of a field or an element, or nil where there is none.
func under(root, s map[string]any, name string) map[string]any {
	if properties, ok := s["properties"].(map[string]any); ok {
		if property, ok := properties[name].(map[string]any); ok {
			return resolved(root, property)
		}
	}
	if more, ok := s["additionalProperties"].(map[string]any); ok {
		return resolved(root, more)
	}
	return nil
}

// violations is a JSON Schema validator for the keywords that the schema uses. Any other is a violation, so that none
// is passed over.
func violations(root, s map[string]any, at string, value any) []string {
	var found []string
	object, isObject := value.(map[string]any)
	list, _ := value.([]any)
	number, isNumber := value.(float64)
	for _, keyword := range slices.Sorted(maps.Keys(s)) {
		argument := s[keyword]
		switch keyword {
		case "$schema", "$id", "$defs", "title", "description", "default":
		case "$ref":
			found = append(found, violations(root, resolved(root, s), at, value)...)
		case "type":
			if !isType(argument.(string), value) {
				return []string{at + " is not " + map[bool]string{true: "an ",
					false: "a "}[strings.ContainsAny(argument.(string)[:1], "aeiou")] + argument.(string)}
			}
		case "enum":
			if !slices.ContainsFunc(argument.([]any), func(one any) bool { return reflect.DeepEqual(one, value) }) {
				found = append(found, fmt.Sprintf("%s is not one of %v", at, argument))
			}
		case "minimum":
			if isNumber && number < argument.(float64) {
				found = append(found, at+" is too small")
			}
		case "maximum":
			if isNumber && number > argument.(float64) {
				found = append(found, at+" is too large")
			}
		case "required":
			for _, name := range argument.([]any) {
				if _, has := object[name.(string)]; isObject && !has {
					found = append(found, fmt.Sprintf("%s.%s is required", at, name))
				}
			}
		case "properties", "additionalProperties": // see below
		case "items":
			for i, element := range list {
				found = append(found, violations(root, argument.(map[string]any), fmt.Sprintf("%s[%d]", at, i), element)...)
			}
		case "anyOf":
			fits := func(one any) bool { return len(violations(root, one.(map[string]any), at, value)) == 0 }
			if !slices.ContainsFunc(argument.([]any), fits) {
				found = append(found, at+" fits none of the alternatives")
			}
		case "oneOf":
			fits := 0
			for _, one := range argument.([]any) {
				if len(violations(root, one.(map[string]any), at, value)) == 0 {
					fits++
				}
			}
			if fits != 1 {
				found = append(found, fmt.Sprintf("%s fits %d of %d alternatives", at, fits, len(argument.([]any))))
			}
		default:
			found = append(found, at+": this test does not know the keyword "+keyword)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if next := under(root, s, name); next != nil {
			found = append(found, violations(root, next, at+"."+name, object[name])...)
		} else if s["additionalProperties"] == false {
			found = append(found, fmt.Sprintf("%s has no field %s", at, name))
		}
	}
	return found
}

func isType(name string, value any) bool {
	switch v := value.(type) {
	case map[string]any:
		return name == "object"
	case []any:
		return name == "array"
	case string:
		return name == "string"
	case bool:
		return name == "boolean"
	case float64:
		return name == "number" || name == "integer" && v == float64(int64(v))
	}
	return name == "null"
}

// eachClosed visits every object that may have the fields of its schema alone.
func eachClosed(root, s map[string]any, value any, visit func(map[string]any)) {
	s = resolved(root, s)
	switch v := value.(type) {
	case map[string]any:
		if s["additionalProperties"] == false {
			visit(v)
		}
		for name, child := range v {
			if next := under(root, s, name); next != nil {
				eachClosed(root, next, child, visit)
			}
		}
	case []any:
		for _, element := range v {
			eachClosed(root, s["items"].(map[string]any), element, visit)
		}
	}
}
