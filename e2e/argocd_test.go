package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sidecarImage is what the image of Argo CD's sidecar is called here.
const sidecarImage = "localhost/argocd-secretwright:e2e"

// argoCD tries examples/gitops/argocd: the components over a repo-server, and what they add, run as they say, with
// Argo CD's own plugin server and the part of its repo-server that talks to it.
func argoCD(t *testing.T) {
	for _, name := range []string{"argocd-cmp-server", "argocd-repo-server"} {
		command(t, name)
	}
	t.Setenv("SOPS_AGE_KEY_FILE", keyFile("examples"))
	build(t, "scratch", sidecarImage, "--target=argocd")
	repository := applications(t)
	t.Run("components", argoCDComponents)
	t.Run("plugin", func(t *testing.T) { argoCDPlugin(t, repository) })
	t.Run("kustomize", func(t *testing.T) { argoCDKustomize(t, repository) })
	t.Run("without a key", func(t *testing.T) { argoCDWithoutKey(t, repository) })
	t.Run("key service", func(t *testing.T) { argoCDKeyService(t, repository) })
}

// applications is a Git repository with the applications that the tests render.
func applications(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"shop", "misspelled", "renamed", "cut"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(root, "examples/gitops/shop"))); err != nil {
			t.Fatal(err)
		}
	}
	edit(t, filepath.Join(dir, "misspelled/secretspec.yaml"), "key: app.password", "key: app.pasword")
	edit(t, filepath.Join(dir, "renamed/database.enc.yaml"), "    user: ", "    usr: ")
	cut(t, filepath.Join(dir, "cut/database.enc.yaml"), "    user: ")
	writeFile(t, filepath.Join(dir, "overlay/kustomization.yaml"), "resources: [../shop]\nnamePrefix: prod-\n")
	web := readFile(t, filepath.Join(root, "examples/gitops/shop/deployment.yaml"))
	writeFile(t, filepath.Join(dir, "plain/web.yaml"), web)
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"},
		{"add", "."},
		{"-c", "user.name=e2e", "-c", "user.email=e2e@example.com", "commit", "--quiet", "--message=all"},
	} {
		run(t, dir, "git", args...)
	}
	return dir
}

// argoCDPlugin renders with the plugin as it is without more.
func argoCDPlugin(t *testing.T, repository string) {
	s := startSidecar(t, "key.txt")
	server := repoServer{s, repository}
	t.Run("is found, announces no parameters and renders", func(t *testing.T) {
		details := server.ask(t, "-path=shop", "-details")
		if diff := cmp.Diff(answer{SourceType: "Plugin"}, details); diff != "" {
			t.Errorf("details (-want +got):\n%s", diff)
		}
		holdsWhatSopsShows(t, repository, server.manifests(t, "-path=shop"), "")
	})
	t.Run("is called by its name, as in apps/plugin.yaml", func(t *testing.T) {
		app := objects(t, readFile(t, filepath.Join(root, "examples/gitops/argocd/apps/plugin.yaml")))[0]
		out := server.manifests(t, "-path="+app.text("spec", "source", "path"),
			"-plugin="+app.text("spec", "source", "plugin", "name"))
		holdsWhatSopsShows(t, repository, out, "")
	})
	t.Run("leaves others alone", func(t *testing.T) {
		if got := server.ask(t, "-path=plain", "-details"); got.SourceType != "Directory" || got.Error != "" {
			t.Errorf("plain: %+v, want the type Directory", got)
		}
	})
	t.Run("errors", func(t *testing.T) {
		const failed = "`secretwright render secretspec.yaml .` failed exit status 1: "
		for path, want := range map[string][]string{
			"misspelled": {failed, "secretspec.yaml", "secrets[0].data.password", `"pasword"`},
			"renamed":    {failed, "database.enc.yaml", "app.usr"},
			"cut":        {failed, "database.enc.yaml", "MAC"},
		} {
			got := server.ask(t, "-path="+path)
			for _, text := range want {
				if !strings.Contains(got.Error, text) {
					t.Errorf("%s: the UI does not show %q:\n%s", path, text, got.Error)
				}
			}
			if len(got.Manifests) > 0 || strings.Contains(got.Error, password(t, repository)) {
				t.Errorf("%s: the error comes with manifests or with the password: %+v", path, got)
			}
		}
		got := server.ask(t, "-path=plain", "-plugin=secretwright")
		if !strings.Contains(got.Error, `plugin with name "secretwright" supporting the given repository`) {
			t.Errorf("plain: %+v", got)
		}
	})
}

// argoCDKustomize renders with the plugin that runs kustomize.
func argoCDKustomize(t *testing.T, repository string) {
	server := repoServer{startSidecar(t, "key.txt", "repo-server/kustomize"), repository}
	for path, prefix := range map[string]string{"shop": "", "overlay": "prod-"} {
		holdsWhatSopsShows(t, repository, server.manifests(t, "-path="+path, "-plugin=secretwright"), prefix)
	}
	// Without the plugin's name, Argo CD builds it itself, as it does every kustomization.
	if got := server.ask(t, "-path=shop"); !strings.Contains(got.Error, "unable to load external plugin 'SecretSpec'") {
		t.Errorf("without the plugin's name: %+v", got)
	}
	got := server.ask(t, "-path=misspelled", "-plugin=secretwright")
	const failed = "`kustomize build --enable-alpha-plugins --enable-exec .` failed exit status 1: "
	for _, text := range []string{failed, "secrets[0].data.password", `"pasword"`} {
		if !strings.Contains(got.Error, text) {
			t.Errorf("the UI does not show %q:\n%s", text, got.Error)
		}
	}
}

// argoCDWithoutKey renders where the Secret with the key is missing.
func argoCDWithoutKey(t *testing.T, repository string) {
	got := repoServer{startSidecar(t, ""), repository}.ask(t, "-path=shop")
	for _, text := range []string{"database.enc.yaml", recipient(t, "examples"), "/keys/key.txt"} {
		if !strings.Contains(got.Error, text) {
			t.Errorf("the UI does not show %q:\n%s", text, got.Error)
		}
	}
}

// argoCDKeyService renders where only the key service has the key. It is one that the last run did not clean up after.
func argoCDKeyService(t *testing.T, repository string) {
	s := newSidecar(t, "key.txt", "repo-server/keyservice")
	for _, mount := range s.container("secretwright").list("volumeMounts") {
		if mount.text("name") == "secretwright-key" {
			t.Errorf("the sidecar still has the key")
		}
	}
	socket := filepath.Join(s.volumes, "secretwright-keyservice", "keyservice.sock")
	writeFile(t, socket, "")
	if err := os.Chown(socket, sidecarUser, sidecarUser); err != nil {
		t.Fatal(err)
	}
	sops := "localhost/sops:e2e"
	importImage(t, sops, map[string]string{"bin/busybox": readFile(t, lookPath(t, "busybox"))},
		map[string]string{"bin/sh": "busybox", "bin/rm": "busybox"}, "ENV PATH=/usr/local/bin:/bin")
	// The sops of this machine needs its C library.
	service := s.run(t, "secretwright-keyservice", sops, "--volume="+command(t, "sops")+":/usr/local/bin/sops:ro",
		"--volume=/lib:/lib:ro", "--volume=/lib64:/lib64:ro", "--volume=/usr/lib:/usr/lib:ro")
	service.waitUntil(t, "the key service listens", func() (bool, string) { return dials(socket), "" })
	s.serve(t)
	holdsWhatSopsShows(t, repository, repoServer{s, repository}.manifests(t, "-path=shop"), "")
}

// password is the password of the application shop.
func password(t *testing.T, repository string) string {
	t.Helper()
	return run(t, filepath.Join(repository, "shop"), "sops", "-d", "--extract", `["app"]["password"]`, "database.enc.yaml")
}

// holdsWhatSopsShows holds the manifests of the application shop to what the sops command shows of its source.
func holdsWhatSopsShows(t *testing.T, repository string, all []object, prefix string) {
	t.Helper()
	want := fmt.Sprintf("Deployment %[1]sweb: %[1]sdatabase-* %[2]s Secret %[1]sdatabase-* %[2]s", prefix,
		"{app.kubernetes.io/instance: shop}") // by which Argo CD knows what is the application's
	if diff := cmp.Diff(strings.Fields(want), strings.Fields(summary(all))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	holdTogether(t, all)
	if got := find(t, all, "Secret").data(t)["password"]; got != password(t, repository) {
		t.Errorf("password = %q", got)
	}
}

// An answer is what the command argocd-repo-server prints.
type answer struct {
	SourceType string            `json:"sourceType"`
	Parameters []json.RawMessage `json:"parameters"`
	Manifests  []string          `json:"manifests"`
	Error      string            `json:"error"`
}

// A repoServer is the side of Argo CD that asks a sidecar.
type repoServer struct {
	sidecar    *sidecar
	repository string
}

// ask asks for an application of the repository.
func (r repoServer) ask(t *testing.T, args ...string) answer {
	t.Helper()
	args = append(args, "-repo=file://"+r.repository, "-work="+t.TempDir())
	cmd := exec.CommandContext(t.Context(), command(t, "argocd-repo-server"), args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir(),
		"ARGOCD_PLUGINSOCKFILEPATH="+filepath.Join(r.sidecar.volumes, "plugins"))
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("argocd-repo-server: %v\n%s", err, &said)
	}
	var got answer
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v in: %s", err, out)
	}
	return got
}

// manifests asks for manifests, which must come.
func (r repoServer) manifests(t *testing.T, args ...string) []object {
	t.Helper()
	got := r.ask(t, args...)
	if got.Error != "" || got.SourceType != "Plugin" {
		t.Fatalf("%+v\nthe sidecar says:\n%s", got, r.sidecar.server.said)
	}
	return objects(t, strings.Join(got.Manifests, "\n---\n"))
}

// sidecarUser is who the components have the sidecar run as.
const sidecarUser = 999
