package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// versionOf is the version of a module that a command is built from.
func versionOf(t *testing.T, name, module string) string {
	t.Helper()
	args := []string{"list", "-m", "-f", "{{.Version}}"}
	for _, flag := range packages[name].flags {
		if strings.HasPrefix(flag, "-modfile=") {
			args = append(args, flag)
		}
	}
	dir := filepath.Join(root, packages[name].module)
	return strings.TrimSpace(run(t, dir, "go", append(args, module)...))
}

// compatible holds a table of docs/compatibility.md to what a test found out, or with -update writes it.
func compatible(t *testing.T, name, table string) {
	t.Helper()
	page := filepath.Join(root, "docs", "compatibility.md")
	begin, end := "<!-- the table of "+name+": made by a test -->\n", "<!-- end -->\n"
	before, rest, found := strings.Cut(readFile(t, page), begin)
	got, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no table of %s", page, name)
	}
	if *update {
		writeFile(t, page, before+begin+table+end+after)
	} else if diff := cmp.Diff(table, got); diff != "" {
		t.Errorf("the table of %s is not what -update writes (-want +got):\n%s", name, diff)
	}
}
