// Package wiring is where Secrets go: it finds what uses a Secret among the resources, writes the references into it,
// and makes every reference follow when the Secret's name changes. Package references knows which fields are
// references.
//
// Each way of using a Secret (env, envFrom, volume, ...) is one file, and all are a [way] of one method.
//
// Editing is an upsert on YAML nodes: run twice, nothing more changes; comments, order and style of everything else
// stay. [Items] copies a resource before its first edit, so that the caller's own are untouched if something fails
// later.
package wiring
