package report

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Severity is how grave a Finding is, in the words of the KRM functions specification.
type Severity string

// The severities of a Finding. Only an Error keeps Secrets from being made.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Code names a kind of finding. Codes are stable: scripts and SARIF rules refer to them.
type Code string

// Finding is one thing to tell the author of a SecretSpec. None of its fields ever holds a byte of a decrypted value.
type Finding struct {
	// Code says which kind of finding this is; [Rules] explains each.
	Code Code
	// Severity is Error unless it is set.
	Severity Severity
	// Field is the path of the field to blame, in the SecretSpec: `secrets[0].data.password`. Nil blames none.
	Field *field.Path
	// Place is where the fault is: in the SecretSpec's file, or in the file of the resource that the finding is about.
	Place Place
	// Source is the file of the source to blame, if one is.
	Source string
	// Message is the fact.
	Message string
	// Details are more facts, under a heading: each has a line where people read, and Text has them all in one.
	Heading string
	Details []string
	// Fix is the way out: an imperative sentence without a full stop.
	Fix string
	// Cause is the error behind the finding, for errors.Is and errors.As. It is never printed.
	Cause error
	// InBuild has its line begin with the name of the program: kustomize runs it among others, and does not say which.
	InBuild bool
	// Spec is the SecretSpec that Field belongs to, and SpecFile its file, where they are known.
	Spec     *yaml.ResourceIdentifier
	SpecFile string
}

// New returns an error without a field; whoever knows the field or the source adds it.
func New(code Code, message, fix string) *Finding {
	return &Finding{Code: code, Message: message, Fix: fix}
}

// Wrap returns an error without a field that has a cause.
func Wrap(code Code, cause error, message, fix string) *Finding {
	return &Finding{Code: code, Message: message, Fix: fix, Cause: cause}
}

// In returns a copy of the finding that blames a field.
func (f *Finding) In(at *field.Path) *Finding {
	c := *f
	c.Field = at
	return &c
}

// From returns a copy of the finding that blames a source.
func (f *Finding) From(source string) *Finding {
	c := *f
	c.Source = source
	return &c
}

// WithSeverity returns a copy of the finding with another severity.
func (f *Finding) WithSeverity(severity Severity) *Finding {
	c := *f
	c.Severity = severity
	return &c
}

// IsError reports whether the finding keeps Secrets from being made.
func (f *Finding) IsError() bool { return f.Severity == "" || f.Severity == Error }

// Level returns the severity, which is Error where none is set.
func (f *Finding) Level() Severity {
	if f.Severity == "" {
		return Error
	}
	return f.Severity
}

// Path returns the field as text, or "".
func (f *Finding) Path() string {
	if f.Field == nil {
		return ""
	}
	return Printable(f.Field.String())
}

// Text returns the source to blame, the message and the way out, without the field and the place.
func (f *Finding) Text() string { return f.text(f.Source, true) }

func (f *Finding) text(source string, details bool) string {
	var b strings.Builder
	if source != "" {
		b.WriteString(source + ": ")
	}
	b.WriteString(f.Message)
	if details && len(f.Details) > 0 {
		b.WriteString(". " + f.Heading + " " + strings.Join(f.Details, ", "))
	}
	if f.Fix != "" {
		b.WriteString("; " + f.Fix)
	}
	return Printable(b.String())
}

// Error returns the field and the text.
func (f *Finding) Error() string { return f.withField(f.Text()) }

func (f *Finding) withField(text string) string {
	if path := f.Path(); path != "" {
		return path + ": " + text
	}
	return text
}

// Unwrap returns the cause.
func (f *Finding) Unwrap() error { return f.Cause }

// Lines returns the finding for people: its Line, and below it, indented, the heading of its details and each of them.
func (f *Finding) Lines() string {
	line := f.line(false) + "\n"
	if len(f.Details) == 0 {
		return line
	}
	line += "  " + Printable(f.Heading) + ":\n"
	for _, detail := range f.Details {
		line += "  - " + Printable(detail) + "\n"
	}
	return line
}

// Line returns the finding in one line, in the form that editors and CI understand:
// `file:line:column: severity: field: message; way out`. Where no file is known, the SecretSpec is named instead; where
// the place is in a source, the SecretSpec is named before the field.
func (f *Finding) Line() string { return f.line(true) }

func (f *Finding) line(details bool) string {
	line := f.placed(details)
	if f.InBuild && !strings.HasPrefix(line, program+": ") {
		return program + ": " + line
	}
	return line
}

// program begins a line that names no file, or is one among those of other programs.
const program = "secretwright"

func (f *Finding) placed(details bool) string {
	where := program
	switch place := f.Place.String(); {
	case place != "" && f.Source != "" && f.Place.File == f.Source:
		parts := []string{place, string(f.Level()), f.specName(), f.Path(), f.text("", details)}
		return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ": ")
	case place != "":
		where = place
	case f.Spec != nil:
		where += ": " + f.specName()
	}
	return where + ": " + string(f.Level()) + ": " + f.withField(f.text(f.Source, details))
}

// specName returns the kind and name of the SecretSpec, or "".
func (f *Finding) specName() string {
	if f.Spec == nil {
		return ""
	}
	return Printable(strings.TrimSpace(f.Spec.Kind + " " + f.Spec.Name))
}

// IsAbout reports whether the finding is about one of the fields below a path, or what is in it.
func (f *Finding) IsAbout(at *Path, fields ...string) bool {
	return slices.ContainsFunc(fields, func(name string) bool {
		rest, is := strings.CutPrefix(f.Path(), at.Child(name).String())
		return is && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}
