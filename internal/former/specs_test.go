package former

import (
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/wiring"
)

func spec(metadata, secrets string) *yaml.RNode {
	return yaml.MustParse("{apiVersion: secretwright.dev/v1alpha1, kind: SecretSpec, metadata: " + metadata +
		", secrets: " + secrets + "}")
}

// TestSpecs asks of the Secret db, which the SecretSpec app made in the namespace one, who has it now.
func TestSpecs(t *testing.T) {
	made := wiring.Emitted{Secret: "db", Namespace: "one", SpecName: "app"}
	other := spec("{name: other, namespace: one}", "[{name: x}]")
	for name, test := range map[string]struct {
		specs             []*yaml.RNode
		gaveUp, elsewhere bool
	}{
		"not known":       {[]*yaml.RNode{other}, false, false},
		"declared":        {[]*yaml.RNode{spec("{name: app, namespace: one}", "[{name: db}]")}, false, false},
		"anywhere":        {[]*yaml.RNode{spec("{name: app}", "[{name: db}]")}, false, false},
		"renamed":         {[]*yaml.RNode{spec("{name: app, namespace: one}", "[{name: base}]"), other}, true, false},
		"without Secrets": {[]*yaml.RNode{spec("{name: app}", "{}")}, true, false},
		"moved": {[]*yaml.RNode{spec("{name: app, namespace: one}", "[{name: x}]"),
			spec("{name: two, namespace: one}", "[{name: db}]")}, true, true},
		"in another namespace": {[]*yaml.RNode{spec("{name: app, namespace: two}", "[{name: db}]")}, true, false},
		"its own namespace":    {[]*yaml.RNode{spec("{name: app}", "[{name: db, namespace: two}]")}, true, false},
		"a copy": {[]*yaml.RNode{spec("{name: app, namespace: one}", "[]"),
			spec("{name: app, namespace: two}", "[{name: db}]")}, true, false},
		"another's, in another namespace": {[]*yaml.RNode{
			spec("{name: two, namespace: two}", "[{name: db}]")}, false, false},
		"all of a source": {[]*yaml.RNode{spec("{name: app}", "[{from: file}]")}, false, false},
	} {
		specs := Read(append(test.specs, yaml.MustParse("{apiVersion: v1, kind: Pod, metadata: {name: app}}"))...)
		if got := specs.GaveUp(made); got != test.gaveUp {
			t.Errorf("%s: gave up: %v", name, got)
		}
		if got := specs.Elsewhere("app", made); got != test.elsewhere {
			t.Errorf("%s: elsewhere: %v", name, got)
		}
	}
}
