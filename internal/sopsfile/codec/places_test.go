package codec

import (
	"errors"
	"testing"

	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
)

// TestCRLF tells a file that had CRLF when SOPS encrypted it.
func TestCRLF(t *testing.T) {
	for text, want := range map[string]bool{
		"# c\r\nA=1\r\nB=\r\n": true, "A=1\nB=2\r\n": false, "A=1\n": false, "#c\r\n": false,
	} {
		branches, err := oracle(Dotenv).LoadPlainFile([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := seal(Dotenv, branches, newMetadata(nil))
		if err != nil {
			t.Fatal(err)
		}
		d, err := ours(Dotenv).LoadEncrypted(sealed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Open(testKey, crypt.NewCipher()); err != nil || d.CRLF() != want {
			t.Errorf("%q: %v %v", text, d.CRLF(), err)
		}
	}
}

// TestJoinedYAML tells two SOPS documents in one file from one of two YAML documents.
func TestJoinedYAML(t *testing.T) {
	one, two := sealText(t, YAML, "a: x\n"), sealText(t, YAML, "b: y\n")
	_, err := ours(YAML).LoadEncrypted([]byte(string(one) + "---\n" + string(two)))
	var e *Error
	if !errors.Is(err, ErrJoined) || !errors.As(err, &e) || e.Line < 5 {
		t.Errorf("%v", err)
	}
	if _, err := ours(YAML).LoadEncrypted(sealText(t, YAML, "a: x\n---\nb: y\n")); err != nil {
		t.Error(err)
	}
}

// TestPlaces holds the places of values, and the ranges that are theirs.
func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		format Format
		text   string
		path   Path
		line   int
		column int
		ranged string
	}{
		{YAML, "# c\na:\n  - x\n  # d\n  - é: 'it''s' # e\n", Path{"a", 1, "é"}, 5, 8, "'it''s'"},
		{YAML, "\ufeffa: \"x\\\"y\"\r\nb: \"z\"\r\n", Path{"b"}, 2, 4, `"z"`},
		{YAML, "a: ENC[AES256_GCM,data:x] # c\n", Path{"a"}, 1, 4, "ENC[AES256_GCM,data:x]"},
		{YAML, "a: plain # c\n", Path{"a"}, 1, 4, "plain"},
		{YAML, "a: [1, 2.50]\n", Path{"a", 1}, 1, 8, "2.50"},
		{YAML, `a: "x\"y"`, Path{"a"}, 1, 4, `"x\"y"`},
		{YAML, `a: 'x\'`, Path{"a"}, 1, 4, `'x\'`},
		{YAML, "\na: b\n", Path{"a"}, 2, 4, "b"},
		{YAML, "\xfe\xff\x00a\x00:\x00 \x00a", Path{"a"}, 1, 4, ""},
		{YAML, "a: 'two\n  lines'\n", Path{"a"}, 1, 4, ""},
		{YAML, "a: two\n  lines\n", Path{"a"}, 1, 4, ""},
		{YAML, "a: &b 1\nc: *b\n", Path{"c"}, 2, 4, ""},
		{YAML, "a: !!str 1\n", Path{"a"}, 1, 4, ""},
		{YAML, "a: |\n  x\n", Path{"a"}, 1, 4, ""},
		{YAML, "a: &x 'y'\n", Path{"a"}, 1, 4, ""},
		{JSON, "{\n  \"a\": [1,\n \"é\", -2.5e3]}", Path{"a", 2}, 3, 7, "-2.5e3"},
		{JSON, `{"a": {"b": "x\"y"}}`, Path{"a", "b"}, 1, 13, `"x\"y"`},
		{Dotenv, "# c\nÉ=a=b\n", Path{"É"}, 2, 3, "a=b"},
		{INI, "\ufeff; c\n[s]\n é = x y ; d\n", Path{"s", "é"}, 3, 4, "x y"},
		{INI, "[s]\na = 'x'\n", Path{"s", "a"}, 2, 4, ""},
		{Binary, "xyz", Path{"data"}, 1, 1, "xyz"},
	} {
		d, err := ours(test.format).LoadPlain([]byte(test.text))
		if err != nil {
			t.Fatal(err)
		}
		at, ok := d.Place(0, test.path)
		if !ok || at.Line != test.line || at.Column != test.column || test.text[at.Start:at.End] != test.ranged {
			t.Errorf("%q %v: %+v %q", test.text, test.path, at, test.text[at.Start:at.End])
		}
		if _, ok := d.Place(1, nil); ok {
			t.Error("there is no second document")
		}
	}
}

// TestQuotedLength finds the end of quoted text.
func TestQuotedLength(t *testing.T) {
	for text, want := range map[string]int{"'x' y'": 3, "'x''y'": 6, "'x": 0, "'x''": 0, `"x\"" `: 5, `"x\"`: 0} {
		if got := quotedLength([]byte(text)); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}
