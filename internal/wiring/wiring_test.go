package wiring

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// parse reads resources, parted by `---`.
func parse(t *testing.T, text string) []*yaml.RNode {
	t.Helper()
	var nodes []*yaml.RNode
	for part := range strings.SplitSeq(text, "---\n") {
		node, err := yaml.Parse(part)
		if err != nil {
			t.Fatalf("%v in:\n%s", err, part)
		}
		nodes = append(nodes, node)
	}
	return nodes
}

func manifests(t *testing.T, nodes []*yaml.RNode) string {
	t.Helper()
	var parts []string
	for _, node := range nodes {
		text, err := node.String()
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "---\n")
}

// target reads a target from flow-style YAML.
func target(t *testing.T, text string) schema.Target {
	t.Helper()
	var out schema.Target
	if err := sigsyaml.UnmarshalStrict([]byte(text), &out); err != nil {
		t.Fatalf("%v in: %s", err, text)
	}
	return out
}

// texts of findings, with their fields.
func wire(it *Items, use Use) []*report.Finding {
	return collect(func(c *report.Collector) { it.Wire(0, use, c) })
}

// collect returns what a step reports.
func collect(step func(c *report.Collector)) []*report.Finding {
	var c report.Collector
	step(&c)
	return c.Findings()
}

func said(findings []*report.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, string(f.Severity)+": "+f.Error())
	}
	return out
}

// unchanged returns a check that nodes are still what they were: Items copies before it edits.
func unchanged(t *testing.T, nodes []*yaml.RNode) func() {
	before := manifests(t, nodes)
	return func() {
		t.Helper()
		if diff := cmp.Diff(before, manifests(t, nodes)); diff != "" {
			t.Errorf("the caller's own resources changed (-before +after):\n%s", diff)
		}
	}
}

func resources(it *Items) []*yaml.RNode {
	nodes, _ := it.Nodes()
	return nodes
}

func yamlNodes(nodes ...*yaml.Node) []*yaml.RNode {
	var out []*yaml.RNode
	for _, node := range nodes {
		out = append(out, yaml.NewRNode(node))
	}
	return out
}

// values are resources as they are read, without comments, style, anchors and the order of keys.
func values(t *testing.T, nodes []*yaml.RNode) []any {
	t.Helper()
	var out []any
	for _, text := range strings.Split(manifests(t, nodes), "---\n") {
		var v any
		if err := sigsyaml.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}
