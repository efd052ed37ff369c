package fn

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// ErrFailed is returned when a SecretSpec could not be applied. The results say why.
var ErrFailed = errors.New("no Secret was made; the results say why")

// Filter applies SecretSpecs to resources.
type Filter struct {
	// Root is the only folder whose files are read; without it, sources cannot be files.
	Root *os.Root
	// FunctionConfig is the SecretSpec to apply. Without it, every SecretSpec among the resources is.
	FunctionConfig *yaml.RNode
	// Keyless makes redacted Secrets: every key, and a fixed mark for every value. It checks all that needs no value, and
	// needs no key.
	Keyless bool
	// Now is the clock that certificates are held against; time.Now when nil.
	Now func() time.Time
	// Results is what there is to say after a run: errors when it failed, and warnings.
	Results framework.Results
	// Indices are, after a run that did not fail, for each resource that came out the index of the one that went in, or of
	// none for a new one: such an index is at least the number of resources that went in.
	Indices []int

	items *wiring.Items
}

var _ kio.Filter = &Filter{}

// Filter returns the resources with the Secrets and the references to them. It does not change the ones it is given. On
// an error it returns just those, and ErrFailed; either way Results are set.
func (f *Filter) Filter(nodes []*yaml.RNode) (out []*yaml.RNode, err error) {
	f.Results = nil
	defer func() {
		if recover() != nil {
			f.Results = bug()
			out, err = nodes, ErrFailed
		}
	}()
	specs, err := f.specs(nodes)
	if err != nil {
		f.Results = framework.Results{{Message: err.Error(), Severity: framework.Error}}
		return nodes, ErrFailed
	}
	run := &run{
		filter: f,
		items:  wiring.NewItems(nodes),
		opener: sources.NewOpener(f.Root),
		nodes:  nodes,
	}
	run.opener.Keyless = f.Keyless
	failed := false
	for _, node := range specs {
		findings := run.apply(context.Background(), node)
		failed = failed || findings.HasErrors()
		f.Results = append(f.Results, results(node, findings)...)
	}
	if failed {
		return nodes, ErrFailed
	}
	f.items = run.items
	out, f.Indices = run.items.Nodes()
	return out, nil
}

// specs are the SecretSpecs to apply.
func (f *Filter) specs(nodes []*yaml.RNode) ([]*yaml.RNode, error) {
	if !f.FunctionConfig.IsNilOrEmpty() && !isEmptyConfigMap(f.FunctionConfig) {
		if !schema.IsSecretSpec(f.FunctionConfig) {
			return nil, fmt.Errorf("the functionConfig has the kind %q and the apiVersion %q, so it is no SecretSpec; give one with kind: %s and apiVersion: %s, or none to apply those among the resources",
				f.FunctionConfig.GetKind(), f.FunctionConfig.GetApiVersion(), schema.Kind, schema.APIVersion)
		}
		return []*yaml.RNode{f.FunctionConfig}, nil
	}
	var specs []*yaml.RNode
	seen := map[string]bool{}
	for _, node := range nodes {
		if !schema.IsSecretSpec(node) {
			continue
		}
		id := node.GetNamespace() + "/" + node.GetName()
		if seen[id] {
			return nil, fmt.Errorf("there are two SecretSpecs with the name %q, and each would take the other's Secrets for its own; give each its own name, or its own namespace", node.GetName())
		}
		seen[id] = true
		specs = append(specs, node)
	}
	if len(specs) == 0 {
		return nil, fmt.Errorf("there is no SecretSpec, neither as functionConfig nor among the resources; write one, with kind: %s and apiVersion: %s", schema.Kind, schema.APIVersion)
	}
	return specs, nil
}

// isEmptyConfigMap says whether a functionConfig is what `kpt fn eval` sends when it was given none.
func isEmptyConfigMap(node *yaml.RNode) bool {
	data := node.Field("data")
	return node.GetKind() == "ConfigMap" && node.GetApiVersion() == "v1" && (data == nil || data.IsNilOrEmpty())
}

func (f *Filter) now() time.Time {
	if f.Now != nil {
		return f.Now()
	}
	return time.Now()
}
