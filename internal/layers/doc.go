// Package layers tests that a SecretSpec reads as kustomize's own secretGenerator does in its place. Its tests make
// random trees of kustomizations and build each of them twice: whatever resolves to a value in the one must resolve to
// the same value in the other.
package layers
