// Package sopsfile opens SOPS documents: it decrypts them, verifies their MAC, encrypts and edits them.
//
// It works on SOPS's own tree, so what comes out is what went in, not what a YAML printer made of it. Documents made
// to do harm are held to bounds. No finding of this package holds a byte of a decrypted value, nor of plaintext that
// should have been ciphertext: what SOPS and the parsers say is passed on only where it cannot quote one.
//
// SOPS's own loggers are left alone, since they belong to the program. None of SOPS's warnings about the content of a
// document is reached from here; [Quiet] turns off the others.
package sopsfile
