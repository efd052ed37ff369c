package sopsfile

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/getsops/sops/v3"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// Document is an opened document. It does not change, and is safe for use by several goroutines.
type Document struct {
	format     Format
	tree       sops.TreeBranches // as SOPS reads it; of a document in the clear, plain has it
	recipients *Recipients       // for whom it was encrypted, if it was
	ciphertext bool              // its values were not decrypted
	hidesNames bool              // it came with its top-level scalars encrypted
	clear      bool              // it came in the clear
	raw        []byte            // then this is what came
	plain      func() (sops.TreeBranches, *report.Finding)
	merged     func() sops.TreeBranches // the tree with its merge keys resolved
}

// newDocument returns a document that came encrypted.
func newDocument(tree *sops.Tree, format Format) *Document {
	d := &Document{format: format, tree: tree.Branches, recipients: recipientsOf(tree)}
	d.merged = sync.OnceValue(func() sops.TreeBranches { return merged(d.tree) })
	return d
}

// Clear returns a document that is not encrypted. It is parsed only when [Document.Branches] is called, since taken
// whole it may be anything.
func Clear(data []byte, format Format) *Document {
	plain := func() (sops.TreeBranches, *report.Finding) { return parsePlain(data, format) }
	return &Document{format: format, clear: true, raw: data, plain: sync.OnceValues(plain)}
}

// Format returns the format that the document was read in.
func (d *Document) Format() Format { return d.format }

// Recipients returns for whom the document is encrypted, or nil if it is not.
func (d *Document) Recipients() *Recipients { return d.recipients }

// IsCiphertext reports whether the values are ciphertext, since the document was opened without a key.
func (d *Document) IsCiphertext() bool { return d.ciphertext }

// HidesNames reports whether what a manifest says of itself, such as its kind, came encrypted too, so that no message may
// quote it.
func (d *Document) HidesNames() bool { return d.hidesNames }

// hidesNames reports whether an encrypted document has ciphertext at its top level.
func hidesNames(branches sops.TreeBranches) bool {
	for _, branch := range branches {
		for _, item := range branch {
			if text, ok := item.Value.(string); ok && IsEncryptedText(text) {
				return true
			}
		}
	}
	return false
}

// Whole returns the document as `sops -d` prints it, or as it came if it came in the clear.
func (d *Document) Whole() (out []byte, f *report.Finding) {
	defer Guard(&f)
	if d.clear {
		return d.raw, nil
	}
	if len(d.tree) > 1 {
		return nil, d.Several("pick a value that stands in one of them with key, or split the file")
	}
	return d.Text()
}

// Text returns the document as [Document.Whole] does, and of a stream of YAML documents all of them.
func (d *Document) Text() (out []byte, f *report.Finding) {
	defer Guard(&f)
	if d.clear {
		return d.raw, nil
	}
	out, err := emitPlainTree(d.tree, d.format)
	if err != nil {
		return nil, report.New(report.Unprintable, fmt.Sprintf("SOPS cannot print it as %s", d.format),
			"take single values from it with key, or set format")
	}
	return out, nil
}

// Several returns a finding that says which documents a stream of YAML documents holds, by the keys they have.
func (d *Document) Several(fix string) *report.Finding {
	var documents []string
	for i, branch := range d.branches() {
		if i == MaxListed {
			documents = append(documents, "...")
			break
		}
		documents = append(documents, fmt.Sprintf("%d: %s", i+1, report.List(Keys(branch))))
	}
	message := fmt.Sprintf("it has %d YAML documents (%s)", len(d.branches()), strings.Join(documents, "; "))
	return report.New(report.SeveralDocuments, message, fix)
}

// MaxListed is how many names a finding lists.
const MaxListed = 20

// Branches returns the maps of the document: several in a stream of YAML documents, else one. YAML's merge keys are
// resolved, as readers of YAML do: SOPS's own tree has them as keys.
func (d *Document) Branches() (branches sops.TreeBranches, f *report.Finding) {
	defer Guard(&f)
	if d.clear {
		return d.plain()
	}
	if d.format == YAML {
		return d.merged(), nil
	}
	return d.tree, nil
}

// branches returns the maps of a document that is known to parse.
func (d *Document) branches() sops.TreeBranches {
	branches, _ := d.Branches()
	return branches
}

// parsePlain reads a document that is not encrypted.
func parsePlain(data []byte, format Format) (sops.TreeBranches, *report.Finding) {
	if f := overgrown(data, format); f != nil {
		return nil, f
	}
	var tree sops.TreeBranches
	var err error
	switch format {
	case YAML:
		tree, err = literalYAML(data)
	case JSON:
		tree, err = literalJSON(data)
	default:
		tree, err = loadPlainTree(data, format)
	}
	if err != nil {
		return nil, unreadable(err, format)
	}
	if format == YAML {
		return merged(tree), nil
	}
	return tree, nil
}

// unreadable says that a parser failed, and in which line, but not what it quotes of the document.
func unreadable(err error, format Format) *report.Finding {
	if errors.Is(err, errNotMap) {
		return report.Wrap(report.NoKeys, errNotMap, "it is not a map, so it has no keys",
			"leave key out to take the whole document")
	}
	return report.New(report.InvalidDocument, fmt.Sprintf("it is not valid %s%s", format, yamlnode.AtLine(err)),
		"mend it, or set format to what it is")
}
