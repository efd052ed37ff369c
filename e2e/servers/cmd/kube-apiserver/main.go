// Command kube-apiserver is the API server of Kubernetes, as released, except
// that it ends when its standard input does.
package main

import (
	"os"
	_ "time/tzdata" // a CronJob names its time zone, and the machine may know none

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"

	"github.com/secretwright/secretwright/e2e/servers/internal/leash"
)

func main() {
	leash.Hold()
	os.Exit(cli.Run(app.NewAPIServerCommand()))
}
