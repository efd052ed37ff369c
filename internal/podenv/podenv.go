// Package podenv knows the environment variables of a container in the order in which Kubernetes expands them.
package podenv

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// Variables are those of one container, read once, so that one more is not looked for among all that are there.
type Variables struct {
	list *yaml.Node
	// size and last are the number of entries and the last one, when the list was read: what is done to it by others
	// takes entries out, or adds some at the end.
	size int
	last *yaml.Node
	// names are those of the variables, and used those that a value uses as $(NAME), or once did.
	names, used map[string]bool
}

// Cache has the variables of containers.
type Cache map[*yaml.Node]*Variables

// Of returns the variables of a container as they are now.
func (c Cache) Of(container *yaml.Node) *Variables {
	list := yamlnode.Field(container, "env")
	if list == nil || list.Kind != yaml.SequenceNode {
		return &Variables{names: map[string]bool{}}
	}
	known := c[container]
	if known != nil && known.list == list && known.size == len(list.Content) && known.last == lastOf(list) {
		return known
	}
	known = &Variables{list: list, size: len(list.Content), last: lastOf(list), names: map[string]bool{},
		used: map[string]bool{}}
	for _, e := range list.Content {
		known.names[yamlnode.Value(e, "name")] = true
		for _, name := range expanded(yamlnode.Value(e, "value")) {
			known.used[name] = true
		}
	}
	c[container] = known
	return known
}

func lastOf(list *yaml.Node) *yaml.Node {
	if len(list.Content) == 0 {
		return nil
	}
	return list.Content[len(list.Content)-1]
}

// Has reports whether there is a variable of a name.
func (v *Variables) Has(name string) bool { return v.names[name] }

// Insert adds an entry for a variable that the container does not have: before the first variable whose value uses it,
// since Kubernetes expands `$(NAME)` only if NAME is defined before, or else at the end.
func (v *Variables) Insert(container *yaml.Node, name string, entry *yaml.Node) {
	first := -1
	if v.used[name] {
		first = FirstUse(container, name)
	}
	if first < 0 {
		yamlnode.Append(container, "env", entry)
	} else {
		v.list.Content = slices.Insert(v.list.Content, first, entry)
	}
	v.names[name] = true
	if v.list != nil {
		v.size, v.last = v.size+1, lastOf(v.list)
	}
}

// FirstUse is the index of the first variable of a container whose value uses another one, or -1.
func FirstUse(container *yaml.Node, name string) int {
	return slices.IndexFunc(yamlnode.Elements(container, "env"), func(e *yaml.Node) bool {
		text := yamlnode.Value(e, "value")
		return strings.Contains(text, "$(") && yamlnode.Value(e, "name") != name && slices.Contains(expanded(text), name)
	})
}

// expanded returns the names of the variables that Kubernetes expands in a value: `$(NAME)`, but not `$$(NAME)`.
func expanded(value string) []string {
	var names []string
	for {
		_, rest, found := strings.Cut(value, "$")
		if !found || rest == "" {
			return names
		}
		value = rest
		switch rest[0] {
		case '$':
			value = rest[1:]
		case '(':
			name, after, closed := strings.Cut(rest[1:], ")")
			if closed {
				names, value = append(names, name), after
			}
		}
	}
}
