package wiring

import (
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/podenv"
	"github.com/secretwright/secretwright/internal/report"
)

// reorder moves an entry of the container's env before the first variable whose value uses it, and reports that.
func (w *wirer) reorder(container *yaml.Node, path *report.Path, name, where string, entry *yaml.Node) {
	list := field(container, "env")
	from := slices.IndexFunc(list.Content, func(e *yaml.Node) bool { return resolved(e) == entry })
	to := podenv.FirstUse(container, name)
	if to < 0 || to >= from {
		return
	}
	user := value(list.Content[to], "name")
	list.Content = slices.Insert(slices.Delete(list.Content, from, from+1), to, entry)
	w.warn(report.VariableMoved, path, entry,
		fmt.Sprintf("(%s) came after the variable %s, which uses it as $(%s), and was moved before it", where, user, name),
		"if the text $("+name+") was meant, write $$("+name+")")
}
