// Package crypt encrypts, decrypts and signs the values of SOPS's tree as SOPS does, one walk over the tree for all:
// SOPS's own tree looks at each key of a path again for every value. The tests hold it to SOPS's tree and cipher.
package crypt
