package wiring

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
)

// Rename makes every reference to a Secret follow it to its new name. A rule of a Role that is about other
// resources too keeps the plain name and gets the new one beside it.
func (it *Items) Rename(names references.Names) {
	old := map[string]bool{}
	for _, in := range names {
		for from, to := range in {
			old[from] = old[from] || from != to
		}
	}
	named := func(name string) bool { return old[name] }
	for _, i := range it.items {
		stale := false
		it.finder.References(&i.Resource, i.Node.YNode(), named, func(r references.Ref) {
			_, ok := renaming(names, r)
			stale = stale || ok && !it.leaves(i, r, names)
		})
		if !stale {
			continue
		}
		var changes []change
		it.finder.References(&i.Resource, i.edit(), named, func(r references.Ref) {
			if c, ok := renaming(names, r); ok && !it.leaves(i, r, names) {
				changes = append(changes, c)
			}
		})
		for _, c := range changes {
			c.apply()
		}
	}
}

// leaves reports whether a reference is left for kustomize to follow. It takes `namespace/name` for one name, and does
// not see that what has no namespace yet reads a Secret that has one.
func (it *Items) leaves(i *item, r references.Ref, names references.Names) bool {
	return it.layered && r.Prefix == "" && i.Follows(r.PlainKeys()) &&
		(i.Namespace != "" || r.Anywhere || !names.HaveNamespace(r.Name()))
}

// renaming is what Rename does to a field.
func renaming(n references.Names, r references.Ref) (c change, changed bool) {
	if r.Meaning == references.Writes {
		return c, false
	}
	to := n.Candidates(r)
	if len(to) != 1 || to[0] == r.Name() {
		return c, false
	}
	c = change{scalar: r.Scalar, text: r.Prefix + to[0]}
	if r.Meaning != references.Grants {
		return c, true
	}
	c.list = r.List()
	c.keep = r.GrantsMore() && n.IsPlain(r.Name(), to[0])
	all := texts(c.list.Content)
	first := slices.Index(all, r.Scalar.Value)
	c.twins = slices.Contains(all[first+1:], r.Scalar.Value)
	return c, !c.keep || !slices.Contains(all, c.text)
}

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
