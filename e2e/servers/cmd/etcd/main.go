// Command etcd is the store behind kube-apiserver, as released, except that it
// ends when its standard input does.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"

	"github.com/secretwright/secretwright/e2e/servers/internal/leash"
)

func main() {
	leash.Hold()
	etcdmain.Main(os.Args)
}
