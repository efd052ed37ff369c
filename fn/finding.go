package fn

import (
	"io"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// Finding is one thing to tell the author of a SecretSpec: code, field, place, message and way out.
type Finding = report.Finding

// The severities of a Finding.
const (
	Error   = report.Error
	Warning = report.Warning
	Info    = report.Info
)

// resultOf returns a finding as a result, in the form of the KRM functions specification: about the SecretSpec, since the
// field is one of its own. Tags are the code, and the place where that says more than the file.
func resultOf(f *Finding) *yaml.Node {
	result := fields("message", f.Text(), "severity", string(f.Level()))
	add := func(name string, value *yaml.Node) {
		if len(value.Content) > 0 {
			result.Content = append(result.Content, yamlnode.Text(name), value)
		}
	}
	if r := f.Spec; r != nil {
		add("resourceRef", fields("apiVersion", report.Printable(r.APIVersion), "kind", report.Printable(r.Kind),
			"name", report.Printable(r.Name), "namespace", report.Printable(r.Namespace)))
	}
	add("field", fields("path", f.Path()))
	add("file", fields("path", report.Printable(f.SpecFile)))
	place := f.Place.String()
	if place == report.FileName(f.SpecFile) {
		place = ""
	}
	add("tags", fields("code", string(f.Code), "place", place))
	return result
}

// fields returns a map of names and texts, without those that are empty.
func fields(texts ...string) *yaml.Node {
	node := yamlnode.Map()
	for i := 0; i < len(texts); i += 2 {
		if texts[i+1] != "" {
			node.Content = append(node.Content, yamlnode.Text(texts[i]), yamlnode.Text(texts[i+1]))
		}
	}
	return node
}

// resultsNode appends findings to the results that a function before this one left.
func resultsNode(before *yaml.Node, findings []*Finding) *yaml.Node {
	node := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	if before != nil && before.Kind == yaml.SequenceNode {
		node.Content = slices.Clone(before.Content)
	}
	for _, f := range findings {
		node.Content = append(node.Content, resultOf(f))
	}
	return node
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
