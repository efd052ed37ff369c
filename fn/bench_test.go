package fn_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/cmd/sops/formats"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/version"
	"sigs.k8s.io/kustomize/kyaml/kio"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/pinned"
)

// recipient is the public half of testdata/keys/test.age.
const recipient = "age1d907c0yeaypvx8ftll6kr48g0kvj3vwpvdkczt4ly5m4u4sc2spq78rk3u"

// BenchmarkFiles is one run of the function over encrypted files, with a Secret of two values from each.
func BenchmarkFiles(b *testing.B) {
	for _, files := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			root := benchRoot(b, files)
			list := resourceList(spec(files, ""))
			for b.Loop() {
				run(b, list, root)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(files), "µs/file")
		})
	}
}

// BenchmarkResources is one run over a ResourceList of 10,000 resources, from bytes to bytes: with a Secret that no,
// 100 and 3,000 Deployments use, and with 100 Secrets. `read and write` is what kyaml alone takes to read such a list
// and write it back.
func BenchmarkResources(b *testing.B) {
	resources := mixed(10_000)
	for _, bench := range []struct {
		name    string
		secrets int
		target  string
	}{
		{"1 Secret, used by none", 1, ""},
		{"1 Secret, used by 100", 1, "labelSelector: tier=t7"},
		{"1 Secret, used by 3000", 1, "name: .*"},
		{"100 Secrets, used by 100", 100, "labelSelector: tier=t7"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			root := benchRoot(b, bench.secrets)
			list := resourceList(spec(bench.secrets, bench.target), resources...)
			b.SetBytes(int64(len(list)))
			for b.Loop() {
				run(b, list, root)
			}
		})
	}
	b.Run("read and write", func(b *testing.B) {
		list := resourceList(spec(1, ""), resources...)
		b.SetBytes(int64(len(list)))
		for b.Loop() {
			rw := &kio.ByteReadWriter{Reader: bytes.NewReader(list), Writer: io.Discard, OmitReaderAnnotations: true,
				KeepReaderAnnotations: true}
			items, err := rw.Read()
			if err != nil {
				b.Fatal(err)
			}
			if err := rw.Write(items); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func run(b *testing.B, list []byte, root *os.Root) {
	var stderr bytes.Buffer
	if status := fn.Execute(context.Background(), bytes.NewReader(list), io.Discard, &stderr, root); status != 0 {
		b.Fatalf("exit status %d: %s", status, &stderr)
	}
}

// benchRoot is a folder with encrypted files, 0.yaml and so on, and the environment has the key to them.
func benchRoot(b *testing.B, files int) *os.Root {
	b.Helper()
	b.Setenv("SOPS_AGE_KEY_FILE", filepath.Join(pinned.Root(), "testdata", "keys", "test.age"))
	b.Setenv("HOME", "/nowhere")
	dir := b.TempDir()
	for i := range files {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.yaml", i)), encrypted(b, i), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = root.Close() })
	return root
}

// encrypted is a small document as the sops command would encrypt it.
func encrypted(b *testing.B, i int) []byte {
	b.Helper()
	key, err := age.MasterKeyFromRecipient(recipient)
	if err != nil {
		b.Fatal(err)
	}
	store := common.StoreForFormat(formats.Yaml, config.NewStoresConfig())
	branches, err := store.LoadPlainFile(fmt.Appendf(nil,
		"app:\n  user: shop%d\n  password: c0rrect/horse+battery%d\n  host: db\n  port: 5432\n", i, i))
	if err != nil {
		b.Fatal(err)
	}
	tree := sops.Tree{Branches: branches, Metadata: sops.Metadata{
		KeyGroups:         []sops.KeyGroup{{key}},
		UnencryptedSuffix: sops.DefaultUnencryptedSuffix,
		Version:           version.Version,
	}}
	dataKey, errs := tree.GenerateDataKey()
	if len(errs) > 0 {
		b.Fatal(errs)
	}
	if err := common.EncryptTree(common.EncryptTreeOpts{DataKey: dataKey, Tree: &tree,
		Cipher: aes.NewCipher()}); err != nil {
		b.Fatal(err)
	}
	out, err := store.EmitEncryptedFile(tree)
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// spec is a SecretSpec with a source and a Secret for each file; Deployments that match the target use the Secrets.
func spec(files int, target string) string {
	var sources, secrets strings.Builder
	for i := range files {
		fmt.Fprintf(&sources, "- {name: s%d, file: %d.yaml}\n", i, i)
		fmt.Fprintf(&secrets,
			"- name: s%d\n  data:\n    user: {from: s%d, key: app.user}\n    password: {from: s%d, key: app.password}\n", i, i,
			i)
		if target != "" {
			fmt.Fprintf(&secrets, "  usedBy:\n  - {kind: Deployment, containers: [app], env: {PASSWORD_%d: password}, %s}\n", i,
				target)
		}
	}
	return "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: bench}\nsources:\n" +
		sources.String() + "secrets:\n" + secrets.String()
}

// mixed are resources as a large cluster has them, of a kilobyte or less: in ten of them three Deployments, two
// Services, two ConfigMaps, and a CronJob, an Ingress and a custom resource.
func mixed(n int) []string {
	templates := []string{deployment, service, configMap, deployment, cronJob, service, ingress, deployment, configMap,
		custom}
	var out []string
	for i := range n {
		text := strings.ReplaceAll(templates[i%len(templates)], "NAME", fmt.Sprintf("shop-%d", i))
		out = append(out, strings.ReplaceAll(text, "TIER", fmt.Sprintf("t%d", i/10%30)))
	}
	return out
}

func resourceList(config string, items ...string) []byte {
	var out strings.Builder
	out.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	if len(items) == 0 {
		out.Reset()
		out.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n")
	}
	for _, item := range items {
		out.WriteString("- " + strings.ReplaceAll(strings.TrimSpace(item), "\n", "\n  ") + "\n")
	}
	out.WriteString("functionConfig:\n  " + strings.ReplaceAll(strings.TrimSpace(config), "\n", "\n  ") + "\n")
	return []byte(out.String())
}

const (
	deployment = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: NAME
  labels: {app: NAME, tier: TIER}
spec:
  replicas: 2
  selector:
    matchLabels: {app: NAME}
  template:
    metadata:
      labels: {app: NAME}
    spec:
      containers:
      - name: app # the one that matters
        image: registry.example.com/NAME:1.4.2
        args: ["--listen", ":8080"]
        env:
        - name: LOG_LEVEL
          value: info
        - name: TOKEN
          valueFrom:
            secretKeyRef: {name: token, key: token}
        ports:
        - containerPort: 8080
          name: http
        resources:
          requests: {cpu: 100m, memory: 128Mi}
          limits: {memory: 256Mi}
        readinessProbe:
          httpGet: {path: /healthz, port: http}
      - name: proxy
        image: registry.example.com/proxy:2.0.0
      volumes:
      - name: tmp
        emptyDir: {}
`
	service = `
apiVersion: v1
kind: Service
metadata:
  name: NAME
  labels: {app: NAME}
spec:
  selector: {app: NAME}
  ports:
  - name: http
    port: 80
    targetPort: http
`
	configMap = `
apiVersion: v1
kind: ConfigMap
metadata:
  name: NAME
data:
  config.yaml: |
    listen: ":8080"
    upstream:
      host: NAME
      timeout: 5s
  mode: production
`
	cronJob = `
apiVersion: batch/v1
kind: CronJob
metadata:
  name: NAME
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: job
            image: registry.example.com/NAME:1.4.2
            envFrom:
            - secretRef: {name: token}
`
	ingress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: NAME
  annotations:
    cert-manager.io/cluster-issuer: letsencrypt
spec:
  tls:
  - hosts: [NAME.example.com]
    secretName: NAME-tls
  rules:
  - host: NAME.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: NAME
            port: {name: http}
`
	custom = `
apiVersion: example.com/v1
kind: Widget
metadata:
  name: NAME
spec:
  size: 3
  color: green
  parts: [a, b, c]
`
)
