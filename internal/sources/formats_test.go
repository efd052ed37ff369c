package sources_test

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/schema"
)

// TestValues holds every value of every format to what the real sops command extracts from the same file.
func TestValues(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	for name, text := range map[string]string{
		"hard.enc.yaml": sopstest.HardYAML, "hard.enc.json": sopstest.HardJSON, "hard.enc.env": sopstest.HardDotenv,
		"hard.enc.ini": sopstest.HardINI,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			sopstest.Encrypt(t, dir, name, text, "--age", recipient)
			value := open(t, dir, schema.Source{File: name})
			for _, path := range paths[name] {
				got, f := value(schema.Value{Key: path})
				if f != nil {
					t.Errorf("%s: %v", path, f)
					continue
				}
				want := extract(t, dir, name, path)
				if number(path) {
					sameNumber(t, path, want, string(got))
				} else if diff := cmp.Diff(want, string(got)); diff != "" {
					t.Errorf("%s (-sops +got):\n%s", path, diff)
				}
			}
		})
	}
}

// paths are the leaves of the hard documents, as key has them. Comments are elements of a list to sops --extract, and
// not to us: the indices here are ours.
var paths = map[string][]string{
	"hard.enc.yaml": {"text", "empty", "spaces", "non-ascii", "looks-like-number", "looks-like-boolean", "looks-like-null",
		"escapes", "crlf", "block", "block-kept", "block-stripped", "folded", "integer", "negative", "zero", "octal", "large",
		"float", "float-whole", "float-large", "float-small", "boolean", "boolean-off", "date", "time", "binary",
		`tls\.crt`, "a key with spaces", "ключ", "nested.map.deep", `nested.map.tls\.key`,
		"nested.list.0", "nested.list.1", "nested.list.2", "nested.list.3.token", "nested.list.4.1", "merged.user",
		"again.user"},
	"hard.enc.json": {"text", "empty", "non-ascii", "escaped", "crlf", "trailing", "nul", "integer", "negative", "zero",
		"large",
		"float", "float-whole", "float-large", "float-small", "boolean", "boolean-off", `tls\.crt`, "a key with spaces",
		"nested.map.deep", `nested.map.tls\.key`, "nested.list.0", "nested.list.1", "nested.list.2", "nested.list.3.token",
		"nested.list.4.1"},
	"hard.enc.env": {"TEXT", "EMPTY", "SPACES", "QUOTED", "EQUALS", "NON_ASCII", "NUMBER", "BOOLEAN", "LINES", "CRLF",
		`with\.dot`},
	"hard.enc.ini": {"DEFAULT.top", "section.text", "section.empty", "section.number", "section.boolean", "section.equals",
		"section.non-ascii", "section.quoted", `section.with\.dot`, `other\.section.text`},
}

func number(path string) bool { return strings.HasPrefix(path, "float") }

// sameNumber compares floats by what they are worth: sops --extract prints them as its YAML and JSON printers do, with
// an exponent where it is shorter. We print what SOPS encrypted, which never has one, so that no program must know of
// them.
func sameNumber(t *testing.T, path, want, got string) {
	t.Helper()
	a, _, err := big.ParseFloat(want, 10, 2000, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := big.ParseFloat(got, 10, 2000, big.ToNearestEven)
	if err != nil || strings.ContainsAny(got, "eE") {
		t.Errorf("%s: %q is not a decimal number", path, got)
		return
	}
	x, _ := a.Float64()
	if y, _ := b.Float64(); x != y {
		t.Errorf("%s: %s is not %s", path, got, want)
	}
}

var unescapedDot = regexp.MustCompile(`(?:\\\.|[^.])+`)

// extract is what sops --extract gives for a path.
func extract(t *testing.T, dir, name, path string) string {
	t.Helper()
	expression := ""
	for _, part := range unescapedDot.FindAllString(path, -1) {
		part = strings.ReplaceAll(part, `\.`, ".")
		if i, err := strconv.Atoi(part); err == nil {
			if name == "hard.enc.yaml" && strings.HasPrefix(path, "nested.list.") && !strings.Contains(expression, "][1") &&
				strings.HasSuffix(expression, `["list"]`) {
				i++ // the comment before the first element
			}
			expression += fmt.Sprintf("[%d]", i)
		} else {
			expression += fmt.Sprintf("[%q]", part)
		}
	}
	out := string(sopstest.SOPS(t, dir, "decrypt", "--extract", expression, name))
	switch path { // what is not text, sops ends with a new line
	case "integer", "negative", "zero", "octal", "large", "boolean", "boolean-off", "date", "time", "nested.list.1",
		"nested.list.2":
		out = strings.TrimSuffix(out, "\n")
	}
	if number(path) {
		out = strings.TrimSpace(out)
	}
	return out
}

// TestFormat reads a file by the format of the source, whatever its name is.
func TestFormat(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	text := sopstest.Encrypt(t, dir, "named.json", `{"password": "hunter2"}`, "--age", recipient)
	sopstest.Write(t, dir, "secrets", text)
	out, f := open(t, dir, schema.Source{File: "secrets", Format: schema.JSON})(schema.Value{Key: "password"})
	if f != nil || string(out) != "hunter2" {
		t.Errorf("%q, %v", out, f)
	}
	// JSON is YAML, to SOPS as to everyone.
	out, f = open(t, dir, schema.Source{File: "secrets", Format: schema.YAML})(schema.Value{Key: "password"})
	if f != nil || string(out) != "hunter2" {
		t.Errorf("%q, %v", out, f)
	}
	sopstest.Holds(t, refused(t, dir, schema.Source{File: "secrets", Format: schema.INI}, "hunter2").Error(),
		"set format to what it is")
}

// TestSeveralDocuments takes values from a stream of YAML documents where only one has them.
func TestSeveralDocuments(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "several.enc.yaml", "user: bob\npassword: hunter2\n---\ntoken: hunter3\npassword: hunter4\n",
		"--age", recipient)
	value := open(t, dir, schema.Source{File: "several.enc.yaml"})
	if out, f := value(schema.Value{Key: "token"}); f != nil || string(out) != "hunter3" {
		t.Errorf("%q, %v", out, f)
	}
	for name, c := range map[string]struct {
		value schema.Value
		says  []string
	}{
		"whole": {schema.Value{}, []string{"it has 2 YAML documents (1: user, password; 2: token, password)",
			"pick a value that stands in one of them with key"}},
		"json":   {schema.Value{As: schema.AsJSON}, []string{"it has 2 YAML documents", "with key"}},
		"in two": {schema.Value{Key: "password"}, []string{`"password" stands 2 times in its 2 YAML documents`}},
		"none":   {schema.Value{Key: "tokn"}, []string{`there is no key "tokn"; did you mean token?`}},
	} {
		out, f := value(c.value)
		if f == nil {
			t.Errorf("%s: it gives %q", name, out)
			continue
		}
		sopstest.Holds(t, f.Error(), append(c.says, "several.enc.yaml")...)
		sopstest.TellsNothing(t, f.Error(), "hunter2", "hunter3", "hunter4")
	}
}

// TestAs turns maps and lists, or whole documents, into text of another format.
func TestAs(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml",
		"# comment\nmap: {b: <1>, a: [2, true, 1.5, null]}\nlist:\n    # comment\n    - x: y\n", "--age", recipient)
	value := open(t, dir, schema.Source{File: "a.enc.yaml"})
	for _, c := range []struct {
		key  string
		as   schema.As
		want string
	}{
		{"map", schema.AsJSON, `{"b":"<1>","a":[2,true,1.5,null]}`},
		{"map", schema.AsYAML, "b: <1>\na:\n- 2\n- true\n- 1.5\n- null\n"},
		{"list", schema.AsJSON, `[{"x":"y"}]`},
		{"map.a.0", schema.AsJSON, "2"},
		{"", schema.AsJSON, `{"map":{"b":"<1>","a":[2,true,1.5,null]},"list":[{"x":"y"}]}`},
	} {
		out, f := value(schema.Value{Key: c.key, As: c.as})
		if f != nil || string(out) != c.want {
			t.Errorf("%q as %s: %q, %v; want %q", c.key, c.as, out, f, c.want)
		}
	}
}

// TestClear reads documents that are not encrypted: values as they are written, not as SOPS would write them.
func TestClear(t *testing.T) {
	sopstest.NoKeys(t)
	dir := t.TempDir()
	no := false
	sopstest.Write(t, dir, "a.yaml",
		[]byte("mode: 0644\nversion: 1.10\nnull: ~\nmap: {x: &a [1, 2], y: *a}\ntext: 'quoted'\nbinary: !!binary /wA=\n"))
	sopstest.Write(t, dir, "a.json",
		[]byte(`{"version": 1.10, "large": 12345678901234567890123, "exponent": 1e3, "text": "é", "on": true, "list": [1.0, {}], "none": null}`))
	sopstest.Write(t, dir, "a.env", []byte("A=1\n"))
	sopstest.Write(t, dir, "a.ini", []byte("[s]\na = 1\n"))
	for _, c := range []struct{ file, key, want string }{
		{"a.yaml", "mode", "0644"}, {"a.yaml", "version", "1.10"}, {"a.yaml", "map.y.1", "2"}, {"a.yaml", "text", "quoted"},
		{"a.yaml", "binary", "\xff\x00"},
		{"a.json", "version", "1.10"}, {"a.json", "large", "12345678901234567890123"}, {"a.json", "exponent", "1e3"},
		{"a.json", "text", "é"}, {"a.json", "on", "true"}, {"a.json", "list.0", "1.0"},
		{"a.env", "A", "1"}, {"a.ini", "s.a", "1"},
	} {
		out, f := open(t, dir, schema.Source{File: c.file, Encrypted: &no})(schema.Value{Key: c.key})
		if f != nil || string(out) != c.want {
			t.Errorf("%s: %s: %q, %v; want %q", c.file, c.key, out, f, c.want)
		}
	}
	out, f := open(t, dir, schema.Source{File: "a.json", Encrypted: &no})(schema.Value{As: schema.AsYAML})
	if want := "version: 1.10\nlarge: 12345678901234567890123\nexponent: 1e3\ntext: é\n\"on\": true\nlist:\n- 1.0\n- {}\nnone: null\n"; f != nil || string(out) != want {
		t.Errorf("%q, %v", out, f)
	}
}

// TestClearWhole takes documents in the clear byte for byte, even those whose name promises a format that they are not
// in.
func TestClearWhole(t *testing.T) {
	sopstest.NoKeys(t)
	dir := t.TempDir()
	no := false
	for name, text := range map[string]string{
		"template.yaml": "a: {{ .b }}\n", "list.json": "[1]\r\n", "half.json": `{"a":`, "shell.env": "export A\n",
		"odd.ini": "[[[\n", "empty.yaml": "",
		"several.yaml": "a: 1\n---\nb: 2\n", "binary": "\x00\xff",
	} {
		sopstest.Write(t, dir, name, []byte(text))
		value := open(t, dir, schema.Source{File: name, Encrypted: &no})
		if out, f := value(schema.Value{}); f != nil || string(out) != text {
			t.Errorf("%s: %q, %v", name, out, f)
		}
		if out, f := value(schema.Value{Key: "nothing"}); f == nil {
			t.Errorf("%s: %q", name, out)
		}
	}
	_, f := open(t, dir, schema.Source{File: "list.json", Encrypted: &no})(schema.Value{Key: "a"})
	sopstest.Holds(t, f.Error(), "it is not a map, so it has no keys; leave key out")
	_, f = open(t, dir, schema.Source{File: "half.json", Encrypted: &no})(schema.Value{Key: "a"})
	sopstest.Holds(t, f.Error(), "it is not valid json at line 1")
}
