package wiring

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// insert adds an entry to the container's env: before the first variable whose value uses it, since Kubernetes expands
// `$(NAME)` only if NAME is defined before, or else at the end.
func (w *wirer) insert(container *yaml.Node, name string, entry *yaml.Node) {
	first := firstUse(container, name)
	if first < 0 {
		add(container, "env", entry)
		return
	}
	list := field(container, "env")
	list.Content = slices.Insert(list.Content, first, entry)
}

// reorder moves an entry of the container's env before the first variable whose value uses it, and reports that.
func (w *wirer) reorder(container *yaml.Node, path *report.Path, name, where string, entry *yaml.Node) {
	list := field(container, "env")
	from := slices.IndexFunc(list.Content, func(e *yaml.Node) bool { return resolved(e) == entry })
	to := firstUse(container, name)
	if to < 0 || to >= from {
		return
	}
	user := value(list.Content[to], "name")
	list.Content = slices.Insert(slices.Delete(list.Content, from, from+1), to, entry)
	w.warn(report.VariableMoved, path, entry,
		fmt.Sprintf("(%s) came after the variable %s, which uses it as $(%s), and was moved before it", where, user, name),
		"if the text $("+name+") was meant, write $$("+name+")")
}

// firstUse is the index of the first variable of a container whose value uses another one, or -1.
func firstUse(container *yaml.Node, name string) int {
	return slices.IndexFunc(elements(container, "env"), func(e *yaml.Node) bool {
		text := value(e, "value")
		return strings.Contains(text, "$(") && value(e, "name") != name && slices.Contains(expanded(text), name)
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
