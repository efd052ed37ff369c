// Package rulefile reads .sops.yaml: for whom its creation rules have a file encrypted, which of its values, and how it
// is laid out. It takes the place of SOPS's config package, whose import brings the code of `sops publish` into every
// start. The tests hold it to that package.
package rulefile
