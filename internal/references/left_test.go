package references

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestHits looks for names in texts, as whole words.
func TestHits(t *testing.T) {
	f := tracer{known: map[string]bool{"db": true, "a.b-c": true}}
	for text, want := range map[string]string{
		"db": "db", "": "", "d": "", "db db": "db db", "x/db:1": "db", "db.": "db", "db-": "db", "db.-": "db", "(db)": "db",
		"a.b-c": "a.b-c", "a.b": "", "see a.b-c.": "a.b-c", "db\ndb": "db db",
		"adb": "", "zdb": "", "Adb": "", "Zdb": "", "0db": "", "9db": "", "-db": "", ".db": "", "_db": "", "db_": "",
		"dbz": "", "db9": "",
		"`db": "db", "{db": "db", "@db": "db", "[db": "db", "/db": "db", ":db": "db", "édb": "db", ",db": "db",
	} {
		var got []string
		for at, name := range f.hits(text) {
			got = append(got, name)
			if !strings.HasPrefix(text[at:], name) {
				t.Errorf("%q: %s is not at %d", text, name, at)
			}
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
		if got := f.mentions(text); got != (want != "") {
			t.Errorf("%q mentions one: %v", text, got)
		}
	}
}
