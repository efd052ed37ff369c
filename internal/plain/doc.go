// Package plain finds the values of Secrets that are in the clear in manifests and kustomizations, and masks them for
// people to see.
package plain
