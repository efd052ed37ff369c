package wiring

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
)

const selectable = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {tier: front, app: web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: webshop, namespace: shop, labels: {tier: back}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: store}
---
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: old, namespace: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: prod-api-eu
  annotations:
    internal.config.kubernetes.io/previousNames: api,prod-api
---
kind: Deployment
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "${APP}-db", namespace: "${NS}"}
`

func TestMatch(t *testing.T) {
	nodes := parse(t, selectable)
	it := NewItems(nodes)
	defer unchanged(t, nodes)()
	for _, c := range []struct {
		name, target string
		want         []int
	}{
		{"kind alone", `{kind: Deployment}`, []int{0, 1, 2, 3, 5, 6}},
		{"another kind", `{kind: Pod}`, []int{4}},
		{"the case of a kind counts", `{kind: deployment}`, nil},
		{"a kind is no expression", `{kind: "Deploy.*"}`, nil},
		{"a name is anchored", `{kind: Deployment, name: web}`, []int{0, 2}},
		{"at both ends", `{kind: Deployment, name: shop}`, nil},
		{"a name is an expression", `{kind: Deployment, name: web.*}`, []int{0, 1, 2}},
		{"alternatives are anchored as a whole", `{kind: Deployment, name: web|old}`, []int{0, 2, 3}},
		{"anchors of one's own", `{kind: Deployment, name: ^web$}`, []int{0, 2}},
		{"a former name", `{kind: Deployment, name: api}`, []int{5}},
		{"a name in between", `{kind: Deployment, name: prod-api}`, []int{5}},
		{"the name it has now", `{kind: Deployment, name: prod-api-eu}`, []int{5}},
		{"a name that Flux has yet to fill in", `{kind: StatefulSet, name: "${APP}-db", namespace: "${NS}"}`, []int{7}},
		{"another of them", `{kind: StatefulSet, name: "${APP}"}`, nil},
		{"a namespace is anchored", `{kind: Deployment, namespace: sho}`, nil},
		{"a namespace is an expression", `{kind: Deployment, namespace: shop|sto.*}`, []int{0, 1, 2, 3}},
		{"no namespace", `{kind: Deployment, namespace: "^$"}`, []int{5, 6}},
		{"apiVersion", `{kind: Deployment, apiVersion: apps/v1}`, []int{0, 1, 2, 5}},
		{"another version of the group", `{kind: Deployment, apiVersion: apps/v1beta1}`, nil},
		{"a group", `{kind: Deployment, apiVersion: extensions}`, []int{3}},
		{"the version of the core group", `{kind: Pod, apiVersion: v1}`, []int{4}},
		{"a version is no group", `{kind: Deployment, apiVersion: v1}`, nil},
		{"a label", `{kind: Deployment, labelSelector: tier=front}`, []int{0}},
		{"a label that is there", `{kind: Deployment, labelSelector: tier}`, []int{0, 1}},
		{"a label that is not", `{kind: Deployment, labelSelector: "!tier"}`, []int{2, 3, 5, 6}},
		{"a set of labels", `{kind: Deployment, labelSelector: "tier in (front,back),app!=web"}`, []int{1}},
		{"all together", `{kind: Deployment, apiVersion: apps, name: w.b, namespace: shop, labelSelector: app=web}`,
			[]int{0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, it.Match(target(t, c.target))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.target, diff)
			}
		})
	}
}

// TestOldGroups wires a workload of a group that Kubernetes has given up, and has its reference by hand follow.
func TestOldGroups(t *testing.T) {
	for _, kind := range []string{"DaemonSet", "Deployment", "ReplicaSet"} {
		it := NewItems(parse(t, "apiVersion: extensions/v1beta1\nkind: "+kind+`
metadata: {name: x}
spec:
  template:
    spec:
      containers:
      - name: app
        envFrom: [{secretRef: {name: database}}]
`))
		it.Rename(references.Names{"": {"database": "database-hash"}})
		use := Use{Field: report.Field("at"), Secret: database, Target: target(t, `{env: {USER: user}}`)}
		if findings := wire(it, use); len(findings) > 0 {
			t.Error(said(findings))
		}
		var via []string
		for _, r := range it.Index().Readers("", "database-hash") {
			via = append(via, r.Container+" "+r.Via)
		}
		if diff := cmp.Diff([]string{"app env USER", "app envFrom"}, via); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}
