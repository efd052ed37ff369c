package wiring

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
)

func TestChecksum(t *testing.T) {
	for kind, where := range map[string]string{
		"v1 Pod": "metadata.annotations", "v1 PodTemplate": "template.metadata.annotations",
		"apps/v1 Deployment": "spec.template.metadata.annotations",
		"batch/v1 CronJob":   "spec.jobTemplate.spec.template.metadata.annotations",
	} {
		version, kind, _ := strings.Cut(kind, " ")
		root := mapping(text("apiVersion"), text(version), text("kind"), text(kind))
		holder := root
		for _, key := range strings.Split(references.PodPath(strings.TrimSuffix(strings.TrimSuffix(version, "v1"), "/"),
			kind), ".") {
			holder = child(holder, key)
		}
		add(holder, "containers", mapping(text("name"), text("app")))
		it := NewItems(parse(t, manifests(t, yamlNodes(root))))
		secret := database
		secret.Checksum = "sum"
		if findings := wire(it, Use{Field: report.Field("at"), Secret: secret,
			Target: target(t, `{envFrom: {}}`)}); len(findings) > 0 {
			t.Error(said(findings))
		}
		if got := value(at(resources(it)[0].YNode(), where), "checksum.secretwright.dev/database"); got != "" {
			t.Errorf("%s: a key with dots was read as a path", kind)
		}
		annotations := at(resources(it)[0].YNode(), where)
		if got := field(annotations, "checksum.secretwright.dev/database"); got == nil || got.Value != "sum" {
			t.Errorf("%s has no checksum at %s", kind, where)
		}
	}
}

func TestVolumeName(t *testing.T) {
	a := strings.Repeat("a", 60)
	for secret, want := range map[string]string{
		"database":                               "database",
		"db.internal":                            "db-internal",
		a + "bcd":                                a + "bcd",                             // 63 characters
		a + "bcde":                               strings.Repeat("a", 54) + "-82b8fb1a", // 64
		strings.Repeat("a", 53) + ".bcdefghijkl": "",                                    // the cut falls behind a dash
	} {
		got := volumeName(secret)
		if want != "" && got != want {
			t.Errorf("%s: got %s, want %s", secret, got, want)
		}
		if len(got) > 63 || strings.Contains(got, "--") || strings.HasSuffix(got, "-") {
			t.Errorf("%s: %s is not the label it should be", secret, got)
		}
	}
	if volumeName(a+"-one-of-two") == volumeName(a+"-two-of-two") {
		t.Error("two Secrets have the same volume name")
	}
}

// TestDropChecksums takes off the checksums that a resource does not keep, and no others.
func TestDropChecksums(t *testing.T) {
	const in = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: x, annotations: {checksum.secretwright.dev/a: top}}
spec: {template: {metadata: {annotations: {checksum.secretwright.dev/a: x, checksum.secretwright.dev/b: y, own: z}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: y}
spec: {template: {metadata: {annotations: {checksum.secretwright.dev/a: x}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: z}
spec: {template: {}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, annotations: {checksum.secretwright.dev/a: x}}
`
	nodes := parse(t, in)
	defer unchanged(t, nodes)()
	it := NewItems(append(nodes, parse(t, "kind: Pod\n")...))
	it.Remove(4)
	it.DropChecksums(map[string][]int{"a": nil, "b": {0}})
	want := strings.Replace(in, "checksum.secretwright.dev/a: x, ", "", 1)
	want = strings.Replace(want, "metadata: {annotations: {checksum.secretwright.dev/a: x}}", "metadata: {}", 1)
	if diff := cmp.Diff(manifests(t, parse(t, want)), manifests(t, resources(it))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPlace says in which file a finding about a resource is.
func TestPlace(t *testing.T) {
	pathed := func(more string) string {
		return "kind: A\nmetadata: {annotations: {internal.config.kubernetes.io/path: a.yaml" + more + "}}\n"
	}
	it := NewItems(parse(t, pathed("")+"---\n"+pathed(", "+kustomizeID+": x")+"---\nkind: B\n"))
	for i, want := range []string{"a.yaml", "", ""} {
		if got := it.Place(i, nil).File; got != want {
			t.Errorf("resource %d: %q, want %q", i, got, want)
		}
	}
	it.SetFiles([]string{"b.yaml", "c.yaml", "d.yaml"})
	for i, want := range []string{"b.yaml", "c.yaml", "d.yaml"} {
		if got := it.Place(i, it.Node(i).YNode().Content[1]); got.File != want || got.Line != 1 || got.Column != 7 {
			t.Errorf("resource %d: %v, want %s", i, got, want)
		}
	}
}
