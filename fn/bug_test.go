package fn

import (
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TestBugTellsNothing has Secretwright fail in a way it should not, with a value in the panic: the resources come out
// as they came in, and the result tells where, and nothing of the value.
func TestBugTellsNothing(t *testing.T) {
	spec := yaml.MustParse("apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: a}\nsecrets: [{name: b, data: {c: {value: hunter2}}}]\n")
	in := []*yaml.RNode{yaml.MustParse("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n")}
	filter := &Filter{FunctionConfig: spec, Now: func() time.Time { panic("hunter2") }}
	out, err := filter.Filter(in)
	if err == nil || len(out) != 1 || out[0] != in[0] {
		t.Errorf("out %v, error %v", out, err)
	}
	if text := filter.Findings[0].Error(); !strings.Contains(text, "(at bug_test.go:") ||
		strings.Contains(text, "hunter2") {
		t.Errorf("results %s", text)
	}
}
