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
		{Index: 0, SpecName: "shop", Secret: "database", Name: "database-aaaaaaaaaa", Namespace: "shop",
			Annotations: map[string]string{
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
      - secret: {name: other, items: [{key: else, path: else}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: x, namespace: shop}
imagePullSecrets: []
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
		reads(pod, "env USER", "user"), reads(pod, "env GONE", "gone"), reads(pod, "env MAYBE", "maybe"),
		reads(pod, "envFrom DB_", ""),
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
	}, said(collect(func(c *report.Collector) {
		it.Index().Dangling(report.Field("at"), "shop", secret,
			c)
	}))); diff != "" {
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
      - secret: {name: other, items: [{key: else, path: else}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: x, namespace: shop}
imagePullSecrets: []
`)
	if diff := cmp.Diff(manifests(t, append(want, nodes[2:]...)), manifests(t, resources(it))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestProjected has a projected volume whose sources show keys of two Secrets.
func TestProjected(t *testing.T) {
	it := NewItems(parse(t, pod(`
containers: [{name: app, volumeMounts: [{name: all, mountPath: /etc/all}]}]
volumes:
- name: all
  projected:
    sources:
    - secret: {name: other, items: [{key: theirs, path: a}]}
    - secret: {name: database, items: [{key: lost, path: b}]}
`)))
	want := []Reader{{Kind: "Pod", Name: "x", Container: "app", Via: "volume /etc/all", Key: "lost"}}
	if diff := cmp.Diff(want, it.Index().Readers("", "database")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	secret := Secret{Plain: "database", Name: "database", Keys: []string{"user"}}
	if diff := cmp.Diff([]string{
		`: at: Pod x, volume all: the Secret database has no key "lost"; its keys are user`,
	}, said(collect(func(c *report.Collector) { it.Index().Dangling(report.Field("at"), "", secret, c) }))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestUnasked has a Secret that uses show in one of two containers.
func TestUnasked(t *testing.T) {
	const both = "[{name: app, envFrom: [{secretRef: {name: database-hash}}], volumeMounts: [{name: v, mountPath: /a}]}, " +
		"{name: proxy, envFrom: [{secretRef: {name: database-hash}}]}]"
	it := NewItems(parse(t, pod("imagePullSecrets: [{name: database-hash}]\ncontainers: "+both+
		"\nvolumes: [{name: v, secret: {secretName: database-hash}}]")))
	wire(it, Use{Field: report.Field("at"), Secret: database,
		Target: target(t, `{containers: [app], envFrom: {}, volume: {mountPath: /a, name: v}}`)})
	want := []Reader{{Kind: "Pod", Name: "x", Container: "proxy", Via: "envFrom"}}
	if diff := cmp.Diff(want, it.Unasked(it.Index().Readers("", "database-hash"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestUnwireLeaves has references to a Secret that nothing can stand in the place of.
func TestUnwireLeaves(t *testing.T) {
	in := `
apiVersion: example.com/v1
kind: Own
metadata: {name: x}
spec: {secretName: database, other: {secretRef: {name: database}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: x}
spec: {listeners: [{name: a, tls: {certificateRefs: [{name: database}, {name: other}]}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: x}
spec: {tls: [{secretName: database}, {secretName: other}]}
`
	it := NewItems(parse(t, in))
	if diff := cmp.Diff([]string{
		"warning: at: Own x still names the Secret database, which is no longer declared; take the reference out",
		"warning: at: the references of Gateway x to the Secret database, which is no longer declared, were removed",
		"warning: at: the references of Ingress x to the Secret database, which is no longer declared, were removed",
	}, said(collect(func(c *report.Collector) { it.Unwire(report.Field("at"), "", "database", c) }))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := parse(t, in)[0]
	rest := parse(t, `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: x}
spec: {listeners: [{name: a, tls: {certificateRefs: [{name: other}]}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: x}
spec: {tls: [{secretName: other}]}
`)
	if diff := cmp.Diff(manifests(t, append([]*yaml.RNode{want}, rest...)), manifests(t, resources(it))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHasFile(t *testing.T) {
	stored := func(name, annotations string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name + ", annotations: {" + annotations + "}}\n"
	}
	it := NewItems(parse(t, stored("a", "internal.config.kubernetes.io/path: a.yaml")+"---\n"+
		stored("b", "internal.config.kubernetes.io/path: b.yaml, secretwright.dev/secret: shop/b")+"---\n"+stored("c", "")))
	has := func(path, mark string, want bool) {
		t.Helper()
		if got := it.HasFile(path, mark); got != want {
			t.Errorf("a file %q for %s: %v", path, mark, got)
		}
	}
	has("a.yaml", "shop/a", true)
	has("b.yaml", "shop/a", true)
	has("b.yaml", "shop/b", false)
	has("c.yaml", "shop/a", false)
	has("", "shop/a", false)
	it.Remove(0)
	has("a.yaml", "shop/a", false)
	it.Replace(2, parse(t, stored("c", "internal.config.kubernetes.io/path: a.yaml"))[0])
	has("a.yaml", "shop/a", true)
}

func TestKinds(t *testing.T) {
	it := NewItems(parse(t, selectable))
	if diff := cmp.Diff([]string{"Deployment", "Pod", "StatefulSet"}, it.Kinds()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"web"}, it.NamesOf("Pod")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestClusterScoped(t *testing.T) {
	for head, want := range map[string]bool{
		"apiVersion: v1\nkind: Namespace":                                              true,
		"apiVersion: v1\nkind: Secret":                                                 false,
		"apiVersion: kyverno.io/v1\nkind: ClusterPolicy":                               true,
		"apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {namespace: a}":     false,
		"apiVersion: kyverno.io/v1\nkind: Policy":                                      false,
		"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster":                             false,
		"apiVersion: aws.upbound.io/v1\nkind: ProviderConfig":                          true,
		"apiVersion: apps/v1\nkind: ClusterThing":                                      false,
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {}":    true,
		"apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: x}": false,
	} {
		if got := NewItems(parse(t, head+"\n")).ClusterScoped(0); got != want {
			t.Errorf("%q: %v", head, got)
		}
	}
}

// TestIndexAliases counts the references that aliases and merge keys repeat.
func TestIndexAliases(t *testing.T) {
	x := NewItems(parse(t, `
apiVersion: example.com/v1
kind: Own
metadata: {name: x, namespace: shop}
spec:
  base: &base {secretName: creds}
  again: *base
  merged: {<<: *base, a: b}
  list: {<<: [*base, {tokenSecretName: creds}], a: b}
  text: {<<: creds}
`)).Index()
	if n := x.References("shop", "creds"); n != 5 {
		t.Errorf("%d references", n)
	}
	var got []string
	for _, r := range x.Readers("shop", "creds") {
		got = append(got, r.Via)
	}
	want := []string{"spec.base.secretName", "spec.again.secretName", "spec.merged.secretName", "spec.list.secretName",
		"spec.list.tokenSecretName"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestIndexNamespaces says in which namespaces a Secret is read, and by what.
func TestIndexNamespaces(t *testing.T) {
	own := func(name, namespace, spec string) string {
		return "apiVersion: example.com/v1\nkind: Own\nmetadata: {name: " + name + namespace + "}\nspec: " + spec + "\n---\n"
	}
	x := NewItems(parse(t, own("b", ", namespace: store", "{secretName: creds}")+
		own("a", ", namespace: shop", "{secretName: creds, tlsSecretName: creds, name: creds}")+
		own("c", ", namespace: shop", "{secretName: creds}")+own("d", ", namespace: else", "{secretName: other}")+`
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: x}
spec: {ca: {secretName: creds}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: audit}
rules: [{apiGroups: [""], resources: [secrets], resourceNames: [creds], verbs: [get]}]
`)).Index()
	for what, lists := range map[string][2][]string{
		"Namespaces": {x.Namespaces("creds"), {"shop", "store"}},
		"Granted":    {x.Granted("creds"), {"audit"}},
		"Nowhere":    {x.Nowhere("creds"), {"ClusterIssuer x"}},
		"In":         {x.In("shop", "creds"), {"Own shop/a", "Own shop/c"}},
		"In audit":   {x.In("audit", "creds"), nil},
	} {
		if diff := cmp.Diff(lists[1], lists[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}
