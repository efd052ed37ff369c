package generators

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/internal/report"
)

// expand adds the values of the templates to the data.
//
// What a template sees as `.` are the keys that are no templates, and those templates that it asks for by name,
// which are expanded before it. So it makes no difference in which order they stand.
func expand(in *Input, c *report.Collector) {
	before := c.Errors()
	e := parseTemplates(in, c)
	if c.Errors() > before {
		return
	}
	for key, value := range in.Data {
		if _, isTemplate := e.templates[key]; !isTemplate {
			e.plain[key] = string(value)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.templates)) {
		if value, ok := e.value(key, nil); ok {
			in.Data[key] = []byte(value)
		}
	}
}

// expansion is the templates of one Secret while they are expanded.
type expansion struct {
	*report.Collector
	in        *Input
	templates map[string]source
	plain     map[string]any
	results   map[string]result
}

// source is a template that parsed, and the names and texts in it, which a finding may quote.
type source struct {
	*template.Template
	words map[string]bool
}

type result struct {
	value string
	ok    bool
}

// parseTemplates parses every template, which needs no values.
func parseTemplates(in *Input, c *report.Collector) *expansion {
	e := &expansion{
		Collector: c, in: in, templates: map[string]source{}, plain: map[string]any{}, results: map[string]result{},
	}
	for _, key := range slices.Sorted(maps.Keys(in.Spec.Data)) {
		if given := in.Spec.Data[key].Template; given != "" {
			e.parse(key, given)
		}
	}
	return e
}

func (e *expansion) fail(code report.Code, key, message, fix string) {
	e.Error(code, report.Key(e.in.Field.Child("data"), key).Child("template"), message, fix)
}

func (e *expansion) parse(key, given string) {
	parsed, err := template.New("template").Option("missingkey=error").Funcs(functions()).Parse(given)
	if err != nil {
		message := "its syntax is wrong"
		if m := parseError().FindStringSubmatch(err.Error()); m != nil { // its text comes from the SecretSpec alone
			message = "line " + m[1] + ": " + m[2]
		}
		e.fail(report.TemplateSyntax, key, message,
			"write it as Go's text/template, with the functions that docs/secretspec.md lists")
		return
	}
	s := source{parsed.Funcs(template.FuncMap{printer: printed}), map[string]bool{}}
	for _, t := range s.Templates() {
		s.prepare(t.Root)
	}
	e.templates[key] = s
}

// printer is the name of [printed] in a template, which is parsed before it can be called.
const printer = "_print"

// prepare collects the words of a template, and has everything it prints go through [printed].
func (s source) prepare(node parse.Node) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				s.prepare(child)
			}
		}
	case *parse.ActionNode:
		s.prepare(n.Pipe)
		if len(n.Pipe.Decl) == 0 {
			call := parse.NewIdentifier(printer).SetPos(n.Pos)
			command := &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{call}}
			n.Pipe.Cmds = append(n.Pipe.Cmds, command)
		}
	case *parse.PipeNode:
		if n != nil {
			for _, command := range n.Cmds {
				for _, argument := range command.Args {
					s.prepare(argument)
				}
			}
		}
	case *parse.ChainNode:
		s.prepare(n.Node)
		s.add(n.Field...)
	case *parse.FieldNode:
		s.add(n.Ident...)
	case *parse.VariableNode:
		s.add(n.Ident[1:]...)
	case *parse.StringNode:
		s.add(n.Text)
	case *parse.IfNode:
		s.branch(n.BranchNode)
	case *parse.RangeNode:
		s.branch(n.BranchNode)
	case *parse.WithNode:
		s.branch(n.BranchNode)
	case *parse.TemplateNode:
		s.prepare(n.Pipe)
	}
}

func (s source) branch(b parse.BranchNode) {
	s.prepare(b.Pipe)
	s.prepare(b.List)
	s.prepare(b.ElseList)
}

func (s source) add(words ...string) {
	for _, word := range words {
		s.words[word] = true
	}
}

// value expands a template, and before it those it asks for. The path is the templates that wait for this one.
func (e *expansion) value(key string, path []string) (string, bool) {
	if r, known := e.results[key]; known {
		return r.value, r.ok
	}
	if i := slices.Index(path, key); i >= 0 {
		e.circle(slices.Sorted(slices.Values(path[i:])))
		return "", false
	}
	values := maps.Clone(e.plain)
	for {
		value, err := e.templates[key].expand(values)
		if asked, is := asksFor(err); is && e.has(asked) && values[asked] == nil {
			part, ok := e.value(asked, append(path, key))
			if !ok {
				e.results[key] = result{}
				return "", false
			}
			values[asked] = part
			continue
		}
		if err != nil {
			e.explain(key, err)
		}
		e.results[key] = result{value, err == nil}
		return value, err == nil
	}
}

func (e *expansion) has(key string) bool {
	_, is := e.templates[key]
	return is
}

func (e *expansion) circle(keys []string) {
	if len(keys) == 1 {
		e.fail(report.TemplateCircle, keys[0], "the template uses itself", "break the circle")
		return
	}
	e.fail(report.TemplateCircle, keys[0], "the templates "+strings.Join(keys, ", ")+" use one another",
		"break the circle")
}

func (s source) expand(values map[string]any) (string, error) {
	out := limited{left: corev1.MaxSecretSize}
	err := s.Execute(&out, values)
	return out.String(), err
}

// asksFor returns the key that a template asked for and did not find, if that is why it failed.
func asksFor(err error) (string, bool) {
	if err == nil {
		return "", false
	}
	var m missing
	if errors.As(err, &m) {
		return string(m), true
	}
	if m := missingField().FindStringSubmatch(err.Error()); m != nil {
		key, err := strconv.Unquote(m[1])
		return key, err == nil
	}
	return "", false
}

var (
	missingField = pattern(`map has no entry for key ("[^"]*")$`)
	location     = pattern(`^template: template:(\d+:\d+): executing "(?:[^"\\]|\\.)*" at (<[^>]*>)`)
	parseError   = pattern(`^template: template:(\d+): (.*)$`)
)

// explain reports where a template failed and why, but not with which value: of Go's own error, only the words that
// the template itself contains are passed on.
func (e *expansion) explain(key string, err error) {
	at, context := "", ""
	if m := location().FindStringSubmatch(err.Error()); m != nil {
		at, context = " at "+m[1], m[2]
	}
	words := e.templates[key].words
	var t *report.Finding
	var f failure
	asked, isMissing := asksFor(err)
	switch {
	case errors.Is(err, errTooLong):
		e.fail(report.TemplateTooLarge, key, "it expands to more than a Secret holds", "shorten it")
	case isMissing && words[asked]:
		e.fail(report.TemplateMissingKey, key, fmt.Sprintf("there is no key %q%s", asked, at), e.meant(key, asked))
	case isMissing:
		e.fail(report.TemplateMissingKey, key, "a key that is made from a value is not there"+at, "correct the source")
	case errors.As(err, &t):
		e.fail(t.Code, key, t.Message+at, t.Fix)
	case errors.As(err, &f) && words[string(f)]:
		e.fail(report.TemplateFailed, key, string(f)+at, "correct the source")
	case context != "":
		e.fail(report.TemplateFailed, key, "it fails"+at+", in "+context,
			"check the value's form against what the function takes")
	default:
		e.fail(report.TemplateFailed, key, "it fails", "check the value's form against what the function takes")
	}
}

// meant returns a way out that proposes the key a template may have meant, or lists all there are.
func (e *expansion) meant(key, asked string) string {
	known := slices.Collect(maps.Keys(e.plain))
	for other := range e.templates {
		if other != key {
			known = append(known, other)
		}
	}
	slices.Sort(known)
	return report.DidYouMean(asked, known, "the Secret's keys are "+strings.Join(known, ", "))
}

var errTooLong = errors.New("too long")

// limited is a buffer that does not outgrow a Secret.
type limited struct {
	bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errTooLong
	}
	return l.Buffer.Write(p)
}
