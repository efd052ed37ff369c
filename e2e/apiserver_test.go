package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/e2e/cluster"
)

// TestAPIServer holds Secretwright to a real API server, which is the same one for all of it.
func TestAPIServer(t *testing.T) {
	setUp(t, "testdata", "secretwright", "sops", "kustomize")
	c := cluster.Start(t)
	t.Run("golden cases", func(t *testing.T) { goldenCases(t, c) })
	t.Run("examples", func(t *testing.T) { examples(t, c) })
	t.Run("redacted", func(t *testing.T) { redacted(t, c) })
	t.Run("for real", func(t *testing.T) { forReal(t, c) })
	t.Run("kubectl create secret", func(t *testing.T) { createSecret(t, c) })
	t.Run("verdicts", func(t *testing.T) { verdicts(t, c) })
	t.Run("Flux", func(t *testing.T) { flux(t, c) })
}

// notApplied are the objects of golden cases and examples that an API server is not asked about, and why.
var notApplied = map[string]string{
	"containers: Pod web-0":           "ephemeralContainers are given to a Pod that runs already",
	"untouched: ConfigMap config":     "it has keys that YAML allows and a ConfigMap does not",
	"untouched: Oddity oddity":        "a kind that nobody knows",
	"SecretSpec":                      "ours, of which the cluster knows nothing",
	"gateway.networking.k8s.io/v1":    "the Gateway API's kinds are not installed",
	"cert-manager.io/v1":              "cert-manager's kinds are not installed",
	"argoproj.io/v1alpha1":            "Argo CD's kinds are not installed",
	"kustomize.toolkit.fluxcd.io/v1":  "Flux's kinds are not installed",
	"source.toolkit.fluxcd.io/v1":     "Flux's kinds are not installed",
	"kustomize.config.k8s.io/v1beta1": "a kustomization is no object",
}

// reasonNotToApply is one of notApplied, by case and object, kind or apiVersion, or "". No Secret has one.
func reasonNotToApply(in string, o object, used map[string]bool) string {
	if o.kind() == "Secret" {
		if _, encrypted := o["sops"]; encrypted {
			return "it stays encrypted, for Flux"
		}
		return ""
	}
	for _, key := range []string{in + ": " + o.kind() + " " + o.name(), o.kind(), o.apiVersion()} {
		if reason, is := notApplied[key]; is {
			used[key] = true
			return reason
		}
	}
	return ""
}

// goldenCases has the API server judge what comes out of every golden case that does not fail. Secrets go to it as they
// are. To workloads is added what the cases leave out because Secretwright does not look at it.
func goldenCases(t *testing.T, c *cluster.Cluster) {
	outs, err := filepath.Glob(filepath.Join(root, "testdata", "*", "out.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cases, ran, secrets, workloads := 0, 0, 0, 0
	used := map[string]bool{}
	for _, out := range outs {
		text := readFile(t, out)
		name := filepath.Base(filepath.Dir(out))
		if strings.Contains(text, "severity: error") {
			continue // it was refused, and its items are what went in
		}
		cases++
		t.Run(name, func(t *testing.T) {
			ran++
			var stream strings.Builder
			for _, o := range objects(t, text) {
				if reason := reasonNotToApply(name, o, used); reason != "" {
					t.Logf("not applied: %s: %s", o, reason)
					continue
				}
				if o.kind() == "Secret" {
					secrets++
				} else {
					workloads++
					complete(o)
				}
				createNamespace(t, c, o.namespace())
				stream.WriteString("---\n" + o.JSON(t) + "\n")
			}
			dryRun(t, c, stream.String())
		})
	}
	t.Logf("the API server accepts %d Secrets and %d other objects of the golden cases", secrets, workloads)
	if ran < cases {
		return // -run picked some of them
	}
	for key := range notApplied {
		if strings.Contains(key, ": ") && !used[key] {
			t.Errorf("%q is in notApplied, and no golden case has it", key)
		}
	}
	if secrets < 40 || workloads < 25 {
		t.Errorf("that is too few to be all of them")
	}
}

// complete adds to a workload what the API server asks of it and Secretwright does not: images, selectors, schedules.
func complete(o object) {
	switch o.kind() {
	case "Ingress":
		o.child("spec").otherwise("defaultBackend", map[string]any{"service": map[string]any{"name": "web",
			"port": map[string]any{"number": 80}}})
	case "PersistentVolume":
		spec := o.child("spec")
		spec.otherwise("accessModes", []any{"ReadWriteMany"})
		spec.otherwise("capacity", map[string]any{"storage": "1Gi"})
		if _, azure := spec["azureFile"]; azure {
			spec.child("azureFile").otherwise("shareName", "files")
		}
	}
	path, isWorkload := podPaths[o.kind()]
	if !isWorkload {
		return
	}
	pod := o.child(path...)
	for _, list := range []string{"containers", "initContainers"} {
		for _, container := range pod.list(list) {
			container.otherwise("image", "registry.example.com/app:1.4.2")
		}
	}
	labels := map[string]any{"app": "complete"}
	selector := map[string]any{"matchLabels": labels}
	spec := o.child("spec")
	switch o.kind() {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet":
		template := o.child("spec", "template", "metadata")
		if there, has := template["labels"].(map[string]any); has {
			selector = map[string]any{"matchLabels": there}
		}
		template.otherwise("labels", labels)
		spec.otherwise("selector", selector)
	case "ReplicationController":
		o.child("spec", "template", "metadata").otherwise("labels", labels)
		spec.otherwise("selector", labels)
	case "Job":
		pod.otherwise("restartPolicy", "Never")
	case "CronJob":
		spec.otherwise("schedule", "@daily")
		pod.otherwise("restartPolicy", "Never")
	}
}

// examples has the API server judge what comes out of every example, as it comes out.
func examples(t *testing.T, c *cluster.Cluster) {
	t.Setenv("SOPS_AGE_KEY_FILE", keyFile("examples"))
	used := map[string]bool{}
	judge := func(t *testing.T, out string) {
		t.Helper()
		if !strings.Contains(out, "kind: Secret\n") {
			t.Errorf("there is no Secret in:\n%s", out)
		}
		var stream strings.Builder
		for _, o := range decrypted(t, objects(t, out)) {
			if reason := reasonNotToApply("", o, used); reason != "" {
				t.Logf("not applied: %s: %s", o, reason)
				continue
			}
			createNamespace(t, c, o.namespace())
			stream.WriteString("---\n" + o.JSON(t) + "\n")
		}
		dryRun(t, c, stream.String())
	}
	// What is committed for Flux has gone through Secretwright already.
	ofOthers := map[string]bool{"rendered": true}
	specs := 0
	err := filepath.WalkDir(filepath.Join(root, "examples"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		dir, _ := filepath.Rel(root, filepath.Dir(path))
		switch {
		case entry.Name() == "kustomization.yaml" && !ofOthers[filepath.Base(dir)] &&
			!strings.Contains(readFile(t, path), "kind: Component\n"):
			t.Run("kustomize build "+dir, func(t *testing.T) {
				judge(t, kustomizeBuild(t, filepath.Dir(path)))
			})
		case entry.Name() == "secretspec.yaml":
			specs++
			t.Run("secretwright render "+dir, func(t *testing.T) {
				var manifests []string
				for name, text := range files(t, filepath.Dir(path)) {
					base := filepath.Base(name)
					if strings.HasSuffix(base, ".yaml") && strings.Contains(text, "kind: Deployment\n") &&
						!strings.HasPrefix(base, "expected") && !strings.Contains(name, "rendered/") {
						manifests = append(manifests, name)
					}
				}
				slices.Sort(manifests)
				judge(t, run(t, filepath.Dir(path), "secretwright", append([]string{"render", "secretspec.yaml"}, manifests...)...))
			})
		}
		return nil
	})
	if err != nil || specs < 5 {
		t.Errorf("found %d examples: %v", specs, err)
	}
}

// redacted has the API server refuse what was built without keys, in a dry run too, and take it once it is built with
// them.
func redacted(t *testing.T, c *cluster.Cluster) {
	t.Setenv("SOPS_AGE_KEY_FILE", keyFile("examples"))
	createNamespace(t, c, "shop")
	secretOf := func() string {
		for _, o := range objects(t, kustomizeBuild(t, filepath.Join(root, "examples", "kustomize", "prefix"))) {
			if o.kind() == "Secret" {
				return o.JSON(t)
			}
		}
		t.Fatal("there is no Secret")
		return ""
	}
	dryRun(t, c, secretOf())
	t.Setenv("SECRETWRIGHT_REDACT", "1")
	unset(t, "SOPS_AGE_KEY_FILE")
	for _, args := range [][]string{{"apply", "--filename=-"}, {"create", "--filename=-"},
		{"apply", "--dry-run=server", "--filename=-"}} {
		if stdout, stderr, err := c.Kubectl(t, secretOf(), args...); err == nil ||
			!strings.Contains(stderr, "illegal base64 data") {
			t.Errorf("kubectl %v: the API server accepts it: %v\n%s%s", args, err, stdout, stderr)
		}
	}
}

// kubectl is Cluster.Kubectl where it must succeed.
func kubectl(t *testing.T, c *cluster.Cluster, stdin string, args ...string) string {
	t.Helper()
	stdout, stderr, err := c.Kubectl(t, stdin, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	return stdout
}

// createNamespace creates a namespace that is not there yet. No name is the default one.
func createNamespace(t *testing.T, c *cluster.Cluster, name string) {
	t.Helper()
	if name == "" {
		return
	}
	if _, stderr, err := c.Kubectl(t, "", "create", "namespace", name); err != nil &&
		!strings.Contains(stderr, "(AlreadyExists)") {
		t.Fatalf("%v\n%s", err, stderr)
	}
}

// dryRun has the API server judge objects, strictly: a field that it does not know is an error too.
func dryRun(t *testing.T, c *cluster.Cluster, stream string) {
	t.Helper()
	if stream == "" {
		return
	}
	kubectl(t, c, stream, "apply", "--dry-run=server", "--validate=strict", "--filename=-")
}
