package wiring

import (
	"fmt"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
)

// BenchmarkReferences has 100 Secrets, each used by 100 Deployments.
func BenchmarkReferences(b *testing.B) {
	var nodes []*yaml.RNode
	names := references.Names{}
	var after []string
	for secret := range 100 {
		name := fmt.Sprintf("secret-%d", secret)
		names.Add("shop", name, name+"-4g2kf9t7mb")
		after = append(after, name+"-4g2kf9t7mb")
		for user := range 100 {
			nodes = append(nodes, yaml.MustParse(fmt.Sprintf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-%[1]d-%[2]d, namespace: shop, labels: {app: web}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: example.com/web:1
        env: [{name: A, value: "1"}, {name: B, valueFrom: {secretKeyRef: {name: %[3]s, key: b}}}]
        ports: [{name: http, containerPort: 80}]
        volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, emptyDir: {}}]
`, secret, user, name)))
		}
	}
	it := NewItems(nodes)
	b.Run("rename", func(b *testing.B) {
		for b.Loop() {
			it = NewItems(nodes)
			it.Rename(names)
		}
	})
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			it.Index(after...)
		}
	})
	b.Run("index of all", func(b *testing.B) {
		for b.Loop() {
			it.Index()
		}
	})
	b.Run("traces", func(b *testing.B) {
		for b.Loop() {
			it.Traces(names)
		}
	})
}
