// Command kube-controller-manager is the controllers of Kubernetes, as released, except that it ends when its standard
// input does.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app"

	"github.com/secretwright/secretwright/e2e/servers/internal/leash"
)

func main() {
	leash.Hold()
	os.Exit(cli.Run(app.NewControllerManagerCommand()))
}
