package schema

import (
	"fmt"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// IsSecretSpec reports whether a resource is a SecretSpec, of any version.
func IsSecretSpec(node *yaml.RNode) bool {
	found, _, _ := strings.Cut(node.GetApiVersion(), "/")
	return node.GetKind() == Kind && found == group
}

// Parse reads a SecretSpec strictly: an unknown field, a field given twice and a value of the wrong kind are errors
// that name their path, and the nearest known name if there is one. It returns nil if there are errors, and does not
// change node.
//
// [Validate] checks the values of what Parse returns. If Parse returns nil because of single fields, it has already
// reported what Validate finds in the parts of the SecretSpec that these fields do not affect.
func Parse(node *yaml.RNode, c *report.Collector) *SecretSpec {
	if v := node.GetApiVersion(); v != APIVersion {
		c.Error(report.UnsupportedVersion, field.NewPath("apiVersion"),
			fmt.Sprintf("%q is not a version this Secretwright knows", v), "write "+APIVersion)
		return nil
	}
	copied := node.Copy()
	s := strict{Collector: c}
	s.check(nil, copied.YNode(), reflect.TypeFor[SecretSpec](), false)
	text, err := yamlnode.Print(copied.YNode())
	if err != nil {
		c.Add(report.Wrap(report.UnreadableSpec, err, "the SecretSpec cannot be read as YAML", ""))
		return nil
	}
	var spec SecretSpec
	if err := sigsyaml.UnmarshalStrict([]byte(text), &spec); err != nil {
		if len(s.faults) == 0 {
			c.Add(report.Wrap(report.UnreadableSpec, err, "the SecretSpec cannot be read: "+sanitize(err), ""))
		}
		return nil
	}
	if len(s.faults) > 0 {
		s.validateRest(&spec)
		return nil
	}
	return &spec
}

// sanitize returns what an error of a YAML or JSON decoder says about places and types, without the values it quotes.
func sanitize(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, "json: "); i >= 0 {
		return text[i+len("json: "):]
	}
	return "a value does not fit its field"
}

// fault is a field that strict has reported and taken out of the node.
type fault struct{ path, parent string }

// validateRest reports what [Validate] finds in the fields that no fault affects: not in the map or list that holds a
// faulty field, nor in what is around it. A faulty source may be any.
func (s *strict) validateRest(spec *SecretSpec) {
	var rest report.Collector
	Validate(spec, &rest)
	for _, f := range rest.Findings() {
		if !s.affects(f) {
			s.Add(f)
		}
	}
}

func (s *strict) affects(f *report.Finding) bool {
	path := f.Path()
	for _, fault := range s.faults {
		if inside(path, fault.parent) || inside(fault.path, path) ||
			f.Code == report.UnknownSource && inside(fault.path, "sources") {
			return true
		}
	}
	return false
}

// inside reports whether a path is another one, or a path below it.
func inside(path, around string) bool {
	rest, is := strings.CutPrefix(path, around)
	return is && (around == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}
