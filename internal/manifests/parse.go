package manifests

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
)

// File is a file of manifests.
type File struct {
	// Documents are the documents in the order of the file. Their texts, joined, are the file.
	Documents []*Document
}

// maxDocuments is how many documents a file may have, empty ones too: several times what clusters have, and below what
// takes seconds to read.
const maxDocuments = 50_000

// Document is one document of a file.
type Document struct {
	// Text is the document as it is in the file, with the `---` before it and the `...` after it. It must not be
	// changed.
	Text []byte
	// Start is the offset of Text in the file, and Line the line it begins in, counted from 1.
	Start, Line int
	// Column is that of the first character of Text, counted from 0.
	Column int
	// Node is the value of the document, or nil if it has none: comments alone, or nothing. Lines and columns are
	// those of the file. It must not be changed: edit a copy (see Copy).
	Node *yaml.Node

	json     bool
	twice    error // says which key is in its map twice, if one is
	template error // says which template is not in quotes, if one is
}

// Bytes returns the file as it was read.
func (f *File) Bytes() []byte {
	var out []byte
	for _, d := range f.Documents {
		out = append(out, d.Text...)
	}
	return out
}

// JSON reports whether the document is JSON, which it then stays.
func (d *Document) JSON() bool { return d.json }

// Items returns the resources in the document: the items of a List (any kind that ends in List and has a list of
// items, as for kubectl), the elements of a list, or else the value itself. There are none in a document without a
// value.
func (d *Document) Items() []*yaml.Node {
	if items := itemsOf(d.Node); items != nil {
		return items.Content
	}
	if d.Node == nil {
		return nil
	}
	return []*yaml.Node{d.Node}
}

// IsList reports whether Items are parts of the document and not its value.
func (d *Document) IsList() bool { return itemsOf(d.Node) != nil }

// itemsOf returns the list of items in a node, or nil.
func itemsOf(node *yaml.Node) *yaml.Node {
	switch {
	case node == nil:
	case node.Kind == yaml.SequenceNode:
		return node
	case node.Kind == yaml.MappingNode:
		kind, items := field(node, "kind"), field(node, "items")
		if kind != nil && strings.HasSuffix(kind.Value, "List") && items != nil && items.Kind == yaml.SequenceNode {
			return items
		}
	}
	return nil
}

// field returns the value of a key in a map, or nil.
func field(node *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; key.Kind == yaml.ScalarNode && key.Value == name {
			return node.Content[i+1]
		}
	}
	return nil
}

// Parse reads a file of manifests in YAML or JSON. An *Error says which line is not valid, or has aliases that
// multiply to more than it could hold, or is where there are too many documents. Documents that hold a key twice are
// read; see [Document.Check].
func Parse(data []byte) (*File, error) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil, &Error{Line: 1, Problem: "the file is in UTF-16; save it in UTF-8"}
	}
	file := &File{}
	where := position{line: 1}
	for _, text := range Split(data) {
		for _, part := range values(text) {
			if len(file.Documents) == maxDocuments {
				return nil, &Error{Line: where.line, Problem: fmt.Sprintf("the file has more than %d documents; split it",
					maxDocuments)}
			}
			d := &Document{Text: part.text, Start: where.offset, Line: where.line, Column: where.column,
				json: part.json}
			if err := d.parse(); err != nil {
				return nil, err
			}
			file.Documents = append(file.Documents, d)
			where.advance(part.text)
		}
	}
	return file, nil
}

// position is a place in a file; the line is counted from 1, the column from 0.
type position struct{ offset, line, column int }

func (p *position) advance(text []byte) {
	starts := yamltext.LineStarts(text)
	if len(starts) > 1 {
		p.line, p.column = p.line+len(starts)-1, 0
	}
	p.column += len(bytes.Runes(text[starts[len(starts)-1]:]))
	p.offset += len(text)
}

// parse sets the node of a document from its text.
func (d *Document) parse() error {
	node, err := Decode(d.Text)
	if err != nil {
		var problem *Error
		if errors.As(err, &problem) {
			problem.Line += d.Line - 1
		}
		return err
	}
	if node == nil {
		return nil
	}
	d.Node = node
	if d.Line > 1 || d.Column > 0 {
		shift(node, d.Line-1, d.Column)
	}
	d.twice, d.template = CheckKeys(node), checkTemplates(node)
	return CheckAliases(node, len(d.Text))
}

// Twice returns an *Error that says which key is in its map twice, or nil.
func (d *Document) Twice() error { return d.twice }

// Check returns an *Error if the document holds a key twice, since readers differ in which one counts, or a template
// without quotes.
func (d *Document) Check() error {
	if d.twice != nil {
		return d.twice
	}
	return d.template
}

// shift moves the positions of a tree by a number of lines, and those in its first line by a number of columns.
func shift(node *yaml.Node, lines, columns int) {
	if node.Line == 1 {
		node.Column += columns
	}
	node.Line += lines
	for _, child := range node.Content {
		shift(child, lines, columns)
	}
}

// Decode parses the text of one document. It returns nil for a document without a value. JSON may have escapes that
// YAML does not have.
func Decode(text []byte) (*yaml.Node, error) {
	node, err := decode(text)
	if err != nil && hasEscapes(text) {
		if changed := unescaped(text, true); changed != nil {
			return decode(changed)
		}
	}
	return node, err
}

func decode(text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, more yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil && strings.HasSuffix(err.Error(), "found incompatible YAML document"):
		return nil, &Error{Line: lineOf(err), Problem: "only YAML 1.1 can be declared; remove the %YAML directive"}
	case err != nil:
		return nil, invalid(text, err)
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, &Error{Line: 1, Problem: "the document is followed by text that is not part of it; " +
			"separate documents with a line of three dashes"}
	}
	if len(document.Content) != 1 || yamlnode.IsImplicitNull(document.Content[0]) {
		return nil, nil
	}
	return document.Content[0], nil
}
