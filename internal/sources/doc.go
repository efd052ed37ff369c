// Package sources reads the documents that a SecretSpec names, each once and in parallel, and picks values in them by
// path.
//
// There is one file for each kind of place a document can be in: file.go, configmap.go, secret.go, inline.go. Package
// sopsfile decrypts them. No finding of this package holds a byte of a decrypted value, nor of plaintext that should
// have been ciphertext.
package sources
