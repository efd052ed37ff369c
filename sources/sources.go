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

// Opener opens the sources of the SecretSpecs of one run. Documents that several of them name are decrypted once, and so
// are keys parsed once. It is not safe for use by several goroutines; it starts its own.
type Opener struct {
	root *os.Root
	keys *keyring
	done map[string]*document
}

// NewOpener returns an Opener that reads files inside root only. A nil root has no files.
func NewOpener(root *os.Root) *Opener {
	return &Opener{root: root, keys: newKeyring(), done: map[string]*document{}}
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

// Open reads and decrypts the sources that the SecretSpec's values use. It reports those that nothing uses, and does not
// open them.
func (o *Opener) Open(ctx context.Context, spec *schema.SecretSpec, origin Origin) (*Set, schema.Findings) {
	set := &Set{documents: map[string]*document{}}
	used := Used(spec)
	findings := make([]schema.Findings, len(spec.Sources))
	opened := make([]*document, len(spec.Sources))
	places := make([]place, len(spec.Sources))

	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	leaders := map[string]int{}
	for i, source := range spec.Sources {
		at := fmt.Sprintf("sources[%d]", i)
		if !slices.Contains(used, source.Name) {
			findings[i].Warn(at, fmt.Sprintf("nothing uses the source %q, so it was not read", source.Name), "remove it, or name it in a from")
			continue
		}
		places[i] = o.place(source, origin)
		key := fmt.Sprintf("%s %s %v", places[i], source.Format, source.IsEncrypted())
		if doc := o.done[key]; doc != nil {
			opened[i] = doc
			continue
		}
		if _, led := leaders[key]; led {
			continue
		}
		leaders[key] = i
		group.Go(func() error {
			opened[i], findings[i] = o.open(ctx, at, source, places[i])
			return nil
		})
	}
	_ = group.Wait() // the goroutines return no errors: each leaves its findings in its own place

	var all schema.Findings
	for i, source := range spec.Sources {
		all = append(all, findings[i]...)
		if places[i] == nil {
			continue
		}
		key := fmt.Sprintf("%s %s %v", places[i], source.Format, source.IsEncrypted())
		if leader, led := leaders[key]; led {
			opened[i] = opened[leader]
			o.done[key] = opened[i]
		}
		set.documents[source.Name] = opened[i]
	}
	return set, all
}

// open reads one document, and decrypts it unless it is one in the clear.
func (o *Opener) open(ctx context.Context, at string, source schema.Source, from place) (doc *document, findings schema.Findings) {
	blame := func(f *schema.Finding) (*document, schema.Findings) {
		f.Field, f.Source = at+f.Field, from.String()
		return nil, schema.Findings{*f}
	}
	// SOPS and the parsers under it are not written for hostile input; a panic there is an error of the document, and
	// its text, which may hold part of the document, goes nowhere.
	defer func() {
		if recover() != nil {
			doc, findings = blame(problem("it cannot be read: it is malformed", "write it anew with the sops command"))
		}
	}()
	data, f := from.read()
	if f != nil {
		return blame(f)
	}
	format := formatOf(source, from)
	if !source.IsEncrypted() {
		doc, f = loadPlain(data, format)
	} else {
		doc, f = o.keys.decrypt(ctx, data, format)
	}
	if f != nil {
		return blame(f)
	}
	doc.name = from.String()
	return doc, nil
}

// Used are the names of the sources that the SecretSpec's values come from.
func Used(spec *schema.SecretSpec) []string {
	var names []string
	for _, secret := range spec.Secrets {
		for _, value := range secret.Data {
			names = append(names, value.From)
		}
		for _, from := range secret.DataFrom {
			names = append(names, from.From)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// problem is a finding about a document. Who opened it adds the field and the file.
func problem(message, fix string) *schema.Finding {
	return &schema.Finding{Message: message, Fix: fix}
}
