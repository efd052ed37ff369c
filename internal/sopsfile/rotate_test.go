package sopsfile_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// TestKeyGroups keeps key groups and their threshold through every change.
func TestKeyGroups(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	identity, other := sopstest.NewAgeKey(t)
	dir := t.TempDir()
	sopstest.Write(t, dir, ".sops.yaml", []byte("creation_rules:\n- shamir_threshold: 2\n  key_groups: [{age: ["+recipient+
		"]}, {age: ["+other+"]}, {age: ["+other+"]}]\n"))
	sopstest.Write(t, dir, "a.yaml", []byte("# c\na: one\nb: 2\n"))
	sopstest.SOPS(t, dir, "encrypt", "-i", "a.yaml")
	text := read(t, dir, "a.yaml")
	if _, f := sopsfile.NewKeyring().Edit(context.Background(), text, sopsfile.YAML, "a.yaml"); f == nil {
		t.Fatal("one of two key groups is enough")
	}
	t.Setenv("SOPS_AGE_KEY", identity)
	check := func(what string, out []byte, f *report.Finding, want string) {
		t.Helper()
		if f != nil {
			t.Fatalf("%s: %v", what, f)
		}
		sopstest.Write(t, dir, "a.yaml", out)
		if got := string(sopstest.SOPS(t, dir, "decrypt", "a.yaml")); got != want {
			t.Errorf("%s: %s", what, got)
		}
		if !bytes.Contains(out, []byte("shamir_threshold: 2")) || bytes.Count(out, []byte("recipient: ")) != 3 {
			t.Errorf("%s:\n%s", what, out)
		}
	}
	out, f := edit(t, dir, "a.yaml", text).Set(0, sopsfile.Path{"a"}, "new")
	check("set", out, f, "# c\na: new\nb: 2\n")
	rotated, f := edit(t, dir, "a.yaml", out).Rotate(context.Background())
	check("rotate", rotated, f, "# c\na: new\nb: 2\n")
	e := edit(t, dir, "a.yaml", rotated)
	out, f = e.Readdress(context.Background(), e.Recipients())
	check("updatekeys", out, f, "# c\na: new\nb: 2\n")
}

// TestRotate has a new data key for every format, which sops opens, and no ciphertext of before.
func TestRotate(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	for name, c := range settings {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			text := sopstest.Encrypt(t, dir, c.name, c.text, append([]string{"--age", recipient}, c.args...)...)
			sopstest.Write(t, dir, c.name, text)
			want := string(sopstest.SOPS(t, dir, "decrypt", c.name))
			out, f := edit(t, dir, c.name, text).Rotate(context.Background())
			if f != nil {
				t.Fatal(f)
			}
			sopstest.Write(t, dir, c.name, out)
			if got := string(sopstest.SOPS(t, dir, "decrypt", c.name)); got != want {
				t.Errorf("(-want +got):\n%s", cmp.Diff(want, got))
			}
			for _, old := range ciphertexts.FindAllString(string(text), -1) {
				if bytes.Contains(out, []byte(old)) {
					t.Errorf("it keeps %s", old)
				}
			}
		})
	}
}

// TestPlainSpec shows several lines of text as a block scalar, with the comments around it, and encrypts what did not
// change to the same bytes.
func TestPlainSpec(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	plain := "kind: SecretSpec\nsecrets:\n# above\n- data:\n    pem:\n      value: |\n        one\n\n          two\n    # below\n" +
		"    stripped:\n        value: |-\n          a\n          b\n    kept:\n      value: \"a\\n\\n\"\n" +
		"    braces: {value: \"a\\nb\"}\n    first:\n      value: \" a\\nb\"\n  name: shop\n"
	sealed, f := encryptIn(t, dir, recipient, plain)
	if f != nil {
		t.Fatal(f)
	}
	open := func(text string) *sopsfile.Editable { return edit(t, dir, "spec.yaml", []byte(text)) }
	got, f := open(sealed).PlainSpec()
	if f != nil || string(got) != plain {
		t.Fatalf("%v (-want +got):\n%s", f, cmp.Diff(plain, string(got)))
	}
	again, f := open(sealed).ResealSpec(got)
	if f != nil || string(again) != sealed {
		t.Errorf("%v (-want +got):\n%s", f, cmp.Diff(sealed, string(again)))
	}
	// A comment behind the ciphertext, and CRLF.
	first := sealedValue.FindString(sealed)
	commented := strings.Replace(sealed, first, first+" # why", 1)
	want := strings.Replace(plain, "value: |\n", "value: | # why\n", 1)
	if got, f = open(commented).PlainSpec(); f != nil || string(got) != want {
		t.Errorf("%v (-want +got):\n%s", f, cmp.Diff(want, string(got)))
	}
	if got, f = open(strings.ReplaceAll(commented, "\n", "\r\n")).PlainSpec(); f != nil ||
		string(got) != strings.ReplaceAll(want, "\n", "\r\n") {
		t.Errorf("%v: %q", f, got)
	}
}
