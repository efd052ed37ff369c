package sources

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/getsops/sops/v3"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/schema"
)

// MaxDocument is the largest source that is read, in bytes.
const MaxDocument = disk.MaxDocument

// atOnce is how many documents are decrypted at the same time, where there are fewer processors: a key service, or a
// key management service over the network, keeps its callers waiting.
const atOnce = 8

// Opener opens the sources of the SecretSpecs of one run. Documents that several of them name are decrypted once. It
// is not safe for use by several goroutines; it starts its own.
type Opener struct {
	// Keyless has documents looked at as far as that needs no key: that they are there and encrypted, with no
	// plaintext where ciphertext belongs, and which keys they have. The values of a Set are then meaningless.
	Keyless bool
	// Dir is the folder in the root whose kustomization has the resources.
	Dir string

	root   *os.Root
	keys   *sopsfile.Keyring
	opened map[request]*opening
}

// NewOpener returns an Opener that reads files inside root only, and decrypts with the keys of a keyring. A nil root
// has no files.
func NewOpener(root *os.Root, keys *sopsfile.Keyring) *Opener {
	return &Opener{root: root, keys: keys, opened: map[request]*opening{}}
}

// Origin is where a SecretSpec is: what its `file` is relative to, and what its `configMap` is looked up in.
type Origin struct {
	// Dir is the folder of the SecretSpec, relative to the root, with slashes.
	Dir string
	// Items are the items of the ResourceList.
	Items []*yaml.RNode
}

// Set is the opened sources of one SecretSpec.
type Set struct {
	documents map[string]*document
	keyless   bool
}

// document is an opened document, what findings call it, and its file, if it is one.
type document struct {
	*sopsfile.Document
	name, file string
	// variables are those of a dotenv document in a dialect of its own.
	variables sops.TreeBranches
}

// blame returns a finding about the document. Where that is no file of its own, the message has the line.
func (d *document) blame(f *report.Finding) *report.Finding {
	f = f.From(d.name)
	switch {
	case f.Place.Line == 0:
	case d.file != "":
		f.Place.File = d.file
	default:
		if line := fmt.Sprintf(" at line %d", f.Place.Line); !strings.Contains(f.Message, line) {
			f.Message += fmt.Sprintf(" (line %d)", f.Place.Line)
		}
		f.Place = report.Place{}
	}
	return f
}

// Branches returns the maps of the document.
func (d *document) Branches() (sops.TreeBranches, *report.Finding) {
	if d.variables != nil {
		return d.variables, nil
	}
	return d.Document.Branches()
}

// Has reports whether all sources of the names were opened.
func (s *Set) Has(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return s.documents[name] == nil })
}

// Name returns what findings call a source: its file, or what else there is to point at. It is "" for a source that
// was not opened.
func (s *Set) Name(source string) string {
	if doc := s.documents[source]; doc != nil {
		return doc.name
	}
	return ""
}

// request is a document to open, and how. Two sources with equal requests share one document.
type request struct {
	place     place
	format    sopsfile.Format
	dialect   schema.Dialect
	encrypted bool
}

// opening is what became of a request: a document, or a fault.
type opening struct {
	document *document
	fault    *fault
}

// Open reads and decrypts the sources that the SecretSpec's values use. It warns of those that nothing uses, and does
// not open them. A source that does not open is an error, and not in the Set.
func (o *Opener) Open(ctx context.Context, c *report.Collector, spec *schema.SecretSpec, origin Origin) *Set {
	used := spec.UsedSources()
	openings := make([]*opening, len(spec.Sources))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(atOnce, runtime.GOMAXPROCS(0)))
	var open atomic.Int32
	show := func() {
		report.ProgressOf(ctx).Show(fmt.Sprintf("opening sources (%d of %d)", open.Load(), len(used)))
	}
	show()
	for i, source := range spec.Sources {
		if _, isUsed := slices.BinarySearch(used, source.Name); !isUsed {
			continue
		}
		wanted := request{o.place(source, origin), sopsfile.Format(source.Format), source.Dialect, source.IsEncrypted()}
		if wanted.format == "" {
			wanted.format = wanted.place.format()
		}
		if taken, is := wanted.place.(secret); is {
			wanted.encrypted = !taken.clear
		}
		if o.opened[wanted] == nil {
			result := &opening{}
			o.opened[wanted] = result
			group.Go(func() error {
				result.document, result.fault = o.open(ctx, wanted)
				open.Add(1)
				show()
				return nil
			})
		}
		openings[i] = o.opened[wanted]
	}
	_ = group.Wait() // the goroutines return no errors

	set := &Set{documents: map[string]*document{}, keyless: o.Keyless}
	for i, source := range spec.Sources {
		at := field.NewPath("sources").Index(i)
		switch result := openings[i]; {
		case result == nil:
			c.Warn(report.UnusedSource, at, fmt.Sprintf("nothing uses the source %q, so it was not read", source.Name),
				"remove it, or name it in a from")
		case result.fault != nil:
			c.Add(result.fault.in(at))
		default:
			set.documents[source.Name] = result.document
			o.warnUncovered(c, at, source, origin, result.document)
		}
	}
	return set
}

// open reads one document, and decrypts it unless it is one in the clear.
func (o *Opener) open(ctx context.Context, wanted request) (doc *document, problem *fault) {
	doc = &document{name: wanted.place.String()}
	if file, isFile := wanted.place.(file); isFile {
		doc.file = file.path
	}
	data, problem := wanted.place.read()
	if problem != nil {
		return nil, blame(problem.finding.From(doc.name), problem.fields...)
	}
	var f *report.Finding
	doc.Document, f = o.decrypt(ctx, data, wanted)
	if _, is := wanted.place.(secret); is && f != nil && errors.Is(f, sopsfile.ErrMAC) {
		f = report.Wrap(f.Code, f.Cause, f.Message+", or kustomize sorted its keys, and its file was not found",
			"name its file as a source, with file:; restore it from Git if that fails too")
	}
	if f != nil {
		return nil, blame(doc.blame(f))
	}
	if doc.variables, problem = variables(doc.Document, wanted.dialect); problem != nil {
		return nil, blame(problem.finding.From(doc.name), problem.fields...)
	}
	return doc, nil
}

// decrypt opens a SOPS document, without keys only looks at it, and takes one in the clear as it is.
func (o *Opener) decrypt(ctx context.Context, data []byte, wanted request) (*sopsfile.Document, *report.Finding) {
	var options []sopsfile.Option
	if wanted.dialect == schema.GodotenvDialect {
		options = append(options, sopsfile.Repeats)
	}
	switch {
	case !wanted.encrypted && sopsfile.IsEncrypted(data):
		return nil, report.New(report.EncryptedAsClear, "it is a SOPS document, though encrypted is false",
			"remove encrypted: false, so that it is decrypted")
	case !wanted.encrypted:
		return sopsfile.Clear(data, wanted.format), nil
	case o.Keyless:
		return sopsfile.Inspect(data, wanted.format, options...)
	}
	return o.keys.Open(ctx, data, wanted.format, options...)
}

// warnUncovered warns, in a check, of an encrypted file that no creation rule of its .sops.yaml covers: it opens, but
// the next one like it will be encrypted by chance, or not at all. It also warns of recipients that the rule does not
// list: anyone can add one to a sops block, and the next key that is made is encrypted for him.
func (o *Opener) warnUncovered(c *report.Collector, at *field.Path, source schema.Source, origin Origin,
	doc *document) {
	if !o.Keyless || source.File == "" || !source.IsEncrypted() || o.root == nil {
		return
	}
	file := path.Join(origin.Dir, source.File)
	if keyring.RuleFile(o.root, file) == "" {
		return
	}
	rules, f := keyring.Ruled(o.root, file)
	if f != nil {
		c.Add(f.WithSeverity(report.Warning).In(at.Child("file")).From(file))
		return
	}
	if unlisted := doc.Recipients().Unruled(rules); len(unlisted) > 0 {
		list := report.List(unlisted)
		if doc.Recipients().Grouped() {
			list = doc.Recipients().String() // in which groups is as much
		}
		c.Add(report.New(report.UnlistedRecipient, "it is encrypted for "+list+
			", which .sops.yaml does not list for it",
			"list it there if it is meant to read the file, or take it out with `secretwright updatekeys`").
			WithSeverity(report.Warning).In(at.Child("file")).From(file))
	}
}
