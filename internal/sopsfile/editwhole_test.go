package sopsfile_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// TestReseal edits documents that sops made as a whole. The text for the editor is what sops decrypts, saving it as it
// is changes nothing, and of another text sops, which verifies the MAC, decrypts the same as of one that it encrypted
// itself.
func TestReseal(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	cases := settings
	cases["hard"] = cases["YAML"]
	for name, c := range cases {
		if name == "hard" {
			c.text = sopstest.HardYAML
		}
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			args := append([]string{"--age", recipient}, c.args...)
			text := sopstest.Encrypt(t, dir, c.name, c.text, args...)
			e := edit(t, dir, c.name, text)
			plain, f := e.Plain()
			if f != nil {
				t.Fatal(f)
			}
			if want := sopstest.SOPS(t, dir, "decrypt", c.name); !bytes.Equal(plain, want) {
				t.Fatalf("(-want +got):\n%s", cmp.Diff(string(want), string(plain)))
			}
			same, f := e.Reseal(plain)
			if f != nil || !bytes.Equal(same.Text, text) || len(same.Clear) > 0 {
				t.Errorf("nothing changed, and it is %v, %v (-want +got):\n%s", f, same.Clear,
					cmp.Diff(string(text), string(same.Text)))
			}
			changed := []byte(strings.NewReplacer("one", "1e3", "two", "a longer text").Replace(string(plain)))
			out, f := e.Reseal(changed)
			if f != nil {
				t.Fatal(f)
			}
			sopstest.Write(t, dir, c.name, out.Text)
			got := sopstest.SOPS(t, dir, "decrypt", c.name)
			sopstest.Encrypt(t, dir, c.name, string(changed), args...)
			if want := sopstest.SOPS(t, dir, "decrypt", c.name); !bytes.Equal(got, want) {
				t.Errorf("(-want +got):\n%s", cmp.Diff(string(want), string(got)))
			}
		})
	}
}

// TestResealRefuses what SOPS could not decrypt to what was written.
func TestResealRefuses(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	for _, c := range []struct {
		name, text, changed string
		code                report.Code
		line                int
	}{
		{"a.yaml", "a: x\n", "a: [x\n", report.InvalidDocument, 1},
		{"a.yaml", "a: x\n", "a: x\na: " + secret + "\n", report.DuplicateKey, 2},
		{"a.yaml", "a: x\n", "a: x\nb: 'ENC[AES256_GCM,data:" + secret + "]'\n", report.AlreadyEncrypted, 2},
		{"a.yaml", "a: x\n", "a: x\nsops: " + secret + "\n", report.AlreadyEncrypted, 2},
		{"a.yaml", "a: x\n", "- " + secret + "\n", report.NotAMap, 1},
		{"a.yaml", "a: x\n", "# " + secret + "\n", report.EmptyDocument, 0},
		{"a.json", `{"a": "x"}`, `{"a": "` + secret + `",}`, report.InvalidDocument, 1},
		{"a.json", `{"a": "x"}`, `{}`, report.EmptyDocument, 0},
		{"a.env", "A=x\n", "A=x\n" + secret + "\n", report.InvalidDocument, 2},
		{"a.env", "A=x\n", "A=x\nsops_b=" + secret + "\n", report.AlreadyEncrypted, 2},
		{"a.ini", "[a]\nb = x\n", "[a\nb = " + secret + "\n", report.InvalidDocument, 1},
	} {
		dir := t.TempDir()
		e := edit(t, dir, c.name, sopstest.Encrypt(t, dir, c.name, c.text, "--age", recipient))
		out, f := e.Reseal([]byte(c.changed))
		if f == nil {
			t.Errorf("%q: it becomes %s", c.changed, out.Text)
			continue
		}
		if f.Code != c.code || f.Place.Line != c.line {
			t.Errorf("%q: it is %s: %v", c.changed, f.Code, f.Lines())
		}
		sopstest.TellsNothing(t, f.Lines(), secret)
	}
}
