package references

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// grantsSecrets reports whether a rule of a Role is about Secrets.
func grantsSecrets(rule *yaml.Node) bool {
	groups := yamlnode.Elements(rule, "apiGroups")
	core := func(group *yaml.Node) bool { return group.Value == "" || group.Value == "*" }
	isCore := len(groups) == 0 || slices.ContainsFunc(groups, core)
	return isCore && slices.ContainsFunc(yamlnode.Elements(rule, "resources"), isSecrets)
}

// GrantsMore reports whether the rule of a Role around a name is about other resources too, so that the name may be
// theirs.
func (r Ref) GrantsMore() bool {
	other := func(resource *yaml.Node) bool { return resource.Value != "secrets" }
	return slices.ContainsFunc(yamlnode.Elements(r.Around(), "resources"), other)
}

func isSecrets(resource *yaml.Node) bool { return resource.Value == "secrets" || resource.Value == "*" }
