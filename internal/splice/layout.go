package splice

import (
	"sort"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
)

// place is where a node is in the text of its document.
type place struct {
	node   *yaml.Node
	parent *place
	// start is where the node begins, body where it does behind its anchor and tag, and end where it ends: in a block
	// scalar, at the break that ends its last line.
	start, body, end int
	// mark is the offset of the `-` or `:` before the node, or -1 if there is none.
	mark int
	// indent is the column of the block map or list around the node, or -1.
	indent int
	// flow says that the node is inside braces or brackets.
	flow bool

	entries []entry
	read    bool
}

// entry is an element of a list or a key with its value.
type entry struct {
	// start is where the `-`, the `?` or the key begins, in flow style the element.
	start int
	key   *place // nil in a list
	value *place
}

// misplaced is the panic of a layout whose text is not where the parser found it.
type misplaced struct{}

// layout finds the nodes of a document in its text.
type layout struct {
	text  []byte
	doc   *manifests.Document
	lines []int
	ends  map[*yaml.Node]int // of collections
	// columns holds for long lines the offset of every [stride]th character, as far as it was needed: a document may
	// be one line.
	columns map[int][]int
	// steps counts the characters that were gone over to find others in their line, for tests.
	steps int
}

// stride is how many characters of a long line are gone over at most to find one.
const stride = 64

func newLayout(d *manifests.Document) *layout {
	return &layout{text: d.Text, doc: d, lines: yamltext.LineStarts(d.Text), ends: map[*yaml.Node]int{},
		columns: map[int][]int{}}
}

// root returns the place of the document's value.
func (l *layout) root() *place {
	return l.place(l.doc.Node, nil, l.offset(l.doc.Node), -1, false)
}

// offset returns where the parser found a node. It counts characters in a line, not bytes.
func (l *layout) offset(node *yaml.Node) int {
	line, column := node.Line-l.doc.Line, node.Column-1
	if line == 0 {
		column -= l.doc.Column
	}
	if line < 0 || line >= len(l.lines) {
		panic(misplaced{})
	}
	at := l.lines[line]
	if at == 0 && l.has(0, yamltext.BOM) {
		at = len(yamltext.BOM)
	}
	if column < stride {
		return l.behind(at, column)
	}
	points := l.columns[line]
	if points == nil {
		points = []int{at}
	}
	for len(points) <= column/stride {
		points = append(points, l.behind(points[len(points)-1], stride))
	}
	l.columns[line] = points
	return l.behind(points[column/stride], column%stride)
}

// behind returns the offset that is a number of characters behind another.
func (l *layout) behind(at, characters int) int {
	for ; characters > 0; characters-- {
		if at >= len(l.text) {
			panic(misplaced{})
		}
		_, n := utf8.DecodeRune(l.text[at:])
		at += n
		l.steps++
	}
	return at
}

// place finds a node that begins behind a cursor, which is behind the `-` or `:` before it.
func (l *layout) place(node *yaml.Node, parent *place, cursor, indent int, flow bool) *place {
	p := &place{node: node, parent: parent, mark: -1, indent: indent, flow: flow}
	p.start, p.body, p.end = cursor, cursor, cursor
	if yamlnode.IsImplicitNull(node) {
		return p
	}
	p.start = l.trivia(cursor)
	if p.start != l.offset(node) {
		panic(misplaced{})
	}
	p.body = l.behindProperties(node, p.start)
	p.end = l.end(node, p.body, indent, flow)
	return p
}

// trivia returns where the first character at or behind an offset is that is neither space nor comment.
func (l *layout) trivia(at int) int {
	for at < len(l.text) {
		if n := yamltext.SpaceAt(l.text, at); n > 0 {
			at += n
			continue
		}
		switch {
		case l.text[at] == '#':
			at = l.lineEnd(at)
		case l.has(at, yamltext.BOM):
			at += len(yamltext.BOM)
		default:
			return at
		}
	}
	return at
}

func (l *layout) has(at int, text string) bool {
	return at+len(text) <= len(l.text) && string(l.text[at:at+len(text)]) == text
}

// behindProperties returns where a node begins behind its anchor and its tag.
func (l *layout) behindProperties(node *yaml.Node, at int) int {
	if node.Kind == yaml.AliasNode || node.Anchor == "" && node.Style&yaml.TaggedStyle == 0 {
		return at
	}
	last := at
	for at < len(l.text) && (l.text[at] == '&' || l.text[at] == '!') {
		for at < len(l.text) && yamltext.SpaceAt(l.text,
			at) == 0 && !(l.text[at] == ',' || l.text[at] == ']' || l.text[at] == '}') {
			at++
		}
		last, at = at, l.trivia(at)
	}
	if node.Kind == yaml.ScalarNode && node.Value == "" && node.Style&^yaml.TaggedStyle == 0 {
		return last // nothing is behind them
	}
	return at
}

// line returns the number, from 0, of the line that holds an offset.
func (l *layout) line(at int) int {
	return sort.Search(len(l.lines), func(i int) bool { return l.lines[i] > at }) - 1
}

func (l *layout) lineStart(at int) int { return l.lines[l.line(at)] }

// lineNext returns the start of the line after the one that holds an offset.
func (l *layout) lineNext(at int) int {
	if n := l.line(at) + 1; n < len(l.lines) {
		return l.lines[n]
	}
	return len(l.text)
}

// lineEnd returns the offset of the break that ends the line that holds an offset.
func (l *layout) lineEnd(at int) int {
	n := l.line(at) + 1
	if n == len(l.lines) {
		return max(at, len(l.text))
	}
	for size := 3; size > 0; size-- {
		if end := l.lines[n] - size; end >= 0 && yamltext.BreakAt(l.text, end) == size {
			return max(at, end)
		}
	}
	panic(misplaced{}) // no line starts without a break before it
}

// column returns how many bytes are before an offset in its line.
func (l *layout) column(at int) int {
	start := l.lineStart(at)
	if start == 0 && l.has(0, yamltext.BOM) {
		start = len(yamltext.BOM)
	}
	return at - start
}

// isFirst reports whether only spaces are before an offset in its line.
func (l *layout) isFirst(at int) bool {
	for i := at - l.column(at); i < at; i++ {
		if l.text[i] != ' ' && l.text[i] != '\t' {
			return false
		}
	}
	return true
}

// lineBreak returns the line break to use beside an offset: that of its line, or of the one before.
func (l *layout) lineBreak(at int) string {
	for n := l.line(at); n >= 0; n-- {
		end := l.lineEnd(l.lines[n])
		if size := yamltext.BreakAt(l.text, end); size == 1 || l.has(end, "\r\n") {
			return string(l.text[end : end+size])
		}
	}
	return "\n"
}
