package sources_test

import (
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// TestPlainInDocument takes values from documents that are encrypted in part, with a key and without one: those in the
// clear that no MAC covers are found at every way to them.
func TestPlainInDocument(t *testing.T) {
	dir := t.TempDir()
	recipient := sopstest.WithAgeKey(t)
	const rule = "encrypted_regex: ^secret, encrypted_comment_regex: '', mac_only_encrypted: true"
	for name, text := range map[string]string{
		"list.yaml": "secret:\n# a comment\n- one\n# another\n- two\nusers:\n# a comment\n- {secret: x, name: bob}\n" +
			"- {secret: y}\n",
		"merge.yaml": "base: &b {user: bob, secret: x}\nmore: {<<: *b, empty: \"\"}\nlists: {<<: [*b]}\n",
		"it.json":    `{"<<": {"user": "bob"}, "secret": {"user": "bob"}}`,
		"it.env":     "USER=bob\nsecret=x\n",
		"it.ini":     "[one]\nuser = bob\nsecret = x\n",
	} {
		sopstest.EncryptBy(t, dir, name, text, rule, recipient)
	}
	for _, c := range []struct {
		file, key, want string
		dialect         schema.Dialect
	}{
		{"list.yaml", "secret.1", "", ""},
		{"list.yaml", "users.0.name", "users[0].name at list.yaml:9:13", ""},
		{"list.yaml", "users.[name=bob].secret", "", ""},
		{"list.yaml", "users", "users[0].name at list.yaml:9:13", ""},
		{"merge.yaml", "more.user", "more.user at merge.yaml:6:15", ""},
		{"merge.yaml", "more", "more.user at merge.yaml:6:15", ""},
		{"merge.yaml", "more.secret", "", ""},
		{"merge.yaml", "more.empty", "", ""},
		{"merge.yaml", "lists.user", "lists.user at merge.yaml:11:17", ""},
		{"it.json", "<<.user", "user at it.json:3:11", ""},
		{"it.json", "secret.user", "", ""},
		{"it.env", "USER", "USER at it.env:1:6", ""},
		{"it.env", "secret", "", ""},
		{"it.env", "secret", "USER at it.env:1:6", schema.GodotenvDialect}, // which may use one variable in another
		{"it.ini", "one.user", "one.user at it.ini:2:9", ""},
		{"it.ini", "one.secret", "", ""},
	} {
		for _, keyless := range []bool{false, true} {
			opener := newOpener(t, dir)
			opener.Keyless = keyless
			set, _ := openAll(opener, specOf(schema.Source{Name: "it", File: c.file, Dialect: c.dialect}), sources.Origin{})
			var said report.Collector
			set.CheckPlain(&said, here, "it", c.key, nil)
			got := ""
			for _, f := range said.Findings() {
				got += strings.SplitN(f.Message, `"`, 3)[1] + " at " + f.Place.String()
				if f.Code != report.PlainInDocument || !f.IsError() || strings.Contains(f.Line(), "bob") {
					t.Errorf("%s", f.Line())
				}
			}
			if got != c.want {
				t.Errorf("%s in %s, keyless %v: got %q, want %q", c.key, c.file, keyless, got, c.want)
			}
		}
	}
}
