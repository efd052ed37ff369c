package sopsfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
)

// TestClear reads documents that are not encrypted: what each format makes of its text.
func TestClear(t *testing.T) {
	for _, c := range []struct {
		format     Format
		text, want string
	}{
		{YAML, "a: &a {b: c, d: e}\nf: {<<: *a, d: own}\n", "[{[{a [{b c} {d e}]} {f [{b c} {d own}]}]}]"},
		{YAML, "a: {<<: [{b: c}, {b: d, e: f}], g: h}\n", "[{[{a [{b c} {e f} {g h}]}]}]"},
		{YAML, "a: {<<: [], g: h}\n", "[{[{a [{<< []} {g h}]}]}]"},
		{JSON, `{"a": {"<<": {"b": "c"}}}`, "[{[{a [{<< [{b c}]}]}]}]"},
		{Dotenv, "A=b\r\nC=d\r\n", "[{[{A b} {C d}]}]"},
		{INI, "[s]\na = b\r\n", "[{[{DEFAULT []} {s [{a b}]}]}]"},
	} {
		branches, f := Clear([]byte(c.text), c.format).Branches()
		if f != nil {
			t.Fatalf("%q: %v", c.text, f)
		}
		var trees []string
		for _, branch := range branches {
			trees = append(trees, fmt.Sprintf("{%v}", branch))
		}
		if diff := cmp.Diff(c.want, "["+strings.Join(trees, " ")+"]"); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", c.format, c.text, diff)
		}
	}
	if _, f := Clear([]byte("a: ["), YAML).Branches(); f == nil {
		t.Error("what is cut short is read")
	}
}

// TestClearPlace finds values in the text, or what is around them.
func TestClearPlace(t *testing.T) {
	d := Clear([]byte("a: b\nc:\n  d:\n  - e\n"), YAML)
	for path, want := range map[string][2]int{"a": {1, 4}, "c": {3, 3}, "c/d": {4, 3}, "c/d/x": {4, 3}, "c/x": {3, 3},
		"x": {1, 1}} {
		var steps Path
		for step := range strings.SplitSeq(path, "/") {
			steps = append(steps, step)
		}
		if line, column := d.Place(0, steps); line != want[0] || column != want[1] {
			t.Errorf("%s is at %d:%d, want %v", path, line, column, want)
		}
	}
	for _, unknown := range []struct {
		text   string
		branch int
	}{{"a: [", 0}, {"a: b\n", 1}} {
		if line, column := Clear([]byte(unknown.text), YAML).Place(unknown.branch, Path{"a"}); line != 0 || column != 0 {
			t.Errorf("%q: %d:%d", unknown.text, line, column)
		}
	}
}

// TestSeveral lists the documents of a stream, up to a number.
func TestSeveral(t *testing.T) {
	for n, want := range map[int]string{
		2:             "it has 2 YAML documents (1: k; 2: k)",
		MaxListed:     "; 20: k)",
		MaxListed + 1: "; 20: k; ...)",
		MaxListed + 5: "; 20: k; ...)",
	} {
		got := Clear([]byte(strings.Repeat("---\nk: v\n", n)), YAML).Several("").Message
		if !strings.HasSuffix(got, want) {
			t.Errorf("%d: %s", n, got)
		}
	}
}

// TestReadFile reads files up to a size, inside a root.
func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	for name, size := range map[string]int{"most": disk.MaxDocument, "more": disk.MaxDocument + 1, "none": 0} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Repeat("x", size)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // nothing was written
	for name, want := range map[string]struct {
		size int
		code report.Code
	}{
		"most": {disk.MaxDocument, ""}, "none": {0, ""}, "more": {0, report.DocumentTooLarge}, ".": {0, report.NotRegularFile},
		"absent": {0, report.NoSuchFile}, "../x": {0, report.OutsideRoot},
	} {
		data, f := disk.ReadFile(root, name)
		if f != nil && f.Code != want.code || f == nil && want.code != "" || len(data) != want.size {
			t.Errorf("%s: %d bytes, %v", name, len(data), f)
		}
	}
	if _, f := disk.ReadFile(nil, "most"); f == nil || f.Code != report.NoFileSystem {
		t.Errorf("without a file system: %v", f)
	}
}

// TestWithoutBlock has ciphertext in a SecretSpec that has no sops block.
func TestWithoutBlock(t *testing.T) {
	_, _, f := InspectSpec(yaml.MustParse("kind: SecretSpec\nsecrets: [{data: {a: {value: 'ENC[AES256_GCM,data:x]'}}}]\n"))
	if f == nil || f.Code != report.TruncatedDocument {
		t.Errorf("%v", f)
	}
	if node, _, f := InspectSpec(yaml.MustParse("kind: SecretSpec\n")); f != nil || node == nil {
		t.Errorf("%v", f)
	}
}

// TestNodeTexts writes nodes of a document as JSON and YAML.
func TestNodeTexts(t *testing.T) {
	branches, f := Clear([]byte("# c\nb: 1.10\na:\n- <&>\n# c\n- {z: null, y: [], x: {}}\n- true\n"), YAML).Branches()
	if f != nil {
		t.Fatal(f)
	}
	text, err := JSONText(branches[0])
	if want := `{"b":1.1,"a":["<&>",{"z":null,"y":[],"x":{}},true]}`; err != nil || string(text) != want {
		t.Errorf("%v: %s", err, text)
	}
	text, err = YAMLText(branches[0])
	if want := "b: 1.10\na:\n- <&>\n- z: null\n  \"y\": []\n  x: {}\n- true\n"; err != nil || string(text) != want {
		t.Errorf("%v: %s", err, text)
	}
	for _, text := range []string{"a: .inf\n", "a: [1, .nan]\n", "a: {b: [{c: -.inf}]}\n"} {
		branches, f := Clear([]byte(text), YAML).Branches()
		if f != nil {
			t.Fatal(f)
		}
		if out, err := JSONText(branches[0]); err == nil {
			t.Errorf("%q is %s", text, out)
		}
	}
}

// TestScalarText writes scalars in the words that SOPS encrypts.
func TestScalarText(t *testing.T) {
	for want, node := range map[string]any{
		"a": "a", "b": []byte("b"), "1": 1, "1.5": 1.5, "1000000000000000000000": 1e21, "0.1": 0.1, "true": true,
		"2001-02-03T04:05:06Z": time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC),
	} {
		if got, f := ScalarText(node); f != nil || string(got) != want {
			t.Errorf("%v is %s, %v", node, got, f)
		}
	}
	for code, node := range map[report.Code]any{report.NullValue: nil, report.NotAScalar: sops.TreeBranch{}} {
		if got, f := ScalarText(node); f == nil || f.Code != code {
			t.Errorf("%v is %s, %v", node, got, f)
		}
	}
	if _, f := ScalarText(time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)); f == nil || f.Code != report.NotAScalar {
		t.Errorf("a year of five digits: %v", f)
	}
}

// TestUnreadable says why a document in the clear cannot be read, and where.
func TestUnreadable(t *testing.T) {
	const anyFormat = "; mend it, or set format to what it is"
	for _, c := range []struct {
		format     Format
		text, want string
		line       int
	}{
		{YAML, "a:\n\tb: c\n", "it is not valid yaml: the line is indented with a tab; indent it with spaces", 2},
		{YAML, "a: [\n", "it is not valid yaml at line 1" + anyFormat, 1},
		{JSON, "{\n\"a\": x}", "it is not valid json at line 2" + anyFormat, 2},
		{JSON, "{\n<<<<<<< a\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> b\n}", "it is not valid json: ", 2},
		{Dotenv, "A=1\nx\n", "it is not valid dotenv at line 2" + anyFormat, 2},
	} {
		_, f := Clear([]byte(c.text), c.format).Branches()
		if f == nil || !strings.HasPrefix(f.Error(), c.want) || f.Place.Line != c.line {
			t.Errorf("%q: %v, line %d", c.text, f, f.Place.Line)
		}
	}
}
