package wiring

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

func TestEmitted(t *testing.T) {
	nodes := parse(t, `
apiVersion: v1
kind: Secret
metadata:
  name: database-aaaaaaaaaa
  namespace: shop
  annotations:
    secretwright.dev/secret: shop/database
    config.kubernetes.io/path: secret_database.yaml
    internal.config.kubernetes.io/index: "0"
    internal.config.kubernetes.io/needsHashSuffix: enabled
    example.com/own: stays where it was
---
apiVersion: v1
kind: Secret
metadata:
  name: prod-cache-bbbbbbbbbb-eu
  annotations:
    internal.config.kubernetes.io/previousNames: cache-bbbbbbbbbb,prod-cache-bbbbbbbbbb
    secretwright.dev/secret: shop/cache
---
apiVersion: v1
kind: Secret
metadata: {name: other, annotations: {secretwright.dev/secret: store/other}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: no-secret, annotations: {secretwright.dev/secret: shop/no-secret}}
---
apiVersion: v1
kind: Secret
metadata: {name: by-hand}
`)
	it := NewItems(nodes)
	if diff := cmp.Diff([]Emitted{
		{Index: 0, SpecName: "shop", Secret: "database", Name: "database-aaaaaaaaaa", Namespace: "shop", Annotations: map[string]string{
			"config.kubernetes.io/path": "secret_database.yaml", "internal.config.kubernetes.io/index": "0"}},
		{Index: 1, SpecName: "shop", Secret: "cache", Name: "prod-cache-bbbbbbbbbb-eu", Annotations: map[string]string{
			"internal.config.kubernetes.io/previousNames": "cache-bbbbbbbbbb,prod-cache-bbbbbbbbbb"}},
		{Index: 2, SpecName: "store", Secret: "other", Name: "other", Annotations: map[string]string{}},
	}, it.Emitted()); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		namespace, name string
		want            int
	}{{"shop", "database-aaaaaaaaaa", 0}, {"", "database-aaaaaaaaaa", -1}, {"", "by-hand", 4}, {"", "no-secret", -1}} {
		if i := it.Find(c.namespace, c.name); i != c.want {
			t.Errorf("Secret %s/%s: found %d, not %d", c.namespace, c.name, i, c.want)
		}
	}
}

func TestItems(t *testing.T) {
	nodes := parse(t, "kind: A\n---\nkind: B\n---\nkind: C\n")
	it := NewItems(nodes)
	it.Remove(1)
	it.Append(yaml.MustParse("kind: D\n"))
	it.Replace(0, yaml.MustParse("kind: E\n"))
	out, indices := it.Nodes()
	if diff := cmp.Diff("kind: E\n---\nkind: C\n---\nkind: D\n", manifests(t, out)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{0, 2, 3}, indices); diff != "" {
		t.Errorf("indices (-want +got):\n%s", diff)
	}
	if out[1] != nodes[2] {
		t.Error("a resource that nothing changed is not the caller's own")
	}
}

const wired = `
apiVersion: v1
kind: Pod
metadata: {name: x, namespace: shop}
spec:
  imagePullSecrets:
  - name: database
  - name: other
  containers:
  - name: app
    env:
    - name: USER
      valueFrom: {secretKeyRef: {name: database, key: user}}
    - name: GONE
      valueFrom: {secretKeyRef: {name: database, key: gone}}
    - name: MAYBE
      valueFrom: {secretKeyRef: {name: database, key: maybe, optional: true}}
    envFrom:
    - prefix: DB_
      secretRef: {name: database}
    volumeMounts:
    - {name: files, mountPath: /etc/db}
    - {name: all, mountPath: /etc/all}
  volumes:
  - name: files
    secret: {secretName: database, items: [{key: user, path: user}, {key: lost, path: lost}]}
  - name: all
    projected:
      sources:
      - secret: {name: database}
      - secret: {name: other}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: x, namespace: shop}
secrets: [{name: database}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: elsewhere, namespace: store}
secrets: [{name: database}]
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: x, namespace: shop}
spec: {secretName: database}
`

func TestReaders(t *testing.T) {
	it := NewItems(parse(t, wired))
	pod := Reader{Kind: "Pod", Namespace: "shop", Name: "x", Container: "app"}
	reads := func(r Reader, via, key string) Reader {
		r.Via, r.Key = via, key
		return r
	}
	whole := pod
	whole.Container = ""
	if diff := cmp.Diff([]Reader{
		reads(pod, "env USER", "user"), reads(pod, "env GONE", "gone"), reads(pod, "env MAYBE", "maybe"), reads(pod, "envFrom DB_", ""),
		reads(pod, "volume /etc/db", "lost"), reads(pod, "volume /etc/db", "user"), reads(pod, "volume /etc/all", ""),
		reads(whole, "spec.imagePullSecrets.name", ""),
		{Kind: "ServiceAccount", Namespace: "shop", Name: "x", Via: "secrets.name"},
	}, it.Index().Readers("shop", "database")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := it.Index().References("shop", "database"); n != 8 {
		t.Errorf("%d references", n)
	}
}

func TestDangling(t *testing.T) {
	it := NewItems(parse(t, wired))
	secret := Secret{Plain: "database", Name: "database", Keys: []string{"password", "user"}}
	if diff := cmp.Diff([]string{
		`: at: Pod shop/x, container app, variable GONE: the Secret database has no key "gone"; its keys are password, user`,
		`: at: Pod shop/x, volume files: the Secret database has no key "lost"; its keys are password, user`,
	}, said(collect(func(c *report.Collector) { it.Index().Dangling(report.Field("at"), "shop", secret, c) }))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnwire(t *testing.T) {
	nodes := parse(t, wired)
	defer unchanged(t, nodes)()
	it := NewItems(nodes)
	if diff := cmp.Diff([]string{
		"warning: at: the references of Pod shop/x to the Secret database, which is no longer declared, were removed",
		"warning: at: the references of ServiceAccount shop/x to the Secret database, which is no longer declared, were removed",
	}, said(collect(func(c *report.Collector) { it.Unwire(report.Field("at"), "shop", "database", c) }))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := parse(t, `
apiVersion: v1
kind: Pod
metadata: {name: x, namespace: shop}
spec:
  imagePullSecrets:
  - name: other
  containers:
  - name: app
    volumeMounts:
    - {name: all, mountPath: /etc/all}
  volumes:
  - name: all
    projected:
      sources:
      - secret: {name: other}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: x, namespace: shop}
`)
	if diff := cmp.Diff(manifests(t, append(want, nodes[2:]...)), manifests(t, resources(it))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
