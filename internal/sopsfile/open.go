package sopsfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/logging"

	"github.com/secretwright/secretwright/internal/report"
)

// Quiet keeps SOPS's loggers from writing to stderr, for the whole process: what they would say of keys is in the
// findings. It is for a program's main function; a library leaves the loggers of its program alone.
func Quiet() {
	for _, logger := range logging.Loggers {
		logger.SetOutput(io.Discard)
	}
}

// Open decrypts a SOPS document: it finds the data key, decrypts every value, and verifies the MAC.
func (k *Keyring) Open(ctx context.Context, data []byte, format Format) (doc *Document, f *report.Finding) {
	defer Guard(&f)
	d, f := k.decrypt(ctx, data, format)
	if f != nil {
		return nil, f
	}
	doc = newDocument(d.tree, format)
	doc.hidesNames = d.hidesNames
	return doc, nil
}

// decrypted is a document in the clear, and what it takes to encrypt it to the same text again.
type decrypted struct {
	tree    *sops.Tree
	dataKey []byte
	cipher  sops.Cipher // it knows the nonces of the values
	mac     string
	// hidesNames reports whether its top-level scalars were encrypted.
	hidesNames bool
}

// decrypt reads, decrypts and verifies a document.
func (k *Keyring) decrypt(ctx context.Context, data []byte, format Format) (*decrypted, *report.Finding) {
	tree, f := loadEncrypted(data, format)
	if f != nil {
		return nil, f
	}
	dataKey, f := k.dataKey(ctx, tree)
	if f != nil {
		return nil, f
	}
	cipher, hides := newCipher(), hidesNames(tree.Branches)
	mac, f := decryptTree(tree, dataKey, cipher, format, data)
	if f != nil {
		return nil, f
	}
	return &decrypted{tree: tree, dataKey: dataKey, cipher: cipher, mac: mac, hidesNames: hides}, nil
}

// dataKey returns the key that a document's values are encrypted with.
func (k *Keyring) dataKey(ctx context.Context, tree *sops.Tree) ([]byte, *report.Finding) {
	services, f := k.services(ctx)
	if f != nil {
		return nil, f
	}
	key, err := tree.Metadata.GetDataKeyWithKeyServices(services, k.order)
	if ctxErr := ctx.Err(); ctxErr != nil {
		return nil, cancelled(ctxErr)
	}
	if err != nil {
		return nil, k.noKey(tree.Metadata)
	}
	return key, nil
}

func cancelled(err error) *report.Finding {
	return report.Wrap(report.DecryptionCancelled, err, "the run was cancelled before it was decrypted", "")
}

// Inspect looks at a SOPS document without a key: it is whole, and has no plaintext where ciphertext belongs. The
// values of the document it returns are ciphertext.
func Inspect(data []byte, format Format) (doc *Document, f *report.Finding) {
	defer Guard(&f)
	tree, f := loadEncrypted(data, format)
	if f != nil {
		return nil, f
	}
	if paths := unencryptedPaths(data, format); len(paths) > 0 {
		return nil, hasPlaintext(paths)
	}
	doc = newDocument(tree, format)
	doc.ciphertext, doc.hidesNames = true, hidesNames(tree.Branches)
	return doc, nil
}

func hasPlaintext(paths []string) *report.Finding {
	return report.New(report.PlaintextInDocument, "it has plaintext where SOPS would encrypt, at "+report.List(paths),
		"take it out and put it back with `sops edit --ignore-mac`; "+
			"if it is secret, change it, since it stood in the open")
}

// loadEncrypted reads a document, and holds it to the bounds.
func loadEncrypted(data []byte, format Format) (*sops.Tree, *report.Finding) {
	if f := overgrown(data, format); f != nil {
		return nil, f
	}
	if format == JSON || format == Binary {
		if err := strictJSON(data); err != nil {
			return nil, notEncrypted(data, format, err)
		}
	}
	tree, err := loadEncryptedTree(data, format)
	if err != nil {
		return nil, notEncrypted(data, format, err)
	}
	if f := bounded(tree.Metadata); f != nil {
		return nil, f
	}
	return &tree, nil
}

// notEncrypted says why SOPS could not load a document. The error is no part of the finding: it may quote the
// document.
func notEncrypted(data []byte, format Format, err error) *report.Finding {
	// io.EOF is all that an empty document gives.
	missing := errors.Is(err, sops.MetadataNotFound) || errors.Is(err, io.EOF)
	ciphertext := bytes.Contains(data, []byte(ciphertextPrefix))
	switch {
	case ciphertext && missing:
		return report.New(report.TruncatedDocument, "it has encrypted values but no sops block: it was cut short",
			"restore the whole file from Git")
	case ciphertext:
		return report.New(report.TruncatedDocument,
			fmt.Sprintf("it is not a whole SOPS document in %s: it was cut short or edited by hand", format),
			"restore the whole file from Git, or set format to what it is")
	case missing, format == Binary:
		return report.New(report.NotEncrypted, "it is not encrypted: it has no sops block",
			"encrypt it with `sops encrypt -i`, or say encrypted: false if it is no secret")
	}
	f := unreadable(err, format)
	f.Message += ", nor encrypted"
	return f
}
