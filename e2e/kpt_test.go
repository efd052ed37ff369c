package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kpts are the versions of kpt that render the packages, the newest first.
var kpts = []string{"kpt", "kpt-beta.60"}

// A commented Deployment: kpt and Secretwright keep what they do not write.
const commented = `# The shop.
apiVersion: apps/v1
kind: Deployment
metadata: # in order
  name: web
  namespace: shop
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      # sees the database
      - name: app
        image: registry.example.com/web # pinned
      - name: proxy
        image: "registry.example.com/proxy"
`

// kptPackage are the files of a package with two SecretSpecs, and a package in it with one. Its functions run by how.
func kptPackage(t *testing.T, how string) map[string]string {
	t.Helper()
	local := "  annotations: {config.kubernetes.io/local-config: \"true\"}\n"
	kptfile := func(name string, specs ...string) string {
		out := "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: " + name + "\n" + local + "pipeline:\n  mutators:\n"
		for _, spec := range specs {
			out += "  - {" + how + ", configPath: " + spec + "}\n"
		}
		return out
	}
	spec := func(name, secrets string) string {
		return "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata:\n  name: " + name + "\n" + local +
			"sources:\n- {name: values, configMap: {name: encrypted-" + name + ", key: values.yaml}}\nsecrets:\n" + secrets
	}
	encrypted := func(name, plain string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: encrypted-" + name + "\n" + local +
			"data:\n  values.yaml: |\n" + indent(4, encrypt(t, "values.yaml", plain))
	}
	return map[string]string{
		"Kptfile":  kptfile("shop", "database-spec.yaml", "mail-spec.yaml"),
		"web.yaml": commented,
		"database-spec.yaml": spec("database", `- name: database
  data: {password: {from: values, key: password}}
  usedBy: [{kind: Deployment, name: web, containers: [app], env: {DB_PASSWORD: password}}]
- name: cache
  data: {password: {from: values, key: cache}}
  usedBy: [{kind: Deployment, name: web, containers: [app], env: {CACHE_PASSWORD: password}, volume: {mountPath: /etc/cache}}]
`),
		"database-encrypted.yaml": encrypted("database", "password: first\ncache: cached\n"),
		"mail-spec.yaml": spec("mail", `- name: mail
  rollout: checksumAnnotation
  data: {password: {from: values, key: password}}
  usedBy: [{kind: Deployment, name: web, containers: [proxy], envFrom: {prefix: MAIL_}}]
`),
		"mail-encrypted.yaml": encrypted("mail", "password: posted\n"),
		"api/Kptfile":         kptfile("api", "spec.yaml"),
		"api/api.yaml":        strings.ReplaceAll(commented, "web", "api"),
		"api/spec.yaml": spec("api", `- name: token
  data: {token: {from: values, key: token}}
  usedBy: [{kind: Deployment, name: api, containers: [app], env: {TOKEN: token}}]
`),
		"api/encrypted.yaml": encrypted("api", "token: secret token\n"),
	}
}

// TestKpt has several versions of kpt render a package in place, and evaluate one that has no pipeline, with
// Secretwright as an executable.
func TestKpt(t *testing.T) {
	setUp(t, "testdata", "secretwright", "sops")
	rows := "| kpt | `fn render` in place | `fn eval` | `fn source` and `fn sink` |\n|---|---|---|---|\n"
	for _, name := range kpts {
		kpt := command(t, name)
		rows += "| " + versionOf(t, name, "github.com/kptdev/kpt")
		for _, part := range []struct {
			name string
			test func(t *testing.T)
		}{
			{"render", func(t *testing.T) {
				renderInPlace(t, kptPackage(t, "exec: secretwright"), func(t *testing.T, dir string) {
					run(t, dir, kpt, "fn", "render", "--allow-exec")
				})
			}},
			{"eval", func(t *testing.T) {
				dir := evalPackage(t)
				run(t, dir, kpt, "fn", "eval", "--exec=secretwright", ".")
				evaluated(t, dir)
			}},
			{"source and sink", func(t *testing.T) {
				dir := evalPackage(t)
				out := filepath.Join(t.TempDir(), "out")
				run(t, dir, "sh", "-euc", `"$2" fn source . >"$1.in"; secretwright <"$1.in" >"$1.out"; "$2" fn sink "$1" <"$1.out"`,
					"sh", out, kpt)
				evaluated(t, out)
			}},
		} {
			if t.Run(name+"/"+part.name, part.test) {
				rows += " | yes"
			} else {
				rows += " | no"
			}
		}
		rows += " |\n"
	}
	compatible(t, "kpt", rows)
}

// kptContainer renders the same package with the image. kpt gives a function in a pipeline no variable and no file; the
// key service, and the variable that says where it is, come from podman's own settings.
func kptContainer(t *testing.T) {
	command(t, "kpt")
	t.Run("render in place", func(t *testing.T) {
		conf := filepath.Join(t.TempDir(), "containers.conf")
		writeFile(t, conf, strings.Replace(rootsContainers, "[containers]\n", `[containers]
volumes = ["`+keyService(t)+`:/run/keyservice"]
env = ["PATH=/usr/local/bin", "SOPS_KEYSERVICE=unix:///run/keyservice/keyservice.sock"]
`, 1))
		t.Setenv("CONTAINERS_CONF", conf)
		renderInPlace(t, kptPackage(t, "image: "+image), func(t *testing.T, dir string) {
			run(t, dir, "kpt", "fn", "render", "--image-pull-policy=Never")
		})
	})
	// The files are in the package: their folder is mounted, and the key comes in a variable.
	t.Run("eval with a variable and a mount", func(t *testing.T) {
		dir := evalPackage(t)
		t.Setenv("SOPS_AGE_KEY", identity(t, "testdata"))
		run(t, dir, "kpt", "fn", "eval", "--image="+image, "--image-pull-policy=Never", "--env=SOPS_AGE_KEY",
			"--mount=type=bind,src="+dir+",dst=/work", ".")
		evaluated(t, dir)
	})
	t.Run("eval without a key", func(t *testing.T) {
		dir := evalPackage(t)
		before := files(t, dir)
		_, stderr, err := try(t, dir, "", "kpt", "fn", "eval", "--image="+image, "--image-pull-policy=Never",
			"--mount=type=bind,src="+dir+",dst=/work", ".")
		if err == nil || !strings.Contains(stderr, recipient(t, "testdata")) {
			t.Errorf("err = %v, and the message does not say which key is missing:\n%s", err, stderr)
		}
		sameFiles(t, before, files(t, dir))
	})
}

// evalPackage is a folder with resources and one SecretSpec, which is applied because there is no other function
// config.
func evalPackage(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for path, mode := range map[string]string{
		"shop/web.yaml":          commented,
		"shop/secretspec.yaml":   specHead + usedByWeb,
		"shop/database.enc.yaml": encrypt(t, "database.yaml", "password: first\n"),
		".krmignore":             "*.enc.yaml\n",
	} {
		writeFile(t, filepath.Join(dir, path), mode)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // a container's nobody reads it
		t.Fatal(err)
	}
	return dir
}

// evaluated checks what evalPackage becomes.
func evaluated(t *testing.T, dir string) {
	t.Helper()
	got := files(t, dir)
	all := objects(t, got["shop/web.yaml"]+"---\n"+got["shop/secret_database.yaml"])
	want := strings.Fields("Deployment shop/web: database-* Secret shop/database-*")
	if diff := cmp.Diff(want, strings.Fields(summary(all))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	holdTogether(t, all)
	if got := find(t, all, "Secret").data(t)["password"]; got != "first" {
		t.Errorf("password = %q", got)
	}
}

// renderInPlace renders a package as its author does over time: twice, with a changed value, and without one of its
// Secrets.
func renderInPlace(t *testing.T, before map[string]string, render func(t *testing.T, dir string)) {
	dir := t.TempDir()
	for name, text := range before {
		writeFile(t, filepath.Join(dir, name), text)
	}
	workloads := func() []object {
		t.Helper()
		var all []object
		for name, text := range files(t, dir) {
			if filepath.Base(name) == "web.yaml" || filepath.Base(name) == "api.yaml" ||
				strings.HasPrefix(filepath.Base(name), "secret_") {
				all = append(all, objects(t, text)...)
			}
		}
		return all
	}
	expect := func(want string) {
		t.Helper()
		all := workloads()
		if diff := cmp.Diff(strings.Fields(want), strings.Fields(summary(all))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		holdTogether(t, all)
	}

	render(t, dir)
	expect(`
		Deployment shop/api: token-*
		Deployment shop/web: cache-* database-* mail
		Secret shop/cache-*
		Secret shop/database-*
		Secret shop/mail
		Secret shop/token-*`)
	once := files(t, dir)
	var added []string
	for name, text := range once {
		switch was, there := before[name]; {
		case !there:
			added = append(added, name)
		case filepath.Base(name) == "Kptfile": // kpt writes down how it went
		case strings.HasSuffix(name, "web.yaml"), strings.HasSuffix(name, "api.yaml"):
			lines := strings.Split(text, "\n")
			for line := range strings.Lines(was) {
				if !slices.Contains(lines, strings.TrimSuffix(line, "\n")) {
					t.Errorf("%s: the line %q is gone or rewritten", name, line)
				}
			}
		case was != text:
			t.Errorf("%s is rewritten:\n%s", name, cmp.Diff(was, text))
		}
	}
	slices.Sort(added)
	if diff := cmp.Diff([]string{"api/secret_token.yaml", "secret_cache.yaml", "secret_database.yaml", "secret_mail.yaml"},
		added); diff != "" {
		t.Errorf("new files (-want +got):\n%s", diff)
	}

	render(t, dir)
	sameFiles(t, once, files(t, dir))

	// A changed value: the same files, with another name for the Secret and in the references to it.
	changed := before["database-encrypted.yaml"]
	at := strings.Index(changed, "  values.yaml: |\n")
	writeFile(t, filepath.Join(dir, "database-encrypted.yaml"),
		changed[:at]+"  values.yaml: |\n"+indent(4, encrypt(t, "values.yaml", "password: second\ncache: cached\n")))
	render(t, dir)
	expect(`
		Deployment shop/api: token-*
		Deployment shop/web: cache-* database-* mail
		Secret shop/cache-*
		Secret shop/database-*
		Secret shop/mail
		Secret shop/token-*`)
	after := files(t, dir)
	var differ []string
	for name := range after {
		if after[name] != once[name] {
			differ = append(differ, name)
		}
	}
	slices.Sort(differ)
	if diff := cmp.Diff([]string{"database-encrypted.yaml", "secret_database.yaml", "web.yaml"}, differ); diff != "" {
		t.Errorf("files that differ after a value changed (-want +got):\n%s", diff)
	}
	if got := named(workloads())["database"].data(t)["password"]; got != "second" {
		t.Errorf("password = %q", got)
	}

	// A Secret that is no longer declared goes, and so does what referred to it.
	spec := before["database-spec.yaml"]
	writeFile(t, filepath.Join(dir, "database-spec.yaml"), spec[:strings.Index(spec, "- name: cache\n")])
	render(t, dir)
	expect(`
		Deployment shop/api: token-*
		Deployment shop/web: database-* mail
		Secret shop/database-*
		Secret shop/mail
		Secret shop/token-*`)
	if text, there := files(t, dir)["secret_cache.yaml"]; there {
		t.Errorf("the file of the Secret that went is still there:\n%s", text)
	}
	if web := files(t, dir)["web.yaml"]; strings.Contains(web, "CACHE_PASSWORD") || strings.Contains(web, "/etc/cache") {
		t.Errorf("something still refers to the Secret that went:\n%s", web)
	}
}

func sameFiles(t *testing.T, want, got map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the files (-want +got):\n%s", diff)
	}
}
