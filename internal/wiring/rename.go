package wiring

import (
	"maps"
	"slices"
	"strings"
)

// Names are the new names of Secrets, by namespace and old name.
type Names map[string]map[string]string

// Add sets the new name of a Secret.
func (n Names) Add(namespace, from, to string) {
	if n[namespace] == nil {
		n[namespace] = map[string]string{}
	}
	n[namespace][from] = to
}

// Rename makes every reference to a Secret follow it to its new name. A rule of a Role that is about other
// resources too keeps the plain name and gets the new one beside it.
func (it *Items) Rename(names Names) {
	old := map[string]bool{}
	for _, in := range names {
		for from, to := range in {
			old[from] = old[from] || from != to
		}
	}
	named := func(name string) bool { return old[name] }
	for _, i := range it.items {
		stale := false
		it.references(i, i.node.YNode(), named, func(r ref) {
			_, ok := names.change(r)
			stale = stale || ok && !it.leaves(i, r)
		})
		if !stale {
			continue
		}
		var changes []change
		it.references(i, i.edit(), named, func(r ref) {
			if c, ok := names.change(r); ok && !it.leaves(i, r) {
				changes = append(changes, c)
			}
		})
		for _, c := range changes {
			c.apply()
		}
	}
}

// leaves reports whether a reference is left for kustomize to follow.
func (it *Items) leaves(i *item, r ref) bool { return it.layered && i.follows(r.plainKeys()) }

// change is what Rename does to a field.
func (n Names) change(r ref) (c change, changed bool) {
	if r.meaning == output {
		return c, false
	}
	to := n.candidates(r)
	if len(to) != 1 || to[0] == r.name() {
		return c, false
	}
	c = change{scalar: r.scalar, text: r.prefix + to[0]}
	if r.meaning != grant {
		return c, true
	}
	c.list = r.list()
	c.keep = grantsMore(r.around()) && n.isPlain(r.name(), to[0])
	all := texts(c.list.Content)
	first := slices.Index(all, r.scalar.Value)
	c.twins = slices.Contains(all[first+1:], r.scalar.Value)
	return c, !c.keep || !slices.Contains(all, c.text)
}

// candidates are the names that the Secret of a reference may have now: none if it is not one of n, several if n
// has several of the name, and the reference does not say in which namespace.
func (n Names) candidates(r ref) []string {
	if !r.anywhere {
		if to, ok := n[r.namespace][r.name()]; ok {
			return []string{to}
		}
	}
	var found []string
	for namespace, names := range n {
		to, ok := names[r.name()]
		if !ok || !r.anywhere && (r.meaning != elsewhere || !strings.HasPrefix(namespace, "istio-")) {
			continue
		}
		if !slices.Contains(found, to) {
			found = append(found, to)
		}
	}
	slices.Sort(found)
	return found
}

// isPlain reports whether a name is the one by which people know the Secret, not one with the hash of a former run:
// the shortest of those it had.
func (n Names) isPlain(name, to string) bool {
	for _, names := range n {
		for from := range maps.Keys(names) {
			if names[from] == to && len(from) < len(name) {
				return false
			}
		}
	}
	return true
}
