package fn_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TestTwoSpecsOfOneName applies two SecretSpecs of one name, as two copies of a package have: neither takes the other's
// Secrets for its own of a former run.
func TestTwoSpecsOfOneName(t *testing.T) {
	in := []byte(`apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: secretwright.dev/v1alpha1
  kind: SecretSpec
  metadata: {name: app, namespace: one}
  secrets: [{name: database, rollout: none, data: {k: {value: x}}}]
- apiVersion: secretwright.dev/v1alpha1
  kind: SecretSpec
  metadata: {name: app, namespace: two}
  secrets: [{name: cache, rollout: none, data: {k: {value: x}}}]
`)
	for range 2 { // the second time over what the first left
		out, stderr, status := execute(t, t.TempDir(), in)
		if status != 0 {
			t.Fatalf("status %d: %s", status, stderr)
		}
		var got []string
		for _, item := range yaml.MustParse(string(out)).Field("items").Value.Content() {
			if item := yaml.NewRNode(item); item.GetKind() == "Secret" {
				got = append(got, item.GetNamespace()+"/"+item.GetName())
			}
		}
		if diff := cmp.Diff([]string{"one/database", "two/cache"}, got); diff != "" {
			t.Fatalf("Secrets (-want +got):\n%s", diff)
		}
		in = out
	}
}

// TestReferenceBeforeTheNamespace has a Deployment that gets its namespace later, from kustomize. What refers to the
// Secret by hand follows it as what usedBy writes does.
func TestReferenceBeforeTheNamespace(t *testing.T) {
	out, stderr, status := execute(t, t.TempDir(), []byte(`apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: web}
  spec: {containers: [{name: app, envFrom: [{secretRef: {name: database}}]}]}
functionConfig:
  apiVersion: secretwright.dev/v1alpha1
  kind: SecretSpec
  metadata: {name: app, namespace: shop}
  secrets:
  - name: database
    data: {k: {value: x}}
    usedBy: [{kind: Pod, env: {K: k}}]
`))
	if status != 0 {
		t.Fatalf("%s", stderr)
	}
	if text := string(out); strings.Contains(text, "secretRef: {name: database}") {
		t.Errorf("a reference did not follow:\n%s", text)
	}
}

// TestNewValueBeforeTheNamespace has what has no namespace yet follow a Secret from one value to the next.
func TestNewValueBeforeTheNamespace(t *testing.T) {
	in := strings.Replace(rendered, "name: web, namespace: shop", "name: web", 1)
	out, stderr, status := execute(t, t.TempDir(), []byte(in+"functionConfig: "+secretSpec("shop", "db", "2")))
	if status != 0 || len(stderr) > 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	if !strings.Contains(string(out), "secretRef: {name: db-gbt62kg52d}") {
		t.Errorf("a reference did not follow:\n%s", out)
	}
}
