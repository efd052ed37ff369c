package templates

import (
	"strconv"
	"text/template"
	"text/template/parse"
)

// The functions that are put into a template once it has parsed, so that no template can call them.
const (
	printer = "_print" // [printed], at the end of each action that prints
	stepper = "_step"  // [budget.step], in each round of a range
	opener  = "_enter" // [budget.enter], at the beginning of each template
	closer  = "_leave" // [budget.leave], at its end
	reader  = "_read"  // [budget.read], around what is compared
)

// comparisons are Go's own functions that read all of their arguments. They have no form that the budget can be put
// around, so it is put around the arguments.
var comparisons = map[string]bool{"eq": true, "ne": true, "lt": true, "le": true, "gt": true, "ge": true}

// source is a template that parsed and that counts what it takes.
type source struct {
	*template.Template
	facts
	// calls are the functions it uses.
	calls map[string]bool
}

// instrument has a template count its steps, take what its functions read and write from a budget, and print through
// [printed]. text/template has no bounds of its own, and no hook for any.
func instrument(parsed *template.Template, f facts) *source {
	s := &source{parsed, f, map[string]bool{}}
	for _, t := range s.Templates() {
		if t.Tree == nil || t.Root == nil {
			continue
		}
		n := s.list(t.Root)
		nodes := append([]parse.Node{call(t.Root.Pos, opener, n)}, t.Root.Nodes...)
		t.Root.Nodes = append(nodes, call(t.Root.Pos, closer))
	}
	return s
}

// bind returns the template with functions that draw on a budget. It may be bound again.
func (s *source) bind(b *budget) *template.Template {
	bound := template.FuncMap{
		printer: printed, stepper: b.step, opener: b.enter, closer: b.leave, reader: b.read,
	}
	all := functions()
	for name := range s.calls {
		if function := all[name]; function != nil {
			bound[name] = b.bound(name, function)
		}
	}
	return s.Funcs(bound)
}

// call returns an action that calls a function of the budget, with numbers.
func call(at parse.Pos, name string, numbers ...int) parse.Node {
	args := []parse.Node{parse.NewIdentifier(name).SetPos(at)}
	for _, n := range numbers {
		args = append(args, &parse.NumberNode{
			NodeType: parse.NodeNumber, Pos: at, IsInt: true, Int64: int64(n), Text: strconv.Itoa(n),
		})
	}
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: at, Pipe: pipeOf(at, args...)}
}

func pipeOf(at parse.Pos, args ...parse.Node) *parse.PipeNode {
	return &parse.PipeNode{NodeType: parse.NodePipe, Pos: at, Cmds: []*parse.CommandNode{commandOf(at, args...)}}
}

func commandOf(at parse.Pos, args ...parse.Node) *parse.CommandNode {
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: at, Args: args}
}

// list instruments the nodes of a list, and returns how many steps they take at most, without the rounds of ranges.
func (s *source) list(list *parse.ListNode) int {
	if list == nil {
		return 0
	}
	n := 1
	for _, node := range list.Nodes {
		n += s.node(node)
	}
	return n
}

func (s *source) node(node parse.Node) int {
	switch n := node.(type) {
	case *parse.ActionNode:
		steps := s.pipe(n.Pipe)
		if len(n.Pipe.Decl) == 0 {
			n.Pipe.Cmds = append(n.Pipe.Cmds, commandOf(n.Pos, parse.NewIdentifier(printer).SetPos(n.Pos)))
		}
		return steps + 1
	case *parse.IfNode:
		return s.branch(n.BranchNode)
	case *parse.WithNode:
		return s.branch(n.BranchNode)
	case *parse.RangeNode:
		steps := s.pipe(n.Pipe) + s.list(n.ElseList)
		round := s.list(n.List)
		n.List.Nodes = append([]parse.Node{call(n.Pos, stepper, round)}, n.List.Nodes...)
		return steps
	case *parse.TemplateNode:
		return s.pipe(n.Pipe) + 1
	}
	return 1
}

func (s *source) branch(b parse.BranchNode) int {
	return s.pipe(b.Pipe) + s.list(b.List) + s.list(b.ElseList)
}

func (s *source) pipe(pipe *parse.PipeNode) int {
	if pipe == nil {
		return 0
	}
	n := 1
	var cmds []*parse.CommandNode
	for i, cmd := range pipe.Cmds {
		n++
		name := ""
		if identifier, is := cmd.Args[0].(*parse.IdentifierNode); is {
			name = identifier.Ident
			s.calls[name] = true
		}
		for j, arg := range cmd.Args {
			n += s.argument(arg)
			if j > 0 && comparisons[name] && readable(arg) {
				cmd.Args[j] = pipeOf(arg.Position(), parse.NewIdentifier(reader).SetPos(arg.Position()), arg)
			}
		}
		if i > 0 && comparisons[name] {
			cmds = append(cmds, commandOf(cmd.Pos, parse.NewIdentifier(reader).SetPos(cmd.Pos)))
		}
		cmds = append(cmds, cmd)
	}
	pipe.Cmds = cmds
	return n
}

// readable reports whether an argument may be large: whatever is not written out in the template.
func readable(arg parse.Node) bool {
	switch arg.(type) {
	case *parse.FieldNode, *parse.VariableNode, *parse.ChainNode, *parse.PipeNode, *parse.DotNode:
		return true
	}
	return false
}

func (s *source) argument(arg parse.Node) int {
	switch n := arg.(type) {
	case *parse.PipeNode:
		return s.pipe(n)
	case *parse.ChainNode:
		return 1 + s.argument(n.Node)
	case *parse.IdentifierNode:
		s.calls[n.Ident] = true
	}
	return 1
}
