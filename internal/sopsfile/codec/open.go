package codec

import (
	"bytes"
	"errors"

	"github.com/getsops/sops/v3"

	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
)

// Decrypt decrypts the document in place and returns the MAC of what it holds. It does not compare it: see Open.
func (d *Document) Decrypt(key []byte, cipher sops.Cipher) (mac string, err error) {
	mac, err = crypt.Decrypt(&d.Tree, key, cipher)
	return mac, d.placed(err)
}

// placed adds the line to an error about a value.
func (d *Document) placed(err error) error {
	var e *crypt.Error
	if errors.As(err, &e) {
		return d.locate(e.Branch, &Error{Kind: e.Kind, Path: e.Path, Detail: e.Detail})
	}
	return err
}

// Open decrypts the document in place, verifies its MAC, and returns it.
func (d *Document) Open(key []byte, cipher sops.Cipher) (mac string, err error) {
	if mac, err = d.Decrypt(key, cipher); err != nil {
		return "", err
	}
	if err := crypt.VerifyMAC(&d.Tree.Metadata, mac, key, cipher); err != nil {
		e := &Error{Kind: ErrMAC, Format: d.Format}
		if d.Format == INI && bytes.Contains(d.source, []byte("\r\n")) {
			e.Kind = ErrCRLF // a value in several lines has other line ends than it had
		}
		return "", e
	}
	return mac, nil
}

// Unencrypted returns the values that are in the clear though SOPS would encrypt them. It needs no key. Comments do not
// count: SOPS leaves those in the clear that it did not encrypt.
func (d *Document) Unencrypted() []crypt.Location { return crypt.Unencrypted(&d.Tree) }
