package wiring

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// grantsSecrets reports whether a rule of a Role is about Secrets.
func grantsSecrets(rule *yaml.Node) bool {
	groups := elements(rule, "apiGroups")
	core := func(group *yaml.Node) bool { return group.Value == "" || group.Value == "*" }
	isCore := len(groups) == 0 || slices.ContainsFunc(groups, core)
	return isCore && slices.ContainsFunc(elements(rule, "resources"), isSecrets)
}

// grantsMore reports whether a rule is about other resources too, so that a name in it may be theirs.
func grantsMore(rule *yaml.Node) bool {
	other := func(resource *yaml.Node) bool { return resource.Value != "secrets" }
	return slices.ContainsFunc(elements(rule, "resources"), other)
}

func isSecrets(resource *yaml.Node) bool { return resource.Value == "secrets" || resource.Value == "*" }

// change is a new name for a field.
type change struct {
	scalar *yaml.Node
	text   string
	// list holds the field, if it is of a Role: no name is in it twice.
	list *yaml.Node
	// keep has the new name added to the list after the old one.
	keep bool
	// twins reports that the list has the old name twice, and so may have the new one.
	twins bool
}

// apply makes the change.
func (c change) apply() {
	if c.list == nil {
		c.scalar.Value = c.text
		return
	}
	at := slices.Index(c.list.Content, c.scalar)
	isThere := slices.Contains(texts(c.list.Content), c.text)
	switch {
	case c.keep && isThere:
	case c.keep:
		added := *c.scalar
		added.Value, added.HeadComment, added.LineComment, added.FootComment = c.text, "", "", ""
		c.list.Content = slices.Insert(c.list.Content, at+1, &added)
	case isThere && !c.twins:
		c.list.Content = slices.Delete(c.list.Content, at, at+1)
	default:
		c.scalar.Value = c.text
	}
}
