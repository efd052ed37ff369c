// Command secretwright is a KRM function that makes Kubernetes Secrets from SOPS-encrypted sources and writes the
// references to them into the workloads that use them. With a ResourceList on standard input it is the function that
// kustomize and kpt run; with arguments it is a command line.
package main

import (
	"context"
	"os"

	"github.com/secretwright/secretwright/internal/cli"
)

func main() {
	tuneMemory()
	os.Exit(cli.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
