package release

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestInstallScript runs install.sh against a server that has the release, as it is and damaged.
func TestInstallScript(t *testing.T) {
	name := filepath.Base(only(t, "secretwright_*_linux_"+runtime.GOARCH+".tar.gz"))
	sums := string(read(t, filepath.Join(dist, "checksums.txt")))
	whole := read(t, filepath.Join(dist, name))
	flipped := append([]byte(nil), whole...)
	flipped[len(flipped)/2] ^= 1
	for test, tt := range map[string]struct {
		files  map[string][]byte // in place of those of the release
		cosign string            // a cosign that is installed
		env    []string
		says   string
		fails  bool
	}{
		"the latest": {says: "cosign is not installed"},
		"a version":  {env: []string{"VERSION=v1.2.3"}, says: "installed secretwright "},
		"changed":    {files: map[string][]byte{name: flipped}, says: "it was changed, or cut off", fails: true},
		"cut off":    {files: map[string][]byte{name: whole[:len(whole)/2]}, says: "it was changed, or cut off", fails: true},
		"of another release": {
			files: map[string][]byte{"checksums.txt": []byte(strings.ReplaceAll(sums, "linux_", "plan9_"))},
			says:  "checksums.txt has no archive for linux_" + runtime.GOARCH, fails: true,
		},
		"two archives": {
			files: map[string][]byte{"checksums.txt": []byte(sums + strings.ReplaceAll(sums, "secretwright_", "secretwright_9"))},
			says:  "several archives", fails: true,
		},
		"not there": {env: []string{"VERSION=v0.0.1"}, says: "cannot fetch", fails: true},
		"signed": {
			cosign: `case "$*" in *" --bundle "*release*yaml*v1.2.3*) echo Verified OK ;; *) exit 1 ;; esac`,
			env:    []string{"VERSION=v1.2.3"}, says: "Verified OK",
			files: map[string][]byte{"checksums.txt.sigstore.json": []byte("{}")},
		},
		"not signed":        {cosign: "exit 0", says: "checksums.txt.sigstore.json", fails: true},
		"signed by another": {cosign: "exit 1", says: "is not that of the release workflow", fails: true, files: map[string][]byte{"checksums.txt.sigstore.json": []byte("{}")}},
	} {
		t.Run(test, func(t *testing.T) {
			server := serve(t, tt.files)
			dir, tools := filepath.Join(t.TempDir(), "bin"), t.TempDir()
			if tt.cosign != "" {
				if err := os.WriteFile(filepath.Join(tools, "cosign"), []byte("#!/bin/sh\n"+tt.cosign+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.CommandContext(t.Context(), "sh", "install.sh")
			cmd.Dir = root
			cmd.Env = append([]string{"PATH=" + tools + ":/usr/bin:/bin", "HOME=" + t.TempDir(), "BIN_DIR=" + dir, "BASE_URL=" + server.URL}, tt.env...)
			said, err := cmd.CombinedOutput()
			if !strings.Contains(string(said), tt.says) || (err != nil) != tt.fails {
				t.Errorf("%v, and it does not say %q:\n%s", err, tt.says, said)
			}
			if tt.fails {
				if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("something was installed: %v", err)
				}
				return
			}
			if got := run(t, filepath.Join(dir, "secretwright"), "version"); !strings.HasPrefix(got, "secretwright ") {
				t.Errorf("it says %q", got)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
				t.Errorf("%v is left (%v)", left, err)
			}
		})
	}
}

// serve serves a release as GitHub does: the latest one is v1.2.3.
func serve(t *testing.T, files map[string][]byte) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dir, name := filepath.Split(r.URL.Path)
		if dir != "/latest/download/" && dir != "/download/v1.2.3/" {
			http.NotFound(w, r)
			return
		}
		if content, ok := files[name]; ok {
			_, _ = w.Write(content)
			return
		}
		http.ServeFile(w, r, filepath.Join(dist, name))
	}))
	t.Cleanup(server.Close)
	return server
}

// TestDeb installs the package, uses what it installs, and removes it.
func TestDeb(t *testing.T) {
	run(t, "dpkg", "--install", only(t, "secretwright_*_linux_"+runtime.GOARCH+".deb"))
	t.Cleanup(func() { _ = exec.Command("dpkg", "--purge", "secretwright").Run() }) // where the test ended early
	use(t, "/", "/usr/share/zsh/vendor-completions/_secretwright", "/usr/share/doc/secretwright/copyright")
	run(t, "dpkg", "--verify", "secretwright")
	run(t, "dpkg", "--remove", "secretwright")
	if _, err := os.Stat("/usr/bin/secretwright"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

// TestRPM installs the package in a folder of its own.
func TestRPM(t *testing.T) {
	dir := t.TempDir()
	run(t, "rpm", "--root", dir, "--initdb")
	run(t, "rpm", "--root", dir, "--install", "--nodeps", mustAbs(t, only(t, "secretwright_*_linux_"+runtime.GOARCH+".rpm")))
	use(t, dir, "/usr/share/zsh/site-functions/_secretwright", "/usr/share/licenses/secretwright/LICENSE")
}

// use uses what a package has installed below a folder, which has to have some more files.
func use(t *testing.T, dir string, more ...string) {
	t.Helper()
	binary := filepath.Join(dir, "usr/bin/secretwright")
	if got := run(t, binary, "version"); !strings.HasPrefix(got, "secretwright ") {
		t.Errorf("it says %q", got)
	}
	example := []string{"--chdir=" + root + "/examples/gitops/shop", "SOPS_AGE_KEY_FILE=../../age.key", mustAbs(t, binary)}
	if got := run(t, "env", append(example, "render", "secretspec.yaml", "deployment.yaml")...); !strings.Contains(got, "kind: Secret\n") {
		t.Errorf("render says:\n%s", got)
	}
	completions := "usr/share/bash-completion/completions/secretwright"
	const complete = `source "$0"; complete -p secretwright`
	if got := run(t, "bash", "-c", complete, filepath.Join(dir, completions)); !strings.Contains(got, "__start_secretwright") {
		t.Errorf("bash completes with %q", got)
	}
	for _, name := range append(more, completions, "usr/share/fish/vendor_completions.d/secretwright.fish",
		"usr/share/doc/secretwright/THIRD_PARTY_NOTICES.txt") {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 || info.Mode() != 0o644 {
			t.Errorf("%s: %v (%v)", name, info, err)
		}
	}
	page := run(t, "gzip", "-dc", filepath.Join(dir, "usr/share/man/man1/secretwright-render.1.gz"))
	if !strings.Contains(page, "secretwright-render - ") {
		t.Errorf("the man page is:\n%s", page)
	}
}

// run runs a command that must succeed, and returns what it printed.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	absolute, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return absolute
}
