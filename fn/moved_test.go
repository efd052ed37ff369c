package fn_test

import (
	"strings"
	"testing"
)

// rendered is what a former run left: the Secret db of the SecretSpec shop, and what reads it.
const rendered = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: Secret
  metadata:
    name: db-25khgmg44c
    namespace: shop
    annotations: {secretwright.dev/secret: shop/db}
  data: {a: MQ==}
- apiVersion: v1
  kind: Pod
  metadata: {name: web, namespace: shop}
  spec: {containers: [{name: app, envFrom: [{secretRef: {name: db-25khgmg44c}}]}]}
`

// secretSpec returns a SecretSpec in the namespace shop with one Secret, as an entry of a map.
func secretSpec(name, secret, value string) string {
	return "{apiVersion: secretwright.dev/v1alpha1, kind: SecretSpec, metadata: {name: " + name + ", namespace: shop}, " +
		"secrets: [{name: " + secret + ", data: {a: {value: \"" + value + "\", public: true}}}]}\n"
}

// TestMovedToAnotherSpec runs the function once for each SecretSpec, as kpt does, after a Secret moved from one to the
// other: its references follow in both orders, with a new value and without.
func TestMovedToAnotherSpec(t *testing.T) {
	for _, value := range []string{"1", "2"} {
		specs := []string{secretSpec("shop", "other", "5"), secretSpec("two", "db", value)}
		for first := range specs {
			in := rendered + "- " + specs[0] + "- " + specs[1]
			for _, config := range []string{specs[first], specs[1-first]} {
				out, stderr, status := execute(t, t.TempDir(), []byte(in+"functionConfig: "+config))
				if status != 0 || strings.Contains(string(stderr), "removed") {
					t.Fatalf("value %s, SecretSpec %d first: status %d: %s", value, first, status, stderr)
				}
				in, _, _ = strings.Cut(string(out), "functionConfig:")
			}
			hash := map[string]string{"1": "25khgmg44c", "2": "gbt62kg52d"}[value]
			if strings.Count(in, "kind: Secret\n") != 2 || !strings.Contains(in, "secretRef: {name: db-"+hash+"}") {
				t.Errorf("value %s, SecretSpec %d first:\n%s", value, first, in)
			}
		}
	}
}

// TestMovedToAnotherNamespace has the namespace of the SecretSpec, or of what reads its Secret alone, become another at
// the time of a new value. A Secret that somebody reads in the former one stays.
func TestMovedToAnotherNamespace(t *testing.T) {
	moved := strings.Replace(rendered, "name: web, namespace: shop", "name: web, namespace: store", 1)
	stays := "- apiVersion: v1\n  kind: Pod\n  metadata: {name: other, namespace: shop}\n" +
		"  spec: {containers: [{name: app, envFrom: [{secretRef: {name: db-25khgmg44c}}]}]}\n"
	taken := "- apiVersion: v1\n  kind: Secret\n  metadata: {name: db-25khgmg44c, namespace: store}\n"
	config := strings.Replace(secretSpec("shop", "db", "2"), "namespace: shop", "namespace: store", 1)
	for name, test := range map[string]struct{ in, config, want, said string }{
		"everything": {moved, config, "gbt62kg52d",
			"Secret shop/db-25khgmg44c, which is no longer declared, was removed"},
		"not everything": {moved + stays, config, "gbt62kg52d", "Secret shop/db-25khgmg44c of a former run stays"},
		"another's name": {moved + taken, config, "25khgmg44c", "Secret shop/db-25khgmg44c of a former run stays"},
		"what reads it": {moved, strings.Replace(config, "namespace: store", "", 1), "gbt62kg52d",
			"Secret db-25khgmg44c, which is no longer declared, was removed"},
		"to none": {strings.Replace(rendered, "name: web, namespace: shop", "name: web", 1),
			strings.Replace(config, "namespace: store", "", 1), "gbt62kg52d", "was removed"},
		"to a copy": {moved + "- " + secretSpec("shop", "db", "1"), config, "gbt62kg52d", ""},
	} {
		out, stderr, status := execute(t, t.TempDir(), []byte(test.in+"functionConfig: "+test.config))
		if status != 0 || !strings.Contains(string(stderr), test.said) || test.said == "" && len(stderr) > 0 {
			t.Errorf("%s: status %d: %s", name, status, stderr)
		}
		if !strings.Contains(string(out), "secretRef: {name: db-"+test.want+"}") {
			t.Errorf("%s:\n%s", name, out)
		}
		isThere := strings.Contains(string(out), "name: db-25khgmg44c\n")
		if isThere == strings.Contains(test.said, "removed") {
			t.Errorf("%s: the former Secret is there: %v", name, isThere)
		}
	}
}
