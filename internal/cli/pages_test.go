package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/cli"
	"github.com/secretwright/secretwright/internal/pinned"
)

// block matches a YAML example of a page whose first line says which file it is: `# before: FILE`, `# before,
// encrypted: FILE` or `# after: FILE`.
var block = regexp.MustCompile("(?ms)^```yaml\n# (before|before, encrypted|after): (\\S+)\n(.*?)^```$")

// TestPages moves the examples of docs/from-*.md with `secretwright adopt --write`, which makes both and compares them,
// and holds the files to those the page shows.
func TestPages(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(pinned.Root(), "docs", "from-*.md"))
	if err != nil || len(pages) < 5 {
		t.Fatalf("there are %d pages: %v", len(pages), err)
	}
	sops, kustomize := pinned.Command(t, "sops"), pinned.Command(t, "kustomize")
	t.Setenv("PATH", filepath.Dir(kustomize)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Setenv("SECRETWRIGHT_EXAMPLE_KEY", "1")
	t.Setenv("SOPS_AGE_KEY_FILE", filepath.Join(pinned.Root(), "examples", "age.key"))
	const recipient = "age1faylnuq73etc3zz679mtdxsrtxtzz5hsmvt5ssvfxtsnd39h53nqx9dp2d" // of examples/age.key
	for _, page := range pages {
		t.Run(filepath.Base(page), func(t *testing.T) {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "shop")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			write := func(name, content string) string {
				path := filepath.Join(dir, name)
				if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
				return path
			}
			write(".sops.yaml", "creation_rules: [{age: "+recipient+"}]\n")
			after := map[string]string{}
			for _, found := range block.FindAllStringSubmatch(string(text), -1) {
				switch kind, name, content := found[1], found[2], found[3]; kind {
				case "after":
					after[name] = content
				case "before":
					write(name, content)
				default:
					out, err := exec.Command(sops, "encrypt", "--age", recipient, "--encrypted-regex", "^(data|stringData)$",
						"-i", write(name, content)).CombinedOutput()
					if err != nil {
						t.Fatalf("sops encrypt %s: %v\n%s", name, err, out)
					}
				}
			}
			if len(after) == 0 {
				t.Fatal("the page shows nothing after the move")
			}
			var stdout, stderr bytes.Buffer
			if status := cli.Main(t.Context(), []string{"adopt", "--write", dir}, nil, &stdout, &stderr); status != 0 {
				t.Fatalf("status %d:\n%s", status, stderr.String())
			}
			for name, want := range after {
				got, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, string(got)); diff != "" {
					t.Errorf("%s (-page +adopt):\n%s", name, diff)
				}
			}
		})
	}
}

// TestReadmeCommands holds the commands that README.md names to those there are. A reader finds the rest with --help.
func TestReadmeCommands(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(pinned.Root(), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if status := cli.Main(t.Context(), []string{"help"}, nil, &stdout, &stderr); status != 0 {
		t.Fatalf("status %d:\n%s", status, stderr.String())
	}
	commands := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^  ([a-z]+) +[A-Z]`).FindAllStringSubmatch(stdout.String(), -1) {
		commands[found[1]] = true
	}
	named := map[string]bool{"help": true, "completion": true, "version": true}
	row, inRow := regexp.MustCompile("(?m)^\\| (`secretwright .*?) \\| "), regexp.MustCompile("`(?:secretwright )?([a-z]+)")
	found := regexp.MustCompile("(?:`|\\$ )secretwright ([a-z]+)").FindAllSubmatch(readme, -1)
	for _, cell := range row.FindAllSubmatch(readme, -1) {
		found = append(found, inRow.FindAllSubmatch(cell[1], -1)...)
	}
	for _, command := range found {
		name := string(command[1])
		named[name] = true
		if !commands[name] {
			t.Errorf("README.md names the command %s, which does not exist", name)
		}
	}
	for name := range commands {
		if !named[name] {
			t.Errorf("README.md does not name the command %s", name)
		}
	}
}
