package splice

import (
	"errors"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// Result is an edited document.
type Result struct {
	// Text is the text of the document after the edit.
	Text []byte
	// Reprinted are the nodes whose text was printed anew though parts of it did not change, such as what an alias
	// stood for. They are nodes of the document that was read.
	Reprinted []*yaml.Node
}

// Edit calls a function with a copy of the document's value, aliases and merge keys written out, and splices what the
// function made of it.
func Edit(d *manifests.Document, edit func(*yaml.Node) error) (Result, error) {
	if d.Node == nil {
		return Result{}, errNoValue
	}
	node := yamlnode.Copy(d.Node)
	if err := edit(node); err != nil {
		return Result{}, err
	}
	return Document(d, node)
}

// Document returns the text of the document changed so that it means what an edited tree does. Nodes that are the same
// pointers in both trees are not looked at. The trees are not changed, and must not be while Splice runs.
func Document(d *manifests.Document, edited *yaml.Node) (Result, error) {
	return splice(d, edited, nil)
}

var (
	errNoValue = errors.New("the document has no value that could be edited")
	errSplice  = errors.New("the edit cannot be written into the text of the document")
)

// splice is Splice with the matches of the elements of a list, if they are known.
func splice(d *manifests.Document, edited *yaml.Node, known *matches) (Result, error) {
	if d.Node == nil {
		return Result{}, errNoValue
	}
	if d.Twice() != nil && known == nil {
		return Result{}, d.Twice()
	}
	if manifests.CheckAliases(edited, len(d.Text)) != nil {
		return Result{}, &manifests.Error{Line: d.Line, Problem: "the YAML aliases of the edited document multiply"}
	}
	means := yamlnode.Meanings{}
	forced := map[*yaml.Node]bool{}
	for quoted := false; ; quoted = true {
		s := &splicer{layout: newLayout(d), means: means, forced: forced, known: known, quoted: quoted}
		if !s.run(edited) {
			if means.Equal(d.Node, edited) {
				return Result{Text: d.Text}, nil
			}
			s.reprintDocument(edited)
			forced[d.Node] = true
		}
		if text := s.result(edited); text != nil {
			return Result{text, s.reprinted}, nil
		}
		if forced[d.Node] && quoted {
			return Result{}, errSplice
		}
		if quoted { // else what is new may only not be a block text
			forced = s.widen()
		}
	}
}

// result returns the edited text, or nil if it does not mean what it should.
func (s *splicer) result(edited *yaml.Node) []byte {
	if len(s.edits) == 0 {
		if s.known == nil && !s.means.Equal(s.doc.Node, edited) {
			return nil
		}
		return s.text
	}
	text := s.apply()
	if s.verified(text, edited) {
		return text
	}
	if text == nil || endsInBreak(s.text) {
		return nil
	}
	// A block text at the end may need a line break to end in.
	if text = append(text, s.lineBreak(len(s.text)-1)...); s.verified(text, edited) {
		return text
	}
	return nil
}

// matches are those of the elements of one list.
type matches struct {
	list    *yaml.Node
	matches []match
}

// splicer collects the edits of one document.
type splicer struct {
	*layout
	means yamlnode.Meanings
	edits []edit
	// now holds for each anchored node that changed what it is now, nil if its text is gone.
	now map[*yaml.Node]*yaml.Node
	// live are the nodes that contain aliases: they can change meaning where their text does not.
	live map[*yaml.Node]bool
	// forced are the nodes to print anew.
	forced    map[*yaml.Node]bool
	known     *matches
	reprinted []*yaml.Node
	// quoted says that new text of several lines is written in quotes: a comment below it could become part of a
	// block text.
	quoted bool
	// targets are what the items and the fields around them are to mean, if the elements' matches are known.
	targets map[*place]*yaml.Node
	// plain are the plain scalars that YAML 1.1 does not take for text, by line and column.
	plain map[[2]int]string
}

// edit replaces text.
type edit struct {
	start, end int
	text       string
	// owner is the node that was edited, and added what was added to it.
	owner *place
	added []yamlnode.Pair
}

// run compares the trees. It reports false if the layout does not know the text.
func (s *splicer) run(edited *yaml.Node) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, lost := r.(misplaced); !lost {
				panic(r)
			}
			s.edits, s.reprinted, ok = nil, nil, false
		}
	}()
	s.now, s.live, s.targets = map[*yaml.Node]*yaml.Node{}, map[*yaml.Node]bool{}, map[*place]*yaml.Node{}
	s.markLive(s.doc.Node)
	s.diff(s.root(), edited)
	return true
}

func (s *splicer) markLive(node *yaml.Node) bool {
	live := node.Kind == yaml.AliasNode
	for _, child := range node.Content {
		live = s.markLive(child) || live
	}
	if live {
		s.live[node] = true
	}
	return live
}

// diff edits the text of a node such that it means what an edited node does.
func (s *splicer) diff(p *place, edited *yaml.Node) {
	before := p.node
	top := s.known != nil && s.isTop(p)
	if !s.live[before] && !s.forced[before] && (before == edited || !top && s.means.Equal(before, edited)) {
		return
	}
	if s.known != nil && s.isTop(p.parent) {
		s.targets[p] = edited
	}
	if before.Anchor != "" {
		s.now[before] = edited
	}
	edited = yamlnode.Resolved(edited)
	switch {
	case before.Kind == yaml.AliasNode:
		if now := s.current(before.Alias); now == nil || !s.means.Equal(now, edited) {
			s.replace(p, edited)
		}
	case s.forced[before] || before.Kind != edited.Kind ||
		before.ShortTag() != edited.ShortTag() && yamlnode.IsCollection(before):
		s.replace(p, edited)
	case before.Kind == yaml.MappingNode:
		s.diffMap(p, edited)
	case before.Kind == yaml.SequenceNode:
		s.diffList(p, edited)
	case !s.means.Equal(before, edited):
		s.diffScalar(p, edited)
	}
}

// current returns what an anchored node is now, or nil if its text is gone.
func (s *splicer) current(anchored *yaml.Node) *yaml.Node {
	if now, changed := s.now[anchored]; changed {
		return now
	}
	return anchored
}

// lose notes that the text of a tree is gone, and its anchors with it.
func (s *splicer) lose(node *yaml.Node) {
	if node.Anchor != "" {
		s.now[node] = nil
	}
	for _, child := range node.Content {
		s.lose(child)
	}
}

func (s *splicer) change(owner *place, start, end int, text string) {
	s.edits = append(s.edits, edit{start: start, end: end, text: text, owner: owner})
}

// diffList edits the elements of a list.
func (s *splicer) diffList(p *place, edited *yaml.Node) {
	entries := s.list(p)
	var found []match
	if s.known != nil && s.known.list == p.node {
		found = s.known.matches
	} else {
		found = align(s.means, p.node.Content, edited.Content)
	}
	kept := make([]bool, len(entries))
	for _, m := range found {
		if m.before >= 0 && m.after >= 0 {
			kept[m.before] = true
		}
	}
	if !slices.Contains(kept, true) {
		s.replace(p, edited)
		s.addedAll(p, edited)
		return
	}
	last := -1
	var added []*yaml.Node
	flush := func() {
		if len(added) > 0 {
			s.insert(p, last, added, nil)
		}
		added = nil
	}
	for _, m := range found {
		switch {
		case m.before < 0:
			added = append(added, edited.Content[m.after])
			continue
		case m.after >= 0:
			flush()
			s.diff(entries[m.before].value, edited.Content[m.after])
			last = m.before
		default:
			s.lose(entries[m.before].value.node)
		}
	}
	flush()
	s.remove(p, kept)
}

// addedAll notes, where a list of items in lines of its own was written anew, that it holds nothing but what was added.
func (s *splicer) addedAll(p *place, edited *yaml.Node) {
	inLines := !p.flow && !yamlnode.IsFlow(p.node) && len(p.node.Content) > 0 && p.start == p.body
	if s.known == nil || s.known.list != p.node || !inLines || len(edited.Content) == 0 || len(s.edits) == 0 {
		return
	}
	last := &s.edits[len(s.edits)-1]
	for _, item := range edited.Content {
		last.added = append(last.added, yamlnode.Pair{Value: item})
	}
}
