package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPreCommit has the real pre-commit framework run our hooks in a real repository, laid out as examples/gitops/flux: what is
// rendered stays what is declared, and a plaintext secret staged by mistake stops the commit. The hooks are those of HEAD.
func TestPreCommit(t *testing.T) {
	if _, err := exec.LookPath("pre-commit"); err != nil {
		t.Fatalf("%v; install.sh installs it", err)
	}
	setUp(t, "examples", "sops")
	// The framework builds the hook with a GOPATH of its own; what it needs is in the module cache already.
	t.Setenv("GOMODCACHE", strings.TrimSpace(run(t, root, "go", "env", "GOMODCACHE")))
	t.Setenv("GOFLAGS", "-modcacherw=false")
	t.Setenv("PRE_COMMIT_HOME", t.TempDir())
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
		"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		t.Setenv(name, value)
	}
	hooks := filepath.Join(t.TempDir(), "secretwright")
	run(t, root, "git", "clone", "--quiet", "--no-hardlinks", root, hooks)
	revision := strings.TrimSpace(run(t, hooks, "git", "rev-parse", "HEAD"))

	work := copied(t, "examples/gitops/flux")
	writeFile(t, filepath.Join(work, ".sops.yaml"), "creation_rules:\n- age: "+recipient(t, "examples")+"\n")
	config := readFile(t, filepath.Join(work, ".pre-commit-config.yaml"))
	config = strings.Replace(config, "https://github.com/secretwright/secretwright", hooks, 1)
	config = strings.Replace(config, "rev: main # pin a release", "rev: "+revision, 1)
	writeFile(t, filepath.Join(work, ".pre-commit-config.yaml"), config)
	run(t, work, "git", "init", "--quiet")
	run(t, work, "pre-commit", "install")
	run(t, work, "git", "add", "--all")
	run(t, work, "git", "commit", "--message", "As the example has it")

	commit := func(message string) (output string, err error) {
		run(t, work, "git", "add", "--all")
		stdout, stderr, err := try(t, work, "", "git", "commit", "--message", message)
		return stdout + stderr, err
	}

	encrypted := readFile(t, filepath.Join(work, "database.enc.yaml"))
	writeFile(t, filepath.Join(work, "database.enc.yaml"), "app:\n  user: shop\n  password: in-the-open\n")
	output, err := commit("A secret in the open")
	if err == nil || !strings.Contains(output, "database.enc.yaml: it is not encrypted") {
		t.Errorf("a plaintext secret was committed (%v):\n%s", err, output)
	}
	if strings.Contains(output, "in-the-open") {
		t.Errorf("the secret is shown:\n%s", output)
	}
	writeFile(t, filepath.Join(work, "database.enc.yaml"), encrypted)

	run(t, work, "sops", "set", "database.enc.yaml", `["app"]["password"]`, `"another one"`)
	if output, err := commit("Another password"); err == nil || !strings.Contains(output, "files were modified by this hook") {
		t.Errorf("what is rendered was not renewed (%v):\n%s", err, output)
	}
	if output, err := commit("Another password, rendered"); err != nil {
		t.Errorf("%v:\n%s", err, output)
	}
	if secret := readFile(t, filepath.Join(work, "rendered", "secret_database.yaml")); !strings.Contains(secret, "ENC[AES256_GCM,") {
		t.Errorf("the rendered Secret is not encrypted:\n%s", secret)
	}
}
