package usedby

import (
	"reflect"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// Use is a Secret and how a resource uses it.
type Use struct {
	Secret string
	Target schema.Target
}

// Uses returns how a resource uses the Secrets of some names, in the order of the names.
func Uses(resource *yaml.RNode, secrets []string) []Use {
	var uses []Use
	for _, secret := range secrets {
		for _, target := range Targets(resource, secret) {
			uses = append(uses, Use{secret, target})
		}
	}
	return uses
}

// Without returns a resource without the references that its uses write anew, and the Secrets whose references went. A
// reference goes only if the resource becomes again what it was, in the same order; without any, it returns nil.
func Without(resource *yaml.RNode, uses []Use) (rest *yaml.RNode, gone []string) {
	var secrets []string
	for _, use := range uses {
		if len(secrets) == 0 || secrets[len(secrets)-1] != use.Secret {
			secrets = append(secrets, use.Secret)
		}
	}
	if without := unwired(resource, secrets); isSame(resource, rewired(without, uses)) {
		return without, secrets
	}
	for _, secret := range secrets {
		tried := append(append([]string(nil), gone...), secret)
		if without := unwired(resource, tried); isSame(resource, rewired(without, uses)) {
			rest, gone = without, tried
		}
	}
	return rest, gone
}

// unwired returns a resource without all references to some Secrets, or nil if one stays.
func unwired(resource *yaml.RNode, secrets []string) *yaml.RNode {
	items := wiring.NewItems([]*yaml.RNode{resource})
	for _, secret := range secrets {
		var said report.Collector
		items.Unwire(nil, items.Namespace(0), secret, &said)
		for _, f := range said.Findings() {
			if f.Code == report.DanglingReference {
				return nil
			}
		}
	}
	return items.Node(0)
}

// rewired returns a resource with the references of all uses, or nil if one cannot be written.
func rewired(resource *yaml.RNode, uses []Use) *yaml.RNode {
	if resource == nil {
		return nil
	}
	items := wiring.NewItems([]*yaml.RNode{resource})
	var said report.Collector
	for _, use := range uses {
		items.Wire(0, wiring.Use{Secret: wiring.Secret{Plain: use.Secret, Name: use.Secret}, Target: use.Target}, &said)
	}
	if said.Failed() {
		return nil
	}
	return items.Node(0)
}

// isSame reports whether two resources say the same.
func isSame(a, b *yaml.RNode) bool {
	if b == nil {
		return false
	}
	var values [2]any
	for i, node := range []*yaml.RNode{a, b} {
		if node.YNode().Decode(&values[i]) != nil {
			return false
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}
