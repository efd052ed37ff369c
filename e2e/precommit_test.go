package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPreCommit has the real pre-commit framework run our hooks in a real repository, laid out as examples/gitops/flux:
// what is rendered stays what is declared, in every commit, and a plaintext secret staged by mistake stops it. The
// hooks are those of HEAD: that which pre-commit builds, and that which runs the secretwright on the PATH.
func TestPreCommit(t *testing.T) {
	if _, err := exec.LookPath("pre-commit"); err != nil {
		t.Fatalf("%v; install.sh installs it", err)
	}
	setUp(t, "examples", "sops", "secretwright")
	// The framework builds the hook with a GOPATH of its own; what it needs is in the module cache already.
	t.Setenv("GOMODCACHE", strings.TrimSpace(run(t, root, "go", "env", "GOMODCACHE")))
	t.Setenv("GOFLAGS", "-modcacherw=false")
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
		"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		t.Setenv(name, value)
	}
	hooks := filepath.Join(t.TempDir(), "secretwright")
	run(t, root, "git", "clone", "--quiet", "--no-hardlinks", root, hooks)
	revision := strings.TrimSpace(run(t, hooks, "git", "rev-parse", "HEAD"))
	for _, suffix := range []string{"", "-system"} {
		t.Run("secretwright-render"+suffix, func(t *testing.T) {
			t.Setenv("PRE_COMMIT_HOME", t.TempDir())
			work := copied(t, "examples/gitops/flux")
			writeFile(t, filepath.Join(work, ".sops.yaml"), "creation_rules:\n- age: "+recipient(t, "examples")+"\n")
			config := readFile(t, filepath.Join(work, ".pre-commit-config.yaml"))
			config = strings.Replace(config, "https://github.com/secretwright/secretwright", hooks, 1)
			config = strings.Replace(config, "rev: main # pin a release", "rev: "+revision, 1)
			if suffix != "" { // else they find the SecretSpec by themselves
				config = strings.NewReplacer("secretwright-check\n", "secretwright-check\n    args: [secretspec.yaml, deploy]\n",
					"secretwright-render\n",
					"secretwright-render\n    args: [--output, rendered, secretspec.yaml, deploy]\n").Replace(config)
			}
			config = strings.NewReplacer("-check", "-check"+suffix, "-render", "-render"+suffix).Replace(config)
			writeFile(t, filepath.Join(work, ".pre-commit-config.yaml"), config)
			run(t, work, "git", "init", "--quiet")
			run(t, work, "pre-commit", "install")
			commits(t, repository{t, work})
		})
	}
}

// repository is a Git work tree with hooks.
type repository struct {
	t   *testing.T
	dir string
}

// commit runs git commit with arguments, and fails the test unless it succeeds, or unless it fails and says every one
// of some texts.
func (r repository) commit(args []string, refusal ...string) {
	r.t.Helper()
	stdout, stderr, err := try(r.t, r.dir, "", "git", append([]string{"commit"}, args...)...)
	output := stdout + stderr
	if (err != nil) != (len(refusal) > 0) {
		r.t.Errorf("git commit %q: %v, want a refusal: %t\n%s", args, err, len(refusal) > 0, output)
	}
	for _, text := range refusal {
		if !strings.Contains(output, text) {
			r.t.Errorf("git commit %q does not say %q:\n%s", args, text, output)
		}
	}
	if strings.Contains(output, "in-the-open") {
		r.t.Errorf("the secret is shown:\n%s", output)
	}
}

func (r repository) path(name string) string { return filepath.Join(r.dir, name) }

// committed returns a file as the last commit has it.
func (r repository) committed(name string) string {
	return run(r.t, r.dir, "git", "show", "HEAD:"+name)
}

// commits makes the commits of a day: the first, others, amended ones, and parts of what was changed.
func commits(t *testing.T, r repository) {
	const secret = "rendered/secret_database.yaml"
	if err := os.RemoveAll(r.path("rendered")); err != nil {
		t.Fatal(err)
	}
	run(t, r.dir, "git", "add", "--all")
	r.commit([]string{"--message", "The first"},
		secret+": error: it is rendered, and the commit would not have it; run git add "+secret)
	r.commit([]string{"--message", "The first, again"}, secret+": error: it is rendered, and the commit would not have it")
	run(t, r.dir, "git", "add", "rendered")
	r.commit([]string{"--message", "The first, with what is rendered"})
	if text := r.committed(secret); !strings.Contains(text, "ENC[AES256_GCM,") {
		t.Errorf("the rendered Secret is not encrypted:\n%s", text)
	}

	// A source in the clear, though nothing else is committed.
	encrypted := readFile(t, r.path("database.enc.yaml"))
	writeFile(t, r.path("database.enc.yaml"), "app:\n  user: shop\n  password: in-the-open\n")
	r.commit([]string{"--all", "--message", "In the open"}, "database.enc.yaml: it is not encrypted")
	writeFile(t, r.path("database.enc.yaml"), encrypted)
	// One that is removed, where no file is left for pre-commit to name.
	run(t, r.dir, "git", "rm", "--quiet", "--force", "database.enc.yaml")
	r.commit([]string{"--message", "Nothing to decrypt"}, "database.enc.yaml")
	run(t, r.dir, "git", "reset", "--quiet", "--hard")

	// Another password, and the rendered Secret only once it is staged.
	before := r.committed(secret)
	run(t, r.dir, "sops", "set", "database.enc.yaml", `["app"]["password"]`, `"another one"`)
	r.commit([]string{"--all", "--message", "Another password"}, "files were modified by this hook",
		secret+": error: it was rendered")
	run(t, r.dir, "git", "add", "database.enc.yaml")
	r.commit([]string{"--message", "Another password, its Secret not staged"}, secret+": error: it was rendered")
	run(t, r.dir, "git", "add", "rendered")
	r.commit([]string{"--message", "Another password, rendered"})
	if r.committed(secret) == before {
		t.Error("the commit has the Secret as it was before")
	}

	// A commit that is amended is held to the same.
	run(t, r.dir, "sops", "set", "database.enc.yaml", `["app"]["password"]`, `"a third one"`)
	run(t, r.dir, "git", "add", "database.enc.yaml")
	r.commit([]string{"--amend", "--no-edit"}, secret+": error: it was rendered")
	run(t, r.dir, "git", "add", "rendered")
	r.commit([]string{"--amend", "--no-edit"})
	r.commit([]string{"--amend", "--message", "Another password, in other words"})

	// Of two changes one is staged: what is rendered is of that one, and the other stays in the work tree.
	spec := readFile(t, r.path("secretspec.yaml"))
	writeFile(t, r.path("secretspec.yaml"), strings.Replace(spec, "kind: SecretSpec", "kind: SecretSpec # staged", 1))
	run(t, r.dir, "git", "add", "secretspec.yaml")
	broken := strings.Replace(readFile(t, r.path("secretspec.yaml")), "kind: SecretSpec", "kind: NotYet", 1)
	writeFile(t, r.path("secretspec.yaml"), broken)
	run(t, r.dir, "sops", "set", "database.enc.yaml", `["app"]["password"]`, `"not staged"`)
	unstaged := readFile(t, r.path("database.enc.yaml"))
	before = r.committed(secret)
	r.commit([]string{"--message", "A part"})
	if got := r.committed("secretspec.yaml"); !strings.Contains(got, "SecretSpec # staged") ||
		r.committed(secret) != before {
		t.Errorf("the commit has more than what is staged:\n%s", got)
	}
	if readFile(t, r.path("secretspec.yaml")) != broken || readFile(t, r.path("database.enc.yaml")) != unstaged {
		t.Error("what was not staged is lost")
	}
	writeFile(t, r.path("secretspec.yaml"), r.committed("secretspec.yaml"))

	// A source is staged, and its Secret rendered but not staged: pre-commit puts the Secret aside, and it is rendered
	// anew.
	run(t, r.dir, "secretwright", "render", "--output", "rendered", "secretspec.yaml", "deploy")
	run(t, r.dir, "git", "add", "database.enc.yaml")
	r.commit([]string{"--message", "A source without its Secret"},
		secret+": error: it was rendered, and the commit would have it as it was before")
	run(t, r.dir, "git", "add", "--all")
	r.commit([]string{"--message", "A source and its Secret"})
	if left := run(t, r.dir, "git", "status", "--porcelain"); left != "" {
		t.Errorf("not committed:\n%s", left)
	}
}
