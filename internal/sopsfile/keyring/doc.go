// Package keyring knows for whom SOPS documents are encrypted, and finds the keys that open them: where the sops
// command looks, and with no request to a server that the environment does not allow.
package keyring
