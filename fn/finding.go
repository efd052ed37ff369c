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

// resultOf returns a finding as a result, in the form of the KRM functions specification: about the SecretSpec, since
// the field is one of its own. Tags are the code, and the place where that says more than the file.
func resultOf(f *Finding) *yaml.Node {
	result := fields(text{"message", f.Text()}, text{"severity", string(f.Level())})
	add := func(name string, value *yaml.Node) {
		if len(value.Content) > 0 {
			result.Content = append(result.Content, yamlnode.Text(name), value)
		}
	}
	if r := f.Spec; r != nil {
		add("resourceRef", fields(text{"apiVersion", report.Printable(r.APIVersion)}, text{"kind", report.Printable(r.Kind)},
			text{"name", report.Printable(r.Name)}, text{"namespace", report.Printable(r.Namespace)}))
	}
	add("field", fields(text{"path", f.Path()}))
	add("file", fields(text{"path", report.Printable(f.SpecFile)}))
	place := f.Place.String()
	if place == report.FileName(f.SpecFile) {
		place = ""
	}
	add("tags", fields(text{"code", string(f.Code)}, text{"place", place}))
	return result
}

// text is the name of a field and its text.
type text struct{ name, text string }

// fields returns a map of texts, without those that are empty.
func fields(texts ...text) *yaml.Node {
	node := yamlnode.Map()
	for _, t := range texts {
		if t.text != "" {
			node.Content = append(node.Content, yamlnode.Text(t.name), yamlnode.Text(t.text))
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

// Print writes findings for people, a line each: `file:line:column: severity: field: message; way out`. Details follow
// in indented lines, once where several findings have the same.
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
