package sources_test

import (
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// TestDuplicateKey refuses a document with a key that somebody without a key has added in front of the one that is
// there. SOPS's MAC does not cover it, since it is empty. So it is in every format, however the document is read.
func TestDuplicateKey(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	for format, c := range map[schema.Format][4]string{
		schema.YAML:   {"a.yaml", "password: hunter2\n", "", "password: \"\"\n"},
		schema.JSON:   {"a.json", `{"password": "hunter2"}`, "{", `{"password": "",`},
		schema.Dotenv: {"a.env", "password=hunter2\n", "", "password=\n"},
		schema.INI:    {"a.ini", "[s]\npassword = hunter2\n", "[s]\n", "[s]\npassword =\n"},
		schema.Binary: {"a.bin", "hunter2\n", "{", `{"data": "",`},
	} {
		encrypted := string(sopstest.Encrypt(t, dir, c[0], c[1], "--age", recipient))
		text := c[3] + strings.TrimPrefix(encrypted, c[2])
		for _, keyless := range []bool{false, true} {
			opener := rootless()
			opener.Keyless = keyless
			set, findings := openAll(opener, specOf(schema.Source{Name: "it", Inline: text, Format: format}), sources.Origin{})
			if len(findings) != 1 || findings[0].Code != report.DuplicateKey || set.Has([]string{"it"}) {
				t.Errorf("%s: %v", format, findings)
				continue
			}
			sopstest.Holds(t, findings[0].Error(), "appears twice in it, first in line ")
		}
	}
}

// TestDuplicateKeyInTheClear refuses them in documents that are not encrypted too.
func TestDuplicateKeyInTheClear(t *testing.T) {
	no := false
	for format, text := range map[schema.Format]string{
		schema.YAML: "a: 1\na: 2\n", schema.JSON: `{"a": 1, "a": 2}`, schema.Dotenv: "a=1\na=2\n",
		schema.INI: "[a]\nb=1\nb=2\n",
	} {
		set, _ := openAll(rootless(), specOf(schema.Source{Name: "it", Inline: text, Format: format, Encrypted: &no}),
			sources.Origin{})
		for _, value := range []schema.Value{{From: "it", Key: "a"}, {From: "it", As: schema.AsJSON}} {
			if out, f := set.Value(here, value); f == nil || f.Code != report.DuplicateKey {
				t.Errorf("%s: it gives %q, %v", format, out, f)
			}
		}
	}
}
