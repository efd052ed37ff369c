package e2e

import (
	"archive/tar"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// image is what the container image is called here. No registry has it.
const image = "localhost/secretwright:e2e"

// TestContainer builds the image from the Dockerfile and runs it by itself, in kustomize and in kpt.
func TestContainer(t *testing.T) {
	setUp(t, "testdata", "secretwright", "sops", "kustomize")
	engine(t)
	buildImage(t)
	t.Run("image", inspectImage)
	t.Run("arm64", buildForARM)
	t.Run("alone", runAlone)
	t.Run("kustomize", kustomizeContainer)
	t.Run("kpt", kptContainer)
	t.Run("Argo CD", argoCD)
}

// engine makes podman ready, with its images in a folder of the test, and puts a docker on the PATH that calls it:
// kustomize knows no other. What is missing, install.sh installs.
func engine(t *testing.T) {
	t.Helper()
	for _, name := range []string{"podman", "runc", "busybox"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("%v; run e2e/install.sh", err)
		}
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "docker"), "#!/bin/sh\nexec podman \"$@\"\n")
	if err := os.Chmod(filepath.Join(dir, "docker"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Setenv("KRM_FN_RUNTIME", "podman") // for kpt
	if os.Getuid() != 0 {
		return // the user's own settings know how
	}
	writeFile(t, filepath.Join(dir, "containers.conf"), rootsContainers)
	writeFile(t, filepath.Join(dir, "storage.conf"),
		fmt.Sprintf("[storage]\ndriver = \"vfs\"\ngraphroot = %q\nrunroot = %q\n",
			filepath.Join(dir, "images"), filepath.Join(dir, "run")))
	t.Setenv("CONTAINERS_CONF", filepath.Join(dir, "containers.conf"))
	t.Setenv("CONTAINERS_STORAGE_CONF", filepath.Join(dir, "storage.conf"))
	t.Cleanup(func() { // while it still knows where they are
		if out, err := exec.Command("podman", "rmi", "--all", "--force").CombinedOutput(); err != nil {
			t.Errorf("podman rmi: %v\n%s", err, out)
		}
	})
}

// rootsContainers are settings with which podman works for root on every machine, with the old cgroups too.
const rootsContainers = `[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
`

// buildImage builds the image as the Dockerfile says, on a runtime image that is empty.
func buildImage(t *testing.T) {
	t.Helper()
	build(t, "scratch", image)
}

// golang is an image to build in, which need not be pulled: busybox, and this machine's Go, which build mounts.
const golang = "localhost/golang:e2e"

// importImage makes an image of files, without a registry.
func importImage(t *testing.T, name string, files, links map[string]string, changes ...string) {
	t.Helper()
	archive := &bytes.Buffer{}
	w := tar.NewWriter(archive)
	add := func(header tar.Header, content string) {
		header.Size, header.Mode = int64(len(content)), 0o755
		if err := w.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	add(tar.Header{Name: "tmp/", Typeflag: tar.TypeDir}, "")
	for path, content := range files {
		add(tar.Header{Name: path}, content)
	}
	for path, target := range links {
		add(tar.Header{Name: path, Typeflag: tar.TypeSymlink, Linkname: target}, "")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "image.tar"), archive.String())
	args := []string{"import", "--quiet"}
	for _, change := range changes {
		args = append(args, "--change", change)
	}
	run(t, dir, "podman", append(args, "image.tar", name)...)
}

// build builds the Dockerfile on a runtime image.
func build(t *testing.T, runtime, tag string, more ...string) {
	t.Helper()
	goEnv := func(name string) string { return strings.TrimSpace(run(t, root, "go", "env", name)) }
	if _, _, err := try(t, root, "", "podman", "image", "exists", golang); err != nil {
		busybox, err := exec.LookPath("busybox")
		if err != nil {
			t.Fatal(err)
		}
		importImage(t, golang, map[string]string{
			"bin/busybox":                       readFile(t, busybox),
			"etc/passwd":                        "root:x:0:0:root:/root:/bin/sh\n",
			"etc/ssl/certs/ca-certificates.crt": readFile(t, "/etc/ssl/certs/ca-certificates.crt"),
		}, map[string]string{"bin/sh": "busybox", "bin/mkdir": "busybox", "bin/cp": "busybox"},
			"ENV PATH=/usr/local/go/bin:/bin", "ENV GOTOOLCHAIN=local", "ENV GOPROXY="+goEnv("GOPROXY"),
			"ENV GOSUMDB="+goEnv("GOSUMDB"), "ENV GOMODCACHE=/modules", "ENV GOCACHE=/cache")
	}
	args := append([]string{"build", "--isolation=chroot", "--network=host", "--pull-never", "--tag=" + tag,
		"--volume=" + goEnv("GOROOT") + ":/usr/local/go:ro",
		"--volume=" + goEnv("GOMODCACHE") + ":/modules", "--volume=" + goEnv("GOCACHE") + ":/cache",
		"--build-arg=BUILD_IMAGE=" + golang, "--build-arg=RUNTIME_IMAGE=" + runtime, "--build-arg=VERSION=v0.0.0-e2e"},
		more...)
	_, stderr, err := try(t, root, "", "podman", append(args, ".")...)
	if err != nil {
		t.Fatalf("podman build: %v\n%s", err, stderr)
	}
}

// inspectImage holds the image to what kpt and a cluster ask of it.
func inspectImage(t *testing.T) {
	size, err := strconv.Atoi(strings.TrimSpace(run(t, root, "podman", "image", "inspect", "--format={{.Size}}", image)))
	if err != nil {
		t.Fatal(err)
	}
	// Not t.Log, which is silent without -v.
	fmt.Fprintf(os.Stderr, "the image has %.1f MB, without the image it runs on\n", float64(size)/1e6)
	user := strings.TrimSpace(run(t, root, "podman", "image", "inspect", "--format={{.Config.User}}", image))
	if user != "65534:65534" {
		t.Errorf("the image runs as %q; runAsNonRoot asks for a number other than 0", user)
	}
	says := func(image string) {
		t.Helper()
		if got := run(t, root, "podman", append(locked(), image, "version")...); !strings.HasPrefix(got,
			"secretwright v0.0.0-e2e ") {
			t.Errorf("it says its version is %q", got)
		}
	}
	says(image)
	// A runtime image with files of its own, and users among whom is no nobody.
	const base, onBase = "localhost/base:e2e", "localhost/secretwright-on-base:e2e"
	importImage(t, base, map[string]string{"etc/passwd": "root:x:0:0:root:/root:/bin/false\n",
		"etc/os-release": "ID=base\n"}, nil)
	build(t, base, onBase)
	says(onBase)
}

// buildForARM builds the image with the binary for the other platform that a release has it for. Debian's podman looks
// for every image on the platform that --platform says, so the Dockerfile is told by its arguments.
func buildForARM(t *testing.T) {
	const arm = "localhost/secretwright:e2e-arm64"
	build(t, "scratch", arm, "--build-arg=TARGETOS=linux", "--build-arg=TARGETARCH=arm64")
	t.Cleanup(func() { _ = exec.Command("podman", "rmi", "--force", arm).Run() }) // it is of no use to the others
	id := strings.TrimSpace(run(t, root, "podman", "create", arm))
	binary := filepath.Join(t.TempDir(), "secretwright")
	run(t, root, "podman", "cp", id+":/usr/local/bin/secretwright", binary)
	run(t, root, "podman", "rm", id)
	if got := run(t, root, "go", "version", "-m", binary); !strings.Contains(got, "GOARCH=arm64\n") {
		t.Errorf("the binary in it is for another platform:\n%s", got)
	}
}

// locked are the arguments of a podman that runs a container which may do nothing: a user who is nobody, a file system
// that cannot be written, no network, no capabilities.
func locked(more ...string) []string {
	return append([]string{"run", "--rm", "--interactive", "--pull=never", "--user=nobody", "--network=none",
		"--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges"}, more...)
}

// selfContained is a ResourceList with all that a function needs: no file, no network.
func selfContained(t *testing.T) string {
	t.Helper()
	inline := indent(6, encrypt(t, "token.yaml", "token: inline\n"))
	carried := indent(6, encrypt(t, "database.json", `{"password": "carried"}`))
	return `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: secretwright.dev/v1alpha1
  kind: SecretSpec
  metadata: {name: shop}
  sources:
  - name: token
    inline: |
` + inline + `  - name: database
    configMap: {name: encrypted, key: database.json}
  secrets:
  - name: database
    data:
      token: {from: token, key: token}
      password: {from: database, key: password}
    usedBy:
    - {kind: Deployment, name: web, containers: [app], envFrom: {}}
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: encrypted, annotations: {config.kubernetes.io/local-config: "true"}}
  data:
    database.json: |
` + carried + `-` + strings.TrimPrefix(indent(2, web), " ")
}

func indent(by int, text string) string {
	space := strings.Repeat(" ", by)
	return space + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+space) + "\n"
}

// runAlone runs the image as a function, and is all that a container can be denied.
func runAlone(t *testing.T) {
	list := selfContained(t)
	check := func(t *testing.T, more ...string) {
		t.Helper()
		stdout, stderr, err := try(t, root, list, "podman", append(locked(more...), image)...)
		if err != nil {
			t.Fatalf("%v\n%s", err, stderr)
		}
		all := objects(t, stdout)
		if diff := cmp.Diff(map[string]string{"token": "inline", "password": "carried"},
			find(t, all, "Secret").data(t)); diff != "" {
			t.Errorf("the Secret (-want +got):\n%s", diff)
		}
		holdTogether(t, all)
	}
	t.Run("with a key in a variable", func(t *testing.T) {
		check(t, "--env=SOPS_AGE_KEY="+identity(t, "testdata"))
	})
	t.Run("with a variable of this machine", func(t *testing.T) {
		t.Setenv("SOPS_AGE_KEY", identity(t, "testdata"))
		check(t, "--env=SOPS_AGE_KEY")
	})
	t.Run("with a key service and no key", func(t *testing.T) {
		check(t, "--volume="+keyService(t)+":/run/keyservice", "--env=SOPS_KEYSERVICE=unix:///run/keyservice/keyservice.sock")
	})
	t.Run("with files", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o755); err != nil { // nobody reads it
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, "secretspec.yaml"), specHead+usedByWeb)
		writeFile(t, filepath.Join(dir, "database.enc.yaml"), encrypt(t, "database.yaml", "password: first\n"))
		writeFile(t, filepath.Join(dir, "web.yaml"), web)
		all := objects(t, run(t, dir, "podman", append(locked("--env=SOPS_AGE_KEY="+identity(t, "testdata"),
			"--volume="+dir+":/work:ro"), image, "render", "secretspec.yaml", "web.yaml")...))
		if got := find(t, all, "Secret").data(t)["password"]; got != "first" {
			t.Errorf("password = %q", got)
		}
		holdTogether(t, all)
	})
	t.Run("without a key it fails and shows nothing", func(t *testing.T) {
		stdout, stderr, err := try(t, root, list, "podman", append(locked(), image)...)
		if err == nil || strings.Contains(stdout, "kind: Secret\n") {
			t.Errorf("err = %v\n%s", err, stdout)
		}
		if !strings.Contains(stderr, recipient(t, "testdata")) {
			t.Errorf("the message does not say which key is missing:\n%s", stderr)
		}
	})
	t.Run("it reads no file outside /work", func(t *testing.T) {
		spec := `{apiVersion: secretwright.dev/v1alpha1, kind: SecretSpec, metadata: {name: x}, sources: [{name: environ, file: ` + "%s" + `, encrypted: false}],
  secrets: [{name: x, data: {environ: {from: environ}}}]}`
		for _, file := range []string{"proc/self/environ", "../proc/self/environ", "/proc/self/environ"} {
			in := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig: " +
				fmt.Sprintf(spec, file) + "\n"
			stdout, _, err := try(t, root, in, "podman", append(locked("--env=SOPS_AGE_KEY="+identity(t, "testdata")), image)...)
			if err == nil || strings.Contains(stdout, "kind: Secret\n") {
				t.Errorf("%s: err = %v\n%s", file, err, stdout)
			}
		}
	})
}

// keyService starts `sops keyservice` with the key, on the socket keyservice.sock in the folder it returns, which every
// user may use. It ends with the test.
func keyService(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ks") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "keyservice.sock")
	cmd := exec.Command(command(t, "sops"), "keyservice", "--network=unix", "--address="+socket)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // whichever way it ended, what it said says more
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // fails only if it has ended
		<-ended
	})
	for {
		if c, err := net.Dial("unix", socket); err == nil {
			_ = c.Close()
			break
		}
		select {
		case <-ended:
			t.Fatalf("sops keyservice ended: %s", &said)
		case <-t.Context().Done():
			t.Fatal("sops keyservice does not listen")
		case <-time.After(50 * time.Millisecond):
		}
	}
	for path, mode := range map[string]os.FileMode{dir: 0o755, socket: 0o666} { // nobody uses it
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// kustomizeContainer has kustomize run the image. It passes on the variables it is told to.
func kustomizeContainer(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"base/kustomization.yaml": `resources: [web.yaml]
configMapGenerator:
- name: encrypted
  files: [database.enc.yaml]
  options: {disableNameSuffixHash: true, annotations: {config.kubernetes.io/local-config: "true"}}
transformers: [secretspec.yaml]
`,
		"base/web.yaml": web,
		"base/secretspec.yaml": strings.NewReplacer("exec: {path: secretwright}", "container: {image: "+image+"}",
			"file: database.enc.yaml", "configMap: {name: encrypted, key: database.enc.yaml}").Replace(specHead + usedByWeb),
		"base/database.enc.yaml":     encrypt(t, "database.yaml", "password: first\n"),
		"overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-\nnamespace: shop\n",
	} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	t.Setenv("SOPS_AGE_KEY", identity(t, "testdata"))
	out := run(t, dir, "kustomize", "build", "--enable-alpha-plugins", "--env=SOPS_AGE_KEY", "overlay")
	all := objects(t, out)
	want := strings.Fields("Deployment shop/prod-web: prod-database-* Secret shop/prod-database-*")
	if diff := cmp.Diff(want, strings.Fields(summary(all))); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, out)
	}
	holdTogether(t, all)
	if got := find(t, all, "Secret").data(t)["password"]; got != "first" {
		t.Errorf("password = %q", got)
	}
	if strings.Contains(out, "ENC[") {
		t.Errorf("the encrypted file comes out too:\n%s", out)
	}
}
