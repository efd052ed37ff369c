package sopsfile_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/pinned"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

var update = flag.Bool("update", false, "write the table of SOPS versions in docs/compatibility.md anew")

// TestVersions opens what old versions of sops encrypted, with and without gpg's agent, and holds it to sops -d of
// today. The table in docs/compatibility.md is what it opened.
func TestVersions(t *testing.T) {
	keys, err := filepath.Abs(filepath.Join("..", "..", "testdata", "keys", "test.age"))
	if err != nil {
		t.Fatal(err)
	}
	versions := sopsVersions(t)
	table := "| sops | age | PGP |\n|---|---|---|\n"
	for _, version := range versions {
		dir := filepath.Join("testdata", "versions", version)
		row := map[string][]string{}
		for _, extension := range []string{"yaml", "json", "env", "ini", "bin"} {
			for _, key := range []string{"age", "pgp"} {
				name := key + ".enc." + extension
				if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
					continue
				}
				opens := t.Run(version+"/"+name, func(t *testing.T) {
					sopstest.NoKeys(t)
					if key == "age" {
						t.Setenv("SOPS_AGE_KEY_FILE", keys)
					} else {
						pgpKey(t)
					}
					whole, f := opened(t, dir, name).Whole()
					if f != nil {
						t.Fatal(f)
					}
					if !strings.Contains(string(whole), "c0rrect/horse") {
						t.Errorf("the password is not in it:\n%s", whole)
					}
					if diff := cmp.Diff(string(sopstest.SOPS(t, dir, "decrypt", name)), string(whole)); diff != "" {
						t.Errorf("(-sops +got):\n%s", diff)
					}
				})
				if opens {
					row[key] = append(row[key], string(sopsfile.FormatOf(name)))
				}
			}
		}
		if len(row["pgp"]) == 0 {
			t.Errorf("there is nothing of sops %s", version)
		}
		table += "| " + version + " | " + strings.Join(row["age"], ", ") + " | " + strings.Join(row["pgp"], ", ") + " |\n"
	}
	page := filepath.Join(pinned.Root(), "docs", "compatibility.md")
	pinned.Table(t, page, "sops", table, *update)
}

// sopsVersions returns the versions of which there are documents, the newest first.
func sopsVersions(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join("testdata", "versions", "[0-9]*"))
	if err != nil || len(dirs) < 14 {
		t.Fatalf("there are documents of %d versions: %v", len(dirs), err)
	}
	var versions []string
	for _, dir := range dirs {
		versions = append(versions, filepath.Base(dir))
	}
	slices.SortFunc(versions, func(a, b string) int {
		return slices.Compare(numbers(t, b), numbers(t, a))
	})
	return versions
}

func numbers(t *testing.T, version string) []int {
	t.Helper()
	var out []int
	for part := range strings.SplitSeq(version, ".") {
		number, err := strconv.Atoi(part)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, number)
	}
	return out
}

// pgpKey has the PGP key of the documents found, as gpg kept keys before 2.1: then no agent is needed.
func pgpKey(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	if err := os.CopyFS(home, os.DirFS(filepath.Join("testdata", "versions", "keys"))); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GNUPGHOME", home)
	t.Setenv("SOPS_GPG_EXEC", filepath.Join(home, "no-gpg"))
}
