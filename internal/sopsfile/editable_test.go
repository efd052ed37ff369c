package sopsfile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getsops/sops/v3"
	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// settings are documents, and values to be set in them one after the other.
var settings = map[string]struct {
	name, text string
	args       []string // of sops encrypt
	set        []setValue
	// want is what sops decrypts afterwards.
	want string
	// lines is how many lines of the encrypted file may change for each value: its own, lastmodified and the MAC.
	lines int
}{
	"YAML": {
		name: "a.yaml",
		text: "# first\npassword: one # why\nlist:\n    - a\n    # between\n    - name: b\n      value: two\nnested:\n    deep: 5432\nlast: x\n",
		set: []setValue{{0, sopsfile.Path{"password"}, "new"}, {0, sopsfile.Path{"list", 1, "value"}, "a\nb\n"},
			{0, sopsfile.Path{"nested", "deep"}, "0644"}, {0, sopsfile.Path{"last"}, ""}},
		want: "# first\n# why\npassword: new\nlist:\n    - a\n    # between\n    - name: b\n      value: |\n        a\n        b\n" +
			"nested:\n    deep: \"0644\"\nlast: \"\"\n",
		lines: 3,
	},
	"documents": {
		name: "a.yaml",
		text: "a: one\n---\n# second\na: two\nb:\n    - three\n---\nc: four\n",
		set:  []setValue{{1, sopsfile.Path{"a"}, "new"}, {2, sopsfile.Path{"c"}, "yes"}, {1, sopsfile.Path{"b", 0}, "1e3"}},
		want: "a: one\n---\n# second\na: new\nb:\n    - \"1e3\"\n---\nc: \"yes\"\n",
		// every document has the whole sops block
		lines: 7,
	},
	"plain comments": {
		name: "a.yaml", args: []string{"--encrypted-regex", "^password$"},
		text:  "# in the clear\nopen: x\n# of it\npassword:\n    # within\n    - one\n    - two\n",
		set:   []setValue{{0, sopsfile.Path{"password", 1}, "#new: [x"}},
		want:  "# in the clear\nopen: x\n# of it\npassword:\n    # within\n    - one\n    - '#new: [x'\n",
		lines: 3,
	},
	"scalars": {
		name: "a.yaml",
		text: "float: 1.10\nbool: true\ndate: 2001-01-01\nnone: null\nempty: \"\"\nquoted: 'null'\nlong: |\n    a\n    b\n\"a b\": x\n? |-\n    odd\n: y\n",
		set: []setValue{{0, sopsfile.Path{"bool"}, "false"}, {0, sopsfile.Path{"empty"}, "null"},
			{0, sopsfile.Path{"a b"}, "é\u2028"}}, lines: 3,
	},
	"JSON": {
		name: "a.json",
		text: `{"a": "one", "b": [1.50, {"c": "two"}], "d": null, "e": true}`,
		set:  []setValue{{0, sopsfile.Path{"a"}, "new\"\\\n"}, {0, sopsfile.Path{"b", 1, "c"}, "<&>"}},
		want: "{\n\t\"a\": \"new\\\"\\\\\\n\",\n\t\"b\": [\n\t\t1.5,\n\t\t{\n\t\t\t\"c\": \"\\u003c\\u0026\\u003e\"\n\t\t}\n\t],\n" +
			"\t\"d\": null,\n\t\"e\": true\n}\n",
		lines: 3,
	},
	"dotenv": {
		name: "a.env", text: "# c\nA=one\nB=two\nC=\n",
		set: []setValue{{0, sopsfile.Path{"B"}, "a\nb"}, {0, sopsfile.Path{"A"}, `x="y" # z`},
			{0, sopsfile.Path{"C"}, "c"}}, want: "# c\nA=x=\"y\" # z\nB=a\\nb\nC=c\n",
		lines: 3,
	},
	"INI": {
		name: "a.ini", text: "; c\n[s]\na = one\nb = two\n[t]\na = three\n",
		set:   []setValue{{0, sopsfile.Path{"s", "b"}, "new"}, {0, sopsfile.Path{"t", "a"}, "a b"}},
		want:  "; c\n[s]\na = one\nb = new\n\n[t]\na = a b\n",
		lines: 3,
	},
	"binary": {
		name: "a.bin", text: "one\x00\xff",
		set:  []setValue{{0, sopsfile.Path{"data"}, "\xff\x00new\r\n"}},
		want: "\xff\x00new\r\n", lines: 4, // as sops does, it adds the unencrypted_suffix that sops left out at first
	},
}

type setValue struct {
	branch int
	path   sopsfile.Path
	value  string
}

// TestSet sets values in documents that sops made. Sops, which verifies the MAC, decrypts the new ones and all the
// others as they were, and no other line of the file changes.
func TestSet(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	for name, c := range settings {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			text := sopstest.Encrypt(t, dir, c.name, c.text, append([]string{"--age", recipient}, c.args...)...)
			for _, set := range c.set {
				before := text
				text = setIn(t, dir, c.name, text, set)
				if changed := changedLines(string(before), string(text)); len(changed) > c.lines {
					t.Errorf("%v changes %d lines: %q", set, len(changed), changed)
				}
				again := edit(t, dir, c.name, text)
				same, f := again.Set(set.branch, set.path, set.value)
				if f != nil || !bytes.Equal(same, text) {
					t.Errorf("%v: setting it once more changes the file: %v", set, f)
				}
				checkOthers(t, dir, c.name, before, text, set)
			}
			sopstest.Write(t, dir, c.name, text)
			if got := string(sopstest.SOPS(t, dir, "decrypt", c.name)); c.want != "" && got != c.want {
				t.Errorf("(-want +got):\n%s", cmp.Diff(c.want, got))
			}
		})
	}
}

// TestSetKeepsLayout sets values in documents that are laid out otherwise than sops does it.
func TestSetKeepsLayout(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	outdent := func(text []byte) []byte {
		return regexp.MustCompile(`(?m)^  `).ReplaceAll(text, nil)
	}
	for name, c := range map[string]struct {
		text   string
		layOut func(text []byte) []byte
		set    []setValue
		want   string
	}{
		"a.yaml": {"a: one\nlist:\n    - b\n    - c: two\n      d: 3\n---\nd: three\n",
			func(text []byte) []byte {
				return append([]byte("\n\n"), bytes.ReplaceAll(outdent(text), []byte("\nlist:"), []byte("\n\n\nlist:  "))...)
			},
			[]setValue{{0, sopsfile.Path{"list", 1, "c"}, "new"}, {0, sopsfile.Path{"a"}, "x"}, {1, sopsfile.Path{"d"}, "z"}},
			"a: x\nlist:\n    - b\n    - c: new\n      d: 3\n---\nd: z\n"},
		"a.json": {`{"a": "one", "b": [1, {"c": "two"}]}`,
			func(text []byte) []byte {
				var out bytes.Buffer
				if err := json.Indent(&out, text, "", "   "); err != nil {
					t.Fatal(err)
				}
				return out.Bytes()
			},
			[]setValue{{0, sopsfile.Path{"b", 1, "c"}, "new"}, {0, sopsfile.Path{"a"}, "x"}},
			"{\n\t\"a\": \"x\",\n\t\"b\": [\n\t\t1,\n\t\t{\n\t\t\t\"c\": \"new\"\n\t\t}\n\t]\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			text := c.layOut(sopstest.Encrypt(t, dir, name, c.text, "--age", recipient))
			for _, set := range c.set {
				before := text
				text = setIn(t, dir, name, text, set)
				// Its own, lastmodified and the MAC, of each document.
				if changed := changedLines(string(before), string(text)); len(changed) > 5 {
					t.Errorf("%v changes %d lines: %q", set, len(changed), changed)
				}
			}
			sopstest.Write(t, dir, name, text)
			if got := string(sopstest.SOPS(t, dir, "decrypt", name)); got != c.want {
				t.Errorf("(-want +got):\n%s", cmp.Diff(c.want, got))
			}
		})
	}
}

// edit decrypts a document that must open.
func edit(t testing.TB, dir, name string, text []byte) *sopsfile.Editable {
	t.Helper()
	e, f := sopsfile.NewKeyring().Edit(context.Background(), text, sopsfile.FormatOf(name), filepath.Join(dir, name))
	if f != nil {
		t.Fatal(f)
	}
	return e
}

func setIn(t *testing.T, dir, name string, text []byte, set setValue) []byte {
	t.Helper()
	out, f := edit(t, dir, name, text).Set(set.branch, set.path, set.value)
	if f != nil {
		t.Fatalf("%v: %v", set, f)
	}
	return out
}

// changedLines returns the lines of a text that are not in the text before, in their order.
func changedLines(before, after string) (changed []string) {
	rest := strings.Split(before, "\n")
	for line := range strings.SplitSeq(after, "\n") {
		if i := slices.Index(rest, line); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
			continue
		}
		changed = append(changed, line)
	}
	return changed
}

// checkOthers checks that two documents differ in one value alone, and that it is the one that was set.
func checkOthers(t *testing.T, dir, name string, before, after []byte, set setValue) {
	t.Helper()
	was, is := branchesOf(t, before, name), branchesOf(t, after, name)
	for i := range was {
		want := leaves("", was[i])
		if i == set.branch {
			want[pathText(set.path)] = set.value
		}
		if diff := cmp.Diff(want, leaves("", is[i])); diff != "" {
			t.Errorf("%s, %v (-want +got):\n%s", filepath.Join(dir, name), set, diff)
		}
	}
}

func pathText(path sopsfile.Path) string {
	var b strings.Builder
	for _, step := range path {
		b.WriteString("/" + stepText(step))
	}
	return b.String()
}

func branchesOf(t *testing.T, text []byte, name string) sops.TreeBranches {
	t.Helper()
	doc, f := sopsfile.NewKeyring().Open(context.Background(), text, sopsfile.FormatOf(name))
	if f != nil {
		t.Fatal(f)
	}
	branches, f := doc.Branches()
	if f != nil {
		t.Fatal(f)
	}
	return branches
}

func stepText(step any) string { return fmt.Sprint(step) }

// leaves returns the scalars of a tree by their paths.
func leaves(path string, node any) map[string]any {
	out := map[string]any{}
	add := func(step, child any) {
		for name, value := range leaves(path+"/"+stepText(step), child) {
			out[name] = value
		}
	}
	switch node := node.(type) {
	case sops.TreeBranch:
		for _, item := range node {
			if _, isComment := item.Key.(sops.Comment); !isComment {
				add(item.Key, item.Value)
			}
		}
	case []any:
		for i, element := range sopsfile.Elements(node) {
			add(i, element)
		}
	default:
		if text, f := sopsfile.ScalarText(node); f == nil {
			out[path] = string(text)
		} else {
			out[path] = nil
		}
	}
	return out
}

// TestSetRefused leaves what cannot be set, and says nothing of the value.
func TestSetRefused(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	const value = "hunter2\nhunter3=\x00"
	for name, c := range map[string]struct {
		file, text string
		args       []string
		set        setValue
		code       report.Code
	}{
		"in the clear": {"a.yaml", "a_unencrypted: b\nc: d\n", nil, setValue{0, sopsfile.Path{"a_unencrypted"}, value},
			report.NotEncryptable},
		"regex": {"a.yaml", "a: b\nc: d\n", []string{"--encrypted-regex", "^c$"},
			setValue{0, sopsfile.Path{"a"}, value}, report.NotEncryptable},
		"not there":      {"a.yaml", "a: b\n", nil, setValue{0, sopsfile.Path{"b"}, value}, report.NotEncryptable},
		"a map":          {"a.yaml", "a: {b: c}\n", nil, setValue{0, sopsfile.Path{"a"}, value}, report.NotEncryptable},
		"below a scalar": {"a.yaml", "a: b\n", nil, setValue{0, sopsfile.Path{"a", "b"}, value}, report.NotEncryptable},
		"past the end":   {"a.yaml", "a: [b]\n", nil, setValue{0, sopsfile.Path{"a", 1}, value}, report.NotEncryptable},
		"no document":    {"a.yaml", "a: b\n", nil, setValue{1, sopsfile.Path{"a"}, value}, report.NotEncryptable},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			text := sopstest.Encrypt(t, dir, c.file, c.text, append([]string{"--age", recipient}, c.args...)...)
			out, f := edit(t, dir, c.file, text).Set(c.set.branch, c.set.path, c.set.value)
			if f == nil || f.Code != c.code || out != nil {
				t.Fatalf("%v: %s", f, out)
			}
			sopstest.TellsNothing(t, f.Error(), "hunter2", "hunter3")
		})
	}
}

// FuzzSet sets any value in each format. What comes out gives that value and the others, or it is refused.
// Each run opens a document with its age key, sets the value, and opens the result.
func FuzzSet(f *testing.F) {
	sopstest.UnsetKeys(f)
	f.Setenv("SOPS_AGE_KEY", "AGE-SECRET-KEY-1XVL3JGGLAGLUAPXCJN5XNDJ6H3M00PJF35CP5UXAR08UCCXP6D0QND69QU")
	formats := []sopsfile.Format{sopsfile.YAML, sopsfile.JSON, sopsfile.Dotenv, sopsfile.INI, sopsfile.Binary}
	documents := samplesFor(f, "age1d907c0yeaypvx8ftll6kr48g0kvj3vwpvdkczt4ly5m4u4sc2spq78rk3u")
	paths := map[sopsfile.Format]sopsfile.Path{sopsfile.YAML: {"list", 1}, sopsfile.JSON: {"list", 1},
		sopsfile.Dotenv: {"port"}, sopsfile.INI: {"s", "port"}, sopsfile.Binary: {"data"}}
	for i := range formats {
		for _, value := range []string{"", "new", "a\nb\n", "\r\n", `a\nb`, "null", "0x1F", "'\"# :", "\x00\xff",
			"ENC[AES256_GCM,data:x]",
			"\u2028\ufeff", " a ", "- a", "`"} {
			f.Add(value, uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, value string, n uint8) {
		format := formats[int(n)%len(formats)]
		text := []byte(documents[format])
		e, finding := sopsfile.NewKeyring().Edit(context.Background(), text, format, "/nowhere/a")
		if finding != nil {
			t.Fatal(finding)
		}
		out, finding := e.Set(0, paths[format], value)
		if finding != nil {
			if len(value) > 20 && strings.Contains(finding.Error(), value) {
				t.Errorf("it tells the value: %v", finding)
			}
			return
		}
		name := map[sopsfile.Format]string{sopsfile.YAML: "a.yaml", sopsfile.JSON: "a.json", sopsfile.Dotenv: "a.env",
			sopsfile.INI: "a.ini", sopsfile.Binary: "a.bin"}[format]
		checkOthers(t, "", name, text, out, setValue{0, paths[format], value})
	})
}
