package e2e

import (
	"encoding/base64"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/e2e/cluster"
)

// createSecret holds what Secretwright makes to what `kubectl create secret` makes of the same values: type and data.
func createSecret(t *testing.T, c *cluster.Cluster) {
	dir := t.TempDir()
	crt, key := certificate(t)
	in := map[string]string{"user": "shop", "password": `correct "horse" & <battery> \ größe`, "file": "one\ntwo\n",
		"crt": crt, "key": key}
	for _, name := range []string{"password", "file", "crt", "key"} {
		writeFile(t, filepath.Join(dir, name), in[name])
	}
	writeFile(t, filepath.Join(dir, "values.enc.json"), encrypt(t, "values.json", toJSON(t, in)))

	for _, tt := range []struct {
		name, secret string
		kubectl      []string
	}{
		{"generic", `{name: x, data: {user: {from: values, key: user}, password: {from: values, key: password}, file: {from: values, key: file}, empty: {value: ""}}}`,
			[]string{"generic", "x", "--type=Opaque", "--from-literal=user=" + in["user"], "--from-literal=empty=",
				"--from-file=" + filepath.Join(dir, "password"), "--from-file=" + filepath.Join(dir, "file")}},
		{"generic, of a type of one's own", `{name: x, type: example.com/own, data: {user: {from: values, key: user}}}`,
			[]string{"generic", "x", "--type=example.com/own", "--from-literal=user=" + in["user"]}},
		{"docker-registry", `{name: x, type: kubernetes.io/dockerconfigjson, registries: [{server: registry.example.com,
			username: {from: values, key: user}, password: {from: values, key: password}}]}`,
			[]string{"docker-registry", "x", "--docker-server=registry.example.com", "--docker-username=" + in["user"],
				"--docker-password=" + in["password"]}},
		{"docker-registry with an email", `{name: x, type: kubernetes.io/dockerconfigjson, registries: [{server: "https://index.docker.io/v1/",
			username: {from: values, key: user}, password: {from: values, key: password}, email: {value: shop@example.com}}]}`,
			[]string{"docker-registry", "x", "--docker-username=" + in["user"], "--docker-password=" + in["password"],
				"--docker-email=shop@example.com"}},
		{"tls", `{name: x, type: kubernetes.io/tls, data: {tls.crt: {from: values, key: crt}, tls.key: {from: values, key: key}}}`,
			[]string{"tls", "x", "--cert=" + filepath.Join(dir, "crt"), "--key=" + filepath.Join(dir, "key")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			writeFile(t, filepath.Join(dir, "secretspec.yaml"), `{apiVersion: secretwright.dev/v1alpha1, kind: SecretSpec, metadata: {name: x},
  sources: [{name: values, file: values.enc.json}], secrets: [`+tt.secret+`]}`)
			ours := objects(t, run(t, dir, "secretwright", "render", "secretspec.yaml"))[0]
			args := append(append([]string{"create", "secret"}, tt.kubectl...), "--dry-run=client", "--output=yaml")
			theirs := objects(t, kubectl(t, c, "", args...))[0]
			if len(theirs.data(t)) == 0 || theirs.text("type") == "" {
				t.Fatalf("kubectl made no Secret with a type and data: %v", theirs)
			}
			if ours["type"] != theirs["type"] {
				t.Errorf("the type is %s, and kubectl's %s", ours["type"], theirs["type"])
			}
			if diff := cmp.Diff(theirs.data(t), ours.data(t)); diff != "" {
				t.Errorf("data (-kubectl +secretwright):\n%s", diff)
			}
			added := addSecret(t, tt.kubectl)
			if added["type"] != theirs["type"] {
				t.Errorf("the type that was added is %s, and kubectl's %s", added["type"], theirs["type"])
			}
			if diff := cmp.Diff(theirs.data(t), added.data(t)); diff != "" {
				t.Errorf("data that was added (-kubectl +secretwright):\n%s", diff)
			}
		})
	}
}

// addSecret returns the Secret that `secretwright add` makes with the flags of `kubectl create secret`.
func addSecret(t *testing.T, kubectl []string) object {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, ".sops.yaml"), "creation_rules: [{age: "+recipient(t, "testdata")+"}]\n")
	run(t, dir, "secretwright", append([]string{"add", "secretspec.yaml", kubectl[1]}, kubectl[2:]...)...)
	return objects(t, run(t, dir, "secretwright", "render", "secretspec.yaml"))[0]
}

func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
