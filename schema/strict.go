package schema

import (
	"fmt"
	"iter"
	"reflect"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// strict holds a node to the Go type it will be decoded into. What it reports it takes out of the node, so that the
// rest can be decoded.
type strict struct {
	*report.Collector
	faults []fault
}

// fail reports a fault of the field at a path.
func (s *strict) fail(code report.Code, at *field.Path, message, fix string) {
	path := pathText(at)
	parent := path[:max(strings.LastIndexAny(path, ".["), 0)]
	if i := strings.Index(path, `["`); i >= 0 { // a quoted key may hold anything
		parent = path[:i]
	}
	s.faults = append(s.faults, fault{path: path, parent: parent})
	s.Error(code, at, message, fix)
}

func pathText(at *field.Path) string {
	if at == nil {
		return ""
	}
	return at.String()
}

// check reports what does not fit. A scalar of any kind becomes a string, as it was written, if anyScalar is set.
func (s *strict) check(at *field.Path, node *yaml.Node, t reflect.Type, anyScalar bool) {
	if node.Kind == yaml.AliasNode {
		s.fail(report.AliasInSpec, at, "this is a YAML alias", "write the value out: a SecretSpec has no aliases")
		blank(node)
		return
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if node.Tag == yaml.NodeTagNull && t.Kind() != reflect.Interface {
		node.Value = "null" // in flow style, nothing is printed as an empty text
		return
	}
	kind, want := expected(t)
	if kind != 0 && node.Kind != kind {
		s.wrong(at, node, want, form(t))
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		s.fields(at, node, t)
	case reflect.Map:
		s.entries(at, node, t.Elem())
	case reflect.Slice:
		for i, item := range node.Content {
			s.check(at.Index(i), item, t.Elem(), false)
		}
	case reflect.String:
		s.text(at, node, anyScalar)
	case reflect.Bool:
		if node.ShortTag() != yaml.NodeTagBool {
			s.wrong(at, node, want, form(t))
		}
	case reflect.Int32, reflect.Int64, reflect.Int:
		s.number(at, node, t)
	}
}

// expected returns the kind of node that a type is written as, also in words. Kind 0 is any.
func expected(t reflect.Type) (kind yaml.Kind, words string) {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return yaml.MappingNode, "a map"
	case reflect.Slice:
		return yaml.SequenceNode, "a list"
	case reflect.String:
		return yaml.ScalarNode, "text"
	case reflect.Bool:
		return yaml.ScalarNode, "true or false"
	case reflect.Int32, reflect.Int64, reflect.Int:
		return yaml.ScalarNode, "a whole number"
	}
	return 0, ""
}

func (s *strict) wrong(at *field.Path, node *yaml.Node, want, fix string) {
	s.fail(report.WrongKind, at, "this is "+kindOf(node)+", not "+want, fix)
	blank(node)
}

// blank makes a node null.
func blank(node *yaml.Node) {
	*node = yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagNull, Value: "null", Line: node.Line, Column: node.Column}
}

func (s *strict) text(at *field.Path, node *yaml.Node, anyScalar bool) {
	switch {
	case node.ShortTag() == yaml.NodeTagString:
		quote(node)
	case anyScalar:
		node.Tag, node.Style = yaml.NodeTagString, yaml.DoubleQuotedStyle
	default:
		s.wrong(at, node, "text", "put it in quotes")
	}
}

func (s *strict) number(at *field.Path, node *yaml.Node, t reflect.Type) {
	if node.ShortTag() != yaml.NodeTagInt {
		s.wrong(at, node, "a whole number", form(t))
	} else if _, err := strconv.ParseInt(node.Value, 0, t.Bits()); err != nil {
		s.fail(report.WrongKind, at, "this number is out of range",
			fmt.Sprintf("write a whole number of at most %d bits", t.Bits()))
		blank(node)
	}
}

// quote keeps text such as `on` from being read as a boolean, which it is in YAML 1.1.
func quote(node *yaml.Node) {
	if node.Style == 0 {
		node.Style = yaml.DoubleQuotedStyle
	}
}

// entries checks the values of a map with keys of the user's choice, which are text, however they look.
func (s *strict) entries(at *field.Path, node *yaml.Node, t reflect.Type) {
	var kept []*yaml.Node
	for key, value := range s.pairs(at, node) {
		key.Tag = yaml.NodeTagString
		quote(key)
		s.check(report.Key(at, key.Value), value, t, false)
		kept = append(kept, key, value)
	}
	node.Content = s.once(at, kept)
}

// fields checks the fields of a struct.
func (s *strict) fields(at *field.Path, node *yaml.Node, t reflect.Type) {
	known := map[string]reflect.StructField{}
	var names []string
	for i := range t.NumField() {
		if name := jsonName(t.Field(i)); name != "" {
			known[name] = t.Field(i)
			names = append(names, name)
		}
	}
	var kept []*yaml.Node
	for key, value := range s.pairs(at, node) {
		path := report.Key(at, key.Value)
		f, is := known[key.Value]
		if !is {
			s.fail(report.UnknownField, path, "there is no such field",
				report.DidYouMean(key.Value, names, otherField(key.Value, t, names)))
			continue
		}
		s.check(path, value, f.Type, f.Tag.Get("scalar") == "text")
		kept = append(kept, key, value)
	}
	node.Content = s.once(at, kept)
}

// usual are fields that other objects of Kubernetes have, and what to write in their place.
var usual = map[string]string{
	"spec":       "a SecretSpec has no spec: write its fields beside metadata",
	"stringData": "write data: {KEY: {value: ...}}",
	"secretName": "write name",
}

// otherField returns the way out for a field that a struct does not have: where it belongs, or what there is.
func otherField(name string, t reflect.Type, names []string) string {
	if fix := usual[name]; fix != "" {
		return fix
	}
	for i := range t.NumField() {
		outer := t.Field(i)
		inner := outer.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		for j := 0; inner.Kind() == reflect.Struct && j < inner.NumField(); j++ {
			if jsonName(inner.Field(j)) == name {
				return fmt.Sprintf("it is a field of %[1]s: write %[1]s: {%[2]s: ...}", jsonName(outer), name)
			}
		}
	}
	return "known fields are " + strings.Join(names, ", ")
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// pairs returns the keys of a map and their values. It reports keys that are not scalars, and leaves them out.
func (s *strict) pairs(at *field.Path, node *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			switch {
			case key.Kind == yaml.AliasNode:
				s.fail(report.AliasInSpec, at, "a key is a YAML alias", "write the key out: a SecretSpec has no aliases")
			case key.Kind != yaml.ScalarNode:
				s.fail(report.WrongKind, at, "a key is "+kindOf(key)+", not text", "write a name before the colon")
			case !yield(key, node.Content[i+1]):
				return
			}
		}
	}
}

// once reports the keys that are given twice among pairs of keys and values, and returns the first pair of each.
func (s *strict) once(at *field.Path, pairs []*yaml.Node) []*yaml.Node {
	seen := map[string]bool{}
	var kept []*yaml.Node
	for i := 0; i < len(pairs); i += 2 {
		key := pairs[i].Value
		if seen[key] {
			s.fail(report.DuplicateField, report.Key(at, key), "this field is given twice", "remove one of them")
			continue
		}
		seen[key] = true
		kept = append(kept, pairs[i], pairs[i+1])
	}
	return kept
}

// kindOf returns the kind of a node in words.
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

// forms shows how the maps of a SecretSpec are written.
var forms = map[reflect.Type]string{
	reflect.TypeFor[ConfigMapKey](): "{name: ..., key: ...}",
	reflect.TypeFor[DataFrom]():     "{from: ...}",
	reflect.TypeFor[EnvFrom]():      "{prefix: ...}",
	reflect.TypeFor[ManifestName](): "{name: ...}",
	reflect.TypeFor[Metadata]():     "{name: ...}",
	reflect.TypeFor[Output]():       "{sops: {age: [...]}}",
	reflect.TypeFor[Registry]():     "{server: ..., username: {from: ...}, password: {from: ...}}",
	reflect.TypeFor[SOPSOutput]():   "{age: [...]}",
	reflect.TypeFor[Secret]():       "{name: ..., data: {...}}",
	reflect.TypeFor[Source]():       "{name: ..., file: ...}",
	reflect.TypeFor[TLS]():          "{hosts: [...]}",
	reflect.TypeFor[Target]():       "{kind: ..., name: ..., env: {...}}",
	reflect.TypeFor[Value]():        "{value: ...}",
	reflect.TypeFor[Volume]():       "{mountPath: ...}",
}

// form returns a way out that shows how a value of a type is written.
func form(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "write true or false, without quotes"
	case reflect.Int32, reflect.Int64, reflect.Int:
		return "write a whole number, without quotes"
	case reflect.String:
		return "write one text, without a list or a map"
	}
	if t == reflect.TypeFor[Value]() {
		return "write " + shape(t) + ", or {from: ..., key: ...} to take it from a source"
	}
	return "write " + shape(t)
}

func shape(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return shape(t.Elem())
	case reflect.Slice:
		return "[" + shape(t.Elem()) + "]"
	case reflect.Map:
		return "{NAME: " + shape(t.Elem()) + "}"
	}
	if known, is := forms[t]; is {
		return known
	}
	return "..."
}
