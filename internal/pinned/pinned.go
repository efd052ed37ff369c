// Package pinned builds the commands that tests run, at the versions this repository pins: our own from this tree, the
// others from tools/go.mod. A command that does not build fails the test; it is never skipped.
package pinned

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// packages are what the commands are built from, by the name of the command.
var packages = map[string]struct{ module, pkg string }{
	"secretwright": {".", "."},
	"sops":         {"tools", "github.com/getsops/sops/v3/cmd/sops"},
	"kustomize":    {"tools", "sigs.k8s.io/kustomize/kustomize/v5"},
	"kpt":          {"e2e/versions/kpt-beta.61", "."},
}

// Root is the top of the repository.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// Bin is the folder the commands are built into.
func Bin() string { return filepath.Join(Root(), ".bin") }

// environ is the environment the tests were started in. They change HOME and others, by which go finds its caches.
var environ = os.Environ()

var built sync.Map // command: func() (output []byte, err error)

// Command is the path of a command, built if need be. Go's build cache makes it cheap to ask again.
func Command(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(Bin(), name)
	value, _ := built.LoadOrStore(name, sync.OnceValues(func() ([]byte, error) {
		if err := os.MkdirAll(Bin(), 0o755); err != nil {
			return nil, err
		}
		from := packages[name]
		build := exec.Command("go", "build", "-o", path, from.pkg)
		build.Dir = filepath.Join(Root(), from.module)
		build.Env = environ
		return build.CombinedOutput()
	}))
	if out, err := value.(func() ([]byte, error))(); err != nil {
		t.Fatalf("building %s: %v\n%s", name, err, out)
	}
	return path
}
