package sopsfile

import (
	"bytes"
	"fmt"
	"strings"
	"sync"

	"github.com/getsops/sops/v3"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/codec"
	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
)

// Document is an opened document. It does not change, and is safe for use by several goroutines.
type Document struct {
	format     Format
	raw        []byte                             // of a document in the clear, what came
	parsed     func() (*content, *report.Finding) // parsed when it is first needed, if it came in the clear
	recipients *keyring.Recipients                // for whom it was encrypted, if it was
	ciphertext bool                               // its values were not decrypted
	hidesNames bool                               // it came with its top-level scalars encrypted
	plain      []crypt.Location                   // the values that it has in the clear, if it was encrypted
}

// content is what a document holds.
type content struct {
	source   *codec.Document
	branches sops.TreeBranches // as YAML readers see it: with merge keys applied, and dotenv without carriage returns
}

// Clear returns a document that is not encrypted. It is parsed only when [Document.Branches] is called, since taken
// whole it may be anything.
func Clear(data []byte, format Format) *Document {
	plain := func() (*content, *report.Finding) { return parsePlain(data, format) }
	return &Document{format: format, raw: data, parsed: sync.OnceValues(plain)}
}

// newDocument returns a document that was encrypted.
func newDocument(source *codec.Document) *Document {
	c := &content{source: source, branches: source.Tree.Branches}
	if source.Format == YAML {
		c.branches = merged(c.branches)
	}
	if source.CRLF() {
		c.branches = withoutReturns(c.branches)
	}
	return &Document{
		format:     source.Format,
		parsed:     func() (*content, *report.Finding) { return c, nil },
		recipients: keyring.Of(&source.Tree),
		plain:      crypt.LeftPlain(&source.Tree),
	}
}

// IsEncrypted reports whether text holds ciphertext of SOPS. Every SOPS document does: its MAC is encrypted.
func IsEncrypted(text []byte) bool { return bytes.Contains(text, []byte(ciphertextPrefix)) }

// EncryptedTwice returns the finding about a decrypted value that is ciphertext still.
func EncryptedTwice() *report.Finding {
	return report.New(report.EncryptedTwice, "it was encrypted twice: decrypted, it is ciphertext still",
		"decrypt it once more with the sops command, and put the result in with `secretwright edit`")
}

// Format returns the format that the document was read in.
func (d *Document) Format() Format { return d.format }

// Recipients returns for whom the document is encrypted, or nil if it is not.
func (d *Document) Recipients() *keyring.Recipients { return d.recipients }

// IsCiphertext reports whether the values are ciphertext, since the document was opened without a key.
func (d *Document) IsCiphertext() bool { return d.ciphertext }

// HidesNames reports whether what a manifest says of itself, such as its kind, came encrypted too, so that no message
// may quote it.
func (d *Document) HidesNames() bool { return d.hidesNames }

// hidesNames reports whether an encrypted document has ciphertext at its top level.
func hidesNames(branches sops.TreeBranches) bool {
	for _, branch := range branches {
		for _, item := range branch {
			if text, ok := item.Value.(string); ok && isCiphertext(text) {
				return true
			}
		}
	}
	return false
}

// Whole returns the document as `sops -d` prints it, or as it came if it came in the clear.
func (d *Document) Whole() (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	if d.recipients == nil {
		return d.raw, nil
	}
	if len(d.source().Tree.Branches) > 1 {
		return nil, d.Several("pick a value that stands in one of them with key, or split the file")
	}
	return d.Text()
}

// Text returns the document as [Document.Whole] does, and of a stream of YAML documents all of them.
func (d *Document) Text() (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	if d.recipients == nil {
		return d.raw, nil
	}
	out, err := store(d.format).EmitPlain(d.source().Tree.Branches)
	if err != nil {
		return nil, report.New(report.Unprintable, fmt.Sprintf("SOPS cannot print it as %s", d.format),
			"take single values from it with key, or set format")
	}
	return out, nil
}

// source returns the codec's document of one that is known to parse.
func (d *Document) source() *codec.Document {
	c, _ := d.parsed()
	return c.source
}

// Several returns a finding that says which documents a stream of YAML documents holds, by the keys they have.
func (d *Document) Several(fix string) *report.Finding {
	branches, _ := d.Branches()
	var documents []string
	for i, branch := range branches {
		if i == MaxListed {
			documents = append(documents, "...")
			break
		}
		documents = append(documents, fmt.Sprintf("%d: %s", i+1, report.List(Keys(branch))))
	}
	message := fmt.Sprintf("it has %d YAML documents (%s)", len(branches), strings.Join(documents, "; "))
	return report.New(report.SeveralDocuments, message, fix)
}

// MaxListed is how many names a finding lists.
const MaxListed = 20

// Branches returns the maps of the document: several in a stream of YAML documents, else one. Merge keys are applied,
// and a dotenv document whose lines end in CRLF has no carriage returns in its values, as kubectl and kustomize read
// it.
func (d *Document) Branches() (branches sops.TreeBranches, f *report.Finding) {
	defer report.Guard(&f)
	c, f := d.parsed()
	if f != nil {
		return nil, f
	}
	return c.branches, nil
}

// Place returns the line and column of the value at a path of one of the branches, or of the innermost map or list
// around it that is in the text. They are 0 where that is not known.
func (d *Document) Place(branch int, path Path) (line, column int) {
	c, f := d.parsed()
	if f != nil {
		return 0, 0
	}
	for end := len(path); end >= 0; end-- {
		if at, ok := c.source.Place(branch, path[:end]); ok {
			return at.Line, at.Column
		}
	}
	return 0, 0
}

// parsePlain reads a document that is not encrypted.
func parsePlain(data []byte, format Format) (c *content, f *report.Finding) {
	defer report.Guard(&f)
	if format == Dotenv {
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	}
	source, err := store(format).LoadPlain(data)
	if err != nil {
		return nil, unreadable(data, err, format)
	}
	c = &content{source: source, branches: source.Tree.Branches}
	if format == YAML || format == JSON {
		c.branches = source.WithLiterals()
	}
	if format == YAML {
		c.branches = merged(c.branches)
	}
	return c, nil
}

// withoutReturns returns a dotenv document whose values do not end in a carriage return.
func withoutReturns(branches sops.TreeBranches) sops.TreeBranches {
	var out sops.TreeBranches
	for _, branch := range branches {
		var copied sops.TreeBranch
		for _, item := range branch {
			if text, ok := item.Value.(string); ok {
				item.Value = strings.TrimSuffix(text, "\r")
			}
			copied = append(copied, item)
		}
		out = append(out, copied)
	}
	return out
}
