package e2e

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// root is the top of the repository, bin the folder that commands are built into.
var (
	root = mustAbs("..")
	bin  = filepath.Join(root, ".bin", "e2e", "tools")
)

// packages are what the commands are built from, in which module. Ours, kustomize and the controllers are built as they
// are released, without C, so that they run in a container that has nothing else.
var packages = map[string]struct {
	module, pkg string
	flags, env  []string
}{
	"secretwright": {".", ".", []string{"-trimpath", "-ldflags=-s -w"}, []string{"CGO_ENABLED=0"}},
	"sops":         {"tools", "github.com/getsops/sops/v3/cmd/sops", nil, nil},
	// As the Dockerfile builds it, which then finds it in the cache.
	"kustomize": {"tools", "sigs.k8s.io/kustomize/kustomize/v5", []string{"-trimpath", "-ldflags=-s -w"},
		[]string{"CGO_ENABLED=0"}},
	"kustomize-5.6": {"e2e/versions/kustomize-5.6", "sigs.k8s.io/kustomize/kustomize/v5", nil, nil},
	"kustomize-5.3": {"e2e/versions/kustomize-5.3", "sigs.k8s.io/kustomize/kustomize/v5", nil, nil},
	"kustomize-5.0": {"e2e/versions/kustomize-5.0", "sigs.k8s.io/kustomize/kustomize/v5", nil, nil},
	// Of kpt the fn commands: see versions/kpt-beta.61/main.go.
	"kpt":         {"e2e/versions/kpt-beta.61", ".", nil, nil},
	"kpt-beta.60": {"e2e/versions/kpt-beta.60", ".", nil, nil},

	// The rules of one version of Kubernetes each.
	"kubernetes-1.37": {"e2e/kubernetes", ".", []string{"-ldflags=-s -w"}, nil},
	"kubernetes-1.36": {"e2e/kubernetes", ".", []string{"-ldflags=-s -w", "-modfile=1.36.mod"}, nil},
	"kubernetes-1.35": {"e2e/kubernetes", ".", []string{"-ldflags=-s -w", "-modfile=1.35.mod"}, nil},
	"kubernetes-1.34": {"e2e/kubernetes", ".", []string{"-ldflags=-s -w", "-modfile=1.34.mod"}, nil},

	"tekton-validate": {"e2e/tekton", ".", nil, nil},

	"helm3": {"e2e/helm", "helm.sh/helm/v3/cmd/helm", []string{"-trimpath", "-ldflags=-s -w"}, []string{"CGO_ENABLED=0"}},
	"helm4": {"e2e/helm", "helm.sh/helm/v4/cmd/helm", []string{"-trimpath", "-ldflags=-s -w"}, []string{"CGO_ENABLED=0"}},

	"kustomize-controller": {"e2e/controllers/flux", "github.com/fluxcd/kustomize-controller",
		[]string{"-trimpath", "-ldflags=-s -w"}, []string{"CGO_ENABLED=0"}},
	"source-status": {"e2e/controllers/flux", "./cmd/source-status",
		[]string{"-trimpath", "-ldflags=-s -w"}, []string{"CGO_ENABLED=0"}},
	"argocd-cmp-server": {"e2e/controllers/argocd", "./cmd/argocd-cmp-server",
		[]string{"-trimpath", "-ldflags=-s -w"}, []string{"CGO_ENABLED=0"}},
	"argocd-repo-server": {"e2e/controllers/argocd", "./cmd/argocd-repo-server",
		[]string{"-trimpath", "-ldflags=-s -w"}, []string{"CGO_ENABLED=0"}},
}

// command is the path of a command, brought up to date once per run of the tests.
func command(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(bin, name)
	once, _ := commands.LoadOrStore(name, sync.OnceValue(func() error { return buildCommand(name, path) }))
	if err := once.(func() error)(); err != nil {
		t.Fatalf("building %s: %v", name, err)
	}
	return path
}

var commands sync.Map // name: func() error

func buildCommand(name, path string) error {
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	// Two runs of the tests at once do not write one file.
	lock, err := os.OpenFile(filepath.Join(bin, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer lock.Close() //nolint:errcheck // which unlocks it
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	from := packages[name]
	args := append([]string{"build", "-buildvcs=false"}, from.flags...)
	cmd := exec.Command("go", append(args, "-o", path, from.pkg)...)
	cmd.Dir = filepath.Join(root, from.module)
	cmd.Env = append(append(os.Environ(), "GOWORK=off"), from.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.Join(err, errors.New(string(out)))
	}
	return nil
}

// setUp gives a test the commands it names on the PATH, and one age key: that of the examples ("examples") or that of
// the golden cases ("testdata"). No other key is found.
func setUp(t *testing.T, key string, names ...string) {
	t.Helper()
	for _, name := range names {
		command(t, name)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	for _, name := range []string{"SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
		"SOPS_AGE_SSH_PRIVATE_KEY_CMD", "SOPS_KEYSERVICE", "SOPS_ENABLE_LOCAL_KEYSERVICE", "SOPS_DECRYPTION_ORDER"} {
		unset(t, name)
	}
	t.Setenv("SOPS_AGE_KEY_FILE", keyFile(key))
	t.Setenv("SECRETWRIGHT_EXAMPLE_KEY", "1")
}

// unset unsets a variable until the test has ended.
func unset(t *testing.T, name string) {
	t.Helper()
	t.Setenv(name, "") // restores it afterwards
	if err := os.Unsetenv(name); err != nil {
		t.Fatal(err)
	}
}

// keyFile is the file with the age key of "examples" or "testdata".
func keyFile(key string) string {
	return filepath.Join(root, map[string]string{"examples": "examples/age.key",
		"testdata": "testdata/keys/test.age"}[key])
}

// age is what a line of a key file that starts with a prefix goes on with.
func age(t *testing.T, key, prefix string) string {
	t.Helper()
	for line := range strings.Lines(readFile(t, keyFile(key))) {
		if rest, found := strings.CutPrefix(strings.TrimSpace(line), prefix); found {
			return rest
		}
	}
	t.Fatalf("%s has no line that starts with %s", keyFile(key), prefix)
	return ""
}

// recipient and identity are the public and the private half of an age key.
func recipient(t *testing.T, key string) string { return age(t, key, "# public key: ") }
func identity(t *testing.T, key string) string {
	const prefix = "AGE-SECRET-KEY-"
	return prefix + age(t, key, prefix)
}

// run runs a command that must succeed, and returns what it printed.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	stdout, stderr, err := try(t, dir, "", name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, stdout, stderr)
	}
	return stdout
}

// try runs a command with a text on its standard input. The error is that of a command that ran and failed: one that
// does not run fails the test.
func try(t *testing.T, dir, stdin, name string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", name, err)
	}
	return out.String(), errs.String(), err
}

// encrypt is a text as the sops command encrypts it for the key of the golden cases. The name says which format it has.
func encrypt(t *testing.T, name, plain string) string {
	t.Helper()
	in := filepath.Join(t.TempDir(), name)
	writeFile(t, in, plain)
	return run(t, root, command(t, "sops"), "encrypt", "--age", recipient(t, "testdata"), in)
}

// copied is a folder with a copy of a folder of the repository, for what writes into it.
func copied(t *testing.T, dir string) string {
	t.Helper()
	work := t.TempDir()
	if err := os.CopyFS(work, os.DirFS(filepath.Join(root, dir))); err != nil {
		t.Fatal(err)
	}
	return work
}

// files are the files below a folder and their content.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		out[name] = readFile(t, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// writeFile writes a file, and makes its folder.
func writeFile(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// golden holds what came out to a file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		writeFile(t, path, got)
	}
	if diff := cmp.Diff(readFile(t, path), got); diff != "" {
		t.Errorf("%s is out of date, or something changed; -update writes it anew (-want +got):\n%s", path, diff)
	}
}

func mustAbs(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		panic(err)
	}
	return path
}
