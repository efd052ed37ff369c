package proof_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/proof"
)

// TestDifferences compares a Secret and a Pod that reads it with what they become.
func TestDifferences(t *testing.T) {
	const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {a: c2VjcmV0}\n"
	const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{envFrom: [{secretRef: {name: db}}]}]}\n"
	for name, c := range map[string]struct {
		is   []string
		want []string
	}{
		"the same": {[]string{secret, pod}, nil},
		"stringData, and what Secretwright adds": {[]string{
			"apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata:\n  name: db\n  annotations: {secretwright.dev/secret: x/db}\n" +
				"stringData: {a: secret}\n", pod}, nil},
		"a hash in the name": {[]string{strings.Replace(secret, "name: db", "name: db-9mf9dg662b", 1),
			strings.Replace(pod, "name: db", "name: db-9mf9dg662b", 1)}, []string{"Secret db: the hash in its name is new"}},
		"another value": {[]string{strings.Replace(secret, "c2VjcmV0", "b3RoZXI=", 1), pod},
			[]string{"Secret db: data.a differs"}},
		"a key that is gone, and one that is new": {[]string{strings.Replace(secret, "{a:", "{b:", 1), pod},
			[]string{"Secret db: data.a is gone", "Secret db: data.b is new"}},
		"another reference": {[]string{secret, strings.Replace(pod, "name: db", "name: bd", 1)},
			[]string{"Pod web: spec.containers differs"}},
		"a resource that is gone": {[]string{secret}, []string{"Pod web is gone"}},
		"one that is new":         {[]string{secret, pod, strings.Replace(pod, "web", "new", 1)}, []string{"Pod new is new"}},
		"one that is there twice": {[]string{secret, pod, pod}, []string{"Pod web is there 2 times, not 1"}},
		"another namespace": {[]string{strings.Replace(secret, "name: db", "name: db, namespace: x", 1), pod},
			[]string{"Secret db is gone", "Secret x/db is new"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := proof.Differences(nodes([]string{secret, pod}), nodes(c.is))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestHashes compares names with hashes: another hash is no difference, and none is one.
func TestHashes(t *testing.T) {
	of := func(name string) []*yaml.RNode {
		return nodes([]string{"apiVersion: v1\nkind: Secret\nmetadata: {name: " + name + "}\ndata: {a: c2VjcmV0}\n"})
	}
	if got := proof.Differences(of("db-9mf9dg662b"), of("db-75hk47f9b7")); got != nil {
		t.Errorf("another hash: %v", got)
	}
	want := []string{"Secret db: the hash in its name is gone"}
	if diff := cmp.Diff(want, proof.Differences(of("db-9mf9dg662b"), of("db"))); diff != "" {
		t.Errorf("no hash (-want +got):\n%s", diff)
	}
}

func nodes(texts []string) []*yaml.RNode {
	var all []*yaml.RNode
	for _, text := range texts {
		all = append(all, yaml.MustParse(text))
	}
	return all
}
