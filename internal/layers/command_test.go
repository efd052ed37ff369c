package layers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/pinned"
)

// TestKustomizeCommand builds a few trees with the kustomize command too: what is built in process is what it builds.
func TestKustomizeCommand(t *testing.T) {
	b := newBuilder(t, pinned.Command(t, "secretwright"))
	kustomize := pinned.Command(t, "kustomize")
	for n := range uint64(8) {
		random := generate(*seed + n)
		for _, content := range []files{random.oracle(), random.ours(b.function)} {
			inProcess, _, err := b.build(content, random.top().Dir)
			cmd := exec.Command(kustomize, "build", "--enable-alpha-plugins", "--enable-exec")
			cmd.Dir, cmd.Env = filepath.Join(b.dir, "build", random.top().Dir), os.Environ()
			command, failure := cmd.Output()
			if (err == nil) != (failure == nil) {
				t.Errorf("seed %d: in process: %v; the command: %v", *seed+n, err, failure)
			}
			if diff := cmp.Diff(string(inProcess), string(command)); diff != "" && err == nil {
				t.Errorf("seed %d: the kustomize command builds something else (-in process +command):\n%s", *seed+n, diff)
			}
		}
	}
}
