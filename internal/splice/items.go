package splice

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamlnode"
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

// Items returns the text of a list of resources after an edit. The document must be a map or a list. A map
// without `items` gets them if any are appended.
func Items(d *manifests.Document, edit ItemsEdit) (Result, error) {
	if d.Node == nil || !yamlnode.IsCollection(d.Node) {
		return Result{}, errNoValue
	}
	edited, known := edit.apply(d.Node)
	return splice(d, edited, known)
}

// apply returns the document that an edit makes of one, and the matches of the elements of its list of items.
func (edit ItemsEdit) apply(document *yaml.Node) (*yaml.Node, *matches) {
	items := itemsField(document)
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
	if document.Kind == yaml.SequenceNode {
		return edited, known
	}
	root := *document
	root.Content = slices.Clone(root.Content)
	if items != nil || len(edited.Content) > 0 {
		setField(&root, "items", edited)
	}
	for _, field := range edit.Fields {
		setField(&root, field.Name, field.Value)
	}
	return &root, known
}

// itemsField returns the list of items in a map, or the list that a node is, or nil.
func itemsField(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.SequenceNode {
		return node
	}
	if items := yamlnode.Field(node, "items"); items != nil && items.Kind == yaml.SequenceNode {
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

// ResourceList returns the text of the list after an edit. What the edit does not name is the bytes that came in.
func ResourceList(l *manifests.ResourceList, edit ItemsEdit) (Result, error) {
	result, err := Items(l.Document, edit)
	if err != nil {
		return Result{}, err
	}
	var out []byte
	for _, d := range l.File.Documents {
		if d == l.Document {
			out = append(out, result.Text...)
		} else {
			out = append(out, d.Text...)
		}
	}
	result.Text = out
	return result, nil
}
