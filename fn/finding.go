package fn

import (
	"io"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// Finding is one thing to tell the author of a SecretSpec: code, field, place, message and way out.
type Finding = report.Finding

// The severities of a Finding.
const (
	Error   = report.Error
	Warning = report.Warning
	Info    = report.Info
)

// result is a finding in the form of the KRM functions specification (kyaml's fn/framework has the same type, and brings
// its templates and schemas into every start).
type result struct {
	Message     string            `yaml:"message"`
	Severity    string            `yaml:"severity"`
	ResourceRef *resourceRef      `yaml:"resourceRef,omitempty"`
	Field       *resultField      `yaml:"field,omitempty"`
	File        *resultFile       `yaml:"file,omitempty"`
	Tags        map[string]string `yaml:"tags,omitempty"`
}

type resourceRef struct {
	APIVersion string `yaml:"apiVersion,omitempty"`
	Kind       string `yaml:"kind,omitempty"`
	Name       string `yaml:"name,omitempty"`
	Namespace  string `yaml:"namespace,omitempty"`
}

type resultField struct {
	Path string `yaml:"path"`
}

type resultFile struct {
	Path string `yaml:"path"`
}

// resultOf returns a finding as a result: about the SecretSpec, since the field is one of its own. Tags are the code, and the
// place where that says more than the file.
func resultOf(f *Finding) result {
	out := result{Message: f.Text(), Severity: string(f.Level()), Tags: map[string]string{"code": string(f.Code)}}
	if r := f.Spec; r != nil {
		out.ResourceRef = &resourceRef{report.Printable(r.APIVersion), report.Printable(r.Kind), report.Printable(r.Name), report.Printable(r.Namespace)}
	}
	if path := f.Path(); path != "" {
		out.Field = &resultField{path}
	}
	if f.SpecFile != "" {
		out.File = &resultFile{report.Printable(f.SpecFile)}
	}
	if place := f.Place.String(); place != report.FileName(f.SpecFile) {
		out.Tags["place"] = place
	}
	return out
}

// resultsNode appends findings to the results that a function before this one left.
func resultsNode(before *yaml.Node, findings []*Finding) (*yaml.Node, error) {
	var results []result
	for _, f := range findings {
		results = append(results, resultOf(f))
	}
	out, err := yaml.Marshal(results)
	if err != nil {
		return nil, err
	}
	parsed, err := yaml.Parse(string(out))
	if err != nil {
		return nil, err
	}
	node := parsed.YNode()
	if before != nil && before.Kind == yaml.SequenceNode {
		node.Content = append(slices.Clone(before.Content), node.Content...)
	}
	return node, nil
}

// Print writes findings for people, a line each: `file:line:column: severity: field: message; way out`. Details follow in
// indented lines, once where several findings have the same.
func Print(w io.Writer, findings []*Finding) error {
	said := map[string]bool{}
	for _, f := range findings {
		lines := f.Lines()
		line, details, _ := strings.Cut(lines, "\n")
		if said[details] {
			lines = line + "\n"
		}
		said[details] = true
		if _, err := io.WriteString(w, lines); err != nil {
			return err
		}
	}
	return nil
}
