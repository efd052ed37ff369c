package sources_test

import (
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// TestDuplicateKey looks up a key that somebody without a key has added in front of the one that is there. SOPS's MAC
// does not cover it, since it is empty.
func TestDuplicateKey(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	for format, c := range map[schema.Format][3]string{
		schema.JSON:   {"a.json", `{"password": "hunter2"}`, `{"password": "",`},
		schema.Dotenv: {"a.env", "password=hunter2\n", "password=\n"},
	} {
		text := c[2] + strings.TrimPrefix(string(sopstest.Encrypt(t, dir, c[0], c[1], "--age", recipient)), "{")
		set, findings := openAll(rootless(), specOf(schema.Source{Name: "it", Inline: text, Format: format}), sources.Origin{})
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		out, f := set.Value(here, schema.Value{From: "it", Key: "password"})
		if f == nil || f.Code != report.DuplicateKey {
			t.Errorf("it gives %q, %v", out, f)
		} else {
			sopstest.Holds(t, f.Error(), `"password" stands 2 times in it; keep one of them`)
		}
		got, findings := scalars(set, schema.DataFrom{From: "it"})
		if len(got) > 0 || len(findings) != 1 || findings[0].Code != report.DuplicateKey {
			t.Errorf("it gives %v, %v", got, findings)
		} else {
			sopstest.Holds(t, findings[0].Error(), `"password" stands twice in it`)
		}
	}
}
