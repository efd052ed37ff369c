package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repoServerManifest is of Argo CD's repo-server what a sidecar builds on: the volumes with the plugin server and the
// sockets.
const repoServerManifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-repo-server}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: argocd-repo-server}}
  template:
    metadata: {labels: {app.kubernetes.io/name: argocd-repo-server}}
    spec:
      containers:
      - name: argocd-repo-server
        image: quay.io/argoproj/argocd:v2.14.21
        volumeMounts:
        - {name: tmp, mountPath: /tmp}
        - {name: plugins, mountPath: /home/argocd/cmp-server/plugins}
      initContainers:
      - name: copyutil
        image: quay.io/argoproj/argocd:v2.14.21
        command: [/bin/cp, -n, /usr/local/bin/argocd, /var/run/argocd/argocd-cmp-server]
        volumeMounts: [{name: var-files, mountPath: /var/run/argocd}]
      volumes:
      - {name: tmp, emptyDir: {}}
      - {name: var-files, emptyDir: {}}
      - {name: plugins, emptyDir: {}}
`

// buildComponents is what comes of the kustomization in the README of examples/gitops/argocd, with an installation in
// place of the one that it fetches, and more components than repo-server.
func buildComponents(t *testing.T, installation string, components ...string) []object {
	t.Helper()
	dir := t.TempDir()
	ours := os.DirFS(filepath.Join(root, "examples/gitops/argocd"))
	if err := os.CopyFS(filepath.Join(dir, "argocd"), ours); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "installation.yaml"), installation)
	_, text, _ := strings.Cut(readFile(t, filepath.Join(dir, "argocd/README.md")), "```yaml\n# kustomization.yaml\n")
	text, _, _ = strings.Cut(text, "```")
	list := ""
	for _, component := range append([]string{"repo-server"}, components...) {
		list += "- argocd/" + component + "\n"
	}
	const (
		official  = "https://raw.githubusercontent.com/argoproj/argo-cd/%s/manifests/install.yaml"
		component = "- https://github.com/secretwright/secretwright//examples/gitops/argocd/repo-server?ref=main" +
			" # pin a release\n"
		registry   = "newName: registry.example.com/argocd-secretwright, newTag: 1.0.0"
		noRegistry = "newName: localhost/argocd-secretwright, newTag: e2e"
	)
	path := filepath.Join(dir, "kustomization.yaml")
	writeFile(t, path, text)
	edit(t, path, fmt.Sprintf(official, argoModule(t, "Version")), "installation.yaml")
	edit(t, path, component, list)
	edit(t, path, registry, noRegistry)
	return objects(t, run(t, dir, "kustomize", "build", "."))
}

// argoModule is what the go command says of the module of Argo CD.
func argoModule(t *testing.T, field string) string {
	t.Helper()
	return strings.TrimSpace(run(t, filepath.Join(root, "e2e/controllers/argocd"),
		"go", "list", "-m", "-f={{."+field+"}}", "github.com/argoproj/argo-cd/v2"))
}

// argoCDComponents holds every combination of the components to what it is for.
func argoCDComponents(t *testing.T) {
	plugins := map[string]bool{}
	for name, tt := range map[string]struct {
		components []string
		containers int
	}{
		"the plugin":  {nil, 2},
		"kustomize":   {[]string{"repo-server/kustomize"}, 2},
		"key service": {[]string{"repo-server/keyservice"}, 3},
		"both":        {[]string{"repo-server/kustomize", "repo-server/keyservice"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			all := buildComponents(t, repoServerManifest, tt.components...)
			config := find(t, all, "ConfigMap").name()
			plugins[config] = true
			fitsTogether(t, find(t, all, "Deployment").child("spec", "template", "spec"), config, tt.containers)
		})
	}
	if len(plugins) != 2 {
		t.Errorf("two plugins have ConfigMaps of the names %v: a change is not rolled out", plugins)
	}
	// What Argo CD has published, with all that is in it.
	module := argoModule(t, "Dir")
	for _, manifest := range []string{"install.yaml", "ha/install.yaml", "core-install.yaml"} {
		t.Run(manifest, func(t *testing.T) {
			official := readFile(t, filepath.Join(module, "manifests", manifest))
			all := buildComponents(t, official, "repo-server/kustomize", "repo-server/keyservice")
			if want := len(objects(t, official)) + 1; len(all) != want {
				t.Errorf("%d objects came out, not %d", len(all), want)
			}
			var config string
			var pod object
			for _, o := range all {
				switch {
				case o.kind() == "ConfigMap" && strings.HasPrefix(o.name(), "secretwright-plugin-"):
					config = o.name()
				case o.kind() == "Deployment" && o.name() == "argocd-repo-server":
					pod = o.child("spec", "template", "spec")
				}
			}
			fitsTogether(t, pod, config, 3)
		})
	}
}

// fitsTogether holds the pod of a repo-server to having so many containers, our image, every volume that is mounted,
// and the plugin of a ConfigMap.
func fitsTogether(t *testing.T, pod object, config string, containers int) {
	t.Helper()
	configMaps := map[string]string{}
	for _, volume := range pod.list("volumes") {
		configMaps[volume.text("name")] = volume.text("configMap", "name")
	}
	if got := configMaps["secretwright-plugin"]; got != config {
		t.Errorf("the plugin comes from the ConfigMap %q, not %q", got, config)
	}
	if got := len(pod.list("containers")); got != containers {
		t.Errorf("there are %d containers, not %d", got, containers)
	}
	for _, container := range pod.list("containers") {
		if container.text("name") == "secretwright" && container.text("image") != sidecarImage {
			t.Errorf("the image is %s", container.text("image"))
		}
		for _, mount := range container.list("volumeMounts") {
			if _, there := configMaps[mount.text("name")]; !there {
				t.Errorf("there is no volume %s", mount.text("name"))
			}
		}
	}
}

// A sidecar is what the components add to the pod of the repo-server.
type sidecar struct {
	pod     object
	volumes string   // a folder with a folder for every volume
	server  *process // what serves the plugin
}

// newSidecar makes the volumes of a pod with the components. key is the name of the key's file, or nothing if there
// is none.
func newSidecar(t *testing.T, key string, components ...string) *sidecar {
	t.Helper()
	dir, err := os.MkdirTemp("", "cmp") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	all := buildComponents(t, repoServerManifest, components...)
	s := &sidecar{pod: find(t, all, "Deployment").child("spec", "template", "spec"), volumes: dir}
	for _, volume := range s.pod.list("volumes") {
		path := filepath.Join(dir, volume.text("name"))
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
		switch {
		case volume["emptyDir"] != nil:
			if err := os.Chown(path, sidecarUser, sidecarUser); err != nil {
				t.Fatal(err)
			}
		case volume["configMap"] != nil:
			for name, text := range find(t, all, "ConfigMap").child("data") {
				writeFile(t, filepath.Join(path, name), text.(string))
			}
		case volume["secret"] != nil && key != "":
			writeFile(t, filepath.Join(path, key), readFile(t, keyFile("examples")))
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil { // the sidecar's user reads it
		t.Fatal(err)
	}
	// What the init container copies.
	copyFile(t, command(t, "argocd-cmp-server"), filepath.Join(dir, "var-files/argocd-cmp-server"))
	return s
}

// startSidecar is a sidecar that serves the plugin.
func startSidecar(t *testing.T, key string, components ...string) *sidecar {
	t.Helper()
	s := newSidecar(t, key, components...)
	s.serve(t)
	return s
}

// serve starts the container of the plugin, without HOME, and waits until it listens.
func (s *sidecar) serve(t *testing.T) {
	t.Helper()
	s.server = s.run(t, "secretwright", s.container("secretwright").text("image"))
	socket := filepath.Join(s.volumes, "plugins/secretwright.sock")
	s.server.waitUntil(t, "the plugin listens", func() (bool, string) { return dials(socket), "" })
}

func (s *sidecar) container(name string) object {
	for _, container := range s.pod.list("containers") {
		if container.text("name") == name {
			return container
		}
	}
	return nil
}

// run runs a container of the pod in an image, as the pod says: its user, what it may do, its variables, its volumes.
// It has no network. A static busybox unsets HOME, which a runtime sets, and starts the command.
func (s *sidecar) run(t *testing.T, name, image string, more ...string) *process {
	t.Helper()
	container := s.container(name)
	called := fmt.Sprintf("%s-%s", filepath.Base(s.volumes), name)
	security := container.child("securityContext")
	if security["readOnlyRootFilesystem"] != true || security["runAsNonRoot"] != true ||
		security["allowPrivilegeEscalation"] != false {
		t.Errorf("%s may do more than it needs: %v", name, security)
	}
	id := fmt.Sprint(security["runAsUser"])
	args := []string{"run", "--rm", "--name=" + called, "--pull=never", "--network=none", "--user=" + id + ":" + id,
		"--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges",
		"--volume=" + lookPath(t, "busybox") + ":/busybox:ro", "--entrypoint=/busybox"}
	for _, variable := range container.list("env") {
		args = append(args, "--env="+variable.text("name")+"="+variable.text("value"))
	}
	for _, mount := range container.list("volumeMounts") {
		volume := "--volume=" + filepath.Join(s.volumes, mount.text("name")) + ":" + mount.text("mountPath")
		if mount["readOnly"] == true {
			volume += ":ro"
		}
		args = append(args, volume)
	}
	args = append(append(args, more...), image, "env", "-u", "HOME")
	for _, word := range container["command"].([]any) {
		args = append(args, word.(string))
	}
	p := start(t, exec.Command("podman", args...))
	t.Cleanup(func() { // before podman itself is killed, which would leave the container
		if out, err := exec.Command("podman", "rm", "--force", "--ignore", "--time=0", called).CombinedOutput(); err != nil {
			t.Errorf("podman rm: %v\n%s", err, out)
		}
	})
	return p
}

// dials reports whether somebody listens on a socket.
func dials(socket string) bool {
	c, err := net.Dial("unix", socket)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

func lookPath(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	writeFile(t, to, readFile(t, from))
	if err := os.Chmod(to, 0o755); err != nil {
		t.Fatal(err)
	}
}
