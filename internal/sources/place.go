package sources

import (
	"fmt"
	"path"

	"github.com/secretwright/secretwright/schema"
)

// place is where a document stands. Each kind of place is one file of this package. Places can be compared with ==, and
// equal ones hold the same document for the length of a run: that is how a document is decrypted once, however many
// sources name it.
type place interface {
	// read returns the document's bytes, at most MaxDocument of them.
	read() ([]byte, *schema.Finding)
	// format is what SOPS makes of the name of the place, where the source does not say.
	format() schema.Format
	// String names the place to a person.
	String() string
}

// place is the kind of place that the source's one field names.
func (o *Opener) place(source schema.Source, origin Origin) place {
	switch {
	case source.ConfigMap != nil:
		return findConfigMap(*source.ConfigMap, origin.Items)
	case source.Inline != "":
		return inline{source: source.Name, text: source.Inline}
	}
	return file{root: o.root, path: path.Join(origin.Dir, source.File)}
}

func tooLarge(size int64) *schema.Finding {
	return problem(fmt.Sprintf("it has %d bytes; a source may have %d", size, MaxDocument), "split it into several sources")
}

// inField narrows a finding to one field of the source.
func inField(f *schema.Finding, field string) *schema.Finding {
	f.Field = field
	return f
}
