package manifests

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// ItemsEdit is an edit of a ResourceList, a List or a list of resources. What it does not name is not looked at: its
// text stays.
type ItemsEdit struct {
	// Replaced holds what items became, by their index in Items; an item that is nil is removed.
	Replaced map[int]*yaml.Node
	// Appended are new items.
	Appended []*yaml.Node
	// Fields are the other fields to set in the list, such as results; a value that is nil removes the field.
	Fields []Field
}

// Field is a field of a map.
type Field struct {
	Name  string
	Value *yaml.Node
}

// SpliceItems returns the text of a list of resources after an edit. The document must be a map or a list. A map
// without `items` gets them if any are appended.
func (d *Document) SpliceItems(edit ItemsEdit) (Result, error) {
	if d.Node == nil || !isCollection(d.Node) {
		return Result{}, errNoValue
	}
	items := itemsField(d.Node)
	edited := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	known := &matches{list: items}
	if items != nil {
		edited.Tag, edited.Style = items.Tag, items.Style
		for i, item := range items.Content {
			now, changed := edit.Replaced[i]
			switch {
			case !changed:
				now = item
			case now == nil:
				known.matches = append(known.matches, match{i, -1})
				continue
			}
			known.matches = append(known.matches, match{i, len(edited.Content)})
			edited.Content = append(edited.Content, now)
		}
	}
	for _, item := range edit.Appended {
		known.matches = append(known.matches, match{-1, len(edited.Content)})
		edited.Content = append(edited.Content, item)
	}
	if d.Node.Kind == yaml.SequenceNode {
		return d.splice(edited, known)
	}
	root := *d.Node
	root.Content = slices.Clone(root.Content)
	if items != nil || len(edited.Content) > 0 {
		setField(&root, "items", edited)
	}
	for _, field := range edit.Fields {
		setField(&root, field.Name, field.Value)
	}
	return d.splice(&root, known)
}

// itemsField returns the list of items in a map, or the list that a node is, or nil.
func itemsField(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.SequenceNode {
		return node
	}
	if items := field(node, "items"); items != nil && items.Kind == yaml.SequenceNode {
		return items
	}
	return nil
}

// setField sets a field of a map, or removes it if the value is nil.
func setField(node *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value != name {
			continue
		}
		if value == nil {
			node.Content = slices.Delete(node.Content, i, i+2)
		} else {
			node.Content[i+1] = value
		}
		return
	}
	if value != nil {
		key := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: name}
		node.Content = append(node.Content, key, value)
	}
}

// ResourceList is the input of a KRM function, as the KRM functions specification has it.
type ResourceList struct {
	// APIVersion is that of the list.
	APIVersion string
	// Items are the resources, and FunctionConfig and Results the fields of these names, or nil. They must not be
	// changed.
	Items                   []*yaml.Node
	FunctionConfig, Results *yaml.Node

	file     *File
	document *Document
}

// ParseResourceList reads a ResourceList in YAML or JSON. Documents without a value may be around it.
func ParseResourceList(data []byte) (*ResourceList, error) {
	file, err := Parse(data)
	if err != nil {
		return nil, err
	}
	list := &ResourceList{file: file}
	for _, d := range file.Documents {
		if d.Node == nil {
			continue
		}
		if list.document != nil {
			return nil, &Error{Line: d.Line, Problem: "a ResourceList is followed by another document"}
		}
		list.document = d
	}
	if list.document == nil {
		return nil, &Error{Line: 1, Problem: "it is not a ResourceList: it is empty"}
	}
	root := list.document.Node
	kind := field(root, "kind")
	if root.Kind != yaml.MappingNode || kind == nil || kind.Value != "ResourceList" {
		return nil, &Error{Line: root.Line, Problem: "it is not a ResourceList"}
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

// notNull returns what a node is, its alias followed, or nil if it is null.
func notNull(node *yaml.Node) *yaml.Node {
	if node == nil || followed(node).ShortTag() == yaml.NodeTagNull {
		return nil
	}
	return followed(node)
}

// Splice returns the text of the list after an edit. What the edit does not name is the bytes that came in.
func (l *ResourceList) Splice(edit ItemsEdit) (Result, error) {
	result, err := l.document.SpliceItems(edit)
	if err != nil {
		return Result{}, err
	}
	var out []byte
	for _, d := range l.file.Documents {
		if d == l.document {
			out = append(out, result.Text...)
		} else {
			out = append(out, d.Text...)
		}
	}
	result.Text = out
	return result, nil
}
