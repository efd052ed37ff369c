package e2e

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kustomizes are the versions of kustomize that build the kustomizations, the newest first.
var kustomizes = []string{"kustomize", "kustomize-5.6", "kustomize-5.3", "kustomize-5.0"}

// kustomizeBuild is what the kustomize command builds of a folder.
func kustomizeBuild(t *testing.T, dir string) string {
	t.Helper()
	return buildWith(t, "kustomize", dir)
}

// buildWith is what a version of kustomize builds of a folder.
func buildWith(t *testing.T, kustomize, dir string) string {
	t.Helper()
	return run(t, dir, command(t, kustomize), "build", "--enable-alpha-plugins", "--enable-exec", ".")
}

// What the kustomizations below are made of.
const (
	web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: app, image: registry.example.com/web}
      - {name: proxy, image: registry.example.com/proxy}
`
	// queue refers to the Secret by hand.
	queue = `apiVersion: v1
kind: ReplicationController
metadata: {name: queue}
spec:
  selector: {app: queue}
  template:
    metadata: {labels: {app: queue}}
    spec:
      imagePullSecrets: [{name: database}]
      containers:
      - name: app
        image: registry.example.com/queue
        env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: database, key: password}}}]
      volumes:
      - {name: v, secret: {secretName: database}}
      - {name: p, projected: {sources: [{secret: {name: database}}]}}
`
	// kustomize knows no reference of a ReplicationController; an overlay that renames Secrets has to tell it.
	referencesOfReplicationControllers = `nameReference:
- kind: Secret
  version: v1
  fieldSpecs:
  - {kind: ReplicationController, path: spec/template/spec/containers/env/valueFrom/secretKeyRef/name}
  - {kind: ReplicationController, path: spec/template/spec/containers/envFrom/secretRef/name}
  - {kind: ReplicationController, path: spec/template/spec/imagePullSecrets/name}
  - {kind: ReplicationController, path: spec/template/spec/volumes/secret/secretName}
  - {kind: ReplicationController, path: spec/template/spec/volumes/projected/sources/secret/name}
`
	specHead = `apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata:
  name: shop
  annotations:
    config.kubernetes.io/local-config: "true"
    config.kubernetes.io/function: |
      exec: {path: secretwright}
sources:
- {name: database, file: database.enc.yaml}
secrets:
- name: database
  data: {password: {from: database, key: password}}
`
	usedByWeb   = "  usedBy:\n  - {kind: Deployment, name: web, containers: [app], env: {PASSWORD: password}, volume: {mountPath: /etc/db}}\n"
	usedByQueue = "  - {kind: ReplicationController, name: queue, envFrom: {prefix: DB_}, volume: {mountPath: /etc/db}}\n"
)

// TestKustomize builds kustomizations with several versions of the kustomize command, which run Secretwright as an exec
// function. Each case is the files, and what comes out: each object, and the Secrets it refers to, with a star for a
// hash.
func TestKustomize(t *testing.T) {
	setUp(t, "testdata", "secretwright", "sops", "kustomize")
	first, second := encrypt(t, "database.yaml", "password: first\n"), encrypt(t, "database.yaml", "password: second\n")
	base := map[string]string{
		"base/kustomization.yaml": "resources: [web.yaml]\ntransformers: [secretspec.yaml]\n",
		"base/web.yaml":           web,
		"base/secretspec.yaml":    specHead + usedByWeb,
		"base/database.enc.yaml":  first,
	}
	cases := []struct {
		name  string
		files map[string]string
		dir   string
		want  string
		// passwords are the contents of the Secrets, by name without the hash.
		passwords map[string]string
	}{
		{name: "base", files: base, dir: "base", want: `
			Deployment web: database-*
			Secret database-*`},
		{name: "prefix, suffix and namespace in an overlay", dir: "overlay",
			files: with(base, map[string]string{"overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-\nnameSuffix: -eu\nnamespace: shop\n"}), want: `
			Deployment shop/prod-web-eu: prod-database-eu-*
			Secret shop/prod-database-eu-*`},
		{name: "prefix and namespace in the same kustomization", dir: "base",
			files: with(base, map[string]string{"base/kustomization.yaml": "resources: [web.yaml]\ntransformers: [secretspec.yaml]\nnamePrefix: prod-\nnamespace: shop\n"}), want: `
			Deployment shop/prod-web: prod-database-*
			Secret shop/prod-database-*`},
		{name: "labels and annotations", dir: "overlay",
			files: with(base, map[string]string{"overlay/kustomization.yaml": "resources: [../base]\nlabels: [{pairs: {team: shop}, includeSelectors: true}]\ncommonAnnotations: {note: 'yes'}\n"}), want: `
			Deployment web: database-* {note: yes, team: shop}
			Secret database-* {note: yes, team: shop}`},
		{name: "two levels of overlays", dir: "eu",
			files: with(base, map[string]string{
				"staging/kustomization.yaml": "resources: [../base]\nnamePrefix: staging-\n",
				"eu/kustomization.yaml":      "resources: [../staging]\nnameSuffix: -eu\nnamespace: shop\n"}), want: `
			Deployment shop/staging-web-eu: staging-database-eu-*
			Secret shop/staging-database-eu-*`},
		{name: "component", dir: "overlay",
			files: with(base, map[string]string{
				"base/kustomization.yaml":      "resources: [web.yaml]\n",
				"component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ntransformers: [secretspec.yaml]\n",
				"component/secretspec.yaml":    specHead + usedByWeb,
				"component/database.enc.yaml":  first,
				"overlay/kustomization.yaml":   "resources: [../base]\ncomponents: [../component]\nnamespace: shop\n",
				"top/kustomization.yaml":       "resources: [../overlay]\nnamePrefix: top-\n"}), want: `
			Deployment shop/web: database-*
			Secret shop/database-*`},
		{name: "component, below an overlay with a prefix", dir: "top",
			files: with(base, map[string]string{
				"base/kustomization.yaml":      "resources: [web.yaml]\n",
				"component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ntransformers: [secretspec.yaml]\n",
				"component/secretspec.yaml":    specHead + usedByWeb,
				"component/database.enc.yaml":  first,
				"overlay/kustomization.yaml":   "resources: [../base]\ncomponents: [../component]\nnamespace: shop\n",
				"top/kustomization.yaml":       "resources: [../overlay]\nnamePrefix: top-\n"}), want: `
			Deployment shop/top-web: top-database-*
			Secret shop/top-database-*`},
		{name: "one base under two overlays with a SecretSpec each", dir: "both",
			passwords: map[string]string{"a-database": "first", "b-database": "second"},
			files: with(base, map[string]string{
				"base/kustomization.yaml": "resources: [web.yaml]\n",
				"a/kustomization.yaml":    "resources: [../base]\ntransformers: [secretspec.yaml]\n",
				"a/secretspec.yaml":       specHead + usedByWeb,
				"a/database.enc.yaml":     first,
				"b/kustomization.yaml":    "resources: [../base]\ntransformers: [secretspec.yaml]\n",
				"b/secretspec.yaml":       specHead + usedByWeb,
				"b/database.enc.yaml":     second,
				"a-/kustomization.yaml":   "resources: [../a]\nnamePrefix: a-\n",
				"b-/kustomization.yaml":   "resources: [../b]\nnamePrefix: b-\n",
				"both/kustomization.yaml": "resources: [../a-, ../b-]\n"}), want: `
			Deployment a-web: a-database-*
			Deployment b-web: b-database-*
			Secret a-database-*
			Secret b-database-*`},
		{name: "one base under two overlays in two namespaces", dir: "both",
			files: with(base, map[string]string{
				"a/kustomization.yaml":    "resources: [../base]\nnamespace: a\n",
				"b/kustomization.yaml":    "resources: [../base]\nnamespace: b\n",
				"both/kustomization.yaml": "resources: [../a, ../b]\n"}), want: `
			Deployment a/web: database-*
			Deployment b/web: database-*
			Secret a/database-*
			Secret b/database-*`},
		{name: "another SecretSpec in the place of what one has made already", dir: "overlay",
			passwords: map[string]string{"prod-database": "second"},
			files: with(base, map[string]string{
				"prefixed/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-\n",
				"overlay/kustomization.yaml":  "resources: [../prefixed]\ntransformers: [secretspec.yaml]\n",
				"overlay/secretspec.yaml": strings.Replace(specHead, "- name: database\n  data:",
					"- name: database\n  annotations: {kustomize.config.k8s.io/behavior: replace}\n  data:", 1) + usedByWeb,
				"overlay/database.enc.yaml": second}), want: `
			Deployment prod-web: prod-database-*
			Secret prod-database-*`},
		{name: "generator alone, with references by hand", dir: "base",
			files: with(base, map[string]string{
				"base/kustomization.yaml": "resources: [queue.yaml]\ngenerators: [secretspec.yaml]\nnamePrefix: prod-\nnamespace: shop\n",
				"base/queue.yaml":         asDeployment(queue)}), want: `
			Deployment shop/prod-queue: prod-database-*
			Secret shop/prod-database-*`},
		{name: "generator and transformer", dir: "base",
			files: with(base, map[string]string{"base/kustomization.yaml": "resources: [web.yaml]\ngenerators: [secretspec.yaml]\ntransformers: [secretspec.yaml]\nnamePrefix: prod-\nnamespace: shop\n"}), want: `
			Deployment shop/prod-web: prod-database-*
			Secret shop/prod-database-*`},
		{name: "ReplicationController under a prefix of the same kustomization, wired and by hand", dir: "base",
			files: with(base, map[string]string{
				"base/kustomization.yaml": "resources: [web.yaml, queue.yaml]\ngenerators: [secretspec.yaml]\ntransformers: [secretspec.yaml]\nnamePrefix: prod-\nnamespace: shop\n",
				"base/queue.yaml":         queue,
				"base/secretspec.yaml":    specHead + usedByWeb + usedByQueue}), want: `
			Deployment shop/prod-web: prod-database-*
			ReplicationController shop/prod-queue: prod-database-*
			Secret shop/prod-database-*`},
		{name: "ReplicationController under a prefix of an overlay, with the fields that kustomize does not know",
			dir: "overlay",
			files: with(base, map[string]string{
				"base/kustomization.yaml":    "resources: [web.yaml, queue.yaml]\ntransformers: [secretspec.yaml]\n",
				"base/queue.yaml":            queue,
				"base/secretspec.yaml":       specHead + usedByWeb + usedByQueue,
				"overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-\nnamespace: shop\nconfigurations: [references.yaml]\n",
				"overlay/references.yaml":    referencesOfReplicationControllers}), want: `
			Deployment shop/prod-web: prod-database-*
			ReplicationController shop/prod-queue: prod-database-*
			Secret shop/prod-database-*`},
		{name: "patches of what was made", dir: "overlay",
			files: with(base, map[string]string{"overlay/kustomization.yaml": `resources: [../base]
patches:
- target: {kind: Secret}
  patch: |
    - {op: add, path: /metadata/labels, value: {patched: secret}}
- target: {kind: Deployment, name: web}
  patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, labels: {patched: deployment}}
    spec: {template: {spec: {containers: [{name: app, env: [{name: MORE, value: more}]}]}}}
`}), want: `
			Deployment web: database-* {patched: deployment}
			Secret database-* {patched: secret}`},
		// A replacement takes the name before kustomize adds the hash, as it does with secretGenerator.
		{name: "replacements from what was made", dir: "overlay",
			files: with(base, map[string]string{"overlay/kustomization.yaml": `resources: [../base, config.yaml]
replacements:
- source: {kind: Secret, fieldPath: metadata.name}
  targets: [{select: {kind: ConfigMap}, fieldPaths: [metadata.labels.secret]}]
`,
				"overlay/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, labels: {secret: x}}\n"}), want: `
			ConfigMap config {secret: database}
			Deployment web: database-*
			Secret database-*`},
	}
	rows := "| kustomize | kustomizations built as meant |\n|---|---|\n"
	for _, kustomize := range kustomizes {
		built := 0
		for _, tt := range cases {
			if t.Run(kustomize+"/"+tt.name, func(t *testing.T) {
				dir := t.TempDir()
				for name, text := range tt.files {
					writeFile(t, filepath.Join(dir, name), text)
				}
				out := buildWith(t, kustomize, filepath.Join(dir, tt.dir))
				all := objects(t, out)
				if diff := cmp.Diff(strings.Fields(tt.want), strings.Fields(summary(all))); diff != "" {
					t.Errorf("(-want +got):\n%s\n%s", diff, out)
				}
				holdTogether(t, all)
				for _, o := range all {
					if o.kind() != "Secret" {
						continue
					}
					want := "first"
					if password, said := tt.passwords[hashed.ReplaceAllString(o.name(), "")]; said {
						want = password
					}
					if got := o.data(t)["password"]; got != want {
						t.Errorf("%s has the password %q, want %q", o, got, want)
					}
				}
				if again := buildWith(t, kustomize, filepath.Join(dir, tt.dir)); again != out {
					t.Error("the second time something else comes out")
				}
			}) {
				built++
			}
		}
		rows += fmt.Sprintf("| %s | %d of %d |\n", versionOf(t, kustomize, "sigs.k8s.io/kustomize/kustomize/v5"), built,
			len(cases))
	}
	compatible(t, "kustomize", rows)
}

// TestKustomizeForgetsReplicationControllers is why an overlay with a prefix needs `configurations` for them:
// kustomize's own secretGenerator loses their references too.
func TestKustomizeForgetsReplicationControllers(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "queue.yaml"), queue)
	writeFile(t, filepath.Join(dir, "kustomization.yaml"),
		"resources: [queue.yaml]\nsecretGenerator: [{name: database, literals: [password=x]}]\n")
	out := kustomizeBuild(t, dir)
	if got := strings.Fields(summary(objects(t, out))); !slices.Equal(got,
		strings.Fields("ReplicationController queue: database Secret database-*")) {
		t.Errorf("kustomize has come to follow the references of a ReplicationController; the configurations are not needed:\n%s", out)
	}
}

// TestKustomizeExamples builds the examples, which say what must come out.
func TestKustomizeExamples(t *testing.T) {
	setUp(t, "examples", "secretwright", "kustomize")
	for _, dir := range []string{"kustomize/base", "kustomize/overlays/production", "kustomize/generator",
		"kustomize/prefix"} {
		t.Run(dir, func(t *testing.T) {
			dir := filepath.Join(root, "examples", dir)
			if diff := cmp.Diff(readFile(t, filepath.Join(dir, "expected.yaml")), kustomizeBuild(t, dir)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestKustomizeFails is a mistake as who runs kustomize sees it: no Secret comes out, and the message names the field.
func TestKustomizeFails(t *testing.T) {
	setUp(t, "testdata", "secretwright", "sops", "kustomize")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"kustomization.yaml": "resources: [web.yaml]\ntransformers: [secretspec.yaml]\n",
		"web.yaml":           web,
		"secretspec.yaml":    specHead + strings.Replace(usedByWeb, "[app]", "[ap]", 1),
		"database.enc.yaml":  encrypt(t, "database.yaml", "password: first\n"),
	} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	stdout, stderr, err := try(t, dir, "", "kustomize", "build", "--enable-alpha-plugins", "--enable-exec", ".")
	if err == nil || stdout != "" || !strings.Contains(stderr,
		`secrets[0].usedBy[0].containers[0]: Deployment web has no container "ap"; did you mean app?`) {
		t.Errorf("err = %v, stdout:\n%s\nstderr:\n%s", err, stdout, stderr)
	}
}

// asDeployment is a ReplicationController as a Deployment.
func asDeployment(replicationController string) string {
	return strings.NewReplacer("apiVersion: v1", "apiVersion: apps/v1", "ReplicationController", "Deployment",
		"selector: {app: queue}", "selector: {matchLabels: {app: queue}}").Replace(replicationController)
}

// with are files with others added or put in their place.
func with(files, more map[string]string) map[string]string {
	out := maps.Clone(files)
	maps.Copy(out, more)
	return out
}

// hashed finds the hash in a name.
var hashed = regexp.MustCompile(`-[bcdfghkmt2456789]{10}\b`)

// summary is a line for each object: kind, namespace, name, the Secrets it refers to, its labels and annotations.
func summary(all []object) string {
	var lines []string
	for _, o := range all {
		line := o.kind() + " " + strings.TrimPrefix(o.namespace()+"/"+o.name(), "/")
		if refers := slices.Sorted(maps.Keys(o.references())); len(refers) > 0 {
			line += ": " + strings.Join(refers, " ")
		}
		marks := map[string]any{}
		for _, field := range []string{"labels", "annotations"} {
			m, _ := o.at("metadata", field).(map[string]any)
			maps.Copy(marks, m)
		}
		delete(marks, secretAnnotation)
		var text []string
		for _, key := range slices.Sorted(maps.Keys(marks)) {
			text = append(text, key+": "+marks[key].(string))
		}
		if len(text) > 0 {
			line += " {" + strings.Join(text, ", ") + "}"
		}
		lines = append(lines, hashed.ReplaceAllString(line, "-*"))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// holdTogether checks that every reference is to a Secret in the object's own namespace, and that every Secret is used.
func holdTogether(t *testing.T, all []object) {
	t.Helper()
	made, used := map[string]bool{}, map[string]bool{}
	for _, o := range all {
		if o.kind() == "Secret" {
			made[o.namespace()+"/"+o.name()] = true
		}
		for name := range o.references() {
			used[o.namespace()+"/"+name] = true
		}
	}
	if diff := cmp.Diff(made, used); diff != "" {
		t.Errorf("what is made and what is referred to (-made +referred):\n%s", diff)
	}
}
