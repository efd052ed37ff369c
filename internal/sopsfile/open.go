package sopsfile

import (
	"context"
	"io"

	"github.com/getsops/sops/v3/logging"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/codec"
	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
)

// Quiet keeps SOPS's loggers from writing to stderr, for the whole process: what they would say of keys is in the
// findings. It is for a program's main function; a library leaves the loggers of its program alone.
func Quiet() {
	for _, logger := range logging.Loggers {
		logger.SetOutput(io.Discard)
	}
}

// Open decrypts a SOPS document: it finds the data key, decrypts every value, and verifies the MAC.
func (k *Keyring) Open(
	ctx context.Context, data []byte, format Format, options ...Option,
) (doc *Document, f *report.Finding) {
	defer report.Guard(&f)
	d, f := k.decrypt(ctx, data, format, crypt.NewCipher(), options...)
	if f != nil {
		return nil, f
	}
	doc = newDocument(d.source)
	doc.hidesNames = d.hidesNames
	return doc, nil
}

// decrypted is a document in the clear, and what it takes to encrypt it to the same text again.
type decrypted struct {
	source  *codec.Document
	dataKey []byte
	mac     string
	// hidesNames reports whether its top-level scalars were encrypted.
	hidesNames bool
}

// decrypt reads, decrypts and verifies a document.
func (k *Keyring) decrypt(
	ctx context.Context, data []byte, format Format, cipher *crypt.Cipher, options ...Option,
) (*decrypted, *report.Finding) {
	source, err := storeWith(format, options).LoadEncrypted(data)
	if err != nil {
		return nil, notEncrypted(data, format, err)
	}
	dataKey, f := k.DataKey(ctx, &source.Tree.Metadata)
	if f != nil {
		return nil, f
	}
	hides := hidesNames(source.Tree.Branches)
	mac, err := source.Open(dataKey, cipher)
	if err != nil {
		return nil, notOpened(source, data, err)
	}
	return &decrypted{source: source, dataKey: dataKey, mac: mac, hidesNames: hides}, nil
}

// Inspect looks at a SOPS document without a key: it is whole, and has no plaintext where ciphertext belongs. The
// values of the document it returns are ciphertext.
func Inspect(data []byte, format Format, options ...Option) (doc *Document, f *report.Finding) {
	defer report.Guard(&f)
	source, err := storeWith(format, options).LoadEncrypted(data)
	if err != nil {
		return nil, notEncrypted(data, format, err)
	}
	if f := hasPlaintext(source); f != nil {
		return nil, f
	}
	doc = newDocument(source)
	doc.ciphertext, doc.hidesNames = true, hidesNames(source.Tree.Branches)
	return doc, nil
}
