package adopt

import (
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// shape is what a field of a configuration holds. The tools ignore what they do not know; that is how a typing mistake
// loses a Secret.
type shape struct {
	kind   shapeKind
	fields map[string]shape // of an object
	each   *shape           // of a list and of a map
}

type shapeKind int

const (
	anything shapeKind = iota
	text
	boolean
	object
	list
	textMap
)

var (
	aText  = shape{kind: text}
	texts  = shape{kind: list, each: &aText}
	labels = shape{kind: textMap, each: &aText}
	// metadata is what both tools read of metadata.
	metadata = shape{kind: object, fields: map[string]shape{"name": aText, "namespace": aText, "labels": labels,
		"annotations": labels}}
)

// words are what a person calls a shape.
var words = map[shapeKind]string{text: "text", boolean: "true or false", object: "a map", list: "a list",
	textMap: "a map of texts"}

// checker holds a configuration to a shape.
type checker struct {
	*report.Collector
	tool string
	// anyCase reports whether the tool reads a field whose case is another.
	anyCase bool
}

// check holds a node to a shape.
func (c *checker) check(at *report.Path, node *yaml.Node, want shape) {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if want.kind == anything || node.Tag == yaml.NodeTagNull {
		return
	}
	kind := yaml.ScalarNode
	switch want.kind {
	case object, textMap:
		kind = yaml.MappingNode
	case list:
		kind = yaml.SequenceNode
	}
	if node.Kind != kind {
		c.Error(report.WrongKind, at, "it is not "+words[want.kind], "")
		return
	}
	switch want.kind {
	case boolean:
		var value bool
		if node.Decode(&value) != nil {
			c.Error(report.WrongKind, at, "it is not "+words[boolean], "")
		}
	case object:
		c.fields(at, node, want.fields)
	case list:
		for i, element := range node.Content {
			c.check(at.Index(i), element, *want.each)
		}
	case textMap:
		for i := 0; i+1 < len(node.Content); i += 2 {
			c.check(report.Key(at, node.Content[i].Value), node.Content[i+1], *want.each)
		}
	}
}

// fields holds the fields of an object to those that there are.
func (c *checker) fields(at *report.Path, node *yaml.Node, known map[string]shape) {
	names := slices.Sorted(maps.Keys(known))
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i].Value
		at := report.Key(at, name)
		if seen[name] {
			c.Error(report.DuplicateField, at, "it stands twice", "keep one of them")
		}
		seen[name] = true
		want, ok := known[name]
		if ok {
			c.check(at, node.Content[i+1], want)
			continue
		}
		near := report.Nearest(name, names)
		switch {
		case near != "" && strings.EqualFold(near, name) && c.anyCase:
			c.Warn(report.UnknownField, at, c.tool+" reads this as "+near, "write "+near)
			c.check(at, node.Content[i+1], known[near])
		case near != "":
			c.Error(report.UnknownField, at, c.tool+" has no such field, and ignores it",
				"did you mean "+near+"? Else remove it")
		default:
			c.Warn(report.UnknownField, at, c.tool+" has no such field; it is ignored, as there", "remove it")
		}
	}
}
