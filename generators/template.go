package generators

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/schema"
)

// expand adds the values of the templates to the data, each after the keys it uses.
func expand(in *Input) schema.Findings {
	var findings schema.Findings
	pending := map[string]*template.Template{}
	for _, key := range slices.Sorted(maps.Keys(in.Spec.Data)) {
		source := in.Spec.Data[key].Template
		if source == "" {
			continue
		}
		parsed, err := template.New("template").Option("missingkey=error").Funcs(functions()).Parse(source)
		if err != nil {
			findings.Add(templateField(in, key), "it does not parse: "+parseProblem(err), "write it as Go's text/template")
			continue
		}
		pending[key] = parsed
	}
	if findings.HasErrors() {
		return findings
	}
	for len(pending) > 0 {
		ready := ""
		for _, key := range slices.Sorted(maps.Keys(pending)) {
			if !waits(pending[key], pending) {
				ready = key
				break
			}
		}
		if ready == "" {
			keys := slices.Sorted(maps.Keys(pending))
			findings.Add(templateField(in, keys[0]), "the templates "+strings.Join(keys, ", ")+" use one another", "break the circle")
			return findings
		}
		value, finding := execute(pending[ready], in.Data)
		if finding != nil {
			finding.Field = templateField(in, ready)
			findings = append(findings, *finding)
		}
		in.Data[ready] = value
		delete(pending, ready)
	}
	return findings
}

func templateField(in *Input, key string) string {
	return schema.FieldKey(in.Field+".data", key) + ".template"
}

// waits says whether a template uses a key that is itself a template not yet expanded.
func waits(t *template.Template, pending map[string]*template.Template) bool {
	for _, key := range uses(t.Root) {
		if _, is := pending[key]; is {
			return true
		}
	}
	return false
}

// uses are the keys a template may use: its fields, and every string in it, since `index . "tls.crt"` is one.
func uses(node parse.Node) []string {
	var keys []string
	var walk func(n parse.Node)
	list := func(l *parse.ListNode) {
		if l != nil {
			for _, n := range l.Nodes {
				walk(n)
			}
		}
	}
	branch := func(b parse.BranchNode) {
		walk(b.Pipe)
		list(b.List)
		list(b.ElseList)
	}
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			list(n)
		case *parse.ActionNode:
			walk(n.Pipe)
		case *parse.PipeNode:
			if n != nil {
				for _, c := range n.Cmds {
					walk(c)
				}
			}
		case *parse.CommandNode:
			for _, a := range n.Args {
				walk(a)
			}
		case *parse.ChainNode:
			walk(n.Node)
		case *parse.FieldNode:
			keys = append(keys, n.Ident[0])
		case *parse.VariableNode: // $.key
			if len(n.Ident) > 1 {
				keys = append(keys, n.Ident[1])
			}
		case *parse.StringNode:
			keys = append(keys, n.Text)
		case *parse.IfNode:
			branch(n.BranchNode)
		case *parse.RangeNode:
			branch(n.BranchNode)
		case *parse.WithNode:
			branch(n.BranchNode)
		case *parse.TemplateNode:
			walk(n.Pipe)
		}
	}
	walk(node)
	return keys
}

// execute expands one template. The finding tells where in the template it failed, not what with.
func execute(t *template.Template, data map[string][]byte) ([]byte, *schema.Finding) {
	values := make(map[string]string, len(data))
	for key, value := range data {
		values[key] = string(value)
	}
	out := limited{left: corev1.MaxSecretSize}
	err := t.Execute(&out, values)
	if err == nil {
		return out.Bytes(), nil
	}
	keys := slices.Sorted(maps.Keys(values))
	if m := missingKey.FindStringSubmatch(err.Error()); m != nil {
		return nil, schema.MissingKey("", "being made", m[1], keys)
	}
	var where string
	if m := location.FindStringSubmatch(err.Error()); m != nil {
		where = fmt.Sprintf(" at %s, in %s", m[1], m[2])
	}
	if errors.Is(err, errTooLong) {
		return nil, &schema.Finding{Message: "it expands to more than a Secret holds", Fix: "shorten it"}
	}
	return nil, &schema.Finding{Message: "it fails" + where, Fix: "check the value's form against what the function takes"}
}

var (
	missingKey = regexp.MustCompile(`map has no entry for key "([^"]*)"$`)
	location   = regexp.MustCompile(`^template: template:(\d+:\d+): executing "template" at (<[^>]*>)`)
	parseError = regexp.MustCompile(`^template: template:(\d+): (.*)$`)
)

// parseProblem is what Go says of a template that does not parse: its text comes from the SecretSpec alone.
func parseProblem(err error) string {
	if m := parseError.FindStringSubmatch(err.Error()); m != nil {
		return "line " + m[1] + ": " + m[2]
	}
	return "its syntax is wrong"
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
