package wiring

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
)

// TestDuplicateKeys edits resources in which a key stands twice: by a use, twice, and by renaming a reference.
func TestDuplicateKeys(t *testing.T) {
	nodes := parse(t, pod(`
containers:
- name: app
  env: [{name: A, value: b}]
- name: other
  env: []
  env: [{name: B, valueFrom: {secretKeyRef: {name: database, key: user}}}]
`)+"---\nkind: Pod\napiVersion: v1\nkind: Pod\nspec: {}\n")
	defer unchanged(t, nodes)()
	use := Use{Field: report.Field("at"), Secret: database, Target: target(t, `{containers: [app], env: {USER: user}}`)}
	const message = "Pod x has spec.containers[1].env twice in one map; remove one of them"
	t.Run("wired", func(t *testing.T) {
		it := NewItems(nodes)
		findings := collect(func(c *report.Collector) {
			it.Wire(0, use, c)
			it.Wire(0, use, c)
			it.Review(c)
		})
		if diff := cmp.Diff([]string{": at: " + message}, said(findings)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		if line := findings[0].Place.Line; line != 11 {
			t.Errorf("line %d", line)
		}
		if diff := cmp.Diff(manifests(t, nodes), manifests(t, resources(it))); diff != "" {
			t.Errorf("the resources were edited (-before +after):\n%s", diff)
		}
	})
	t.Run("renamed", func(t *testing.T) {
		it := NewItems(nodes)
		it.Rename(references.Names{"": {"database": "database-hash"}})
		if diff := cmp.Diff([]string{": secrets: " + message}, said(collect(it.Review))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
