package e2e

import (
	"encoding/base64"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/e2e/cluster"
)

// forReal makes Secrets of every type and what uses them, and reads them back: what is in the cluster is what sops
// shows of the sources. A second apply changes nothing.
func forReal(t *testing.T, c *cluster.Cluster) {
	dir := copied(t, "e2e/testdata/every")
	crt, key := certificate(t)
	plain := map[string]string{"password": "correct horse/battery\nstaple", "user": "shop", "token": "not0a0secret0000",
		"crt": crt, "key": key, "binary": "AP/+AQ=="}
	writeFile(t, filepath.Join(dir, "values.enc.json"), encrypt(t, "values.json", toJSON(t, plain)))

	render := func() string {
		return run(t, dir, "secretwright", "render", "secretspec.yaml", "workloads.yaml") + "---\n" +
			run(t, dir, "secretwright", "render", "nodes.yaml")
	}
	rendered := render()
	made := objects(t, rendered)
	for _, o := range made { // they are all in the namespace real but one, the bootstrap token
		if ns := o.namespace(); ns != "real" && o.name() != "bootstrap-token-abcdef" {
			t.Errorf("%s is in the namespace %q", o, ns)
		}
	}
	createNamespace(t, c, "real")
	applied := strings.Fields(kubectl(t, c, rendered, "apply", "--output=name", "--filename=-"))
	if len(applied) != len(made) {
		t.Errorf("%d objects came out, and %d were applied: %v", len(made), len(applied), applied)
	}

	kinds := map[string]bool{}
	types := map[string]bool{}
	for _, o := range made {
		kinds[o.kind()] = true
		if o.kind() == "Secret" {
			types[o.text("type")] = true
		}
	}
	for kind := range podPaths {
		if !kinds[kind] {
			t.Errorf("no %s was applied", kind)
		}
	}
	if want := 9; len(types) != want { // Kubernetes' eight, and one of our own
		t.Errorf("Secrets of %d types were applied, not of %d: %v", len(types), want, slices.Sorted(maps.Keys(types)))
	}

	secrets := named(made)
	get := func(o object, path string) string {
		return kubectl(t, c, "", "get", o.kind(), o.name(), "--namespace="+o.namespace(), "--output=jsonpath="+path)
	}
	for _, tt := range []struct{ secret, key, source string }{
		{"opaque", "password", "password"},
		{"opaque", "user", "user"},
		{"basic-auth", "password", "password"},
		{"tls", `tls\.crt`, "crt"},
		{"tls", `tls\.key`, "key"},
		{"ssh-auth", "ssh-privatekey", "key"},
		{"own-type", "token", "token"},
		{"bootstrap-token-abcdef", "token-secret", "token"},
	} {
		t.Run("what sops shows is in "+tt.secret+"/"+tt.key, func(t *testing.T) {
			want := run(t, dir, "sops", "-d", "--extract", `["`+tt.source+`"]`, "values.enc.json")
			got, err := base64.StdEncoding.DecodeString(get(secrets[tt.secret], "{.data."+tt.key+"}"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("(-sops +cluster):\n%s", diff)
			}
		})
	}
	if got := get(secrets["opaque"], "{.data.binary}"); got != plain["binary"] {
		t.Errorf("binary = %q, want the base64 of the source, %q", got, plain["binary"])
	}
	if got := get(secrets["opaque"], "{.immutable}"); got != "true" {
		t.Errorf("immutable = %q, want true", got)
	}

	// Every reference in the cluster is to a Secret that is there.
	there := strings.Fields(kubectl(t, c, "", "get", "secrets", "--namespace=real",
		"--output=jsonpath={.items[*].metadata.name}"))
	for _, kind := range append(slices.Sorted(maps.Keys(podPaths)), "ServiceAccount", "Ingress") {
		t.Run("references of "+kind, func(t *testing.T) {
			for _, o := range objects(t, kubectl(t, c, "", "get", kind, "--namespace=real", "--selector=every=kind",
				"--output=json")) {
				refers := o.references()
				if len(refers) == 0 {
					t.Errorf("%s refers to no Secret", o)
				}
				for name := range refers {
					if !slices.Contains(there, name) {
						t.Errorf("%s refers to %s, which is not among the Secrets %v", o, name, there)
					}
				}
			}
		})
	}

	t.Run("again", func(t *testing.T) {
		again := render()
		if diff := cmp.Diff(rendered, again); diff != "" {
			t.Errorf("the second time something else comes out (-first +second):\n%s", diff)
		}
		versions := func() string {
			return kubectl(t, c, rendered, "get", "--filename=-",
				`--output=jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{"\n"}{end}`)
		}
		before := versions()
		kubectl(t, c, again, "apply", "--filename=-")
		if diff := cmp.Diff(before, versions()); diff != "" {
			t.Errorf("applying it again changes something in the cluster (-before +after):\n%s", diff)
		}
		if out, stderr, err := c.Kubectl(t, again, "diff", "--filename=-"); err != nil {
			t.Errorf("kubectl diff: %v\n%s%s", err, out, stderr)
		}
	})
	t.Run("a changed value", func(t *testing.T) {
		plain["password"] = "changed"
		writeFile(t, filepath.Join(dir, "values.enc.json"), encrypt(t, "values.json", toJSON(t, plain)))
		changed := render()
		// The Secret is immutable, and a Job's and a Pod's references are too: what has a new name comes beside the old.
		var secret, deployment object
		for _, o := range objects(t, changed) {
			switch {
			case o.kind() == "Deployment":
				deployment = o
			case o.kind() == "Secret" && strings.HasPrefix(o.name(), "opaque-"):
				secret = o
			}
		}
		if secret.name() == secrets["opaque"].name() {
			t.Fatalf("the Secret is still called %s", secret.name())
		}
		kubectl(t, c, secret.JSON(t)+"\n---\n"+deployment.JSON(t), "apply", "--filename=-")
		if got := get(deployment,
			"{.spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name}"); got != secret.name() {
			t.Errorf("the Deployment refers to %s, not to %s", got, secret.name())
		}
		if got := get(deployment, "{.metadata.generation}"); got != "2" {
			t.Errorf("the Deployment's generation is %s, not 2: nothing rolls", got)
		}
	})
}
