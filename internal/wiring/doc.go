// Package wiring is where Secrets go: it finds what uses a Secret among the resources, writes the references into it,
// and makes every reference follow when the Secret's name changes.
//
// A reference is found by its shape, in a resource of any kind: a field whose key says that it names a Secret, such as
// secretName, tlsSecretRef.name or imagePullSecrets[].name, and whose text is the name of one. [tables] has what no key
// tells: other references, the fields that have an operator write a Secret, and the rules of Roles. [podSpecs] says which
// kinds hold a pod, and where. What has a Secret's former name and is not known to be a reference is a [Trace].
//
// Each way of using a Secret (env, envFrom, volume, ...) is one file, and all are a [way] of one method.
//
// Editing is an upsert on YAML nodes: run twice, nothing more changes; comments, order and style of everything else stay.
// [Items] copies a resource before its first edit, so that the caller's own are untouched if something fails later.
package wiring
