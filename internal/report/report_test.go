package report_test

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

var (
	kebabCase = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	sentence  = regexp.MustCompile(`^[A-Za-z` + "`" + `].+\.$`)
)

func TestRules(t *testing.T) {
	rules := report.Rules()
	seen := map[report.Code]bool{}
	for i, r := range rules {
		if !kebabCase.MatchString(string(r.Code)) {
			t.Errorf("%q is not kebab-case", r.Code)
		}
		if seen[r.Code] {
			t.Errorf("%s has two rules", r.Code)
		}
		seen[r.Code] = true
		if i > 0 && rules[i-1].Code > r.Code {
			t.Errorf("%s follows %s", r.Code, rules[i-1].Code)
		}
		if strings.TrimSpace(r.Example) == "" {
			t.Errorf("%s has no example", r.Code)
		}
		for _, text := range []string{r.Meaning, r.Fix} {
			if !sentence.MatchString(text) {
				t.Errorf("%s: the meaning or the fix is not a sentence: %q", r.Code, text)
			}
		}
	}
	if !seen[report.UnknownField] || !seen[report.TLSKeyMismatch] || !seen[report.Internal] {
		t.Error("rules of a part are missing")
	}
}

func TestKey(t *testing.T) {
	data := field.NewPath("secrets").Index(0).Child("data")
	for key, want := range map[string]string{
		"password": "secrets[0].data.password", "A-b_9": "secrets[0].data.A-b_9", "tls.crt": `secrets[0].data["tls.crt"]`,
		"": `secrets[0].data[""]`, `"]`: `secrets[0].data["\"]"]`, "a\nb": `secrets[0].data["a\nb"]`, "grüße": `secrets[0].data["grüße"]`,
	} {
		if got := report.Key(data, key).String(); got != want {
			t.Errorf("%q: got %s, want %s", key, got, want)
		}
		if got := report.KeyText(report.IndexText("secrets", 0)+".data", key); got != want {
			t.Errorf("%q as text: got %s, want %s", key, got, want)
		}
	}
	for key, want := range map[string]string{"secrets": "secrets", "a.b": `["a.b"]`} {
		if got := report.Key(nil, key).String(); got != want {
			t.Errorf("%q: got %s, want %s", key, got, want)
		}
		if got := report.KeyText("", key); got != want {
			t.Errorf("%q as text: got %s, want %s", key, got, want)
		}
	}
}

func TestLocate(t *testing.T) {
	node := yaml.MustParse(`secrets:
- name: database
  data:
    password: {value: x}
    tls.crt:
      from: &a tls
    "a\"]b": {value: *a}
`).YNode()
	secret := field.NewPath("secrets").Index(0)
	data := secret.Child("data")
	for _, c := range []struct {
		path         *field.Path
		line, column int
	}{
		{nil, 1, 1},
		{field.NewPath("secrets"), 1, 1},
		{secret, 2, 3},
		{secret.Child("name"), 2, 3},
		{data, 3, 3},
		{data.Child("password"), 4, 5},
		{data.Child("password", "value"), 4, 16},
		{report.Key(data, "tls.crt").Child("from"), 6, 7},
		{report.Key(data, `a"]b`).Child("value"), 7, 15},
		{report.Key(data, "none").Child("from"), 3, 3}, // what is not there is where it should be
		{field.NewPath("secrets").Index(7).Child("name"), 1, 1},
		{field.NewPath("output", "sops"), 1, 1},
	} {
		if line, column := report.Locate(node, c.path); line != c.line || column != c.column {
			t.Errorf("%s: got %d:%d, want %d:%d", c.path, line, column, c.line, c.column)
		}
	}
	if line, column := report.Locate(nil, secret); line != 0 || column != 0 {
		t.Errorf("nothing is at %d:%d", line, column)
	}
}

func TestPlace(t *testing.T) {
	for want, place := range map[string]report.Place{
		"": {Line: 1}, "a.yaml": {File: "a.yaml", Column: 3}, "a.yaml:2": {File: "a.yaml", Line: 2},
		"a.yaml:2:3": {File: "a.yaml", Line: 2, Column: 3}, "a\uFFFDb:2": {File: "a\nb", Line: 2},
	} {
		if got := place.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"mountPath", "subPath", "name", "readOnly"}
	for name, want := range map[string]string{
		"mountpath": "mountPath", "mountPth": "mountPath", "mount": "", "subpath": "subPath", "nam": "name", "naem": "name",
		"read-only": "readOnly", "volume": "", "x": "", "": "",
	} {
		if got := report.Nearest(name, known); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := report.Nearest("ab", []string{"bb", "aa"}); got != "aa" {
		t.Errorf("of two that are as near, %q", got)
	}
	for name, want := range map[string]string{"nam": "did you mean name?", "volume": "add it", "name": "add it"} {
		if got := report.DidYouMean(name, known, "add it"); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"a b-ü": "a b-ü", "a\nb": "a\uFFFDb", "\x1b[31mred": "\uFFFD[31mred", "a\u202eb": "a\uFFFDb", "\xff": "\uFFFD", "": "",
		`"AGE-SECRET-KEY-1QQPZ" and AGE-SECRET-KEY-PQ-1X`: `"AGE-SECRET-KEY-..." and AGE-SECRET-KEY-...`,
		"a\u200bb": "a\uFFFDb", "a\u3164b": "a\uFFFDb", "x ##[error]": "x #\uFFFD[error]", "::error::": "::error::",
	} {
		if got := report.Printable(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestShellWord(t *testing.T) {
	for text, want := range map[string]string{
		"a/b-c_d.e+f@g%h=i:j,k": "a/b-c_d.e+f@g%h=i:j,k", "$(id)": "'$(id)'", "`id`": "'`id`'", "a b": "'a b'", "it's": `'it'\''s'`, "a;b": "'a;b'",
		"~": "'~'", "*": "'*'", "é": "'é'", "a\nb": "'a\nb'",
	} {
		if got := report.ShellWord(text); got != want {
			t.Errorf("%q becomes %s, want %s", text, got, want)
		}
	}
}

func TestList(t *testing.T) {
	names := strings.Split("abcdefghijklmnopqrstu", "")
	if got := report.List(names); !strings.HasPrefix(got, "a, b, ") || !strings.HasSuffix(got, "t, ...") {
		t.Error(got)
	}
	if got := report.List(names[:2]); got != "a, b" {
		t.Error(got)
	}
	if names[20] != "u" {
		t.Error("List changed its argument")
	}
}

func TestCollector(t *testing.T) {
	var c report.Collector
	c.Add(nil)
	c.Warn(report.EmptySecret, field.NewPath("a"), "it is old", "")
	c.Info(report.EmptySecret, nil, "it is new", "read it")
	if c.Failed() || c.Errors() != 0 {
		t.Error("a warning is an error")
	}
	c.Error(report.UnknownField, report.Key(field.NewPath("b", "c"), "d.e"), "it is wrong", "mend it")
	c.Add(report.Wrap(report.UnknownSource, fs.ErrNotExist, "it is broken\n", "").From("a.yaml"))
	if !c.Failed() || c.Errors() != 2 {
		t.Errorf("%d errors", c.Errors())
	}
	var got []string
	for _, f := range c.Findings() {
		got = append(got, f.Line())
	}
	want := []string{
		"secretwright: warning: a: it is old", "secretwright: info: it is new; read it", `secretwright: error: b.c["d.e"]: it is wrong; mend it`,
		"secretwright: error: a.yaml: it is broken\uFFFD",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !errors.Is(c.Findings()[3], fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
}

func TestFinding(t *testing.T) {
	f := report.New(report.MissingKey, "it is missing", "add it")
	in := f.In(field.NewPath("secrets").Index(0)).WithSeverity(report.Warning)
	in.Place = report.Place{File: "spec.yaml", Line: 3, Column: 5}
	if got, want := in.Line(), "spec.yaml:3:5: warning: secrets[0]: it is missing; add it"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := f.Line(), "secretwright: error: it is missing; add it"; got != want {
		t.Errorf("In or WithSeverity changed the finding: %s", got)
	}
}

func TestDetails(t *testing.T) {
	f := report.New(report.NoDecryptionKey, "no key opens it", "find one")
	f.Heading, f.Details = "Keys were looked for in", []string{"A (not set)", "B\n::error::x"}
	f.Place = report.Place{File: "spec.yaml", Line: 3}
	if got, want := f.Line(), "spec.yaml:3: error: no key opens it. Keys were looked for in A (not set), B\uFFFD::error::x; find one"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := "spec.yaml:3: error: no key opens it; find one\n  Keys were looked for in:\n  - A (not set)\n  - B\uFFFD::error::x\n"
	if got := f.Lines(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
