// Package author writes what people keep in Git: SecretSpecs, the encrypted files they take values from, and the
// settings of SOPS beside them. What changes is spliced into the text that is there, a value is encrypted before it
// reaches a file, and the files of one change are written all or none.
package author
