// Package host knows how Secretwright is run: by which kustomization, in which folder, and with which settings of the
// environment.
package host
