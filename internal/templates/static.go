package templates

import (
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
)

// facts are what the text of a template tells, whatever the values are.
type facts struct {
	// closed reports whether the template uses no value: it comes to the same always.
	closed bool
	// asks are the keys it asks for by name whatever the values are, and where.
	asks []asked
	// never holds the places where it fails whatever the values are, with its own words.
	never []asked
	// endless holds ranges over more numbers than there are steps.
	endless []asked
	// may are the keys that it may ask for, and says the words it may fail with.
	may, says []string
	// parts are what it is made of, if it is but a row of texts and values that cannot fail: see [partsOf].
	parts []part
	total bool
}

// asked is a name or a text in a template, and the node that has it.
type asked struct {
	name string
	tree *parse.Tree
	node parse.Node
}

// place returns the line and column of what is asked. It reads the template from its start: a long one asks often.
func (a asked) place() string {
	location, _ := a.tree.ErrorContext(a.node)
	return strings.TrimPrefix(location, a.tree.ParseName+":")
}

// factsOf reads a template before it is instrumented.
func factsOf(t *template.Template) facts {
	f := facts{closed: true}
	if t.Tree == nil || t.Root == nil {
		return f
	}
	w := walker{facts: &f, all: t, tree: t.Tree, seen: map[string]bool{}}
	w.always(t.Root, true)
	f.closed = !isOpen(t, t.Root, view{t.Name(), true, true}, map[view]bool{})
	w.mentions(t)
	f.parts, f.total = partsOf(t.Root)
	return f
}

// walker collects what a template does whatever the values are: what is outside of if, with, range, and the later
// arguments of and and or.
type walker struct {
	*facts
	all  *template.Template
	tree *parse.Tree
	seen map[string]bool // templates it is in
}

// always walks a list that is executed with certainty. Root reports whether its dot is the Secret's data.
func (w walker) always(list *parse.ListNode, root bool) {
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			w.pipe(n.Pipe, root)
		case *parse.IfNode:
			w.pipe(n.Pipe, root)
		case *parse.WithNode:
			w.pipe(n.Pipe, root)
		case *parse.RangeNode:
			w.pipe(n.Pipe, root)
			w.rounds(n)
		case *parse.TemplateNode:
			w.pipe(n.Pipe, root)
			w.enter(n, root)
		}
	}
}

func (w walker) rounds(n *parse.RangeNode) {
	if len(n.Pipe.Cmds) != 1 || len(n.Pipe.Cmds[0].Args) != 1 {
		return
	}
	if number, is := n.Pipe.Cmds[0].Args[0].(*parse.NumberNode); is && number.IsInt && number.Int64 > MaxSteps {
		w.endless = append(w.endless, asked{number.Text, w.tree, n})
	}
}

// enter walks a template that is called with the Secret's data.
func (w walker) enter(n *parse.TemplateNode, root bool) {
	called := w.all.Lookup(n.Name)
	if !root || !isData(n.Pipe) || called == nil || called.Tree == nil || called.Root == nil || w.seen[n.Name] {
		return
	}
	w.seen[n.Name] = true
	w.tree = called.Tree
	w.always(called.Root, true)
}

// isData reports whether a pipeline is `.` or `$` alone.
func isData(pipe *parse.PipeNode) bool {
	return pipe != nil && len(pipe.Decl) == 0 && len(pipe.Cmds) == 1 && len(pipe.Cmds[0].Args) == 1 &&
		isDot(pipe.Cmds[0].Args[0])
}

func isDot(node parse.Node) bool {
	switch n := node.(type) {
	case *parse.DotNode:
		return true
	case *parse.VariableNode:
		return len(n.Ident) == 1 && n.Ident[0] == "$"
	}
	return false
}

func (w walker) pipe(pipe *parse.PipeNode, root bool) {
	if pipe == nil {
		return
	}
	for _, cmd := range pipe.Cmds {
		args := cmd.Args
		if identifier, is := args[0].(*parse.IdentifierNode); is {
			w.named(identifier, args[1:], root)
			if identifier.Ident == "and" || identifier.Ident == "or" {
				args = args[:min(2, len(args))]
			}
		}
		for _, arg := range args {
			w.argument(arg, root)
		}
	}
}

func (w walker) argument(arg parse.Node, root bool) {
	switch n := arg.(type) {
	case *parse.FieldNode:
		if root {
			w.asks = append(w.asks, asked{n.Ident[0], w.tree, n})
		}
	case *parse.VariableNode:
		if root && n.Ident[0] == "$" && len(n.Ident) > 1 {
			w.asks = append(w.asks, asked{n.Ident[1], w.tree, n})
		}
	case *parse.ChainNode:
		w.argument(n.Node, root)
	case *parse.PipeNode:
		w.pipe(n, root)
	}
}

// named notes the keys that a function is asked for by name, and what a template says when it fails.
func (w walker) named(function *parse.IdentifierNode, args []parse.Node, root bool) {
	if function.Ident == "fail" && len(args) == 1 {
		if text, is := args[0].(*parse.StringNode); is {
			w.never = append(w.never, asked{text.Text, w.tree, function})
		}
	}
	if root {
		for _, key := range keysOf(function.Ident, args) {
			w.asks = append(w.asks, asked{key, w.tree, function})
		}
	}
}

// keysOf returns the keys that index, get and pick take from the Secret's data, where they are written out.
func keysOf(function string, args []parse.Node) []string {
	if len(args) < 2 || !isDot(args[0]) || !slices.Contains([]string{"index", "get", "pick"}, function) {
		return nil
	}
	names := args[1:]
	if function != "pick" {
		names = names[:1]
	}
	var keys []string
	for _, name := range names {
		if text, is := name.(*parse.StringNode); is {
			keys = append(keys, text.Text)
		}
	}
	return keys
}

// mentions notes the keys and texts that occur anywhere.
func (w walker) mentions(t *template.Template) {
	for _, one := range t.Templates() {
		if one.Tree == nil || one.Root == nil {
			continue
		}
		visit(one.Root, func(node parse.Node) {
			switch n := node.(type) {
			case *parse.FieldNode:
				w.may = append(w.may, n.Ident[0])
			case *parse.VariableNode:
				if n.Ident[0] == "$" && len(n.Ident) > 1 {
					w.may = append(w.may, n.Ident[1])
				}
			case *parse.CommandNode:
				w.mentionsIn(n)
			}
		})
	}
	slices.Sort(w.may)
	w.may = slices.Compact(w.may)
	slices.Sort(w.says)
	w.says = slices.Compact(w.says)
}

// mentionsIn notes the keys and texts of a call.
func (w walker) mentionsIn(call *parse.CommandNode) {
	identifier, is := call.Args[0].(*parse.IdentifierNode)
	if !is {
		return
	}
	w.may = append(w.may, keysOf(identifier.Ident, call.Args[1:])...)
	if text, literal := call.Args[len(call.Args)-1].(*parse.StringNode); literal && identifier.Ident == "fail" {
		w.says = append(w.says, text.Text)
	}
}

// children returns the nodes right below a node.
func children(node parse.Node) []parse.Node {
	var below []parse.Node
	branch := func(b parse.BranchNode) {
		below = append(below, b.Pipe, b.List)
		if b.ElseList != nil {
			below = append(below, b.ElseList)
		}
	}
	switch n := node.(type) {
	case *parse.ListNode:
		return n.Nodes
	case *parse.ActionNode:
		return []parse.Node{n.Pipe}
	case *parse.PipeNode:
		for _, cmd := range n.Cmds {
			below = append(below, cmd)
		}
	case *parse.CommandNode:
		return n.Args
	case *parse.ChainNode:
		return []parse.Node{n.Node}
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.WithNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			return []parse.Node{n.Pipe}
		}
	}
	return below
}

// visit visits a node and all below it.
func visit(node parse.Node, each func(parse.Node)) {
	each(node)
	for _, child := range children(node) {
		visit(child, each)
	}
}

// view is a template, and whether its `.` and its `$` are made of values.
type view struct {
	name        string
	dot, dollar bool
}

// isOpen reports whether a node uses a value. What it is in is in view.
func isOpen(all *template.Template, node parse.Node, in view, seen map[view]bool) bool {
	switch n := node.(type) {
	case *parse.DotNode, *parse.FieldNode:
		return in.dot
	case *parse.VariableNode:
		return in.dollar && n.Ident[0] == "$"
	case *parse.RangeNode:
		return isOpenBranch(all, n.BranchNode, in, seen)
	case *parse.WithNode:
		return isOpenBranch(all, n.BranchNode, in, seen)
	case *parse.TemplateNode:
		return isOpenCall(all, n, in, seen)
	}
	return slices.ContainsFunc(children(node), func(n parse.Node) bool { return isOpen(all, n, in, seen) })
}

// isOpenBranch is isOpen for range and with, whose dot is what their pipeline comes to.
func isOpenBranch(all *template.Template, b parse.BranchNode, in view, seen map[view]bool) bool {
	return isOpen(all, b.Pipe, in, seen) ||
		isOpen(all, b.List, view{in.name, false, in.dollar}, seen) ||
		b.ElseList != nil && isOpen(all, b.ElseList, in, seen)
}

// isOpenCall is isOpen for the call of a template, which may be given the values and use none.
func isOpenCall(all *template.Template, n *parse.TemplateNode, in view, seen map[view]bool) bool {
	inner := view{name: n.Name}
	switch {
	case isData(n.Pipe):
		_, isDollar := n.Pipe.Cmds[0].Args[0].(*parse.VariableNode)
		given := in.dot && !isDollar || in.dollar && isDollar
		inner.dot, inner.dollar = given, given
	case n.Pipe != nil && isOpen(all, n.Pipe, in, seen):
		return true
	}
	called := all.Lookup(n.Name)
	if seen[inner] || called == nil || called.Tree == nil || called.Root == nil {
		return false
	}
	seen[inner] = true
	return isOpen(all, called.Root, inner, seen)
}
