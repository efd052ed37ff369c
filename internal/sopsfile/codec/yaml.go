package codec

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	"go.yaml.in/yaml/v3"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

const (
	strTag   = "!!str"
	nullTag  = "!!null"
	mergeTag = "!!merge"
)

// readYAML reads a stream of YAML documents. The YAML package is the one SOPS uses, so that comments end up where SOPS
// has them, and scalars have the types SOPS gives them.
func readYAML(data []byte) (*Document, error) {
	d := &Document{Format: YAML, source: data}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for left := maxNodes; ; left -= perDocument {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, &Error{Kind: ErrSyntax, Format: YAML, Line: yamlnode.ErrorLine(err)}
		}
		if left <= 0 {
			return nil, &Error{Kind: ErrTooLarge, Format: YAML, Line: node.Line}
		}
		r := yamlReader{nodes: maxNodes}
		at, branch, err := r.document(&node)
		if err != nil {
			return nil, err
		}
		d.Tree.Branches, d.places = append(d.Tree.Branches, branch), append(d.places, at)
	}
	if len(data) > 0 && len(d.places) == 0 {
		return nil, &Error{Kind: ErrEmpty, Format: YAML}
	}
	return d, nil
}

// yamlReader makes a branch of SOPS's tree from one YAML document.
type yamlReader struct {
	path    Path
	nodes   int // how many more the document may have
	depth   int
	total   int // as the YAML package counts them for its own bound on aliases
	aliased int
	open    []*yaml.Node // aliases that are being written out
}

func (r *yamlReader) fail(kind error, node *yaml.Node, detail string) *Error {
	at := append(Path(nil), r.path...)
	return &Error{Kind: kind, Format: YAML, Line: node.Line, Column: node.Column, Path: at, Detail: detail}
}

// document reads one document. One that is empty is an empty map.
func (r *yamlReader) document(doc *yaml.Node) (place, sops.TreeBranch, error) {
	m := mapReader{branch: make(sops.TreeBranch, 0)}
	m.comments(doc.HeadComment, false)
	m.comments(doc.LineComment, false)
	for _, node := range doc.Content {
		if err := r.root(node, &m); err != nil {
			return place{}, nil, asJoined(err, countKey(node, sopsKey))
		}
	}
	m.comments(doc.FootComment, false)
	at := place{line: max(doc.Line, 1), column: max(doc.Column, 1), kids: m.kids}
	return at, m.branch, nil
}

func countKey(node *yaml.Node, name string) int {
	count := 0
	for i := 0; node.Kind == yaml.MappingNode && i < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			count++
		}
	}
	return count
}

// asJoined makes of the error for a key that appears twice at the top of a document the one that names the cause, if
// the document has the metadata of several.
func asJoined(err error, metadata int) error {
	var e *Error
	if metadata > 1 && errors.Is(err, ErrDuplicateKey) && errors.As(err, &e) && len(e.Path) == 1 {
		e.Kind = ErrJoined
	}
	return err
}

func (r *yamlReader) root(node *yaml.Node, m *mapReader) error {
	switch {
	case node.Kind == yaml.MappingNode:
		return r.mapping(node, m, false)
	case node.Kind == yaml.ScalarNode && node.ShortTag() == nullTag:
		m.comments(node.HeadComment, false)
		m.comments(node.LineComment, false)
		return nil
	}
	return r.fail(ErrNotMap, node, "")
}

// mapReader collects a map: keys and comments, and their places.
type mapReader struct {
	branch sops.TreeBranch
	kids   []place
}

// comments adds each line of a comment, without its #.
func (m *mapReader) comments(text string, inline bool) {
	for _, line := range commentLines(text) {
		m.branch = append(m.branch, sops.TreeItem{Key: sops.Comment{Value: line[1:], Inline: inline}})
		m.kids = append(m.kids, place{comment: true})
	}
}

func commentLines(text string) []string {
	if text == "" {
		return nil
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// mapping reads a map. With bare, its own comments are left to who reads the map it is in.
func (r *yamlReader) mapping(node *yaml.Node, m *mapReader, bare bool) error {
	if !bare {
		m.comments(node.HeadComment, false)
		m.comments(node.LineComment, false)
	}
	var seen keySet
	for pair := range slices.Chunk(node.Content, 2) {
		if err := r.item(pair[0], pair[1], m, &seen); err != nil {
			return err
		}
	}
	if !bare {
		m.comments(node.FootComment, false)
	}
	return nil
}

// item reads one key of a map and its value. Comments of a scalar belong before and after the key; a map or list keeps
// its own.
func (r *yamlReader) item(keyNode, node *yaml.Node, m *mapReader, seen *keySet) error {
	key, name, err := r.key(keyNode, seen)
	if err != nil {
		return err
	}
	if keyNode.Tag == mergeTag && !isMergeable(node) {
		return r.fail(ErrSyntax, node, "<< merges maps only")
	}
	m.comments(keyNode.HeadComment, false)
	m.comments(keyNode.LineComment, false)
	simple := node.Kind == yaml.ScalarNode || node.Kind == yaml.AliasNode
	if simple {
		m.comments(node.HeadComment, false)
		m.comments(node.LineComment, true)
	}
	r.path = append(r.path, name)
	value, at, err := r.value(node, simple)
	if err != nil {
		return err
	}
	r.path = r.path[:len(r.path)-1]
	at.key = name
	m.branch = append(m.branch, sops.TreeItem{Key: key, Value: value})
	m.kids = append(m.kids, at)
	if simple {
		m.comments(node.FootComment, false)
	}
	m.comments(keyNode.FootComment, false)
	return nil
}

// key reads a key. It refuses one that the map has already, however it is written.
func (r *yamlReader) key(node *yaml.Node, seen *keySet) (key any, name string, err error) {
	target := node
	if node.Kind == yaml.AliasNode {
		target = node.Alias
	}
	if target.Kind != yaml.ScalarNode {
		return nil, "", r.fail(ErrKeyType, node, "")
	}
	if key, err = r.scalar(target); err != nil {
		return nil, "", err
	}
	r.total++
	name = target.Value
	first := seen.add(name, node.Line)
	if text, ok := key.(string); ok && text != name {
		name = text
		first = max(first, seen.add(text, node.Line))
	}
	if first > 0 {
		r.path = append(r.path, name)
		e := r.fail(ErrDuplicateKey, node, "")
		e.First = first
		return nil, "", e
	}
	return key, name, nil
}

func isMergeable(node *yaml.Node) bool {
	isMap := func(node *yaml.Node) bool {
		return node.Kind == yaml.MappingNode || node.Kind == yaml.AliasNode && node.Alias.Kind == yaml.MappingNode
	}
	if node.Kind != yaml.SequenceNode {
		return isMap(node)
	}
	for _, item := range node.Content {
		if !isMap(item) {
			return false
		}
	}
	return true
}

// value reads a value, within the bounds.
func (r *yamlReader) value(node *yaml.Node, bare bool) (value any, at place, err error) {
	at = place{line: node.Line, column: node.Column}
	if err := r.count(node); err != nil {
		return nil, at, err
	}
	r.depth++
	defer func() { r.depth-- }()
	switch node.Kind {
	case yaml.ScalarNode:
		value, err = r.scalar(node)
		if node.Style&^yaml.TaggedStyle == 0 {
			_, isText := value.(string)
			at.text, at.literal = node.Value, !isText && value != nil
		}
	case yaml.MappingNode:
		m := mapReader{branch: make(sops.TreeBranch, 0, len(node.Content)/2)}
		err = r.mapping(node, &m, bare)
		value, at.kids = m.branch, m.kids
	case yaml.SequenceNode:
		value, at.kids, err = r.sequence(node, bare)
	case yaml.AliasNode:
		if slices.Contains(r.open, node.Alias) {
			return nil, at, r.fail(ErrAliases, node, "an anchor contains itself")
		}
		var target place
		r.open = append(r.open, node.Alias)
		value, target, err = r.value(node.Alias, false)
		r.open = r.open[:len(r.open)-1]
		at.kids, at.text, at.literal = target.kids, target.text, target.literal
	}
	return value, at, err
}

func (r *yamlReader) count(node *yaml.Node) error {
	r.nodes--
	r.total++
	if len(r.open) > 0 {
		r.aliased++
	}
	switch {
	case r.nodes < 0:
		return r.fail(ErrTooLarge, node, "")
	case r.depth > MaxDepth:
		return r.fail(ErrTooDeep, node, "")
	case r.aliased > maxAliased,
		r.total > 1000 && r.aliased*100 > r.total*99: // as the YAML package has it
		return r.fail(ErrAliases, node, "")
	}
	return nil
}

func (r *yamlReader) scalar(node *yaml.Node) (value any, err error) {
	if node.Tag == strTag {
		return node.Value, nil
	}
	if err := node.Decode(&value); err != nil {
		return nil, r.fail(ErrSyntax, node, "the value does not fit its tag")
	}
	return value, nil
}

// sequence reads a list. The comments of an item are items of their own.
func (r *yamlReader) sequence(node *yaml.Node, bare bool) (list []any, kids []place, err error) {
	comments := func(text string, inline bool) {
		for _, line := range commentLines(text) {
			list = append(list, sops.Comment{Value: line[1:], Inline: inline})
			kids = append(kids, place{comment: true})
		}
	}
	if !bare {
		comments(node.HeadComment, false)
		comments(node.LineComment, false)
	}
	for i, item := range node.Content {
		comments(item.HeadComment, false)
		comments(item.LineComment, true)
		r.path = append(r.path, i)
		value, at, err := r.value(item, true)
		if err != nil {
			return nil, nil, err
		}
		r.path = r.path[:len(r.path)-1]
		list, kids = append(list, value), append(kids, at)
		comments(item.FootComment, false)
	}
	if !bare {
		comments(node.FootComment, false)
	}
	return list, kids, nil
}
