// Package codec reads and writes SOPS documents in YAML, JSON, dotenv, INI and as binary.
//
// It builds on the tree and the metadata of SOPS's root package, and takes the place of SOPS's format packages:
// importing these brings the code of `sops publish`, and with it hundreds of packages, into every start of the program.
// What it reads and writes is what SOPS reads and writes; the tests compare the two on every document. It is stricter
// than SOPS where leniency would be dangerous: a key that appears twice, a document that is cut short, and documents
// made to exhaust memory or time are refused.
//
// A document is parsed once. Errors are of type *Error: they carry a kind for errors.Is, the line and the path, and
// never a value of the document.
package codec
