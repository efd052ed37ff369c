package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestKptSealed renders a package in place whose Secrets go out encrypted, as docs/gitops.md has it: rendered again
// nothing changes, a changed value changes its line alone, and the plain sops command opens what stands in Git.
func TestKptSealed(t *testing.T) {
	setUp(t, "examples", "secretwright", "sops", "kpt")
	work := copied(t, "examples/kpt/shop")
	spec := filepath.Join(work, "secretspec.yaml")
	writeFile(t, spec, strings.Replace(readFile(t, spec), "sources:\n", "output: {sops: {}}\nsources:\n", 1))
	writeFile(t, filepath.Join(work, ".sops.yaml"), "creation_rules:\n- age: "+recipient(t, "examples")+"\n")
	render := func() map[string]string {
		run(t, work, "kpt", "fn", "render", "--allow-exec")
		return files(t, work)
	}

	first := render()
	secret := "secret_database.yaml"
	if !strings.Contains(first[secret], "ENC[AES256_GCM,") || strings.Contains(first[secret], "YzBycmVjdC") {
		t.Fatalf("the Secret is not encrypted:\n%s", first[secret])
	}
	if opened := run(t, work, "sops", "-d", secret); !strings.Contains(opened, "password: YzBycmVjdC9ob3JzZStiYXR0ZXJ5") {
		t.Errorf("sops opens something else:\n%s", opened)
	}
	if diff := cmp.Diff(first, render()); diff != "" {
		t.Errorf("rendered again, something changes (-first +second):\n%s", diff)
	}

	run(t, work, "sops", "set", "database.enc.yaml", `["app"]["password"]`, `"another"`)
	second := render()
	for line := range strings.Lines(second[secret]) {
		key, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		expected := strings.Contains(" name password url mac lastmodified ", " "+key+" ")
		if same := strings.Contains(first[secret], line); !same && !expected {
			t.Errorf("a line changed that has nothing to do with the password: %s", line)
		}
	}
	if opened := run(t, work, "sops", "-d", secret); !strings.Contains(opened, "password: YW5vdGhlcg==") {
		t.Errorf("the new password is not there:\n%s", opened)
	}
}
