package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// argoCD renders the application of examples/gitops as Argo CD's repo-server does: in a checkout that cannot be written, as a
// user who is in no /etc/passwd, without HOME, with nothing but a folder for temporary files. The key is a file of the sidecar.
func argoCD(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "checkout"), os.DirFS(filepath.Join(root, "examples/gitops/shop"))); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "keys/key.txt"), readFile(t, keyFile("examples")))
	if err := os.Chmod(dir, 0o755); err != nil { // that user reads it
		t.Fatal(err)
	}
	sidecar := func(t *testing.T, args ...string) string {
		t.Helper()
		return run(t, root, "podman", append([]string{"run", "--rm", "--pull=never", "--user=999:999", "--network=none",
			"--read-only", "--read-only-tmpfs=false", "--tmpfs=/tmp", "--cap-drop=all", "--security-opt=no-new-privileges",
			"--volume=" + filepath.Join(dir, "checkout") + ":/checkout:ro", "--workdir=/checkout",
			"--volume=" + filepath.Join(dir, "keys") + ":/keys:ro", "--env=SOPS_AGE_KEY_FILE=/keys/key.txt",
			"--volume=" + bin + ":/usr/local/bin:ro", "--env=PATH=/usr/local/bin:/bin",
			golang, "busybox", "env", "-u", "HOME"}, args...)...)
	}
	check := func(t *testing.T, out string) object {
		t.Helper()
		all := objects(t, out)
		want := strings.Fields("Deployment web: database-* Secret database-*")
		if diff := cmp.Diff(want, strings.Fields(summary(all))); diff != "" {
			t.Errorf("(-want +got):\n%s\n%s", diff, out)
		}
		holdTogether(t, all)
		return find(t, all, "Secret")
	}
	var plugin, built object
	t.Run("plugin", func(t *testing.T) {
		spec := objects(t, readFile(t, filepath.Join(root, "examples/gitops/argocd/repo-server/plugin.yaml")))[0]
		var line []string
		for _, field := range []string{"command", "args"} {
			words, _ := spec.at("spec", "generate", field).([]any)
			for _, word := range words {
				line = append(line, word.(string))
			}
		}
		plugin = check(t, sidecar(t, line...))
	})
	t.Run("kustomize", func(t *testing.T) {
		built = check(t, sidecar(t, "kustomize", "build", "--enable-alpha-plugins", "--enable-exec", "."))
	})
	if diff := cmp.Diff(plugin, built); diff != "" {
		t.Errorf("the two ways make two Secrets (-plugin +kustomize):\n%s", diff)
	}
}
