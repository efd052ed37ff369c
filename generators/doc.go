// Package generators makes Secrets: values go in, a Kubernetes Secret comes out.
//
// There is one file for each type of Secret, and one row for it in the table of kinds. A kind completes the data of
// its type and holds it to the API server's rules (pkg/apis/core/validation of Kubernetes) and to what makes the
// Secret work. What all types share (templates, key names, the size limit, the manifest itself) is in [Make] and
// [Secret].
package generators
