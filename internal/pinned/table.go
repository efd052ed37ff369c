package pinned

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Table holds a table in a page of docs/ to what a test found out, or with update writes it. In the page it is between
// comments, of which the first names it.
func Table(t testing.TB, page, name, table string, update bool) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- the table of "+name+": made by `make generate` -->\n", "<!-- end -->\n"
	before, rest, found := strings.Cut(string(text), begin)
	got, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no table of %s", page, name)
	}
	if update {
		if err := os.WriteFile(page, []byte(before+begin+table+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table, got); diff != "" {
		t.Errorf("the table of %s is not what `make generate` writes (-want +got):\n%s", name, diff)
	}
}
