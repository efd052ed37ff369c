package sources

import (
	"path"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/schema"
)

// place is where a document is. Each kind of place is one file of this package. Places can be compared with ==, and
// equal ones hold the same document for the length of a run: that is how a document is decrypted once, however many
// sources name it.
type place interface {
	// read returns the document's bytes, at most MaxDocument of them.
	read() ([]byte, *fault)
	// format is what SOPS makes of the name of the place, where the source does not say.
	format() sopsfile.Format
	// String names the place to a person.
	String() string
}

// place returns the kind of place that the source's one field names.
func (o *Opener) place(source schema.Source, origin Origin) place {
	switch {
	case source.ConfigMap != nil:
		return findConfigMap(*source.ConfigMap, origin.Items)
	case source.Secret != nil:
		return findSecret(*source.Secret, origin.Items, o.root, o.Dir)
	case source.Inline != "":
		return inline{source: source.Name, text: source.Inline}
	}
	return file{root: o.root, path: path.Join(origin.Dir, source.File)}
}

// fault is a finding about a source, and the field of the source to blame. Sources that name the same document share
// it.
type fault struct {
	finding *report.Finding
	fields  []string // below the source
}

// blame returns a fault in a field of the source.
func blame(f *report.Finding, fields ...string) *fault { return &fault{finding: f, fields: fields} }

// in returns the finding about the source at a path.
func (f *fault) in(source *field.Path) *report.Finding {
	for _, name := range f.fields {
		source = source.Child(name)
	}
	return f.finding.In(source)
}
