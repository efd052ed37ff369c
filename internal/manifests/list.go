package manifests

import (
	"errors"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// ResourceList is the input of a KRM function, as the KRM functions specification has it.
type ResourceList struct {
	// APIVersion is that of the list.
	APIVersion string
	// Items are the resources, and FunctionConfig and Results the fields of these names, or nil. They must not be
	// changed.
	Items                   []*yaml.Node
	FunctionConfig, Results *yaml.Node

	// File is what it stands in, and Document its document there.
	File     *File
	Document *Document
}

// ErrNotResourceList is returned for what can be read, but is not a ResourceList.
var ErrNotResourceList = errors.New("it is not a ResourceList")

// ParseResourceList reads a ResourceList in YAML or JSON. Documents without a value may be around it. Its items are not
// checked for keys that they hold twice; see [CheckKeys].
func ParseResourceList(data []byte) (*ResourceList, error) {
	file, err := Parse(data)
	if err != nil {
		return nil, err
	}
	list := &ResourceList{File: file}
	for _, d := range file.Documents {
		if d.Node == nil {
			continue
		}
		if list.Document != nil {
			return nil, &Error{Line: d.Line, Problem: "a ResourceList is followed by another document"}
		}
		kind := field(d.Node, "kind")
		if d.Node.Kind != yaml.MappingNode || kind == nil || kind.Value != "ResourceList" {
			return nil, ErrNotResourceList
		}
		list.Document = d
	}
	if list.Document == nil {
		return nil, ErrNotResourceList
	}
	root := list.Document.Node
	if err := checkMap(root, yamlnode.Meanings{}); err != nil {
		return nil, err
	}
	if version := field(root, "apiVersion"); version != nil {
		list.APIVersion = version.Value
	}
	list.FunctionConfig, list.Results = notNull(field(root, "functionConfig")), notNull(field(root, "results"))
	if items := notNull(field(root, "items")); items != nil {
		if items.Kind != yaml.SequenceNode {
			return nil, &Error{Line: items.Line, Column: items.Column, Problem: "items is not a list"}
		}
		list.Items = items.Content
	}
	return list, nil
}

// HasTwice reports whether the list, or anything in it, holds a key twice.
func (l *ResourceList) HasTwice() bool { return l.Document.twice != nil }

// notNull returns what a node is, its alias followed, or nil if it is null.
func notNull(node *yaml.Node) *yaml.Node {
	if node == nil || yamlnode.Resolved(node).ShortTag() == yaml.NodeTagNull {
		return nil
	}
	return yamlnode.Resolved(node)
}
