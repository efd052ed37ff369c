package splice

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
)

// list returns the entries of a map or a list.
func (l *layout) list(p *place) []entry {
	if p.read {
		return p.entries
	}
	p.read = true
	node := p.node
	flow := yamlnode.IsFlow(node)
	cursor, indent := p.body, p.indent
	switch {
	case !flow:
		indent = l.column(p.body)
	case l.has(cursor, "{") || l.has(cursor, "["):
		cursor++
	}
	step := 1
	if node.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i < len(node.Content); i += step {
		cursor = l.trivia(cursor)
		if flow && i > 0 {
			if !l.has(cursor, ",") {
				panic(misplaced{})
			}
			cursor = l.trivia(cursor + 1)
		}
		e := entry{start: cursor}
		if node.Kind == yaml.MappingNode {
			l.pair(p, &e, node.Content[i], node.Content[i+1], indent, flow)
		} else {
			l.element(p, &e, node.Content[i], indent, flow)
		}
		cursor = e.value.end
		p.entries = append(p.entries, e)
	}
	return p.entries
}

func (l *layout) element(p *place, e *entry, node *yaml.Node, indent int, flow bool) {
	if flow {
		e.value = l.place(node, p, e.start, indent, true)
		return
	}
	if !l.has(e.start, "-") || l.column(e.start) != indent {
		panic(misplaced{})
	}
	e.value = l.place(node, p, e.start+1, indent, false)
	e.value.mark = e.start
}

func (l *layout) pair(p *place, e *entry, key, value *yaml.Node, indent int, flow bool) {
	at := e.start
	if l.has(at, "?") && yamltext.SpaceAt(l.text, at+1) > 0 {
		at++
	}
	if !flow && l.column(e.start) != indent {
		panic(misplaced{})
	}
	e.key = l.place(key, p, at, indent, flow)
	colon := l.colon(e.key.end, flow)
	cursor := e.key.end
	if colon >= 0 {
		cursor = colon + 1
	}
	e.value = l.place(value, p, cursor, indent, flow)
	e.value.mark = colon
}
