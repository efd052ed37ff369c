package apply

import (
	"fmt"
	"maps"
	"slices"

	"github.com/secretwright/secretwright/internal/former"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// isStrangers reports whether a former run made a Secret of this name for a SecretSpec that is not among the inputs.
// That one may be gone, or be what this one was called then, or be rendered in a run of its own: what reads its Secret
// can neither be left as it is nor follow. Where both are there already, and nothing here reads the other, it can.
func (p *placing) isStrangers(one *plan, namespace string, isNew bool) bool {
	for _, e := range p.known.Strangers(one.spec.Name, namespace, p.made) {
		if e.Index == one.resource || !isNew && p.madeIndex().References(namespace, e.Name) == 0 {
			continue
		}
		file := p.items.Place(e.Index, nil).File
		if file != "" {
			file = " in " + file
		}
		p.Error(report.SecretExists, one.field.Child("name"), fmt.Sprintf(
			"the Secret %s%s was made for the SecretSpec %s, which is not among the inputs", e.Name, file, e.SpecName),
			fmt.Sprintf("if that one is gone or was renamed, change %s/%s to %s/%[2]s in the annotation %[4]s of the Secret, "+
				"and it is taken over; if not, add the SecretSpec to the inputs, or give this Secret another name or folder",
				e.SpecName, e.Secret, p.spec.Metadata.Name, schema.SecretAnnotation))
		return true
	}
	return false
}

// madeIndex is what refers to the Secrets of a former run by the names they had.
func (p *placing) madeIndex() *wiring.Index {
	if p.index == nil {
		var names []string
		for _, e := range p.made {
			names = append(names, e.Name)
		}
		p.index = p.items.Index(names...)
	}
	return p.index
}

// followMoved has references follow Secrets that a former run put into another namespace. What moved along has their
// former names still.
func (p *placing) followMoved() {
	for _, one := range p.plans {
		if one.secret == nil {
			continue
		}
		for _, e := range p.made {
			_, goesThere := one.names[e.Namespace]
			isAnothers := e.SpecName != p.spec.Metadata.Name && !p.known.Orphaned(e)
			if e.Secret == one.spec.Name && !goesThere && !isAnothers {
				p.followOne(one, e)
			}
		}
	}
}

// followOne has references in the namespaces of a Secret follow one from another namespace. That one goes if it is an
// input, something followed, and nothing reads it where it was. Else it may be that of a copy of the SecretSpec
// which is rendered in a run of its own, and there is a warning the first time. That of a copy in this run stays, and
// what the SecretSpec had for any namespace is for removeGone to decide on.
func (p *placing) followOne(one *plan, e wiring.Emitted) {
	index := p.madeIndex()
	isNew, isRead := true, false
	for namespace, name := range one.names {
		isNew = isNew && former.In(namespace, one.spec.Name, p.made) == nil
		if former.IsFree(p.items, e, namespace, name, p.made) {
			p.names.Add(namespace, e.Name, name)
			isRead = isRead || slices.Contains(index.Namespaces(e.Name), namespace)
		}
	}
	isInput := p.settings.Inputs == 0 || e.Index < p.settings.Inputs
	isMoved := isRead && isInput && p.known.GaveUp(e) && index.References(e.Namespace, e.Name) == 0
	isFormer := slices.ContainsFunc(p.former, func(f wiring.Emitted) bool { return f.Index == e.Index })
	switch secret := p.items.Describe(e.Index); {
	case isFormer || !p.known.Orphaned(e):
	case isMoved:
		one.stored = true
		p.items.Remove(e.Index)
		p.Warn(report.SecretRemoved, report.Field("secrets"),
			fmt.Sprintf("the %s, which is no longer declared, was removed", secret),
			"declare it again if something still needs it")
	case isNew && (isRead || e.SpecName == p.spec.Metadata.Name):
		p.Warn(report.StoredSecretIsStale, one.field,
			fmt.Sprintf("the %s of a former run stays, and %s goes to %s now", secret, one.spec.Name,
				report.Namespaces(slices.Sorted(maps.Keys(one.names)))), "delete it if nothing reads it any more")
	}
}
