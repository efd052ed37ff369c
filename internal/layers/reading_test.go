package layers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const pod = `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
  - name: app
    env:
    - {name: A, valueFrom: {secretKeyRef: {name: db-1, key: k}}}
    - {name: B, value: b}
    envFrom:
    - {secretRef: {name: mail-1}}
---
apiVersion: v1
kind: Secret
metadata: {name: db-1, namespace: shop}
data: {k: ZGI=}
---
apiVersion: v1
kind: Secret
metadata: {name: mail-1, namespace: shop}
data: {k: bWFpbA==}
`

// TestCompare shows that each kind of difference is seen.
func TestCompare(t *testing.T) {
	oracle, err := read([]byte(pod))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, from, to, want string }{
		{"nothing", "", "", ""},
		{"another name", "db-1", "other-2", ""},
		{"the order of variables",
			"    - {name: A, valueFrom: {secretKeyRef: {name: db-1, key: k}}}\n    - {name: B, value: b}\n",
			"    - {name: B, value: b}\n    - {name: A, valueFrom: {secretKeyRef: {name: db-1, key: k}}}\n", ""},
		{"a variable twice", "    env:\n", "    env:\n    - {name: B, value: b}\n", "unfit output"},
		{"dangling", "{name: db-1, key: k}", "{name: db, key: k}", "dangles"},
		{"another Secret's values", "{name: db-1, key: k}", "{name: mail-1, key: k}", "other value"},
		{"other values", "ZGI=", "eA==", "extra Secret, no Secret, other value"},
		{"a lost variable", "    - {name: B, value: b}\n", "", "lost"},
		{"a variable too many", "    - {name: B, value: b}\n", "    - {name: B, value: b}\n    - {name: C, value: b}\n",
			"extra"},
		{"another namespace", "{name: db-1, namespace: shop}", "{name: db-1, namespace: auth}",
			"dangles, extra Secret, no Secret"}, {"an annotation of kustomize's", "{name: db-1, namespace: shop}",
			"{name: db-1, namespace: shop, annotations: {internal.config.kubernetes.io/previousNames: db}}", "unfit output"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ours, err := read([]byte(strings.ReplaceAll(pod, test.from, test.to)))
			if test.from == "" {
				ours, err = read([]byte(pod))
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := classesOf(compare(oracle, ours)); got != test.want {
				t.Errorf("the differences are %q, want %q", got, test.want)
			}
		})
	}
}

// TestGenerate shows that a seed is one tree, so that a failing one can be seen again.
func TestGenerate(t *testing.T) {
	for n := range uint64(50) {
		if diff := cmp.Diff(generate(n), generate(n)); diff != "" {
			t.Fatalf("seed %d: %s", n, diff)
		}
	}
}
