// Package cluster gives a test a real Kubernetes API server to ask.
//
// [Start] builds etcd, kube-apiserver, kube-controller-manager and kubectl from source, with nothing but
// the go command and its module proxy, and runs the two servers on the loopback
// interface until the test ends. There is no kubelet and there are no
// controllers: objects are defaulted, validated and stored as anywhere, but no
// Pod runs, no Deployment makes one, and a deleted Namespace stays Terminating.
// [Cluster.StartControllers] starts those that make Pods of Deployments.
//
// The first build takes seven minutes on two idle cores, and on busy ones it may
// outlast the ten that go test allows: give it -timeout=30m. What is built stays
// in .bin/e2e at the root of the repository, or in the folder that
// SECRETWRIGHT_E2E_BIN names.
package cluster
