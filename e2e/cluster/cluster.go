package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// How long the servers may take until they are ready, and a kubectl until it
// has ended. Both are many times what an idle machine needs.
const (
	startTimeout   = 2 * time.Minute
	kubectlTimeout = 2 * time.Minute
)

// A Cluster is one API server and its store, empty but for what Kubernetes
// itself puts there. Several may run at once.
type Cluster struct {
	// Kubeconfig is the path of a kubeconfig file of an administrator, for tools
	// other than kubectl.
	Kubeconfig string

	kubectl string // the path of the command
	home    string // kubectl's, so that the user's settings and caches stay out of it
}

// Start returns a cluster that is ready, and ends it when t and its subtests
// have ended. It fails t when a server cannot be built or does not start.
func Start(t testing.TB) *Cluster {
	t.Helper()
	bin := build(t)
	dir := t.TempDir()
	keys := newCredentials(t, dir)
	ports := freePorts(t, 2)
	store := "http://127.0.0.1:" + ports[0]
	address := "https://127.0.0.1:" + ports[1]

	etcd := start(t, dir, filepath.Join(bin, "etcd"),
		"--data-dir="+filepath.Join(dir, "etcd"),
		"--listen-client-urls="+store,
		"--advertise-client-urls="+store,
		// It is alone, and talks to nobody: any port will do.
		"--listen-peer-urls=http://127.0.0.1:0",
		"--initial-advertise-peer-urls=http://127.0.0.1:0",
		"--initial-cluster=default=http://127.0.0.1:0",
		"--unsafe-no-fsync", // nothing here outlives the test
	)
	apiserver := start(t, dir, filepath.Join(bin, "kube-apiserver"),
		"--etcd-servers="+store,
		"--bind-address=127.0.0.1",
		"--secure-port="+ports[1],
		"--advertise-address=127.0.0.1",
		// Nobody looks for the API server through the kubernetes Service, and a
		// loopback address is not allowed there.
		"--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.0.0.0/24",
		"--tls-cert-file="+keys.servingCert,
		"--tls-private-key-file="+keys.servingKey,
		"--client-ca-file="+keys.ca,
		"--service-account-issuer="+address,
		"--service-account-key-file="+keys.serviceAccountKey,
		"--service-account-signing-key-file="+keys.serviceAccountKey,
		"--authorization-mode=RBAC",
		// It refuses a Pod until a controller has made the namespace's default
		// ServiceAccount, and there is no controller.
		"--disable-admission-plugins=ServiceAccount",
	)

	c := &Cluster{
		Kubeconfig: filepath.Join(dir, "kubeconfig"),
		kubectl:    filepath.Join(bin, "kubectl"),
		home:       dir,
	}
	if err := os.WriteFile(c.Kubeconfig, []byte(keys.kubeconfig(address)), 0o600); err != nil {
		t.Fatal(err)
	}
	c.waitReady(t, etcd, apiserver)
	return c
}

// KubectlPath returns the path of the kubectl of the cluster's version, for scripts that call it by its name.
func (c *Cluster) KubectlPath() string { return c.kubectl }

// StartControllers starts the controllers that make pods of Deployments, until t and its subtests have ended. There is
// still no scheduler and no kubelet: the pods stay Pending.
func (c *Cluster) StartControllers(t testing.TB) {
	t.Helper()
	start(t, t.TempDir(), filepath.Join(filepath.Dir(c.kubectl), "kube-controller-manager"),
		"--kubeconfig="+c.Kubeconfig,
		"--controllers=deployment-controller,replicaset-controller",
		"--leader-elect=false", // it is alone
		"--bind-address=127.0.0.1",
		"--secure-port="+freePorts(t, 1)[0],
		"--authorization-always-allow-paths=/healthz",
	)
}

// Kubectl runs kubectl as an administrator of the cluster, with stdin as its
// standard input, and returns what it printed. The error is that of a kubectl
// that ended with a status other than 0: what a test may want to see. A kubectl
// that is missing or hangs fails t instead.
func (c *Cluster) Kubectl(t testing.TB, stdin string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	// Not t.Context(): kubectl may be wanted in a cleanup as well.
	ctx, cancel := context.WithTimeout(context.Background(), kubectlTimeout)
	defer cancel()
	var out, errOut strings.Builder
	cmd := exec.CommandContext(ctx, c.kubectl, args...) //nolint:gosec // what a test says
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.Kubeconfig, "HOME="+c.home)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errOut
	err = cmd.Run()
	line := "kubectl " + strings.Join(args, " ")
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		t.Fatalf("%s: did not end within %v\n%s%s", line, kubectlTimeout, &out, &errOut)
	case errors.As(err, &exit):
		err = fmt.Errorf("%s: %w", line, err)
	case err != nil:
		t.Fatalf("%s: %v", line, err)
	}
	return out.String(), errOut.String(), err
}

// freePorts returns n different ports of the loopback interface that nobody
// listens on.
func freePorts(t testing.TB, n int) []string {
	t.Helper()
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() //nolint:errcheck // not before all are found, or one might be found twice
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, port)
	}
	return ports
}

// waitReady returns as soon as the cluster can be used. It fails t when a server
// ends, or when time is up.
func (c *Cluster) waitReady(t testing.TB, etcd, apiserver *server) {
	t.Helper()
	deadline := time.Now().Add(startTimeout)
	// A server that is ready only begins to make what every cluster has: the
	// second path is where objects without a namespace go, the third where the
	// addresses of Services come from.
	for _, path := range []string{
		"/readyz",
		"/api/v1/namespaces/default",
		"/apis/networking.k8s.io/v1/servicecidrs/kubernetes",
	} {
		for {
			_, stderr, err := c.Kubectl(t, "", "get", "--raw", path, "--request-timeout=10s")
			if err == nil {
				break
			}
			for _, s := range []*server{etcd, apiserver} {
				if s.ended() {
					t.Fatalf("%s ended before it was ready:\n%s", s.name, s.logTail())
				}
			}
			if time.Now().After(deadline) {
				t.Fatalf("the API server is not ready after %v: %v: %s\n%s", startTimeout, err, stderr, apiserver.logTail())
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
}
