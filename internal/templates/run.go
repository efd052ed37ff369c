package templates

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
)

// Run is what the templates of one run share: how much they may take together, and what is told of those that
// fail.
//
// Whoever writes a template writes a program that reads secret values, and whoever reads the findings of a run, in the
// log of a pipeline for example, need not be somebody who may read them. So no finding may depend on a value by more
// than the one bit that cannot be hidden: whether the run failed. A template can fail on purpose, in one of many
// branches, in one of many templates, in one of many Secrets, or make a value that fails the check of its type; had
// each of these a finding of its own, a single run could spell a password. Therefore:
//
//   - What fails whatever the values are (syntax, a key that is not there, a circle, a template that uses no value) is
//     told with its place, with or without keys.
//   - All else that fails is one finding of the run, the same whichever template failed and why. It names the templates
//     that some value could make fail, and the words and keys written in them, which is mostly the one that did.
//   - Where a template makes a value that is checked (a certificate, a private key, a token), what the check finds is a
//     failure of that kind too, and its warnings are left out, which a note says.
//   - A key that picks an element of a list by its value is a guess at that value. Where one finds nothing, all of them
//     are one finding of the run, too.
//   - Explain is for those who may read the values.
type Run struct {
	// Explain has each failure told by itself, with its place. It tells something of the values.
	Explain bool

	budget   *budget
	suspects []suspect
	failed   bool
	unchosen []*field.Path
}

// suspect is a field that some value could make fail, and what its template says of that.
type suspect struct {
	field *field.Path
	hint  string
}

// take returns the budget of one more template.
func (r *Run) take() *budget {
	if r.budget == nil {
		r.budget = newBudget(PerRun)
	}
	return r.budget.template()
}

func (r *Run) suspect(at *field.Path, hint string) {
	r.suspects = append(r.suspects, suspect{at, hint})
}

// suspects notes all that some value could make fail in one Secret, which must not depend on the values themselves.
func (e *expansion) suspects() {
	total, before := 0, len(e.in.Run.suspects)
	for _, value := range e.in.Data {
		total += len(value)
	}
	checked := e.in.Checked
	for _, key := range slices.Sorted(maps.Keys(e.templates)) {
		t := e.templates[key]
		size, sure := e.most(key, nil)
		if t.closed {
			size, sure = len(e.results[key].value), true
		}
		total += size
		if !sure || size > corev1.MaxSecretSize || slices.Contains(checked, key) {
			e.in.Run.suspect(e.field(key), t.hint(e.keys()))
		}
	}
	if len(e.in.Run.suspects) == before && total > corev1.MaxSecretSize {
		e.in.Run.suspect(e.in.Field, "")
	}
	if len(checked) > 0 && !e.in.Run.Explain {
		e.Info(report.TemplateUntold, e.in.Field,
			report.List(checked)+" is made by a template, so nothing is told of its value but whether it is accepted",
			"take it from a source for more, or run `secretwright render --explain` where nobody else reads the output")
	}
}

// Unchosen records that one of the fields has a key that should pick an element of a list by its value, and does not.
func (r *Run) Unchosen(fields []*field.Path) {
	r.failed, r.unchosen = true, append(r.unchosen, fields...)
}

// Failed reports whether a template failed, or made a value that did, or a key picked no element.
func (r *Run) Failed() bool { return r.failed }

// Tell passes findings about values on, unless some of these come from templates: then an error is a failure like any
// other, and the rest is left out. It reports whether there was no such failure.
func (r *Run) Tell(findings []*report.Finding, templates bool, c *report.Collector) bool {
	ok := true
	for _, f := range findings {
		switch {
		case !templates || r.Explain:
			c.Add(f)
		case f.IsError():
			r.failed, ok = true, false
		}
	}
	return ok
}

// explainFix says how to learn more.
const explainFix = "check the form of the values; " +
	"where nobody else reads the output, `secretwright render --explain` says where it fails"

// Report adds the finding that a template failed, if one did. It is the same whichever did.
func (r *Run) Report(c *report.Collector) {
	switch {
	case !r.failed || r.Explain:
		return
	case len(r.unchosen) == 1:
		c.Error(report.NoSuchPath, r.unchosen[0], "its key finds nothing, or more than one value", unchosenFix)
		return
	case len(r.unchosen) > 1:
		c.Error(report.NoSuchPath, report.Field("secrets"),
			"a key with [name=value] finds nothing, or more than one value: that of one of "+listed(r.unchosen), unchosenFix)
		return
	}
	if len(r.suspects) == 1 {
		only := r.suspects[0]
		c.Error(report.TemplateFailed, only.field, "it fails on the values it gets, or makes too much of them"+only.hint,
			explainFix)
		return
	}
	message := "a template fails on the values it gets, or makes too much of them"
	var fields []*field.Path
	for _, s := range r.suspects {
		fields = append(fields, s.field)
	}
	if len(fields) > 0 {
		message += ", one of " + listed(fields)
	}
	c.Error(report.TemplateFailed, report.Field("secrets"), message, explainFix)
}

func listed(fields []*field.Path) string {
	var names []string
	for _, f := range fields {
		names = append(names, f.String())
	}
	return report.List(names)
}

// unchosenFix says how to learn more of a key that finds nothing.
const unchosenFix = "compare it with the document, decrypted; " +
	"where nobody else reads the output, `secretwright render --explain` says which key it is"

// ReportAnonymously does what Report does, but names no field. It is for a run over several SecretSpecs, of which each
// may change what the next one finds.
func (r *Run) ReportAnonymously(c *report.Collector) {
	if r.failed && !r.Explain {
		c.Error(report.TemplateFailed, nil,
			"a template of one of the SecretSpecs fails on the values it gets, or makes too much of them, or a key with "+
				"[name=value] finds nothing",
			"render them one by one; where nobody else reads the output, `secretwright render --explain` says where it fails")
	}
}

// hint returns what a template itself says of how it may fail, which is the same whatever the values are.
func (f facts) hint(known []string) string {
	var hints []string
	for _, says := range f.says {
		hints = append(hints, fmt.Sprintf("%q", shortened(says)))
	}
	out := ""
	if len(hints) > 0 {
		out = "; its own words for that are " + report.List(hints)
	}
	for _, key := range f.may {
		near := report.Nearest(key, known)
		if near != "" && near != key && !slices.Contains(known, key) {
			out += fmt.Sprintf("; it asks for %q, where %q may be meant", shortened(key), near)
			break
		}
	}
	return out
}

// shortened returns the beginning of a text of a template, which is enough to find it by.
func shortened(text string) string {
	if len(text) > maxQuoted {
		return strings.ToValidUTF8(text[:maxQuoted], "") + "..."
	}
	return text
}

// maxQuoted is how many bytes of a template a finding quotes.
const maxQuoted = 120
