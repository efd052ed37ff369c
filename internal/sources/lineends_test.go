package sources_test

import (
	"bytes"
	"testing"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// TestCarriageReturns reads dotenv text whose lines end in CRLF as kubectl and kustomize do: without them in the
// values.
func TestCarriageReturns(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	no := false
	text := "# comment\r\nUSER=bob\r\nPASSWORD=hunter2\r\n"
	sopstest.Write(t, dir, "plain.env", []byte(text))
	sopstest.Encrypt(t, dir, "a.enc.env", text, "--age", recipient)
	for _, source := range []schema.Source{{File: "plain.env", Encrypted: &no}, {File: "a.enc.env"}} {
		value := open(t, dir, source)
		if out, f := value(schema.Value{Key: "PASSWORD"}); f != nil || string(out) != "hunter2" {
			t.Errorf("%s: %q, %v", source.File, out, f)
		}
		if out, f := value(schema.Value{As: schema.AsJSON}); f != nil ||
			string(out) != `{"USER":"bob","PASSWORD":"hunter2"}` {
			t.Errorf("%s: %q, %v", source.File, out, f)
		}
		if out, f := value(schema.Value{}); f != nil || string(out) != text { // as `sops -d` prints it
			t.Errorf("%s: %q, %v", source.File, out, f)
		}
	}
	// A value that merely ends in a carriage return keeps it.
	sopstest.Encrypt(t, dir, "b.enc.env", "USER=bob\nPASSWORD=hunter2\r\n", "--age", recipient)
	if out, f := open(t, dir, schema.Source{File: "b.enc.env"})(schema.Value{Key: "PASSWORD"}); f != nil ||
		string(out) != "hunter2\r" {
		t.Errorf("%q, %v", out, f)
	}
}

// TestChangedByTools tells what Git and editors do to an encrypted file from tampering.
func TestChangedByTools(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	texts := map[schema.Format]string{
		schema.YAML: "a: hunter2\nb:\n- hunter2\n", schema.JSON: `{"a": "hunter2"}`, schema.Dotenv: "a=hunter2\n",
		schema.INI: "[s]\na = hunter2\n", schema.Binary: "hunter2\n",
	}
	names := map[schema.Format]string{
		schema.YAML: "a.yaml", schema.JSON: "a.json", schema.Dotenv: "a.env", schema.INI: "a.ini", schema.Binary: "a.bin",
	}
	for format, text := range texts {
		encrypted := sopstest.Encrypt(t, dir, names[format], text, "--age", recipient)
		for name, c := range map[string]struct {
			changed []byte
			refused map[schema.Format]report.Code // what is not named opens, to the same values
		}{
			"CRLF": {
				bytes.ReplaceAll(encrypted, []byte("\n"), []byte("\r\n")),
				map[schema.Format]report.Code{schema.Dotenv: report.LineEndsChanged},
			},
			"byte order mark": {
				append([]byte("\ufeff"), encrypted...),
				map[schema.Format]report.Code{schema.JSON: report.ByteOrderMark, schema.Dotenv: report.ByteOrderMark,
					schema.Binary: report.ByteOrderMark},
			},
			"joined": {
				append(bytes.Clone(encrypted), encrypted...),
				map[schema.Format]report.Code{
					schema.YAML: report.JoinedDocuments, schema.JSON: report.JoinedDocuments, schema.Dotenv: report.JoinedDocuments,
					schema.INI: report.JoinedDocuments, schema.Binary: report.JoinedDocuments,
				},
			},
		} {
			source := schema.Source{Name: "it", Inline: string(c.changed), Format: format}
			set, findings := openAll(rootless(), specOf(source), sources.Origin{})
			want := c.refused[format]
			switch {
			case want == "" && (len(findings) > 0 || !set.Has([]string{"it"})):
				t.Errorf("%s, %s: %v", format, name, findings)
			case want != "" && (len(findings) != 1 || findings[0].Code != want):
				t.Errorf("%s, %s: %v", format, name, findings)
			case want != "":
				sopstest.TellsNothing(t, findings[0].Error(), "hunter2")
			}
		}
	}
}

// TestPlaceOfValue names the file, line and column of a value that is at fault.
func TestPlaceOfValue(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", "app:\n    user: bob\n    none: null\n", "--age", recipient)
	_, f := open(t, dir, schema.Source{File: "a.enc.yaml"})(schema.Value{Key: "app.none"})
	if f == nil || f.Place != (report.Place{File: "a.enc.yaml", Line: 3, Column: 11}) {
		t.Errorf("%+v", f)
	}
	if want := `a.enc.yaml:3:11: error: secrets[0].data.it: the value at "app.none" is null; write "" for an empty value`; f != nil && f.Line() != want {
		t.Errorf("%s, want %s", f.Line(), want)
	}
}
