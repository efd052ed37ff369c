package sources

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// MaxDocument is the largest source that is read, in bytes: several times what the Secrets made from it may hold
// (1 MiB each), and small enough that a hostile one cannot exhaust memory.
const MaxDocument = 4 << 20

// atOnce is how many documents are decrypted at the same time, where there are fewer processors: a key service, or a key
// management service over the network, keeps its callers waiting.
const atOnce = 8

// Opener opens the sources of the SecretSpecs of one run. Documents that several of them name are decrypted once, and so
// are keys parsed once. It is not safe for use by several goroutines; it starts its own.
type Opener struct {
	// Keyless has documents looked at as far as that needs no key: that they are there and encrypted, with no plaintext
	// where ciphertext belongs, and which keys they have. The values of a Set are then meaningless.
	Keyless bool

	root   *os.Root
	keys   *keyring
	opened map[request]*opening
}

// NewOpener returns an Opener that reads files inside root only. A nil root has no files.
func NewOpener(root *os.Root) *Opener {
	return &Opener{root: root, keys: newKeyring(), opened: map[request]*opening{}}
}

// Origin is where a SecretSpec stands: what its `file` is relative to, and what its `configMap` is looked up in.
type Origin struct {
	// Dir is the folder of the SecretSpec, relative to the root, with slashes.
	Dir string
	// Items are the items of the ResourceList.
	Items []*yaml.RNode
}

// Set is the opened sources of one SecretSpec.
type Set struct {
	documents map[string]*document
}

// Name is the file of a source, or what else there is to point at; "" for one that there is not.
func (s *Set) Name(source string) string {
	if doc := s.documents[source]; doc != nil {
		return doc.name
	}
	return ""
}

// request is a document to open, and how. Two sources with equal requests share one document.
type request struct {
	place     place
	format    schema.Format
	encrypted bool
}

// opening is what became of a request: a document, or a problem whose field is relative to the source.
type opening struct {
	document *document
	problem  *schema.Finding
}

// Open reads and decrypts the sources that the SecretSpec's values use. It reports those that nothing uses, and does not
// open them.
func (o *Opener) Open(ctx context.Context, spec *schema.SecretSpec, origin Origin) (*Set, schema.Findings) {
	used := spec.UsedSources()
	wanted := make([]*opening, len(spec.Sources))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(atOnce, runtime.GOMAXPROCS(0)))
	for i, source := range spec.Sources {
		if _, isUsed := slices.BinarySearch(used, source.Name); !isUsed {
			continue
		}
		what := request{place: o.place(source, origin), format: source.Format, encrypted: source.IsEncrypted()}
		if what.format == "" {
			what.format = what.place.format()
		}
		if o.opened[what] == nil {
			result := &opening{}
			o.opened[what] = result
			group.Go(func() error {
				result.document, result.problem = o.open(ctx, what)
				return nil
			})
		}
		wanted[i] = o.opened[what]
	}
	_ = group.Wait() // the goroutines return no errors

	set := &Set{documents: map[string]*document{}}
	var findings schema.Findings
	for i, source := range spec.Sources {
		at := fmt.Sprintf("sources[%d]", i)
		switch result := wanted[i]; {
		case result == nil:
			findings.Warn(at, fmt.Sprintf("nothing uses the source %q, so it was not read", source.Name), "remove it, or name it in a from")
		case result.problem != nil:
			finding := *result.problem
			finding.Field = at + finding.Field
			findings = append(findings, finding)
		default:
			set.documents[source.Name] = result.document
			if f := o.uncovered(source, origin); f != nil {
				f.Field = at + f.Field
				findings = append(findings, *f)
			}
		}
	}
	return set, findings
}

// open reads one document, and decrypts it unless it is one in the clear.
func (o *Opener) open(ctx context.Context, what request) (doc *document, f *schema.Finding) {
	defer func() {
		if f != nil {
			f.Source = what.place.String()
		}
	}()
	defer guard(&f)
	data, f := what.place.read()
	if f != nil {
		return nil, f
	}
	if what.encrypted {
		doc, f = o.decrypt(ctx, data, what.format)
	} else {
		doc = &document{format: what.format, clear: true, raw: data}
	}
	if f != nil {
		return nil, f
	}
	doc.name = what.place.String()
	return doc, nil
}

// decrypt opens a SOPS document, or without keys looks at it.
func (o *Opener) decrypt(ctx context.Context, data []byte, format schema.Format) (*document, *schema.Finding) {
	if o.Keyless {
		return sealed(data, format)
	}
	return o.keys.decrypt(ctx, data, format)
}

// problem is a finding about a document. Who opened it adds the field and the file.
func problem(message, fix string) *schema.Finding {
	return &schema.Finding{Message: printable(message), Fix: printable(fix)}
}
