// Package migrate plans how the Secrets of a kustomization, a kpt package or a folder become those of a SecretSpec, and
// writes the plan where what is built from it stays the same.
package migrate
