package cluster_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/e2e/cluster"
)

// namespace is where testdata/secrets.yaml puts what has to be somewhere.
const namespace = "smoke"

func TestCluster(t *testing.T) {
	c := cluster.Start(t)
	secrets := readFile(t, "testdata/secrets.yaml")
	names := strings.Fields(`secret/opaque secret/own-type secret/dockerconfigjson secret/dockercfg secret/tls
		secret/basic-auth secret/ssh-auth secret/service-account-token secret/bootstrap-token-abcdef`)
	kubectl(t, c, "", "create", "namespace", namespace)

	t.Run("judges every kind of Secret and keeps none in a dry run", func(t *testing.T) {
		out := kubectl(t, c, secrets, "apply", "--dry-run=server", "--output=name", "--filename=-")
		if diff := cmp.Diff(names, strings.Fields(out)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
		if left := kubectl(t, c, "", "get", "secrets", "--all-namespaces", "--output=name"); left != "" {
			t.Errorf("a dry run left behind:\n%s", left)
		}
	})

	t.Run("keeps every kind of Secret", func(t *testing.T) {
		out := kubectl(t, c, secrets, "apply", "--output=name", "--filename=-")
		if diff := cmp.Diff(names, strings.Fields(out)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
		var got struct {
			Type string
			Data map[string][]byte // encoding/json knows base64
		}
		text := kubectl(t, c, "", "get", "secret", "basic-auth", "--namespace="+namespace, "--output=json")
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if want := "kubernetes.io/basic-auth"; got.Type != want {
			t.Errorf("type = %q, want %q", got.Type, want)
		}
		want := map[string][]byte{"username": []byte("user"), "password": []byte("not-a-password")}
		if diff := cmp.Diff(want, got.Data); diff != "" {
			t.Errorf("data (-want +got):\n%s", diff)
		}
	})

	t.Run("refuses what Kubernetes refuses", func(t *testing.T) {
		for _, tt := range []struct{ name, manifest, want string }{
			{"a required key is missing", `
apiVersion: v1
kind: Secret
metadata: {name: half, namespace: smoke}
type: kubernetes.io/tls
data: {tls.crt: ""}
`, "data[tls.key]: Required value"},
			{"the type is changed", `
apiVersion: v1
kind: Secret
metadata: {name: opaque, namespace: smoke}
type: example.com/other
`, "field is immutable"},
			{"a field does not exist", `
apiVersion: v1
kind: Secret
metadata: {name: misspelled, namespace: smoke}
dta: {}
`, `unknown field "dta"`},
		} {
			t.Run(tt.name, func(t *testing.T) {
				_, stderr, err := c.Kubectl(t, tt.manifest, "apply", "--dry-run=server", "--filename=-")
				if err == nil || !strings.Contains(stderr, tt.want) {
					t.Errorf("err = %v, want one that says %q:\n%s", err, tt.want, stderr)
				}
			})
		}
	})

	// What only works in time, or without the admission that needs a controller.
	t.Run("keeps workloads", func(t *testing.T) {
		out := kubectl(t, c, readFile(t, "testdata/workloads.yaml"), "apply", "--output=name", "--filename=-")
		want := []string{"pod/reader", "deployment.apps/reader", "service/reader", "pod/in-default"}
		if diff := cmp.Diff(want, strings.Fields(out)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	})
}

// kubectl is Cluster.Kubectl where it is expected to succeed.
func kubectl(t *testing.T, c *cluster.Cluster, stdin string, args ...string) string {
	t.Helper()
	stdout, stderr, err := c.Kubectl(t, stdin, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	return stdout
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
