package sources

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/logging"

	"github.com/secretwright/secretwright/schema"
)

// quiet keeps SOPS's loggers from writing to stderr: their warnings quote comments and values of the document.
var quiet = sync.OnceFunc(func() {
	for _, logger := range logging.Loggers {
		logger.SetOutput(io.Discard)
	}
})

// decrypt opens a SOPS document: it finds the data key, decrypts every value, and verifies the MAC.
func (k *keyring) decrypt(ctx context.Context, data []byte, format schema.Format) (*document, *schema.Finding) {
	quiet()
	tree, f := loadEncrypted(data, format)
	if f != nil {
		return nil, f
	}
	dataKey, f := k.dataKey(ctx, tree)
	if f != nil {
		return nil, f
	}
	if _, f := decryptTree(tree, dataKey, aes.NewCipher(), format, data); f != nil {
		return nil, f
	}
	return &document{format: format, tree: tree.Branches, recipients: recipientsOf(tree)}, nil
}

// dataKey is the key that a document's values are encrypted with.
func (k *keyring) dataKey(ctx context.Context, tree *sops.Tree) ([]byte, *schema.Finding) {
	if err := ctx.Err(); err != nil {
		return nil, problem("the run was cancelled before it was decrypted", "")
	}
	services, f := k.services()
	if f != nil {
		return nil, f
	}
	key, err := tree.Metadata.GetDataKeyWithKeyServices(services, k.order)
	if err != nil {
		return nil, k.noKey(tree.Metadata)
	}
	return key, nil
}

// sealed looks at a SOPS document without a key.
func sealed(data []byte, format schema.Format) (*document, *schema.Finding) {
	tree, f := loadEncrypted(data, format)
	if f != nil {
		return nil, f
	}
	if paths := unencryptedPaths(data, format); len(paths) > 0 {
		return nil, hasPlaintext(paths)
	}
	return &document{format: format, tree: tree.Branches, recipients: recipientsOf(tree), sealed: true}, nil
}

func hasPlaintext(paths []string) *schema.Finding {
	return problem("it has plaintext where SOPS would encrypt, at "+list(paths), "take it out and put it back with `sops edit --ignore-mac`; if it is secret, change it, since it stood in the open")
}

// loadEncrypted reads the document, and holds it to the bounds.
func loadEncrypted(data []byte, format schema.Format) (*sops.Tree, *schema.Finding) {
	if f := overgrown(data, format); f != nil {
		return nil, f
	}
	if format == schema.JSON || format == schema.Binary {
		if err := strictJSON(data); err != nil {
			return nil, notEncrypted(data, format, err)
		}
	}
	tree, err := store(format).LoadEncryptedFile(data)
	if err != nil {
		return nil, notEncrypted(data, format, err)
	}
	if f := bounded(tree.Metadata); f != nil {
		return nil, f
	}
	return &tree, nil
}

// notEncrypted says why SOPS could not load the document.
func notEncrypted(data []byte, format schema.Format, err error) *schema.Finding {
	missing := errors.Is(err, sops.MetadataNotFound) || errors.Is(err, io.EOF) // which is all there is of an empty document
	ciphertext := bytes.Contains(data, []byte(ciphertextPrefix))
	switch {
	case ciphertext && missing:
		return problem("it has encrypted values but no sops block: it was cut short", "restore the whole file from Git")
	case missing:
		return plaintext()
	case ciphertext:
		return problem(fmt.Sprintf("it is not a whole SOPS document in %s: it was cut short or edited by hand", format), "restore the whole file from Git, or set format to what it is")
	case format == schema.Binary:
		return plaintext()
	}
	f := unreadable(err, format)
	f.Message += ", nor encrypted"
	return f
}

func plaintext() *schema.Finding {
	return problem("it is not encrypted: it has no sops block", "encrypt it with `sops encrypt -i`, or say encrypted: false if it is no secret")
}

// decryptTree decrypts the tree in place, verifies its MAC, and returns it.
func decryptTree(tree *sops.Tree, dataKey []byte, with sops.Cipher, format schema.Format, data []byte) (mac string, f *schema.Finding) {
	cipher := &namingCipher{Cipher: with}
	mac, err := tree.Decrypt(dataKey, cipher)
	if err != nil {
		if paths := unencryptedPaths(data, format); len(paths) > 0 {
			return "", hasPlaintext(paths)
		}
		if cipher.failed == "" {
			return "", problem("it has a key that is not text: it was not written by SOPS", "quote the key, and encrypt the document anew")
		}
		return "", problem("its value at "+cipher.failed+" does not decrypt: it was changed after SOPS wrote it", "restore it from Git")
	}
	want, err := cipher.Decrypt(tree.Metadata.MessageAuthenticationCode, dataKey, tree.Metadata.LastModified.Format(time.RFC3339))
	if err != nil || want != mac {
		return "", problem("its MAC does not match: it was changed after SOPS wrote it", "restore it from Git, or, if the change was yours, renew the MAC with `sops edit --ignore-mac`")
	}
	return mac, nil
}

// encryptOnly has SOPS encrypt the values under some keys, and sign these alone, so that kustomize and kpt may prefix,
// label and annotate the document.
func encryptOnly(m *sops.Metadata, regex string) {
	m.UnencryptedSuffix, m.EncryptedSuffix, m.UnencryptedRegex = "", "", ""
	m.EncryptedCommentRegex, m.UnencryptedCommentRegex = "", ""
	m.EncryptedRegex, m.MACOnlyEncrypted = regex, true
}

// sign stores the MAC of an encrypted document, and the time, which SOPS binds to it.
func sign(m *sops.Metadata, mac string, dataKey []byte, cipher sops.Cipher, now time.Time) (err error) {
	m.LastModified = now.UTC()
	m.MessageAuthenticationCode, err = cipher.Encrypt(mac, dataKey, m.LastModified.Format(time.RFC3339))
	return err
}

// namingCipher remembers the path of the value that did not decrypt; SOPS's own error quotes the value instead.
type namingCipher struct {
	sops.Cipher
	failed string
}

func (c *namingCipher) Decrypt(ciphertext string, key []byte, path string) (any, error) {
	value, err := c.Cipher.Decrypt(ciphertext, key, path)
	if err != nil {
		c.failed = dotted(path)
	}
	return value, err
}

// dotted is a path of a SOPS tree as people write it.
func dotted(path string) string {
	return strings.ReplaceAll(strings.TrimSuffix(path, ":"), ":", ".")
}

// unencryptedPaths are the paths of the values that are not ciphertext though SOPS would have encrypted them. It needs no
// key: it has SOPS walk the document as for encrypting, and looks at what it is about to encrypt.
func unencryptedPaths(data []byte, format schema.Format) []string {
	tree, f := loadEncrypted(data, format)
	if f != nil {
		return nil
	}
	var seen plaintextCipher
	_, _ = tree.Encrypt(nil, &seen) // the cipher returns no errors, and what SOPS cannot walk was decrypted by nobody
	return seen.paths
}

// plaintextCipher encrypts nothing: it notes what is not ciphertext yet.
type plaintextCipher struct{ paths []string }

func (c *plaintextCipher) Encrypt(value any, _ []byte, path string) (string, error) {
	text, isText := value.(string)
	if _, isComment := value.(sops.Comment); !isComment && (!isText || text != "" && !strings.HasPrefix(text, "ENC[")) {
		c.paths = append(c.paths, dotted(path))
	}
	return text, nil
}

func (c *plaintextCipher) Decrypt(string, []byte, string) (any, error) { return nil, nil }
