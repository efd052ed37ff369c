// Package e2e proves Secretwright against the real things: a Kubernetes API server, the kustomize, sops, kpt and Helm
// commands, the controllers of Flux and Argo CD, and the container images. It is a module of its own, so that who uses
// the library does not carry it. The controllers are in modules of their own, in controllers, as each names its own
// versions of Kubernetes' modules.
//
// A command that can be built from a Go module is built from it, and kept in .bin/e2e; install.sh installs the others.
// What is missing fails the tests. Versions of kustomize and kpt beside the pinned ones are in modules of their own, in
// versions. Run `go test -count=1 -timeout=40m` in this folder: with a package's name behind it, go test does not show
// the size of the image, and it does not know that the code above changed.
package e2e
