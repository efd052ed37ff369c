package templates

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/template"

	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/internal/report"
)

// Input is the data of one Secret, some of which templates make.
type Input struct {
	// Field is the Secret's.
	Field *report.Path
	// Templates are the templates by the keys of the values that they make, and Keys all keys that the SecretSpec gives in
	// data.
	Templates map[string]string
	Keys      []string
	// Data are the values that are no templates. Expand adds the others.
	Data map[string][]byte
	// Checked are the keys of templates whose values the Secret's type checks.
	Checked []string
	// Run is shared by the Secrets of one run.
	Run *Run
}

// Expand adds the values of the templates to the data.
//
// What a template sees as `.` are the keys that are no templates, and those templates that it asks for by name,
// which are expanded before it. So it makes no difference in which order they stand.
//
// It reports whether all went well. What went wrong is told by the Run where it depends on a value.
func (in *Input) Expand(c *report.Collector) bool {
	before := c.Errors()
	e := in.parse(c)
	if c.Errors() > before {
		return false
	}
	e.suspects()
	for key, value := range in.Data {
		e.plain[key] = string(value)
	}
	all := true
	for _, key := range slices.Sorted(maps.Keys(e.templates)) {
		value, ok := e.value(key, nil)
		in.Data[key] = []byte(value)
		all = all && ok
	}
	return all
}

// expansion is the templates of one Secret while they are expanded.
type expansion struct {
	*report.Collector
	in        *Input
	templates map[string]*source
	plain     map[string]any
	results   map[string]result
}

type result struct {
	value string
	ok    bool
}

// Check reports what is wrong with the templates whatever the values are.
func (in *Input) Check(c *report.Collector) { in.parse(c) }

// parse parses every template, and reports what is wrong with them whatever the values are.
func (in *Input) parse(c *report.Collector) *expansion {
	e := &expansion{
		Collector: c, in: in,
		templates: map[string]*source{}, plain: map[string]any{}, results: map[string]result{},
	}
	for _, key := range slices.Sorted(maps.Keys(in.Templates)) {
		e.parse(key, in.Templates[key])
	}
	for key := range e.templates {
		delete(in.Data, key) // which dataFrom may have given: data wins
	}
	known := e.known()
	for _, key := range slices.Sorted(maps.Keys(e.templates)) {
		e.check(key, known)
	}
	e.circles()
	return e
}

func (e *expansion) field(key string) *report.Path {
	return report.Key(e.in.Field.Child("data"), key).Child("template")
}

func (e *expansion) fail(code report.Code, key, message, fix string) {
	e.Error(code, e.field(key), message, fix)
}

func (e *expansion) parse(key, given string) {
	if len(given) > MaxText {
		e.fail(report.TemplateTooLarge, key, "the template itself is larger than a Secret", "shorten it")
		return
	}
	parsed, err := template.New("template").Option("missingkey=error").Funcs(functions()).Parse(given)
	if err != nil {
		message := "its syntax is wrong"
		if m := parseError().FindStringSubmatch(err.Error()); m != nil { // its text comes from the SecretSpec alone
			message = "line " + m[1] + ": " + shortened(m[2])
		}
		e.fail(report.TemplateSyntax, key, message,
			"write it as Go's text/template, with the functions that docs/secretspec.md lists")
		return
	}
	e.templates[key] = instrument(parsed, factsOf(parsed))
}

// keys returns the keys that a template may ask for, sorted.
func (e *expansion) keys() []string {
	return slices.Sorted(maps.Keys(e.known()))
}

func (e *expansion) known() map[string]bool {
	known := map[string]bool{}
	for key := range e.in.Data {
		known[key] = true
	}
	for _, key := range e.in.Keys {
		known[key] = true
	}
	return known
}

// check reports what is wrong with a template whatever the values are. One that uses no value is expanded to see.
func (e *expansion) check(key string, known map[string]bool) {
	t := e.templates[key]
	for _, a := range t.asks {
		if !known[a.name] {
			e.fail(report.TemplateMissingKey, key,
				"there is no key "+strconv.Quote(shortened(a.name))+" at "+a.place(), e.meant(key, a.name))
			return
		}
	}
	if t.closed {
		value, err := e.execute(key, nil)
		if err != nil {
			e.explain(key, err)
		}
		e.results[key] = result{value, err == nil}
		return
	}
	if len(t.never) > 0 {
		a := t.never[0]
		e.fail(report.TemplateFailed, key, shortened(a.name)+" at "+a.place(), "correct the template, which fails always")
	}
	if len(t.endless) > 0 {
		at := t.endless[0].place()
		e.fail(report.TemplateBudget, key, "it takes more than "+strconv.Itoa(MaxSteps)+" steps at "+at, budgetFix)
	}
}

// circles reports templates that use one another whatever the values are.
func (e *expansion) circles() {
	done := map[string]bool{}
	var walk func(key string, path []string)
	walk = func(key string, path []string) {
		if i := slices.Index(path, key); i >= 0 {
			e.circle(slices.Sorted(slices.Values(path[i:])))
			for _, one := range path[i:] {
				done[one] = true
			}
			return
		}
		if done[key] {
			return
		}
		for _, a := range e.templates[key].asks {
			if e.has(a.name) && !done[key] {
				walk(a.name, append(path, key))
			}
		}
		done[key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(e.templates)) {
		walk(key, nil)
	}
}

func (e *expansion) circle(keys []string) {
	if len(keys) == 1 {
		e.fail(report.TemplateCircle, keys[0], "the template uses itself", "break the circle")
		return
	}
	e.fail(report.TemplateCircle, keys[0], "the templates "+report.List(keys)+" use one another", "break the circle")
}

// value expands a template, and before it those it asks for. The path is the templates that wait for this one.
func (e *expansion) value(key string, path []string) (string, bool) {
	if r, known := e.results[key]; known {
		return r.value, r.ok
	}
	value, err := "", error(nil)
	if slices.Contains(path, key) || len(path) > maxDepth {
		err = report.New(report.TemplateCircle, "the template uses itself, or too many others", "break the circle")
	}
	values := maps.Clone(e.plain)
	for err == nil {
		value, err = e.execute(key, values)
		asked, is := asksFor(err)
		if !is || !e.has(asked) || values[asked] != nil {
			break
		}
		part, ok := e.value(asked, append(path, key))
		if !ok {
			e.results[key] = result{}
			return "", false
		}
		values[asked], err = part, nil
	}
	if err != nil {
		e.in.Run.failed = true
		if e.in.Run.Explain {
			e.explain(key, err)
		}
	}
	e.results[key] = result{value, err == nil}
	return value, err == nil
}

func (e *expansion) has(key string) bool { return e.templates[key] != nil }

func (e *expansion) execute(key string, values map[string]any) (string, error) {
	out := limited{left: corev1.MaxSecretSize}
	err := e.templates[key].bind(e.in.Run.take()).Execute(&out, values)
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
	missingField = pattern(`>: map has no entry for key ("[^"]*")$`)
	location     = pattern(`^template: template:(\d+:\d+): executing "(?:[^"\\]|\\.)*" at (<[^>]*>)`)
	parseError   = pattern(`^template: template:(\d+): (.*)$`)
	failsWith    = pattern(`^<fail ("(?:[^"\\]|\\.)*")>$`)
)

// explain reports where a template failed and why, for one that uses no value, or for those who may read the values.
// Even then it quotes nothing but the call that failed, as it is written.
func (e *expansion) explain(key string, err error) {
	at, context := "", ""
	if m := location().FindStringSubmatch(err.Error()); m != nil {
		at, context = " at "+m[1], strings.NewReplacer(reader+" ", "", " | "+printer, "", " | "+reader, "").Replace(m[2])
	}
	const form = "check the value's form against what the function takes"
	var f *report.Finding
	var o overrun
	_, isMissing := asksFor(err)
	literal := failsWith().FindStringSubmatch(context)
	switch {
	case errors.Is(err, errTooLong):
		e.fail(report.TemplateTooLarge, key, "it expands to more than a Secret holds", "shorten it")
	case errors.As(err, &o):
		e.fail(report.TemplateBudget, key, string(o)+at, budgetFix)
	case errors.As(err, &f):
		e.fail(f.Code, key, f.Message+at, f.Fix)
	case isMissing:
		e.fail(report.TemplateMissingKey, key, "a key is not there"+at+", in "+shortened(context),
			"correct the key, or the source")
	case literal != nil:
		text, _ := strconv.Unquote(literal[1])
		e.fail(report.TemplateFailed, key, shortened(text)+at, "correct the source")
	case context != "":
		e.fail(report.TemplateFailed, key, "it fails"+at+", in "+shortened(context), form)
	default:
		e.fail(report.TemplateFailed, key, "it fails", form)
	}
}

const budgetFix = "make the template simpler, or split the Secret"

// meant returns a way out that proposes the key a template may have meant, or lists all there are.
func (e *expansion) meant(key, asked string) string {
	known := slices.DeleteFunc(e.keys(), func(other string) bool { return other == key })
	if len(known) == 0 {
		return "give it in data or dataFrom: the Secret has no other key"
	}
	return report.DidYouMean(asked, known, "the Secret's keys are "+report.List(known))
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
