// Package schema defines what a SecretSpec may say: its types, their defaults, how one is read from YAML without
// letting a misspelled field pass, which values are allowed, and the JSON Schema that editors complete from.
//
// [Parse] and [Validate] report what is wrong with a SecretSpec to a collector of findings; each finding has a code,
// the path of a field and the way out. Of Secretwright's other packages, schema imports only internal/report and
// internal/yamlnode, on which all of them build.
package schema
