package sources

import (
	"fmt"
	"path"

	"github.com/secretwright/secretwright/schema"
)

// place is where a document stands. Each kind of place is one file of this package.
type place interface {
	// read returns the document's bytes, at most MaxDocument of them.
	read() ([]byte, *schema.Finding)
	// String names the place to a person: a path from the root, or what else there is to point at. Two places of one
	// run with the same name hold the same document.
	String() string
}

// place is the kind of place that the source's one field names.
func (o *Opener) place(source schema.Source, origin Origin) place {
	return file{root: o.root, path: path.Join(origin.Dir, source.File)}
}

// formatOf is the source's own format, or what SOPS makes of the name of the place.
func formatOf(source schema.Source, from place) schema.Format {
	if source.Format != "" {
		return source.Format
	}
	return formatForPath(from.String())
}

func tooLarge(size int64) *schema.Finding {
	return problem(fmt.Sprintf("it has %d bytes; a source may have %d", size, MaxDocument), "split it into several sources")
}
