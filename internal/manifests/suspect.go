package manifests

import (
	"bytes"
	"regexp"
	"strings"
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

// invalid returns the error for a text that is not valid YAML, given the parser's.
func invalid(text []byte, err error) *Error {
	line := lineOf(err)
	cause, fix, at := Suspect(text, line)
	if cause == "" {
		cause, fix = reason(err)
	}
	if cause == "" {
		return &Error{Line: line, Problem: "it is not valid YAML"}
	}
	return &Error{Line: at, Problem: "it is not valid YAML: " + cause + "; " + fix}
}

// reasons are what the parser says, by a part of its text, in words that help. Its own texts may quote the file.
var reasons = []struct{ text, cause, fix string }{
	{"did not find expected '-' indicator", "an entry of a list is not indented like the ones before it",
		"indent them alike"},
	{"mapping values are not allowed", "a colon stands where no key can be",
		"put a text with a colon in quotes, or correct the indentation"},
	{"block sequence entries are not allowed", "a dash stands where no entry of a list can be",
		"begin the list in the next line"}, {"unexpected end of stream", "a quote is not closed", "close it"},
	{"did not find expected ',' or", "a bracket is not closed, or a comma is missing",
		"close it, or put text that has brackets in quotes"},
	{"could not find expected ':'", "a key has no colon after it", "write KEY: VALUE, or correct the indentation"},
	{"cannot start any token", "a text begins with a character that YAML gives a meaning, as @ or %", "put it in quotes"},
	{"unknown escape character", "a backslash in double quotes begins no escape", "use single quotes"},
	{"invalid Unicode character escape code", "an escape in double quotes is half of a character, or none",
		"write the character itself"},
	{"did not find expected hexdecimal number", "an escape in double quotes has too few digits",
		"write all of them, or use single quotes"},
	{"did not find expected node content", "a value is missing, or a bracket is not closed",
		"write the value, and close the bracket"},
	{"directive", "a line begins with %, which is for directives", "remove the line, or put it in quotes"},
	{"did not find expected comment or line break", "text is on the line of the | or > that begins it, or of a directive",
		"begin the text in the next line"},
	{"did not find expected alphabetic or numeric character", "an & or * has no name behind it", "put it in quotes"},
	{"tag", "a text begins with !, which is for tags", "put it in quotes"},
	{"URI", "a text begins with !, which is for tags", "put it in quotes"},
	{"indentation indicator", "the digit behind a | or > is 0", "leave it out, or write how far the text is indented"},
	{"expected '!'", "a text begins with !, which is for tags", "put it in quotes"},
	{"expected '>'", "a text begins with !, which is for tags", "put it in quotes"},
	{"tab character", "a line is indented with a tab", "indent it with spaces"},
	{"unexpected document indicator", "a quote is not closed before a line of dashes or dots", "close it"},
	{"exceeded max depth", "it is nested too deeply", "write it with fewer levels"},
	{"expected <document start>", "text is behind the end of a document",
		"separate documents with a line of three dashes"},
	{"control characters are not allowed", "it is not text", "name a file with manifests"},
	{"UTF-8", "it is not UTF-8 text", "save it as UTF-8"},
	{"unknown anchor", "an alias has no anchor before it", "write the value out"},
	{"did not find expected key", "the line does not fit the ones before it",
		"indent the keys of one map alike, and close quotes and brackets"},
}

// reason returns why a text is not valid YAML, and the way out, or "".
func reason(err error) (cause, fix string) {
	for _, r := range reasons {
		if strings.Contains(err.Error(), r.text) {
			return r.cause, r.fix
		}
	}
	return "", ""
}

// checkTemplates returns an *Error if a value is {{ x }} without quotes, which YAML takes for a map with a map for a
// key.
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
