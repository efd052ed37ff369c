package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/e2e/cluster"
)

// sourceController is where the kind GitRepository comes from. Its controller does not run: the test does what it
// would.
const sourceController = "github.com/fluxcd/source-controller@v1.9.6"

// fluxKustomizations is the full name of the kind Kustomization.
const fluxKustomizations = "kustomizations.kustomize.toolkit.fluxcd.io"

// flux has the kustomize-controller of Flux apply examples/gitops/flux, as its clusters/production/shop.yaml asks.
func flux(t *testing.T, c *cluster.Cluster) {
	t.Setenv("SOPS_AGE_KEY_FILE", keyFile("examples"))
	repository := copied(t, "examples/gitops/flux")
	f := startFlux(t, c)
	secret := filepath.Join(repository, "rendered/secret_database.yaml")

	createNamespace(t, c, "flux-system")
	createNamespace(t, c, "shop")
	// As the comment in the example has it.
	kubectl(t, c, "", "create", "secret", "generic", "sops-age", "--namespace=flux-system",
		"--from-file=age.agekey="+keyFile("examples"))
	kubectl(t, c, gitRepository, "apply", "--filename=-")
	kubectl(t, c, readFile(t, filepath.Join(repository, "clusters/production/shop.yaml")), "apply", "--filename=-")

	t.Run("applies what is rendered", func(t *testing.T) {
		f.publish(t, repository)
		f.applied(t)
		if got := f.holdsWhatSopsShows(t, repository)["database"]["password"]; got == "" {
			t.Error("there is no password")
		}
	})
	t.Run("a changed value and a new Secret arrive", func(t *testing.T) {
		// With a kustomization.yaml it would be on us to list the new file. Without one, Flux takes what is there.
		if err := os.Remove(filepath.Join(repository, "rendered/kustomization.yaml")); err != nil {
			t.Fatal(err)
		}
		run(t, repository, "sops", "set", "database.enc.yaml", `["app"]["password"]`, `"changed"`)
		edit(t, filepath.Join(repository, "secretspec.yaml"), "secrets:\n", `secrets:
- name: extra
  data: {user: {from: database, key: app.user}}
  usedBy:
  - {kind: Deployment, name: web, containers: [proxy], envFrom: {}}
`)
		render(t, repository)
		f.publish(t, repository)
		f.applied(t)
		got := f.holdsWhatSopsShows(t, repository)
		if want := "changed"; got["database"]["password"] != want {
			t.Errorf("password = %q, want %q", got["database"]["password"], want)
		}
		if want := "shop"; got["extra"]["user"] != want {
			t.Errorf("user = %q, want %q", got["extra"]["user"], want)
		}
	})
	t.Run("what is no longer declared goes", func(t *testing.T) {
		committed := filepath.Join(root, "examples/gitops/flux/secretspec.yaml")
		writeFile(t, filepath.Join(repository, "secretspec.yaml"), readFile(t, committed))
		render(t, repository)
		f.publish(t, repository)
		f.applied(t)
		if _, there := f.holdsWhatSopsShows(t, repository)["extra"]; there {
			t.Error("the Secret extra is still there")
		}
	})
	t.Run("refuses values that were exchanged", func(t *testing.T) {
		before := f.secrets(t)
		rendered := readFile(t, secret)
		lines := strings.Split(rendered, "\n")
		password := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "  password: ") })
		url := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "  url: ") })
		lines[password] = "  password:" + strings.TrimPrefix(lines[url], "  url:")
		writeFile(t, secret, strings.Join(lines, "\n"))
		f.publish(t, repository)
		message := f.refused(t)
		for _, want := range []string{"Secret", "shop/database-", "decrypt"} {
			if !strings.Contains(message, want) {
				t.Errorf("the condition does not say %q: %s", want, message)
			}
		}
		if diff := cmp.Diff(before, f.secrets(t)); diff != "" {
			t.Errorf("the Secrets are others (-before +after):\n%s", diff)
		}
		writeFile(t, secret, rendered)
		f.publish(t, repository)
		f.applied(t)
		f.holdsWhatSopsShows(t, repository)
	})
	t.Run("does not look at the MAC, as docs/gitops.md says", func(t *testing.T) {
		cut(t, secret, "  password: ")
		_, stderr, err := try(t, repository, "", "sops", "-d", secret)
		if err == nil || !strings.Contains(stderr, "MAC mismatch") {
			t.Errorf("sops does not refuse it: %v\n%s", err, stderr)
		}
		f.publish(t, repository)
		f.applied(t)
		if password, there := f.secrets(t)["database"]["password"]; there {
			t.Errorf("password = %q", password)
		}
	})
}

// gitRepository is what source-controller would look at.
const gitRepository = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: shop, namespace: flux-system}
spec: {interval: 10m, url: https://git.example.com/shop.git, ref: {branch: main}}
`

// render renders the example as its README says.
func render(t *testing.T, repository string) {
	t.Helper()
	run(t, repository, "secretwright", "render", "--output", "rendered", "secretspec.yaml", "deploy")
}

// edit replaces a text that a file has once.
func edit(t *testing.T, path, old, replacement string) {
	t.Helper()
	text := readFile(t, path)
	if n := strings.Count(text, old); n != 1 {
		t.Fatalf("%s has %q %d times", path, old, n)
	}
	writeFile(t, path, strings.Replace(text, old, replacement, 1))
}

// cut takes away the line of a file that starts with a text.
func cut(t *testing.T, path, start string) {
	t.Helper()
	lines := strings.Split(readFile(t, path), "\n")
	left := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.HasPrefix(l, start) })
	if len(left) != len(lines)-1 {
		t.Fatalf("%s has %d lines that start with %q", path, len(lines)-len(left), start)
	}
	writeFile(t, path, strings.Join(left, "\n"))
}

// A fluxInstallation is the kustomize-controller, and what stands in for the source-controller.
type fluxInstallation struct {
	c          *cluster.Cluster
	controller *process
	server     *httptest.Server
	artifacts  string // the folder that the server serves
	revision   string // the last one published
	published  int
}

// startFlux installs the kinds of Flux and starts the controller.
func startFlux(t *testing.T, c *cluster.Cluster) *fluxInstallation {
	t.Helper()
	path := command(t, "kustomize-controller")
	module := strings.TrimSpace(run(t, filepath.Join(root, "e2e/controllers/flux"),
		"go", "list", "-m", "-f={{.Dir}}", "github.com/fluxcd/kustomize-controller"))
	var source struct{ Dir string }
	downloaded := run(t, root, "go", "mod", "download", "-json", sourceController)
	if err := json.Unmarshal([]byte(downloaded), &source); err != nil {
		t.Fatal(err)
	}
	for _, crds := range []string{module, source.Dir} {
		kubectl(t, c, "", "apply", "--server-side", "--filename="+filepath.Join(crds, "config/crd/bases"))
	}
	for _, kind := range []string{fluxKustomizations, "gitrepositories.source.toolkit.fluxcd.io"} {
		kubectl(t, c, "", "wait", "--for=condition=Established", "--timeout=60s", "crd/"+kind)
	}
	f := &fluxInstallation{c: c, artifacts: t.TempDir()}
	f.server = httptest.NewServer(http.FileServer(http.Dir(f.artifacts)))
	t.Cleanup(f.server.Close)
	cmd := exec.Command(path, "--metrics-addr=0", "--health-addr=0", "--http-retry=1", "--requeue-dependency=1s")
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.Kubeconfig, "RUNTIME_NAMESPACE=flux-system",
		"HOME="+t.TempDir(), "TMPDIR="+t.TempDir())
	// The key comes from the cluster, and from nowhere else.
	cmd.Env = slices.DeleteFunc(cmd.Env, func(v string) bool { return strings.HasPrefix(v, "SOPS_") })
	f.controller = start(t, cmd)
	return f
}

// publish makes a new revision of the repository, as source-controller does: an archive on a server of its own, and a
// status that says where.
func (f *fluxInstallation) publish(t *testing.T, repository string) {
	t.Helper()
	f.published++
	f.revision = fmt.Sprintf("main@sha1:%040x", f.published)
	name := fmt.Sprintf("%d.tar.gz", f.published)
	writeFile(t, filepath.Join(f.artifacts, name), string(tarGz(t, repository)))
	status := run(t, f.artifacts, command(t, "source-status"), name, f.server.URL+"/"+name, f.revision)
	kubectl(t, f.c, "", "patch", "gitrepository", "shop", "--namespace=flux-system", "--subresource=status",
		"--type=merge", "--patch="+status)
}

// tarGz is an archive of a folder.
func tarGz(t *testing.T, dir string) []byte {
	t.Helper()
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	archive := tar.NewWriter(compressed)
	if err := archive.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := compressed.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// ready is the condition Ready of the Kustomization, and which revision it is about.
func (f *fluxInstallation) ready(t *testing.T) (status, message, attempted string) {
	t.Helper()
	var k struct {
		Status struct {
			LastAttemptedRevision string
			Conditions            []struct{ Type, Status, Reason, Message string }
		}
	}
	text := kubectl(t, f.c, "", "get", fluxKustomizations, "shop", "--namespace=flux-system", "--output=json")
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		t.Fatal(err)
	}
	for _, condition := range k.Status.Conditions {
		if condition.Type == "Ready" {
			return condition.Status, condition.Reason + ": " + condition.Message, k.Status.LastAttemptedRevision
		}
	}
	return "", "", k.Status.LastAttemptedRevision
}

// applied waits until the last revision is applied.
func (f *fluxInstallation) applied(t *testing.T) {
	t.Helper()
	f.controller.waitUntil(t, f.revision+" is applied", func() (bool, string) {
		status, message, attempted := f.ready(t)
		return status == "True" && attempted == f.revision && strings.Contains(message, f.revision), message
	})
}

// refused waits until the last revision is refused, and returns the message.
func (f *fluxInstallation) refused(t *testing.T) (message string) {
	t.Helper()
	f.controller.waitUntil(t, f.revision+" is refused", func() (bool, string) {
		status, why, attempted := f.ready(t)
		message = why
		return status == "False" && attempted == f.revision, why
	})
	return message
}

// secrets are the Secrets in the cluster by their plain names, and what is in them.
func (f *fluxInstallation) secrets(t *testing.T) map[string]map[string]string {
	t.Helper()
	return contents(t, objects(t, kubectl(t, f.c, "", "get", "secrets", "--namespace=shop", "--output=json")))
}

// contents is what is in Secrets, by their plain names. Two of one plain name are an error.
func contents(t *testing.T, all []object) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	for name, o := range named(all) {
		out[name] = o.data(t)
	}
	if len(out) != len(all) {
		t.Errorf("of %d Secrets not all have a plain name of their own: %v", len(all), all)
	}
	return out
}

// holdsWhatSopsShows holds the cluster to what the sops command shows of the rendered files: the same Secrets, with
// the same data, and a Deployment that refers to them alone.
func (f *fluxInstallation) holdsWhatSopsShows(t *testing.T, repository string) map[string]map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(repository, "rendered", "secret_*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var want []object
	names := map[string]bool{}
	for _, path := range paths {
		o := objects(t, run(t, repository, "sops", "-d", path))[0]
		want = append(want, o)
		names[o.name()] = true
	}
	got := f.secrets(t)
	if diff := cmp.Diff(contents(t, want), got); diff != "" {
		t.Errorf("Secrets (-sops +cluster):\n%s", diff)
	}
	deployment := objects(t, kubectl(t, f.c, "", "get", "deployment", "web", "--namespace=shop", "--output=json"))[0]
	if diff := cmp.Diff(names, deployment.references()); diff != "" {
		t.Errorf("the Deployment's Secrets (-want +got):\n%s", diff)
	}
	return got
}
