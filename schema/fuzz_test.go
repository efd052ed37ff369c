package schema_test

import (
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// FuzzParse looks for SecretSpecs that panic, that fail without an error or with one that has no code, and for those
// that Parse changes.
func FuzzParse(f *testing.F) {
	for _, body := range []string{
		"metadata: {name: shop}\nsecrets: [{name: a, type: tls, data: {k: hunter2, tls.crt: {frm: a}}, dataFrom: {}}]",
		"secrets: [{name: &a b, data: {*a : {value: x}, {a: b}: 1, a: &b {}, b: *b, ~: }}]\nsecrets: x",
		"secrets: [{usedBy: [{kind: Pod, volume: {defaultMode: 99999999999, items: {a: ../b}}, containers: [5, null]}]}]",
		"sops: {a: [b, {c: d}]}\nsources: [{name: a, file: /a}]\n? [a]\n: b",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		node, err := yaml.Parse("apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\n" + body)
		if err != nil || node.YNode().Kind != yaml.MappingNode {
			t.Skip()
		}
		before, err := node.String()
		if err != nil {
			t.Skip()
		}
		var c report.Collector
		spec := schema.Parse(node, &c)
		if (spec == nil) != c.Failed() {
			t.Errorf("spec %v, findings %v", spec, c.Findings())
		}
		if spec != nil {
			schema.Validate(spec, &c)
		}
		for _, finding := range c.Findings() {
			if finding.Code == "" || finding.Message == "" {
				t.Errorf("a finding without code or message: %v", finding)
			}
			report.Locate(node.YNode(), finding.Field)
		}
		if after, err := node.String(); err != nil || after != before {
			t.Errorf("Parse changed its argument:\n%s\n%s", before, after)
		}
	})
}
