package sopsfile

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"

	"github.com/secretwright/secretwright/internal/report"
)

// ErrMAC is the cause of a finding about a document whose values decrypt, but whose MAC does not match.
var ErrMAC = errors.New("the MAC does not match")

// ciphertextPrefix is how every value that SOPS encrypted begins.
const ciphertextPrefix = "ENC[AES256_GCM,"

// IsEncryptedText reports whether a text is a value that SOPS encrypted.
func IsEncryptedText(text string) bool { return strings.HasPrefix(text, ciphertextPrefix) }

// newCipher returns SOPS's cipher. It remembers the nonce of what it decrypts, and so encrypts it to the same text.
func newCipher() sops.Cipher { return aes.NewCipher() }

// decryptTree decrypts a tree in place and verifies its MAC, which it returns in the clear. The data is the document
// that the tree was read from.
func decryptTree(
	tree *sops.Tree, dataKey []byte, with sops.Cipher, format Format, data []byte,
) (mac string, f *report.Finding) {
	cipher := &namingCipher{Cipher: with, comments: commentsOf(tree)}
	mac, err := tree.Decrypt(dataKey, cipher)
	if err != nil {
		if paths := unencryptedPaths(data, format); len(paths) > 0 {
			return "", hasPlaintext(paths)
		}
		if cipher.failed == "" {
			return "", report.New(report.NonTextKey, "it has a key that is not text: it was not written by SOPS",
				"quote the key, and encrypt the document anew")
		}
		return "", report.New(report.NotDecryptable,
			"its value at "+cipher.failed+" does not decrypt: it was changed after SOPS wrote it",
			"restore it from Git")
	}
	signed := tree.Metadata
	want, err := with.Decrypt(signed.MessageAuthenticationCode, dataKey, signed.LastModified.Format(time.RFC3339))
	if err != nil || want != mac {
		return "", report.Wrap(report.MACMismatch, ErrMAC,
			"its MAC does not match: it was changed after SOPS wrote it",
			"restore it from Git, or, if the change was yours, renew the MAC with `sops edit --ignore-mac`")
	}
	return mac, nil
}

// encryptTree encrypts a tree in place and returns its MAC in the clear.
func encryptTree(tree *sops.Tree, dataKey []byte, cipher sops.Cipher) (mac string, err error) {
	return tree.Encrypt(dataKey, cipher)
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

// namingCipher remembers the path of the value that did not decrypt; SOPS's own error quotes the value instead. A
// comment that is not encrypted it returns as it is, as SOPS does, but SOPS quotes the comment in a warning.
type namingCipher struct {
	sops.Cipher
	comments map[leaf]sops.Comment
	failed   string
}

func (c *namingCipher) Decrypt(ciphertext string, key []byte, path string) (any, error) {
	value, err := c.Cipher.Decrypt(ciphertext, key, path)
	if err == nil {
		return value, nil
	}
	if comment, ok := c.comments[leaf{path: path, text: ciphertext}]; ok {
		return comment, nil
	}
	c.failed = dotted(path)
	return nil, err
}

// leaf is a text in a document, as SOPS hands it to a cipher.
type leaf struct{ path, text string }

// commentsOf returns the comments of a document. A comment that reads like a value at the same path is left out, so
// that no value passes for a comment.
func commentsOf(tree *sops.Tree) map[leaf]sops.Comment {
	if !slices.ContainsFunc(tree.Branches, func(branch sops.TreeBranch) bool { return hasComments(branch) }) {
		return nil
	}
	comments, values := map[leaf]sops.Comment{}, []leaf{}
	note := func(node any, path string) {
		switch node := node.(type) {
		case sops.Comment:
			comments[leaf{path, node.Value}] = node
		case string:
			values = append(values, leaf{path, node})
		}
	}
	for _, branch := range tree.Branches {
		walkLeaves(branch, nil, note)
	}
	for _, value := range values {
		delete(comments, value)
	}
	return comments
}

func hasComments(node any) bool {
	switch node := node.(type) {
	case sops.Comment:
		return true
	case sops.TreeBranch:
		return slices.ContainsFunc(node, func(item sops.TreeItem) bool { return hasComments(item.Key) || hasComments(item.Value) })
	case []any:
		return slices.ContainsFunc(node, hasComments)
	}
	return false
}

// walkLeaves visits the comments and scalars of a document with the paths that SOPS gives a cipher.
func walkLeaves(node any, path []string, visit func(node any, path string)) {
	switch node := node.(type) {
	case sops.TreeBranch:
		for _, item := range node {
			switch key := item.Key.(type) {
			case string:
				walkLeaves(item.Value, append(path[:len(path):len(path)], key), visit)
			case sops.Comment:
				walkLeaves(key, path, visit)
			}
		}
	case []any:
		for _, item := range node {
			walkLeaves(item, path, visit)
		}
	default:
		visit(node, strings.Join(path, ":")+":")
	}
}

// dotted returns a path of a SOPS tree as people write it.
func dotted(path string) string {
	return strings.ReplaceAll(strings.TrimSuffix(path, ":"), ":", ".")
}

// unencryptedPaths returns the paths of the values that are not ciphertext though SOPS would have encrypted them. It
// needs no key: it has SOPS walk the document as for encrypting, and looks at what it is about to encrypt.
func unencryptedPaths(data []byte, format Format) []string {
	tree, f := loadEncrypted(data, format)
	if f != nil {
		return nil
	}
	var seen plaintextCipher
	// The cipher returns no errors, and what SOPS cannot walk nobody has decrypted.
	_, _ = encryptTree(tree, nil, &seen)
	return seen.paths
}

// plaintextCipher encrypts nothing: it notes what is not ciphertext yet.
type plaintextCipher struct{ paths []string }

func (c *plaintextCipher) Encrypt(value any, _ []byte, path string) (string, error) {
	text, isText := value.(string)
	_, isComment := value.(sops.Comment)
	if !isComment && (!isText || text != "" && !strings.HasPrefix(text, "ENC[")) {
		c.paths = append(c.paths, dotted(path))
	}
	return text, nil
}

func (c *plaintextCipher) Decrypt(string, []byte, string) (any, error) { return nil, nil }
