// Package schema is what a SecretSpec may say: its types, their defaults, how one is read from YAML without letting a
// misspelled field pass, which values are allowed, and the JSON Schema that editors complete from.
//
// It imports none of Secretwright's other packages; all of them import it. [Finding] is the one way in which every
// part of Secretwright says what is wrong with a SecretSpec.
package schema
