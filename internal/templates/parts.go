package templates

import (
	"slices"
	"text/template/parse"
)

// part is a text, or a value of the Secret's data that is written out in a form that no value can make fail.
type part struct {
	key string // or "" for a text
	// bytes is how many it has at most, beside factor for each byte of the value.
	bytes, factor int
}

// steady are the functions that take any text as their last argument, and write at most so many bytes for each of its.
var steady = map[string]int{
	"b32enc": 2, "b64enc": 2, "html": 6, "js": 6, "lower": 3, "nospace": 1, "quote": 4, "sha1sum": 1, "sha256sum": 1,
	"sha512sum": 1, "squote": 1, "toJson": 6, "toString": 1, "trim": 1, "trimAll": 1, "trimPrefix": 1, "trimSuffix": 1,
	"upper": 3, "urlquery": 3,
}

// steadyBytes is what a steady function writes beside: quotes, padding, a hash.
const steadyBytes = 256

// partsOf takes a template apart that is a row of texts and values: `postgres://{{ .user }}:{{ .password | urlquery
// }}@db`. It reports whether the template is one. Only its length can make such a template fail.
func partsOf(list *parse.ListNode) ([]part, bool) {
	var parts []part
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			parts = append(parts, part{bytes: len(n.Text)})
		case *parse.CommentNode:
		case *parse.ActionNode:
			one, ok := partOf(n.Pipe)
			if !ok {
				return nil, false
			}
			parts = append(parts, one)
		default:
			return nil, false
		}
	}
	return parts, true
}

func partOf(pipe *parse.PipeNode) (part, bool) {
	if len(pipe.Decl) > 0 {
		return part{}, false
	}
	one, ok := first(pipe.Cmds[0])
	for _, cmd := range pipe.Cmds[1:] {
		ok = ok && one.through(cmd.Args)
	}
	return one, ok
}

// first returns the value that a pipeline begins with.
func first(cmd *parse.CommandNode) (part, bool) {
	switch n := cmd.Args[0].(type) {
	case *parse.FieldNode:
		return part{key: n.Ident[0], factor: 1}, len(n.Ident) == 1 && len(cmd.Args) == 1
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) == 2 && len(cmd.Args) == 1 {
			return part{key: n.Ident[1], factor: 1}, true
		}
	case *parse.PipeNode:
		if len(cmd.Args) == 1 {
			return partOf(n)
		}
	case *parse.IdentifierNode:
		if keys := keysOf(n.Ident, cmd.Args[1:]); len(keys) == 1 && len(cmd.Args) == 3 && n.Ident != "pick" {
			return part{key: keys[0], factor: 1}, true
		}
		last := len(cmd.Args) - 1
		if last == 0 {
			return part{}, false
		}
		one, ok := first(&parse.CommandNode{Args: cmd.Args[last:]})
		return one, ok && one.through(cmd.Args[:last])
	}
	return part{}, false
}

// through puts a part through a function, and reports whether that cannot fail.
func (p *part) through(args []parse.Node) bool {
	identifier, is := args[0].(*parse.IdentifierNode)
	if !is {
		return false
	}
	factor, known := steady[identifier.Ident]
	takes := 0
	if slices.Contains([]string{"trimAll", "trimPrefix", "trimSuffix"}, identifier.Ident) {
		takes = 1
	}
	if !known || len(args) != 1+takes {
		return false
	}
	for _, arg := range args[1:] {
		if _, literal := arg.(*parse.StringNode); !literal {
			return false
		}
	}
	p.factor *= factor
	p.bytes = p.bytes*factor + steadyBytes
	return p.factor < 1<<16
}

// most returns how many bytes a template comes to at most, where no value can make it fail. The path is the templates
// that wait for this one.
func (e *expansion) most(key string, path []string) (int, bool) {
	t := e.templates[key]
	if !t.total || slices.Contains(path, key) || len(path) > maxDepth {
		return 0, false
	}
	bytes := 0
	for _, p := range t.parts {
		bytes += p.bytes
		if p.key == "" {
			continue
		}
		size := 0
		if e.has(p.key) {
			var sure bool
			if size, sure = e.most(p.key, append(path, key)); !sure {
				return 0, false
			}
		} else {
			size = len(e.in.Data[p.key])
		}
		if bytes += p.factor * size; bytes > maxIntermediate {
			return 0, false
		}
	}
	return bytes, true
}
