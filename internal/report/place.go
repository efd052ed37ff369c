package report

import (
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Path is the path of a field: `secrets[0].data.password`. A nil Path is the whole.
type Path = field.Path

// Field returns the path of a field of the SecretSpec, and of fields in it.
func Field(name string, more ...string) *Path { return field.NewPath(name, more...) }

// Place is a place in a file. Lines and columns count from 1; 0 is unknown.
type Place struct {
	File         string
	Line, Column int
}

// String returns `file:line:column`, as far as it is known.
func (p Place) String() string {
	switch {
	case p.File == "":
		return ""
	case p.Line == 0:
		return FileName(p.File)
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", FileName(p.File), p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", FileName(p.File), p.Line, p.Column)
}

// Key returns the path of a key of a map: `data.password`, or `data["tls.crt"]` where the key is not a plain word.
func Key(path *field.Path, key string) *field.Path {
	if isPlain(key) {
		return path.Child(key)
	}
	if path == nil {
		return field.NewPath(fmt.Sprintf("[%q]", key))
	}
	return path.Key(strconv.Quote(key))
}

// KeyText returns the path of a key of a map as text.
func KeyText(path, key string) string {
	switch {
	case !isPlain(key):
		return fmt.Sprintf("%s[%q]", path, key)
	case path == "":
		return key
	}
	return path + "." + key
}

// IndexText returns the path of an element of a list as text: `secrets[0]`.
func IndexText(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func isPlain(key string) bool {
	for _, r := range key {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return key != ""
}

// Locate returns the line and column of the field at a path, or of the innermost field around it that is there. Of a
// map's field that is its key. Without a path it is the beginning of the node.
func Locate(node *yaml.Node, path *field.Path) (line, column int) {
	if node == nil {
		return 0, 0
	}
	at := node
	for _, step := range steps(path) {
		for node.Kind == yaml.AliasNode {
			node = node.Alias
		}
		key, value := child(node, step)
		if value == nil {
			break
		}
		node = value
		if key.Line > 0 { // what was added to the node since it was read has none
			at = key
		}
	}
	return at.Line, at.Column
}

// NodeAt returns the node at the path of a field, or nil.
func NodeAt(node *yaml.Node, path *field.Path) *yaml.Node {
	for _, step := range steps(path) {
		if _, node = child(node, step); node == nil {
			return nil
		}
	}
	return node
}

// child returns the entry of a map, its key and its value, or the element of a list, twice.
func child(node *yaml.Node, step string) (key, value *yaml.Node) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i], node.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i]
		}
	}
	return nil, nil
}

// steps returns the keys and indices of a path in turn.
func steps(path *field.Path) []string {
	if path == nil {
		return nil
	}
	var out []string
	for rest := path.String(); rest != ""; {
		rest = strings.TrimPrefix(rest, ".")
		switch {
		case strings.HasPrefix(rest, `["`):
			quoted, err := strconv.QuotedPrefix(rest[1:])
			if err != nil {
				return out
			}
			key, _ := strconv.Unquote(quoted)
			out = append(out, key)
			rest = strings.TrimPrefix(rest[1+len(quoted):], "]")
		case strings.HasPrefix(rest, "["):
			index, after, _ := strings.Cut(rest[1:], "]")
			out, rest = append(out, index), after
		default:
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			out, rest = append(out, rest[:end]), rest[end:]
		}
	}
	return out
}
