package sources_test

import (
	"fmt"
	"math/big"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/schema"
)

// hardYAML is everything that a reader of YAML is likely to bend: each leaf is looked up in the test.
const hardYAML = `# a comment of the document
text: plain
empty: ""
spaces: "  padded  "
non-ascii: "Grüße, 世界 🔑"
looks-like-number: "007"
looks-like-boolean: "yes"
looks-like-null: "null"
escapes: "tab\tquote\"backslash\\nul\0bell\a"
crlf: "one\r\ntwo\r\n"
block: |
    one
    two
block-kept: |+
    one


block-stripped: |-
    one
    two
folded: >
    one
    two

    three
integer: 42
negative: -17
zero: 0
octal: 0644
large: 9223372036854775807
float: 3.14
float-whole: 1.0
float-large: 1.5e+300
float-small: 1e-7
boolean: true
boolean-off: false
date: 2024-02-29
time: 2024-02-29T12:34:56.789Z
binary: !!binary /wD+gA==
tls.crt: with a dot
a key with spaces: "1"
ключ: non-ASCII key
nested:
    # a comment inside
    map:
        deep: bottom
        tls.key: with a dot, deep
    list:
        # a comment before the first element
        - first
        - 2
        - true
        - {name: bob, token: of bob}
        - [inner, list]
merged: &anchor
    user: anchored
again: *anchor
`

const hardJSON = `{
	"text": "plain", "empty": "", "non-ascii": "Grüße, 世界 🔑", "escaped": "\u00e9\ud83d\udd11\/<&>",
	"crlf": "one\r\ntwo\r\n", "trailing": "one\n\n", "nul": "a\u0000b",
	"integer": 42, "negative": -17, "zero": 0, "large": 9007199254740993, "float": 3.14, "float-whole": 1.0, "float-large": 1.5e300, "float-small": 1e-7,
	"boolean": true, "boolean-off": false, "tls.crt": "with a dot", "a key with spaces": "1",
	"nested": {"map": {"deep": "bottom", "tls.key": "with a dot, deep"}, "list": ["first", 2, true, {"name": "bob", "token": "of bob"}, ["inner", "list"]]}
}`

const hardDotenv = `# a comment
TEXT=plain
EMPTY=
SPACES=  padded
QUOTED="quotes stay"
EQUALS=a=b=c
NON_ASCII=Grüße, 世界 🔑
NUMBER=007
BOOLEAN=True
LINES=one\ntwo\n
CRLF=one\r
with.dot=dotted
`

const hardINI = `; a comment
top = without a section

[section]
text     = plain
empty    =
number   = 007
boolean  = True
equals   = a=b=c
non-ascii = Grüße, 世界 🔑
quoted   = "with ; and # in it"
with.dot = dotted

[other.section]
text = plain too
`

// TestValues holds every value of every format to what the real sops command extracts from the same file.
func TestValues(t *testing.T) {
	recipient := withAgeKey(t)
	for name, text := range map[string]string{
		"hard.enc.yaml": hardYAML, "hard.enc.json": hardJSON, "hard.enc.env": hardDotenv, "hard.enc.ini": hardINI,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			encrypt(t, dir, name, text, "--age", recipient)
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
	"hard.enc.yaml": {"text", "empty", "spaces", "non-ascii", "looks-like-number", "looks-like-boolean", "looks-like-null", "escapes", "crlf",
		"block", "block-kept", "block-stripped", "folded", "integer", "negative", "zero", "octal", "large",
		"float", "float-whole", "float-large", "float-small", "boolean", "boolean-off", "date", "time", "binary",
		`tls\.crt`, "a key with spaces", "ключ", "nested.map.deep", `nested.map.tls\.key`,
		"nested.list.0", "nested.list.1", "nested.list.2", "nested.list.3.token", "nested.list.4.1", "merged.user", "again.user"},
	"hard.enc.json": {"text", "empty", "non-ascii", "escaped", "crlf", "trailing", "nul", "integer", "negative", "zero", "large",
		"float", "float-whole", "float-large", "float-small", "boolean", "boolean-off", `tls\.crt`, "a key with spaces",
		"nested.map.deep", `nested.map.tls\.key`, "nested.list.0", "nested.list.1", "nested.list.2", "nested.list.3.token", "nested.list.4.1"},
	"hard.enc.env": {"TEXT", "EMPTY", "SPACES", "QUOTED", "EQUALS", "NON_ASCII", "NUMBER", "BOOLEAN", "LINES", "CRLF", `with\.dot`},
	"hard.enc.ini": {"DEFAULT.top", "section.text", "section.empty", "section.number", "section.boolean", "section.equals",
		"section.non-ascii", "section.quoted", `section.with\.dot`, `other\.section.text`},
}

func number(path string) bool { return strings.HasPrefix(path, "float") }

// sameNumber compares floats by what they are worth: sops --extract prints them as its YAML and JSON printers do, with an
// exponent where it is shorter. We print what SOPS encrypted, which never has one, so that no program must know of them.
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
			if name == "hard.enc.yaml" && strings.HasPrefix(path, "nested.list.") && !strings.Contains(expression, "][1") && strings.HasSuffix(expression, `["list"]`) {
				i++ // the comment before the first element
			}
			expression += fmt.Sprintf("[%d]", i)
		} else {
			expression += fmt.Sprintf("[%q]", part)
		}
	}
	out := string(sops(t, dir, "decrypt", "--extract", expression, name))
	switch path { // what is not text, sops ends with a new line
	case "integer", "negative", "zero", "octal", "large", "boolean", "boolean-off", "date", "time", "nested.list.1", "nested.list.2":
		out = strings.TrimSuffix(out, "\n")
	}
	if number(path) {
		out = strings.TrimSpace(out)
	}
	return out
}

// TestWhole holds whole documents to sops -d, byte for byte.
func TestWhole(t *testing.T) {
	recipient := withAgeKey(t)
	everyByte := make([]byte, 256)
	for i := range everyByte {
		everyByte[i] = byte(i)
	}
	cases := []struct {
		name, text string
		rule       string // in .sops.yaml
	}{
		{name: "hard.enc.yaml", text: hardYAML},
		{name: "hard.enc.yml", text: hardYAML},
		{name: "hard.enc.json", text: hardJSON},
		{name: "hard.enc.env", text: hardDotenv},
		{name: "hard.enc.ini", text: hardINI},
		{name: "bytes.enc", text: string(everyByte)},
		{name: "one-byte.enc.bin", text: "\xff"},
		{name: "empty.enc.bin", text: ""},
		{name: "key.enc.pem", text: "-----BEGIN X-----\r\nAAAA\r\n-----END X-----\r\n"},
		{name: "suffix.enc.yaml", text: "secret: hunter2\nuser_unencrypted: bob\nmap_plain:\n    a: 1\n", rule: "unencrypted_suffix: _plain"},
		{name: "default-suffix.enc.json", text: `{"secret": "hunter2", "user_unencrypted": "bob"}`},
		{name: "regex.enc.yaml", text: "kind: Secret\ndata:\n    a: one\nstringData:\n    b: 2\n", rule: "encrypted_regex: ^(data|stringData)$"},
		{name: "mac.enc.yaml", text: "kind: Secret\ndata:\n    a: one\n", rule: "encrypted_regex: ^data$, mac_only_encrypted: true"},
		{name: "uncomment-regex.enc.yaml", text: "# sops:clear\na: one\nb: two\n", rule: "unencrypted_comment_regex: sops:clear"},
		{name: "unregex.enc.json", text: `{"a": "one", "b": "two"}`, rule: "unencrypted_regex: ^a$"},
		{name: "encrypted-suffix.enc.env", text: "A_SECRET=one\nB=two\n", rule: "encrypted_suffix: _SECRET"},
		{name: "comments.enc.yaml", text: "# first\na: one # behind\nlist:\n    # in a list\n    - two # behind, in a list\n    # last in a list\n# last\n"},
		{name: "comment-regex.enc.yaml", text: "# sops:enc\na: one\nb: two\n", rule: "encrypted_comment_regex: sops:enc"},
		{name: "comments.enc.ini", text: "; of the section\n[section]\n; of the key\na = one\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			encrypted := encryptBy(t, dir, c.name, c.text, c.rule, recipient)
			got, f := open(t, dir, schema.Source{File: c.name})(schema.Value{})
			if f != nil {
				t.Fatal(f)
			}
			if diff := cmp.Diff(string(sops(t, dir, "decrypt", c.name)), string(got)); diff != "" {
				t.Errorf("(-sops +got):\n%s", diff)
			}
			if strings.HasPrefix(c.name, "comments") && strings.Contains(string(encrypted), "first") {
				t.Error("the comments are not encrypted, so this shows nothing")
			}
			switch filepath.Ext(c.name) { // those that SOPS lays out anew
			case ".yaml", ".yml", ".json", ".ini":
			default:
				if string(got) != c.text {
					t.Errorf("%q came out as %q", c.text, got)
				}
			}
		})
	}
}

// TestFormat reads a file by the format of the source, whatever its name is.
func TestFormat(t *testing.T) {
	recipient := withAgeKey(t)
	dir := t.TempDir()
	text := encrypt(t, dir, "named.json", `{"password": "hunter2"}`, "--age", recipient)
	write(t, dir, "secrets", text)
	out, f := open(t, dir, schema.Source{File: "secrets", Format: schema.JSON})(schema.Value{Key: "password"})
	if f != nil || string(out) != "hunter2" {
		t.Errorf("%q, %v", out, f)
	}
	// JSON is YAML, to SOPS as to everyone.
	out, f = open(t, dir, schema.Source{File: "secrets", Format: schema.YAML})(schema.Value{Key: "password"})
	if f != nil || string(out) != "hunter2" {
		t.Errorf("%q, %v", out, f)
	}
	holds(t, refused(t, dir, schema.Source{File: "secrets", Format: schema.INI}, "hunter2"), "set format to what it is")
}

// TestSeveralDocuments takes values from a stream of YAML documents where only one has them.
func TestSeveralDocuments(t *testing.T) {
	recipient := withAgeKey(t)
	dir := t.TempDir()
	encrypt(t, dir, "several.enc.yaml", "user: bob\npassword: hunter2\n---\ntoken: hunter3\npassword: hunter4\n", "--age", recipient)
	value := open(t, dir, schema.Source{File: "several.enc.yaml"})
	if out, f := value(schema.Value{Key: "token"}); f != nil || string(out) != "hunter3" {
		t.Errorf("%q, %v", out, f)
	}
	for name, c := range map[string]struct {
		value schema.Value
		says  []string
	}{
		"whole":  {schema.Value{}, []string{"it has 2 YAML documents (1: user, password; 2: token, password)", "pick a value that stands in one of them with key"}},
		"json":   {schema.Value{As: schema.AsJSON}, []string{"it has 2 YAML documents", "with key"}},
		"in two": {schema.Value{Key: "password"}, []string{`"password" stands 2 times in its 2 YAML documents`}},
		"none":   {schema.Value{Key: "tokn"}, []string{`there is no key "tokn"; did you mean token?`}},
	} {
		out, f := value(c.value)
		if f == nil {
			t.Errorf("%s: it gives %q", name, out)
			continue
		}
		holds(t, f.Error(), append(c.says, "several.enc.yaml")...)
		tellsNothing(t, f.Error(), "hunter2", "hunter3", "hunter4")
	}
}

// TestAs turns maps and lists, or whole documents, into text of another format.
func TestAs(t *testing.T) {
	recipient := withAgeKey(t)
	dir := t.TempDir()
	encrypt(t, dir, "a.enc.yaml", "# comment\nmap: {b: <1>, a: [2, true, 1.5, null]}\nlist:\n    # comment\n    - x: y\n", "--age", recipient)
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
	noKeys(t)
	dir := t.TempDir()
	no := false
	write(t, dir, "a.yaml", []byte("mode: 0644\nversion: 1.10\nnull: ~\nmap: {x: &a [1, 2], y: *a}\ntext: 'quoted'\nbinary: !!binary /wA=\n"))
	write(t, dir, "a.json", []byte(`{"version": 1.10, "large": 12345678901234567890123, "exponent": 1e3, "text": "é", "on": true, "list": [1.0, {}], "none": null}`))
	write(t, dir, "a.env", []byte("A=1\n"))
	write(t, dir, "a.ini", []byte("[s]\na = 1\n"))
	for _, c := range []struct{ file, key, want string }{
		{"a.yaml", "mode", "0644"}, {"a.yaml", "version", "1.10"}, {"a.yaml", "map.y.1", "2"}, {"a.yaml", "text", "quoted"}, {"a.yaml", "binary", "\xff\x00"},
		{"a.json", "version", "1.10"}, {"a.json", "large", "12345678901234567890123"}, {"a.json", "exponent", "1e3"}, {"a.json", "text", "é"},
		{"a.json", "on", "true"}, {"a.json", "list.0", "1.0"},
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

// TestClearWhole takes documents in the clear byte for byte, even those whose name promises a format that they are not in.
func TestClearWhole(t *testing.T) {
	noKeys(t)
	dir := t.TempDir()
	no := false
	for name, text := range map[string]string{
		"template.yaml": "a: {{ .b }}\n", "list.json": "[1]\r\n", "half.json": `{"a":`, "shell.env": "export A\n", "odd.ini": "[[[\n", "empty.yaml": "",
		"several.yaml": "a: 1\n---\nb: 2\n", "binary": "\x00\xff",
	} {
		write(t, dir, name, []byte(text))
		value := open(t, dir, schema.Source{File: name, Encrypted: &no})
		if out, f := value(schema.Value{}); f != nil || string(out) != text {
			t.Errorf("%s: %q, %v", name, out, f)
		}
		if out, f := value(schema.Value{Key: "nothing"}); f == nil {
			t.Errorf("%s: %q", name, out)
		}
	}
	_, f := open(t, dir, schema.Source{File: "list.json", Encrypted: &no})(schema.Value{Key: "a"})
	holds(t, f.Error(), "it is not a map, so it has no keys; leave key out")
	_, f = open(t, dir, schema.Source{File: "half.json", Encrypted: &no})(schema.Value{Key: "a"})
	holds(t, f.Error(), "it is not valid json at line 1")
}
