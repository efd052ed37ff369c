package crypt

import (
	"time"

	"github.com/getsops/sops/v3"
)

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
