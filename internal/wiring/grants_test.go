package wiring

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/references"
)

func TestGrants(t *testing.T) {
	in := `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: x, namespace: shop}
rules:
- {apiGroups: [""], resources: [secrets], resourceNames: [db, other]}
- {apiGroups: [""], resources: [configmaps, secrets], resourceNames: [db]}
- {apiGroups: ["*"], resources: ["*"], resourceNames: [db, other]}
- {apiGroups: [example.com], resources: [secrets], resourceNames: [db]}
- {apiGroups: [""], resources: [configmaps], resourceNames: [db]}
`
	after := func(name string) string {
		return `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: x, namespace: shop}
rules:
- {apiGroups: [""], resources: [secrets], resourceNames: [` + name + `, other]}
- {apiGroups: [""], resources: [configmaps, secrets], resourceNames: [db, ` + name + `]}
- {apiGroups: ["*"], resources: ["*"], resourceNames: [db, ` + name + `, other]}
- {apiGroups: [example.com], resources: [secrets], resourceNames: [db]}
- {apiGroups: [""], resources: [configmaps], resourceNames: [db]}
`
	}
	it := NewItems(parse(t, in))
	check := func(want string) {
		t.Helper()
		if diff := cmp.Diff(manifests(t, parse(t, want)), manifests(t, resources(it))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	it.Rename(references.Names{"shop": {"db": "db-4g2kf9t7mb"}})
	check(after("db-4g2kf9t7mb"))
	index := it.Index("db-4g2kf9t7mb")
	if n := index.References("shop", "db-4g2kf9t7mb"); n != 0 {
		t.Errorf("a Role counts as %d readers", n)
	}
	if readers := index.Readers("shop", "db-4g2kf9t7mb"); len(readers) != 0 {
		t.Errorf("a Role is a reader: %v", readers)
	}
	grant := Reader{Kind: "Role", Namespace: "shop", Name: "x", Via: "rules.resourceNames"}
	if diff := cmp.Diff([]Reader{grant, grant, grant}, index.Grants("shop", "db-4g2kf9t7mb")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// The content changes: the name of the former run goes, the plain one stays.
	names := references.Names{"shop": {"db": "db-7mb4g2kf9t", "db-4g2kf9t7mb": "db-7mb4g2kf9t"}}
	for range 2 {
		it.Rename(names)
		check(after("db-7mb4g2kf9t"))
	}
	if left := it.Traces(names); len(left) != 0 {
		t.Errorf("%+v", left)
	}
}

// TestElsewhere has a Gateway of Istio name a Secret of its proxies' namespace.
func TestElsewhere(t *testing.T) {
	gateway := func(name string) string {
		return `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: x, namespace: shop}
spec: {servers: [{tls: {credentialName: ` + name + `}}]}
`
	}
	for _, c := range []struct {
		names references.Names
		want  string
	}{
		{references.Names{"istio-system": {"tls": "tls-1"}}, "tls-1"},
		{references.Names{"istio-system": {"tls": "tls-1"}, "shop": {"tls": "tls-2"}}, "tls-2"},
		{references.Names{"istio-system": {"tls": "tls-1"}, "istio-ingress": {"tls": "tls-2"}}, "tls"},
		{references.Names{"other": {"tls": "tls-1"}}, "tls"},
	} {
		it := NewItems(parse(t, gateway("tls")))
		it.Rename(c.names)
		if diff := cmp.Diff(manifests(t, parse(t, gateway(c.want))), manifests(t, resources(it))); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.names, diff)
		}
	}
	in := gateway("tls") + `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: x, namespace: shop}
---
apiVersion: v1
kind: Service
metadata: {name: x, namespace: shop}
`
	it := NewItems(parse(t, in))
	if n := it.Index("tls").References("istio-system", "tls"); n != 1 {
		t.Errorf("%d references", n)
	}
	for i, want := range []bool{true, true, false} {
		if got := it.LooksElsewhere(i); got != want {
			t.Errorf("%s: %v", it.Describe(i), got)
		}
	}
}

// TestGatewayElsewhere has a Gateway serve a certificate of another namespace, which it must name. A second time
// changes nothing.
func TestGatewayElsewhere(t *testing.T) {
	gateway := func(refs string) string {
		return `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: x, namespace: shop}
spec:
  listeners:
  - name: https
    tls:
      certificateRefs:
      - {kind: Secret, name: tls-1}
` + refs
	}
	it := NewItems(parse(t, gateway("")))
	for range 2 {
		findings := wire(it, Use{
			Secret: Secret{Plain: "tls", Name: "tls-1", Namespace: "certs"},
			Target: target(t, "{kind: Gateway, tls: {listeners: [https]}}"),
		})
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		want := values(t, parse(t, gateway("      - {kind: Secret, name: tls-1, namespace: certs}\n")))
		if diff := cmp.Diff(want, values(t, resources(it))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
