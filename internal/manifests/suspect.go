package manifests

import (
	"bytes"
	"regexp"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const (
	bareTemplate = "a {{ is not in quotes"
	quoteIt      = "quote a template; of a Helm chart, take what `helm template` makes of it"
)

// unquotedTemplate matches a line on which a template stands where YAML expects a key or a value.
var unquotedTemplate = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*(- +)*([^\s"'#|>{][^"'#{]*:\s+)?\{\{`)
})

// Suspect returns the likely cause of why a text is not valid YAML, with the way out and the line it is in, or "". Line
// is where the parser gave up. What the text holds is not quoted.
func Suspect(text []byte, line int) (cause, fix string, at int) {
	if cause, fix, at = SuspectMerge(text); cause != "" {
		return cause, fix, at
	}
	lines := bytes.Split(text, []byte("\n"))
	// The parser names the line of the fault, or the one before or after it.
	for _, i := range []int{line - 1, line, line - 2} {
		if i < 0 || i >= len(lines) {
			continue
		}
		blank := lines[i][:len(lines[i])-len(bytes.TrimLeft(lines[i], " \t"))]
		if bytes.IndexByte(blank, '\t') >= 0 {
			return "the line is indented with a tab", "indent it with spaces", i + 1
		}
	}
	for i, l := range lines[:min(max(line+1, 0), len(lines))] {
		if unquotedTemplate().Match(l) {
			return bareTemplate, quoteIt, i + 1
		}
	}
	return "", "", line
}

// SuspectMerge does what Suspect does for a text of any format: it looks for a merge alone.
func SuspectMerge(text []byte) (cause, fix string, at int) {
	for line := range bytes.Lines(text) {
		at++
		if isMergeMarker(line) {
			return "it has the marks of a merge that is not resolved",
				"take one side whole, and put what the other has into it again", at
		}
	}
	return "", "", 0
}

// isMergeMarker reports whether a line is one that Git writes at the begin and the end of a conflict.
func isMergeMarker(line []byte) bool {
	return bytes.HasPrefix(line, []byte("<<<<<<< ")) || bytes.HasPrefix(line, []byte(">>>>>>> "))
}

// invalid returns the error for a text that is not valid YAML.
func invalid(text []byte, line int) *Error {
	cause, fix, at := Suspect(text, line)
	if cause == "" {
		return &Error{Line: line, Problem: "it is not valid YAML"}
	}
	return &Error{Line: at, Problem: "it is not valid YAML: " + cause + "; " + fix}
}

// checkTemplates returns an *Error if a value is {{ x }} without quotes, which YAML takes for a map with a map for a key.
func checkTemplates(node *yaml.Node) error {
	for i, child := range node.Content {
		isKey := node.Kind == yaml.MappingNode && i%2 == 0
		isFlow := node.Style&child.Style&yaml.FlowStyle != 0
		if isKey && isFlow && child.Kind == yaml.MappingNode {
			return &Error{Line: node.Line, Column: node.Column, Problem: bareTemplate + "; " + quoteIt}
		}
		if err := checkTemplates(child); err != nil {
			return err
		}
	}
	return nil
}
