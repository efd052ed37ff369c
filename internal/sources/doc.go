// Package sources is where values come from: it reads the documents a SecretSpec names, decrypts those that SOPS
// encrypted, each once and in parallel, and looks values up in them by path.
//
// There is one file for each kind of place a document can stand in: file.go, configmap.go, inline.go. Decryption works on
// SOPS's own tree, so what comes out is what went in, not what a YAML printer made of it. The MAC of every document is
// verified, and documents made to do harm are held to bounds (hostile.go). No error of this package ever holds a byte of a decrypted value, nor of plaintext that should have been
// ciphertext: what SOPS and the YAML parsers say is passed on only where it cannot quote one.
package sources
