package release

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
			files: map[string][]byte{"checksums.txt": []byte(sums + strings.ReplaceAll(sums, "secretwright_",
				"secretwright_9"))},
			says: "several archives", fails: true,
		},
		"not there": {env: []string{"VERSION=v0.0.1"}, says: "cannot fetch", fails: true},
		"signed": {
			cosign: `case "$*" in *" --bundle "*release*yaml*v1.2.3*) echo Verified OK ;; *) exit 1 ;; esac`,
			env:    []string{"VERSION=v1.2.3"}, says: "Verified OK",
			files: map[string][]byte{"checksums.txt.sigstore.json": []byte("{}")},
		},
		"not signed": {cosign: "exit 0", says: "checksums.txt.sigstore.json", fails: true},
		"signed by another": {cosign: "exit 1", says: "is not that of the release workflow", fails: true,
			files: map[string][]byte{"checksums.txt.sigstore.json": []byte("{}")}},
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
			cmd.Env = append([]string{"PATH=" + tools + ":/usr/bin:/bin", "HOME=" + t.TempDir(), "BIN_DIR=" + dir, "BASE_URL=" +
				server.URL}, tt.env...)
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

// TestInstallScriptElsewhere runs install.sh on machines that have other shells and fewer commands, and where it cannot
// write.
func TestInstallScriptElsewhere(t *testing.T) {
	needed := []string{"sh", "cat", "chmod", "cp", "cut", "id", "mkdir", "mktemp", "mv", "rm", "sed", "uname", "tar",
		"gzip"}
	linux := append(slices.Clone(needed), "curl", "sha256sum")
	page := []byte("<!doctype html>\n<title>Sign in</title>\n")
	name := filepath.Base(only(t, "secretwright_*_linux_"+runtime.GOARCH+".tar.gz"))
	for test, tt := range map[string]struct {
		shell    []string
		commands []string          // all that the machine has
		files    map[string][]byte // in place of those of the release
		prepare  func(t *testing.T, dir string)
		says     string
		fails    bool
	}{
		"dash": {shell: []string{"dash"}, commands: linux, says: "installed secretwright "},
		"bash": {shell: []string{"bash", "--posix"}, commands: linux, says: "installed secretwright "},
		"busybox": {shell: []string{"busybox", "sh"}, commands: []string{"busybox"},
			says: "installed secretwright "},
		"wget": {commands: append(slices.Clone(needed), "wget", "sha256sum"),
			says: "installed secretwright "},
		"neither curl nor wget": {commands: append(slices.Clone(needed), "sha256sum"), says: "curl or wget is needed",
			fails: true},
		"shasum": {commands: append(slices.Clone(needed), "curl", "shasum"),
			says: "installed secretwright "},
		"no checksums": {commands: append(slices.Clone(needed), "curl"), says: "sha256sum or shasum is needed",
			fails: true},
		"a page for checksums": {commands: linux, files: map[string][]byte{"checksums.txt": page},
			says: "/checksums.txt has no archive", fails: true},
		"nothing for checksums": {commands: linux, files: map[string][]byte{"checksums.txt": nil},
			says: "/checksums.txt has no archive", fails: true},
		"a page for the archive": {commands: linux, files: map[string][]byte{name: page}, says: "it was changed, or cut off",
			fails: true},
		"busybox, and a page": {shell: []string{"busybox", "sh"}, commands: []string{"busybox"},
			files: map[string][]byte{name: page}, says: "it was changed", fails: true},
		"an archive without it": {commands: linux, files: released(t, name, "other", "#!/bin/sh\n"), says: "secretwright",
			fails: true},
		"one that does not run": {commands: linux, files: released(t, name, "secretwright", "\x7fELF"),
			says: "does not run on this machine", fails: true},
		"in place of an old one": {commands: linux, prepare: oldBinary, says: "installed secretwright "},
		"in place of a link":     {commands: linux, prepare: oldLink, says: "installed secretwright "},
		"where a folder is":      {commands: linux, prepare: folderInPlace, says: "is a folder", fails: true},
		"where it cannot write": {commands: linux, prepare: fileForFolder,
			says: "set BIN_DIR to a folder that you can write to", fails: true},
		"busybox, cannot write": {shell: []string{"busybox", "sh"}, commands: []string{"busybox"}, prepare: fileForFolder,
			says: "set BIN_DIR", fails: true},
		"damaged, and an old one": {commands: linux, prepare: oldBinary, files: map[string][]byte{name: page},
			says: "it was changed", fails: true},
	} {
		t.Run(test, func(t *testing.T) {
			server := serve(t, tt.files)
			home, temp := t.TempDir(), t.TempDir()
			dir := filepath.Join(home, "bin")
			if tt.prepare != nil {
				tt.prepare(t, dir)
			}
			before := entries(t, home)
			shell := tt.shell
			if shell == nil {
				shell = []string{"sh"}
			}
			cmd := exec.CommandContext(t.Context(), lookPath(t, shell[0]), append(slices.Clone(shell[1:]), "install.sh")...)
			cmd.Dir = root
			cmd.Env = []string{"PATH=" + machine(t, tt.commands), "HOME=" + home, "TMPDIR=" + temp, "BIN_DIR=" + dir,
				"BASE_URL=" + server.URL}
			said, err := cmd.CombinedOutput()
			if !strings.Contains(string(said), tt.says) || (err != nil) != tt.fails {
				t.Errorf("%v, and it does not say %q:\n%s", err, tt.says, said)
			}
			if left := entries(t, temp); len(left) != 0 {
				t.Errorf("%v is left in the temporary folder", left)
			}
			if tt.fails {
				if diff := cmp.Diff(before, entries(t, home)); diff != "" {
					t.Errorf("something changed (-before +after):\n%s", diff)
				}
				return
			}
			if got := run(t, filepath.Join(dir, "secretwright"), "version"); !strings.HasPrefix(got, "secretwright ") {
				t.Errorf("it says %q", got)
			}
		})
	}
}

// What is already where the binary goes.
func oldBinary(t *testing.T, dir string) {
	write(t, filepath.Join(dir, "secretwright"), "#!/bin/sh\necho old\n")
}

func oldLink(t *testing.T, dir string) {
	write(t, filepath.Join(dir, "elsewhere"), "#!/bin/sh\necho old\n")
	if err := os.Symlink("elsewhere", filepath.Join(dir, "secretwright")); err != nil {
		t.Fatal(err)
	}
}

func folderInPlace(t *testing.T, dir string) {
	write(t, filepath.Join(dir, "secretwright", "file"), "")
}

// fileForFolder is what root cannot write to either.
func fileForFolder(t *testing.T, dir string) { write(t, dir, "") }

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o755)); err != nil {
		t.Fatal(err)
	}
}

// entries are the files below a folder, with what is in them.
func entries(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		content := ""
		if entry.Type().IsRegular() {
			content = string(read(t, path))
		}
		out[path] = entry.Type().String() + " " + content
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// machine returns a folder that has these commands and no other. Busybox is there under the name of each command that
// it has.
func machine(t *testing.T, commands []string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range commands {
		names := []string{name}
		if name == "busybox" {
			names = strings.Fields(run(t, lookPath(t, name), "--list"))
		}
		for _, link := range names {
			if err := os.Symlink(lookPath(t, name), filepath.Join(dir, link)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func lookPath(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%v; e2e/install.sh installs it", err)
	}
	return path
}

// released are the files of a release whose archive has a file of this name and content.
func released(t *testing.T, archive, name, content string) map[string][]byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content))})
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err = errors.Join(err, w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{archive: b.Bytes(), "checksums.txt": fmt.Appendf(nil, "%x  %s\n", sha256.Sum256(b.Bytes()),
		archive)}
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
	run(t, "rpm", "--root", dir, "--install", "--nodeps", mustAbs(t, only(t,
		"secretwright_*_linux_"+runtime.GOARCH+".rpm")))
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
	if got := run(t, "env", append(example, "render", "secretspec.yaml", "deployment.yaml")...); !strings.Contains(got,
		"kind: Secret\n") {
		t.Errorf("render says:\n%s", got)
	}
	completions := "usr/share/bash-completion/completions/secretwright"
	const complete = `source "$0"; complete -p secretwright`
	if got := run(t, "bash", "-c", complete, filepath.Join(dir, completions)); !strings.Contains(got,
		"__start_secretwright") {
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
