package codec

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
)

// Decrypt decrypts the document in place and returns the MAC of what it holds. It does not compare it: see Open.
func (d *Document) Decrypt(key []byte, cipher sops.Cipher) (mac string, err error) {
	mac, branch, err := decrypt(&d.Tree, key, cipher)
	return mac, d.placed(branch, err)
}

// placed adds the line to an error of the walk.
func (d *Document) placed(branch int, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return d.locate(branch, e)
	}
	return err
}

// Open decrypts the document in place, verifies its MAC, and returns it.
func (d *Document) Open(key []byte, cipher sops.Cipher) (mac string, err error) {
	if mac, err = d.Decrypt(key, cipher); err != nil {
		return "", err
	}
	if err := VerifyMAC(&d.Tree.Metadata, mac, key, cipher); err != nil {
		e := &Error{Kind: ErrMAC, Format: d.Format}
		if d.Format == INI && bytes.Contains(d.source, []byte("\r\n")) {
			e.Kind = ErrCRLF // a value in several lines has other line ends than it had
		}
		return "", e
	}
	return mac, nil
}

// VerifyMAC compares the MAC of a document with the one that its metadata holds.
func VerifyMAC(m *sops.Metadata, mac string, key []byte, cipher sops.Cipher) error {
	want, err := cipher.Decrypt(m.MessageAuthenticationCode, key, m.LastModified.Format(time.RFC3339))
	if err != nil || want != mac {
		return &Error{Kind: ErrMAC}
	}
	return nil
}

// Sign stores the MAC of a document and the time, which SOPS binds to it, in its metadata.
func Sign(m *sops.Metadata, mac string, key []byte, cipher sops.Cipher, now time.Time) error {
	modified := now.UTC()
	text, err := cipher.Encrypt(mac, key, modified.Format(time.RFC3339))
	if err != nil {
		return &Error{Kind: ErrEncrypt}
	}
	m.LastModified, m.MessageAuthenticationCode = modified, text
	return nil
}

// Location is a value of one of the branches.
type Location struct {
	Branch int
	Path   Path
}

// Unencrypted returns the values that are in the clear though SOPS would encrypt them. It needs no key. Comments do not
// count: SOPS leaves those in the clear that it did not encrypt.
func (d *Document) Unencrypted() []Location {
	var found []Location
	for i, branch := range d.Tree.Branches {
		w := newWalker(&d.Tree.Metadata, nil, nil, func(w *walker, value any, isComment, encrypted bool) (any, error) {
			text, isText := value.(string)
			if encrypted && !isComment && (!isText || text != "" && !strings.HasPrefix(text, "ENC[")) {
				found = append(found, Location{i, append(Path(nil), w.at...)})
			}
			return value, nil
		})
		_, _, _ = w.run(sops.TreeBranches{branch}) // what cannot be walked does not decrypt either
	}
	return found
}
