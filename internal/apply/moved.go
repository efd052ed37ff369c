package apply

import (
	"fmt"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// isStrangers reports whether a former run made a Secret of this name for a SecretSpec that is not among the inputs.
// That one may be gone, or be what this one was called then, or be rendered in a run of its own: what reads its Secret
// can neither be left as it is nor follow. Where both are there already, and nothing here reads the other, it can.
func (p *placing) isStrangers(one *plan, namespace string, isNew bool) bool {
	for _, e := range p.known.Strangers(one.spec.Name, namespace, p.made) {
		if e.Index == one.resource || !isNew && p.items.Index(e.Name).References(namespace, e.Name) == 0 {
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
