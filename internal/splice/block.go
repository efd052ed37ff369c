package splice

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
)

// inFlow reports whether the entries of a collection are written in flow style.
func (s *splicer) inFlow(p *place) bool { return p.flow || yamlnode.IsFlow(p.node) }

// insert adds entries behind the entry with a number, or before all for -1. keys is nil for a list.
func (s *splicer) insert(p *place, behind int, values, keys []*yaml.Node) {
	if s.inFlow(p) {
		s.insertFlow(p, behind, values, keys)
		return
	}
	entries, column := s.list(p), s.column(p.body)
	style := s.blockStyle(p)
	var lines []string
	added := make([]yamlnode.Pair, len(values))
	for i, value := range values {
		added[i].Value = value
		if keys != nil {
			added[i].Key = keys[i]
			lines = append(lines, style.Pair(added[i])...)
		} else {
			lines = append(lines, style.Element(value)...)
		}
	}
	lines = yamltext.Indented(lines, column)
	if behind >= 0 {
		at := s.tail(entries[behind].value.end, column)
		s.change(p, at, at, s.below(at, lines))
		s.edits[len(s.edits)-1].added = added
		return
	}
	at := entries[0].start
	line := s.lineBreak(at)
	if s.isFirst(at) {
		at = s.headComments(at, 0)
		s.change(p, at, at, strings.Join(lines, line)+line)
		return
	}
	lines[0] = strings.TrimLeft(lines[0], " ")
	s.change(p, at, at, strings.Join(lines, line)+line+strings.Repeat(" ", column))
}

// below returns lines as text to insert at the end of a line.
func (s *splicer) below(at int, lines []string) string {
	line := s.lineBreak(at)
	return line + strings.Join(lines, line)
}

// remove takes out the entries that are not kept. At least one is.
func (s *splicer) remove(p *place, kept []bool) {
	if s.inFlow(p) {
		s.removeFlow(p, kept)
		return
	}
	entries, column := s.list(p), s.column(p.body)
	survivor := -1
	for i := 0; i < len(entries); i++ {
		if kept[i] {
			survivor = i
			continue
		}
		start := entries[i].start
		if !s.isFirst(start) { // the first of a collection that begins behind a dash
			for !kept[i] {
				i++
			}
			s.change(p, start, entries[i].start, "")
			continue
		}
		floor := 0
		if i > 0 {
			floor = s.lineNext(s.tail(entries[i-1].value.end, column))
		}
		end := s.lineNext(s.tail(entries[i].value.end, column))
		if survivor >= 0 && s.keepsBlankLines(entries[survivor].value) {
			for end < len(s.text) && isBlank(s.content(end)) {
				end = s.lineNext(end)
			}
		}
		s.change(p, s.headComments(start, floor), end, "")
	}
}

// keepsBlankLines reports whether blank lines behind a node are part of it: it ends in a block scalar with a `+`.
func (s *splicer) keepsBlankLines(p *place) bool {
	for yamlnode.IsCollection(p.node) && !yamlnode.IsFlow(p.node) && len(p.node.Content) > 0 {
		entries := s.list(p)
		p = entries[len(entries)-1].value
	}
	block := p.node.Kind == yaml.ScalarNode && p.node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	return block && s.blockScalar(p.body, p.indent).chomp == '+'
}

func isBlank(line string) bool { return strings.Trim(line, " \t") == "" }

// tail returns the end of the last line that belongs to an entry that ends at an offset: comments on its line, and
// those below it that are indented more than the collection.
func (s *splicer) tail(end, column int) int {
	at := s.lineEnd(end)
	for next := s.lineNext(at); next < len(s.text); next = s.lineNext(at) {
		spaces := s.spaces(next, len(s.text))
		if spaces <= column || !s.has(next+spaces, "#") {
			break
		}
		at = s.lineEnd(next)
	}
	return at
}

// headComments returns the start of the line an entry begins in, or of the comments right above it that have its
// indentation. It does not go above floor.
func (s *splicer) headComments(start, floor int) int {
	column := s.column(start)
	at := start - column
	for at > floor {
		above := s.lineStart(at - 1)
		if above < floor || s.spaces(above, column+1) != column || !s.has(above+column, "#") {
			break
		}
		at = above
	}
	return at
}

// replace writes a node anew.
func (s *splicer) replace(p *place, edited *yaml.Node) {
	s.note(p, edited)
	edited = withoutHead(yamlnode.Resolved(p.node), s.keepPlain(edited))
	if old := p.node; yamlnode.IsCollection(old) && len(old.Content) == 0 && yamlnode.IsFlow(edited) {
		c := *edited // `{}` or `[]`, which are in flow style because nothing else is
		c.Style &^= yaml.FlowStyle
		edited = &c
	}
	switch {
	case p.flow || s.doc.JSON():
		s.replaceFlow(p, edited)
	case p.parent != nil && p.parent.node.Kind == yaml.MappingNode:
		s.replaceValue(p, edited)
	default:
		s.replaceElement(p, edited)
	}
}

// withoutHead returns a collection that takes the place of one in block style without the comment before its first
// entry, if that is the same: it is before the text that is replaced, and stays.
func withoutHead(old, edited *yaml.Node) *yaml.Node {
	if !yamlnode.IsCollection(old) || yamlnode.IsFlow(old) || len(old.Content) == 0 || len(edited.Content) == 0 ||
		edited.Content[0].HeadComment == "" || edited.Content[0].HeadComment != old.Content[0].HeadComment {
		return edited
	}
	c, first := *edited, *edited.Content[0]
	first.HeadComment = ""
	c.Content = append([]*yaml.Node{&first}, edited.Content[1:]...)
	return &c
}

// note records what is lost when a node is written anew, and whether more is printed than was edited.
func (s *splicer) note(p *place, edited *yaml.Node) {
	for _, child := range p.node.Content {
		s.lose(child)
	}
	old := yamlnode.Resolved(p.node)
	full := len(old.Content) > 0 && len(edited.Content) > 0
	if s.forced[p.node] || yamlnode.IsCollection(old) && old.Kind == edited.Kind && full {
		s.reprinted = append(s.reprinted, p.node)
	}
}

// from returns where the text of a node that is replaced begins: behind its anchor and its tag, if the tag stays, and
// the text that has to be written before the new one.
func (s *splicer) from(p *place, edited *yaml.Node) (int, string) {
	tag := p.node.Style&yaml.TaggedStyle != 0
	switch {
	case p.node.Kind == yaml.AliasNode || p.start == p.body:
		return p.start, ""
	case !tag || p.node.ShortTag() == edited.ShortTag():
		if p.body == p.end && yamltext.SpaceAt(s.text, p.body-1) == 0 {
			return p.body, " "
		}
		return p.body, ""
	case p.node.Anchor != "":
		return p.start, "&" + p.node.Anchor + " "
	}
	return p.start, ""
}

// withoutTag returns a node whose tag need not be written, since the one in the text stays.
func (s *splicer) withoutTag(p *place, from int, edited *yaml.Node) *yaml.Node {
	if from != p.body || p.node.Style&yaml.TaggedStyle == 0 || !yamlnode.IsCollection(edited) {
		return edited
	}
	c := *edited
	c.Tag, c.Style = "", c.Style&^yaml.TaggedStyle
	return &c
}

// replaceValue writes the value of a key in a block map.
func (s *splicer) replaceValue(p *place, edited *yaml.Node) {
	if p.mark < 0 {
		panic(misplaced{})
	}
	from, before := s.from(p, edited)
	edited = s.withoutTag(p, from, edited)
	style := s.blockStyle(p)
	empty := from == p.end && p.node.Kind != yaml.AliasNode
	onLine := s.line(from) == s.line(p.mark)
	old := yamlnode.IsCollection(p.node) && !yamlnode.IsFlow(p.node)
	if yamltext.IsInline(edited) {
		text := before + style.Inline(edited)
		switch {
		case empty && p.start == p.body:
			s.change(p, p.mark+1, p.mark+1, " "+text)
		case old:
			head := s.trimSpace(s.comment(p.mark+1), p.mark+1)
			s.change(p, head, head, " "+text)
			start, end := s.lineStart(p.body), s.tail(p.end, p.indent)
			s.change(p, start, end+yamltext.BreakAt(s.text, end), "")
		default:
			s.change(p, from, p.end, text)
		}
		return
	}
	column := p.indent + style.Step
	if edited.Kind == yaml.SequenceNode {
		column = p.indent + style.List
	}
	if old && p.node.Kind == edited.Kind {
		column = s.column(p.body)
	}
	lines := yamltext.Indented(style.Lines(edited), column)
	if comments := s.commentsBehind(p); !onLine && !old && len(comments) > 0 && style.EndsInLiteral(edited) {
		lines = append(lines, yamltext.Indented(comments, column)...)
		s.change(p, s.lineStart(from), s.tail(p.end, p.indent), strings.Join(lines, s.lineBreak(from)))
		return
	}
	s.replaceLines(p, from, before, lines, onLine, old)
}

// replaceLines writes the lines of a collection below its key.
func (s *splicer) replaceLines(p *place, from int, before string, lines []string, onLine, old bool) {
	switch {
	case old:
		s.change(p, s.lineStart(p.body), s.tail(p.end, p.indent), strings.Join(lines, s.lineBreak(p.body)))
	case onLine:
		if start := s.trimSpace(from, p.mark+1); start < p.end {
			s.change(p, start, p.end, lineAbove(before))
		}
		at := s.tail(p.end, p.indent)
		s.change(p, at, at, s.below(at, lines))
	case s.isFirst(from) && before == "":
		s.change(p, s.lineStart(from), p.end, strings.Join(lines, s.lineBreak(from)))
	default:
		panic(misplaced{})
	}
}

// lineAbove returns what is written before a node for the line above it, without a space at its end.
func lineAbove(before string) string { return strings.TrimRight(" "+strings.TrimSpace(before), " ") }

// commentsBehind returns the comments that belong to a node: behind it and below it.
func (s *splicer) commentsBehind(p *place) []string {
	var comments []string
	for at := s.comment(p.end); at < s.tail(p.end, max(p.indent, 0)); at = s.comment(s.lineNext(at)) {
		comments = append(comments, string(s.text[at:s.lineEnd(at)]))
	}
	return comments
}

// trimSpace returns where the spaces before an offset begin, but not before least.
func (s *splicer) trimSpace(at, least int) int {
	for at > least && (s.text[at-1] == ' ' || s.text[at-1] == '\t' || yamltext.BreakAt(s.text, at-1) > 0) {
		at--
	}
	return at
}

// comment returns where the first comment behind an offset in its line begins, or the end of the line.
func (s *splicer) comment(at int) int {
	end := s.lineEnd(at)
	for ; at < end; at++ {
		s.steps++
		if s.text[at] == '#' && yamltext.SpaceAt(s.text, at-1) > 0 {
			return at
		}
	}
	return end
}

// replaceElement writes an element of a block list, or the value of the document.
func (s *splicer) replaceElement(p *place, edited *yaml.Node) {
	from, before := s.from(p, edited)
	edited = s.withoutTag(p, from, edited)
	style := s.blockStyle(p)
	end := p.end
	if yamlnode.IsCollection(p.node) && !yamlnode.IsFlow(p.node) {
		end = s.tail(p.end, max(p.indent, 0))
	}
	if yamltext.IsInline(edited) {
		text := before + style.Inline(edited)
		if yamlnode.IsImplicitNull(p.node) {
			text = " " + text
		}
		s.change(p, from, end, text)
		return
	}
	below := before != "" || from != p.start && s.line(from) == s.line(p.start)
	if len(s.commentsBehind(p)) > 0 && end == p.end && style.EndsInLiteral(edited) {
		below = true // the comments stay on the line of the dash and below it
	}
	switch {
	case below:
		start := s.trimSpace(from, max(p.start-1, p.mark+1, 0))
		column := 0
		if p.parent != nil {
			column = p.indent + 2
		}
		lines := yamltext.Indented(style.Lines(edited), column)
		s.change(p, start, end, lineAbove(before))
		at := s.tail(end, max(p.indent, 0))
		s.change(p, at, at, s.below(at, lines))
	case yamlnode.IsImplicitNull(p.node):
		lines := yamltext.Indented(style.Lines(edited), s.column(p.mark)+2)
		lines[0] = " " + strings.TrimLeft(lines[0], " ")
		s.change(p, from, end, strings.Join(lines, s.lineBreak(from)))
	default:
		lines := yamltext.Indented(style.Lines(edited), s.column(from))
		lines[0] = strings.TrimLeft(lines[0], " ")
		s.change(p, from, end, strings.Join(lines, s.lineBreak(from)))
	}
}
