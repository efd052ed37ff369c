package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// IsSecretSpec says whether a resource is a SecretSpec, of any version.
func IsSecretSpec(node *yaml.RNode) bool {
	group, _, _ := strings.Cut(node.GetApiVersion(), "/")
	return node.GetKind() == Kind && group == "secretwright.dev"
}

// Parse reads a SecretSpec strictly: an unknown field, a field given twice and a value of the wrong kind are errors that
// name their path, and the nearest known name where there is one. It does not change node. The values are checked by
// [Validate], not here.
func Parse(node *yaml.RNode) (*SecretSpec, Findings) {
	var fs Findings
	if v := node.GetApiVersion(); v != APIVersion {
		fs.Add("apiVersion", fmt.Sprintf("%q is not a version this Secretwright knows", v), "write "+APIVersion)
		return nil, fs
	}
	copied := node.Copy()
	strict(&fs, "", copied.YNode(), reflect.TypeFor[SecretSpec](), false)
	if fs.HasErrors() {
		return nil, fs
	}
	text, err := copied.String()
	if err != nil {
		fs.Add("", "the SecretSpec cannot be read as YAML", "")
		return nil, fs
	}
	var spec SecretSpec
	if err := sigsyaml.UnmarshalStrict([]byte(text), &spec); err != nil {
		fs.Add("", "the SecretSpec cannot be read: "+sanitize(err), "")
		return nil, fs
	}
	return &spec, fs
}

// sanitize keeps what an error of a YAML or JSON decoder says about places and types, not the values it quotes.
func sanitize(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, "json: "); i >= 0 {
		return text[i+len("json: "):]
	}
	return "a value does not fit its field"
}

// strict holds a node against the Go type it will be decoded into. Nodes of text fields that accept any scalar
// (`scalar:"text"`) become strings, as written.
func strict(fs *Findings, path string, node *yaml.Node, t reflect.Type, anyScalar bool) {
	if node.Kind == yaml.AliasNode {
		fs.Add(path, "a YAML alias stands here", "write the value out: a SecretSpec has no aliases")
		return
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if node.Tag == yaml.NodeTagNull && t.Kind() != reflect.Interface {
		return
	}
	wrong := func(want string) {
		fs.Add(path, "this is "+kindOf(node)+", not "+want, "")
	}
	switch t.Kind() {
	case reflect.Struct:
		if node.Kind != yaml.MappingNode {
			wrong("a map")
			return
		}
		strictStruct(fs, path, node, t)
	case reflect.Map:
		if node.Kind != yaml.MappingNode {
			wrong("a map")
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			quote(node.Content[i])
			strict(fs, FieldKey(path, node.Content[i].Value), node.Content[i+1], t.Elem(), false)
		}
		duplicates(fs, path, node)
	case reflect.Slice:
		if node.Kind != yaml.SequenceNode {
			wrong("a list")
			return
		}
		for i, item := range node.Content {
			strict(fs, FieldIndex(path, i), item, t.Elem(), false)
		}
	case reflect.String:
		if node.Kind != yaml.ScalarNode {
			wrong("text")
			return
		}
		if node.ShortTag() == yaml.NodeTagString {
			quote(node)
			return
		}
		if !anyScalar {
			fs.Add(path, "this is "+kindOf(node)+", not text", "put it in quotes")
			return
		}
		node.Tag, node.Style = yaml.NodeTagString, yaml.DoubleQuotedStyle
	case reflect.Bool:
		if node.Kind != yaml.ScalarNode || node.ShortTag() != yaml.NodeTagBool {
			wrong("true or false")
		}
	case reflect.Int32, reflect.Int64, reflect.Int:
		if node.Kind != yaml.ScalarNode || node.ShortTag() != yaml.NodeTagInt {
			wrong("a whole number")
		} else if _, err := strconv.ParseInt(node.Value, 0, t.Bits()); err != nil {
			wrong("a number of that size")
		}
	}
}

// quote keeps text such as `on` from being read as a boolean, which YAML 1.1 has it be.
func quote(node *yaml.Node) {
	if node.Style == 0 {
		node.Style = yaml.DoubleQuotedStyle
	}
}

func strictStruct(fs *Findings, path string, node *yaml.Node, t reflect.Type) {
	fields := map[string]reflect.StructField{}
	var names []string
	for f := range fieldsOf(t) {
		name := jsonName(f)
		fields[name] = f
		names = append(names, name)
	}
	duplicates(fs, path, node)
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i].Value
		f, known := fields[name]
		if !known {
			fix := "known fields are " + strings.Join(names, ", ")
			if near := Nearest(name, names); near != "" {
				fix = "did you mean " + near + "?"
			}
			fs.Add(FieldKey(path, name), "there is no such field", fix)
			continue
		}
		strict(fs, FieldKey(path, name), node.Content[i+1], f.Type, f.Tag.Get("scalar") == "text")
	}
}

func fieldsOf(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if jsonName(t.Field(i)) != "" && !yield(t.Field(i)) {
				return
			}
		}
	}
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func duplicates(fs *Findings, path string, node *yaml.Node) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i].Value
		if seen[name] {
			fs.Add(FieldKey(path, name), "this field is given twice", "remove one of them")
		}
		seen[name] = true
	}
}

func kindOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	}
	switch node.ShortTag() {
	case yaml.NodeTagInt, yaml.NodeTagFloat:
		return "a number"
	case yaml.NodeTagBool:
		return "a boolean"
	}
	return "text"
}

// Nearest is the known name that the fewest typing mistakes lead to, or "" where none is near.
func Nearest(name string, known []string) string {
	best, bestDistance := "", len(name)/3+1
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d <= bestDistance && (best == "" || d < bestDistance) {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance: insertions, deletions and substitutions of bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		previous := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := previous
			if a[i] != b[j] {
				cost = min(previous, row[j], row[j+1]) + 1
			}
			previous, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
