package examples_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/pinned"
)

// TestReadmeExample has the first example of the README come out as it says, by the commands that it shows, for a
// reader who has no key yet.
func TestReadmeExample(t *testing.T) {
	work := newReader(t)
	out := "\n" + runBlock(t, work, readmeBlock(t, "console\n"))
	if text := file(t, filepath.Join(work, "secretspec.yaml")); strings.Contains(text, "c0rrect") {
		t.Errorf("the password is in the clear:\n%s", text)
	}
	for line := range strings.Lines(readmeBlock(t, "diff\n")) {
		if !strings.Contains(out, "\n"+line[1:]) {
			t.Errorf("the README shows a line that does not come out: %s", line)
		}
	}
}

// TestReadmeWays runs the first example in every other way that the README shows, with the files that it shows for it.
func TestReadmeWays(t *testing.T) {
	kpt := pinned.Command(t, "kpt")
	for _, test := range []struct {
		name    string
		files   map[string]string // name: how its block begins
		command string            // how its block begins
		wired   string            // the file that has the reference afterwards, if it is not printed
	}{
		{name: "without a file", command: "console\n$ secretwright init\n$ secretwright add "},
		{name: "kustomize", files: map[string]string{"kustomization.yaml": "yaml\n# kustomization.yaml\n"},
			command: "console\n$ kustomize "},
		{name: "kpt", files: map[string]string{"Kptfile": "yaml\napiVersion: kpt.dev/v1\n"}, command: "console\n$ kpt ",
			wired: "deployment.yaml"},
		{name: "alone", command: "console\n$ secretwright render secretspec.yaml deploy/ |"},
		{name: "sources", files: map[string]string{"values.yaml": "yaml\nsources:\n"},
			command: "console\n$ secretwright render secretspec.yaml deploy/ |"},
	} {
		t.Run(test.name, func(t *testing.T) {
			work := newReader(t)
			bin := t.TempDir()
			// Before any real kubectl: no test speaks to a cluster.
			write(t, filepath.Join(bin, "kubectl"), "#!/bin/sh\nexec cat\n")
			if err := os.Symlink(kpt, filepath.Join(bin, "kpt")); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
			for name, begins := range test.files {
				write(t, filepath.Join(work, name), readmeBlock(t, begins))
			}
			switch test.name {
			case "without a file":
				if err := os.Remove(filepath.Join(work, "secretspec.yaml")); err != nil {
					t.Fatal(err)
				}
			case "sources":
				run(t, work, "secretwright", "init")
				write(t, filepath.Join(work, "secrets", "database.enc.yaml"), "app: {password: c0rrect}\n")
				run(t, work, pinned.Command(t, "sops"), "encrypt", "-i", "secrets/database.enc.yaml")
				write(t, filepath.Join(work, "secretspec.yaml"), "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\n"+
					"metadata: {name: shop}\n"+file(t, filepath.Join(work, "values.yaml"))+
					"  usedBy: [{kind: Deployment, name: web, containers: [app], env: {DATABASE_URL: password}}]\n")
			default:
				run(t, work, "secretwright", "init")
				run(t, work, "secretwright", "encrypt", "secretspec.yaml")
			}
			if test.name == "kpt" {
				write(t, filepath.Join(work, ".krmignore"), ".sops.yaml\n") // as the README says
			}
			if strings.Contains(test.command, "deploy/") {
				write(t, filepath.Join(work, "deploy", "deployment.yaml"), file(t, "one-file/deployment.yaml"))
			}
			out := runBlock(t, work, readmeBlock(t, test.command))
			if test.wired != "" {
				out = file(t, filepath.Join(work, test.wired)) + "---\n" + file(t, filepath.Join(work, "secret_database.yaml"))
			}
			m := read(t, []byte(out))
			holdTogether(t, m)
			if pod := m.deployments[0].Spec.Template.Spec; len(pod.Containers[0].Env) != 1 || len(pod.Containers[1].Env) != 0 {
				t.Errorf("the containers app and proxy have %d and %d variables, want 1 and 0", len(pod.Containers[0].Env),
					len(pod.Containers[1].Env))
			}
		})
	}
}

// newReader returns a folder with the files of the README's first example, for a reader who has no key.
func newReader(t *testing.T) string {
	t.Helper()
	setUp(t)
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("SECRETWRIGHT_EXAMPLE_KEY", "")
	t.Setenv("SOPS_AGE_KEY_FILE", "")
	work := t.TempDir()
	write(t, filepath.Join(work, "secretspec.yaml"), readmeBlock(t, "yaml\n"))
	write(t, filepath.Join(work, "deployment.yaml"), file(t, "one-file/deployment.yaml"))
	return work
}

// readmeBlock returns the README's first block that begins like this, without its language.
func readmeBlock(t *testing.T, begins string) string {
	t.Helper()
	_, after, found := strings.Cut(file(t, "../README.md"), "\n```"+begins)
	text, _, closed := strings.Cut(after, "\n```\n")
	if !found || !closed {
		t.Fatalf("the README has no block that begins with %q", begins)
	}
	_, begins, _ = strings.Cut(begins, "\n")
	return begins + text + "\n"
}

// runBlock runs the commands of a block, and returns what they print.
func runBlock(t *testing.T, dir, block string) string {
	t.Helper()
	script := "set -o pipefail\n" + strings.ReplaceAll("\n"+block, "\n$ ", "\n")
	return string(run(t, dir, "bash", "-e", "-c", script))
}

// write writes a file, and the folders above it. A file may be a program.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func file(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
