package printers

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/hostile"
	"github.com/secretwright/secretwright/internal/report"
)

// accessOf is a Secret whose every name is hostile.
func accessOf(name string) []fn.Access {
	return []fn.Access{{
		Spec: name, Secret: name, Namespace: name, Type: name, Keys: []string{name}, Sources: []string{name},
		Recipients: []string{name},
		Readers:    []fn.Reader{{Kind: name, Namespace: name, Name: name, Container: name, Via: name, Key: name}},
	}}
}

// findingsOf is a finding whose every text is hostile.
func findingsOf(name string) []*fn.Finding {
	f := report.New(report.NoMatch, name, name).In(report.Key(report.Field("secrets").Index(0).Child("data"),
		name)).From(name)
	f.Place = report.Place{File: name, Line: 2, Column: 3}
	bare := report.New(report.NoMatch, name, "")
	bare.Place.File = name
	return []*fn.Finding{f, bare}
}

func printed(t *testing.T, do func(io.Writer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := do(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPrintersTree(t *testing.T) {
	for output, printer := range Accesses {
		if output == "json" {
			continue
		}
		text := func(name string) string {
			return printed(t, func(w io.Writer) error { return printer(w, accessOf(name)) })
		}
		lines := strings.Count(text("web"), "\n")
		for i, name := range hostile.Names() {
			t.Run(fmt.Sprint(output, i), func(t *testing.T) { hostile.Harmless(t, text(name), lines) })
		}
	}
}

func TestPrintersFindings(t *testing.T) {
	text := func(name string) string {
		return printed(t, func(w io.Writer) error { return fn.Print(w, findingsOf(name)) })
	}
	lines := strings.Count(text("web"), "\n")
	for i, name := range hostile.Names() {
		t.Run(fmt.Sprint(i), func(t *testing.T) { hostile.Harmless(t, text(name), lines) })
	}
}

// TestPrintersJSON holds JSON to keeping every name that is text, in printable escapes.
func TestPrintersJSON(t *testing.T) {
	for i, name := range hostile.Names() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			tree := printed(t, func(w io.Writer) error { return printTreeJSON(w, accessOf(name)) })
			onlyEscapes(t, tree)
			var back []fn.Access
			if err := json.Unmarshal([]byte(tree), &back); err != nil {
				t.Fatal(err)
			}
			if want := strings.ToValidUTF8(name, "\ufffd"); len(back) != 1 || !sameText(back[0].Readers[0].Name,
				want) {
				t.Errorf("the name comes back as %.80q", back[0].Readers[0].Name)
			}
			for _, printer := range []func(io.Writer, []*fn.Finding) error{JSON, SARIF("1.0.0")} {
				text := text(t, printer, name)
				onlyEscapes(t, text)
				if !json.Valid([]byte(text)) {
					t.Errorf("it is not JSON: %.200s", text)
				}
			}
			var log sarifLog
			if err := json.Unmarshal([]byte(text(t, SARIF("1.0.0"), name)), &log); err != nil {
				t.Fatal(err)
			}
			for _, result := range log.Runs[0].Results {
				if strings.Contains(result.Message.Text, "](") {
					t.Error("a message is a link")
				}
			}
		})
	}
}

func text(t *testing.T, printer func(io.Writer, []*fn.Finding) error, name string) string {
	t.Helper()
	return printed(t, func(w io.Writer) error { return printer(w, findingsOf(name)) })
}

// sameText compares texts, where each byte that is not text may be one replacement character or the same with others.
func sameText(a, b string) bool {
	squeeze := func(s string) string {
		for strings.Contains(s, "\ufffd\ufffd") {
			s = strings.ReplaceAll(s, "\ufffd\ufffd", "\ufffd")
		}
		return s
	}
	return squeeze(a) == squeeze(b)
}

func onlyEscapes(t *testing.T, text string) {
	t.Helper()
	hostile.Harmless(t, text, strings.Count(text, "\n"))
}

// TestPrintersMermaid holds a label to being one: what stands between its quotes has nothing that Mermaid gives a
// meaning.
func TestPrintersMermaid(t *testing.T) {
	for _, name := range hostile.Names() {
		text := printed(t, func(w io.Writer) error { return printMermaid(w, printable(accessOf(name))) })
		for line := range strings.Lines(strings.TrimPrefix(text, "flowchart LR\n")) {
			open, end := strings.Index(line, `"`), strings.LastIndex(line, `"`)
			if open < 0 || open == end {
				t.Fatalf("no label: %.200q", line)
			}
			if label := line[open+1 : end]; strings.ContainsAny(label, "\"`%<>[]{}\\&'|") {
				t.Errorf("%.80q: a label has a meaning: %.200s", name, label)
			}
		}
	}
}

// TestPrintersDot holds every string to ending where it is meant to.
func TestPrintersDot(t *testing.T) {
	for _, name := range hostile.Names() {
		text := printed(t, func(w io.Writer) error { return printDot(w, printable(accessOf(name))) })
		var outside strings.Builder
		in := false
		for i := 0; i < len(text); i++ {
			switch {
			case in && text[i] == '\\':
				i++
				if text[i] != '\\' && text[i] != '"' {
					t.Fatalf("%.80q: an escape of a label: %.40q", name, text[i-1:])
				}
			case text[i] == '"':
				in = !in
			case !in:
				outside.WriteByte(text[i])
			}
		}
		want := "digraph secrets {\n  rankdir=LR;\n  node [shape=box];\n   [shape=cylinder];\n   ->  [label=];\n}\n"
		if in || outside.String() != want {
			t.Errorf("%.80q breaks out:\n%.400s", name, outside.String())
		}
	}
}

// TestPrintersPage holds a page to having no element but its own, whatever the names are.
func TestPrintersPage(t *testing.T) {
	elements := func(name string) int {
		text := printed(t, func(w io.Writer) error { return printPage(w, printable(accessOf(name))) })
		return strings.Count(text, "<") + strings.Count(text, `"`) + strings.Count(text, "'")
	}
	want := elements("web")
	for _, name := range append(hostile.Names(), `</td><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "<!-- rows -->") {
		if got := elements(name); got != want {
			t.Errorf("%.80q breaks out", name)
		}
	}
}

// TestPagePolicy holds the page's policy to the one script and the one style in it.
func TestPagePolicy(t *testing.T) {
	for _, element := range []string{"style", "script"} {
		_, rest, _ := strings.Cut(page, "<"+element+">")
		content, _, found := strings.Cut(rest, "</"+element+">")
		sum := sha256.Sum256([]byte(content))
		policy := element + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if !found || !strings.Contains(page, policy) {
			t.Errorf("the policy should say %s", policy)
		}
	}
}

// TestPrintersAnnotations holds a finding to being one command of GitHub's, and one test of JUnit's, whatever the names
// are.
func TestPrintersAnnotations(t *testing.T) {
	for _, name := range hostile.Names() {
		commands := text(t, GitHub, name)
		if n := strings.Count(commands, "\n"); n != 2 {
			t.Errorf("%.80q: %d lines", name, n)
		}
		for line := range strings.Lines(commands) {
			properties, _, _ := strings.Cut(strings.TrimPrefix(line, "::error "), "::")
			if n := strings.Count(properties, ","); !strings.HasPrefix(line, "::error title=") || n > 3 {
				t.Errorf("%.80q: a command that is not ours: %.200q", name, line)
			}
		}
		var suite struct {
			Cases []struct {
				Failure *struct{} `xml:"failure"`
			} `xml:"testsuite>testcase"`
		}
		if err := xml.Unmarshal([]byte(text(t, JUnit, name)), &suite); err != nil ||
			len(suite.Cases) != 2 || suite.Cases[0].Failure == nil {
			t.Errorf("%.80q: %v, %v", name, err, suite)
		}
	}
}
