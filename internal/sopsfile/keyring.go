package sopsfile

import "github.com/secretwright/secretwright/internal/sopsfile/keyring"

// Keyring opens, encrypts and edits documents with the keys that the sops command would find.
type Keyring struct{ *keyring.Keyring }

// NewKeyring returns a Keyring that looks where the environment says.
func NewKeyring() *Keyring { return &Keyring{keyring.New()} }
