package wiring

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/utils"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
)

// TestRenameFollowsTheTable renames a Secret in a resource for every field of the tables.
func TestRenameFollowsTheTable(t *testing.T) {
	for _, row := range references.PodSpecs {
		for _, path := range references.PodReferences {
			renames(t, row.Group, row.Kind, row.Path+"."+path)
		}
	}
	for _, row := range followed {
		for _, kind := range row.kinds {
			for _, path := range row.paths {
				renames(t, row.group, kind, path)
			}
			for _, pod := range row.pods {
				for _, path := range references.PodReferences {
					renames(t, row.group, kind, pod+"."+path)
				}
			}
		}
	}
}

func renames(t *testing.T, group, kind, path string) {
	t.Run(kind+" "+path, func(t *testing.T) {
		named := func(name, namespace string) *yaml.RNode { return referring(t, group, kind, path, name, namespace) }
		nodes := []*yaml.RNode{named("database", "shop"), named("other", "shop"), named("database", "store")}
		defer unchanged(t, nodes)()
		it := NewItems(nodes)
		index := it.Index("database")
		isGrant := strings.Contains(path, "resourceNames")
		if n := index.References("shop", "database"); n == 0 && !isGrant {
			t.Error("the reference is not counted")
		}
		if n := len(index.Grants("shop", "database")); (n > 0) != isGrant {
			t.Errorf("%d grants", n)
		}
		names := references.Names{}
		names.Add("shop", "database", "database-hash")
		it.Rename(names)
		want := []*yaml.RNode{named("database-hash", "shop"), named("other", "shop"), named("database", "store")}
		if (&references.Resource{Kind: kind, Namespace: "store"}).ClusterScoped() { // it does not say in which namespace its Secret is
			want[2] = named("database-hash", "store")
		}
		if diff := cmp.Diff(manifests(t, want), manifests(t, resources(it))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// referring makes a resource whose field at a path names a Secret.
func referring(t *testing.T, group, kind, path, name, namespace string) *yaml.RNode {
	t.Helper()
	root := mapping(text("apiVersion"), text(strings.TrimPrefix(group+"/v1", "/")), text("kind"), text(kind),
		text("metadata"), mapping(text("name"), text("x"), text("namespace"), text(namespace)))
	at := root
	segments := utils.PathSplitter(path, ".")
	for i, segment := range segments {
		key, isList := strings.CutSuffix(segment, "[]")
		last := i == len(segments)-1
		switch {
		case last && isList:
			add(at, key, text(name))
			set(at, "resources", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{text("secrets")}}) // of a Role
		case last:
			set(at, key, text(name))
			if key == "name" && i > 0 && !strings.HasSuffix(segments[i-1], "[]") {
				set(at, "key", text("password"))
			}
		case isList:
			next := mapping()
			add(at, key, next)
			at = next
		default:
			at = child(at, key)
		}
	}
	return yaml.NewRNode(root)
}

func TestRename(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"quotes and comments stay", `
apiVersion: v1
kind: ServiceAccount
metadata: {name: x, namespace: shop}
secrets:
- name: "database" # by hand
- {name: 'database'}
`, `
apiVersion: v1
kind: ServiceAccount
metadata: {name: x, namespace: shop}
secrets:
- name: "database-hash" # by hand
- {name: 'database-hash'}
`},
		{"what stands beside another kind is no Secret", `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: x, namespace: shop}
spec:
  listeners:
  - tls: {certificateRefs: [{name: database}, {kind: Secret, name: database}, {kind: ConfigMap, name: database}]}
`, `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: x, namespace: shop}
spec:
  listeners:
  - tls: {certificateRefs: [{name: database-hash}, {kind: Secret, name: database-hash}, {kind: ConfigMap, name: database}]}
`},
		{"a namespace beside the name", `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: x, namespace: store}
spec:
  listeners:
  - tls: {certificateRefs: [{name: database, namespace: shop}, {name: database}]}
`, `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: x, namespace: store}
spec:
  listeners:
  - tls: {certificateRefs: [{name: database-hash, namespace: shop}, {name: database}]}
`},
		{"a namespace in front of the name", `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: x
  namespace: store
  annotations:
    nginx.ingress.kubernetes.io/auth-secret: shop/database
    nginx.ingress.kubernetes.io/auth-tls-secret: database
`, `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: x
  namespace: store
  annotations:
    nginx.ingress.kubernetes.io/auth-secret: shop/database-hash
    nginx.ingress.kubernetes.io/auth-tls-secret: database
`},
		{"a rule about something else", `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: x, namespace: shop}
rules:
- {resources: [configmaps], resourceNames: [database]}
- {resources: [configmaps, secrets], resourceNames: [database, other]}
`, `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: x, namespace: shop}
rules:
- {resources: [configmaps], resourceNames: [database]}
- {resources: [configmaps, secrets], resourceNames: [database, database-hash, other]}
`},
		{"a kind that the tables do not know", `
apiVersion: example.com/v1
kind: Deployment
metadata: {name: database, namespace: shop, labels: {secret: database}}
spec: {template: {spec: {imagePullSecrets: [{name: database}], containers: [{name: database, image: database}]}}}
`, `
apiVersion: example.com/v1
kind: Deployment
metadata: {name: database, namespace: shop, labels: {secret: database}}
spec: {template: {spec: {imagePullSecrets: [{name: database-hash}], containers: [{name: database, image: database}]}}}
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := parse(t, c.in)
			defer unchanged(t, nodes)()
			it := NewItems(nodes)
			names := references.Names{}
			names.Add("shop", "database", "database-hash")
			it.Rename(names)
			if diff := cmp.Diff(manifests(t, parse(t, c.want)), manifests(t, resources(it))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
