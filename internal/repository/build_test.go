package repository_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/repository"
)

const spec = `apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: shop}
secrets: [{name: db, data: {host: {value: db, public: true}}}]
`

// write writes files below a folder.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

// build finds the one unit below a folder and builds it.
func build(t *testing.T, dir string) []*report.Finding {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	units, err := repository.Find(root, []string{"."})
	if err != nil || len(units) != 1 {
		t.Fatalf("%d units, %v", len(units), err)
	}
	_, findings := repository.Build(root, units[0], nil)
	return findings
}

// caught notes requests, and fails them.
type caught struct{ urls []string }

func (c *caught) RoundTrip(r *http.Request) (*http.Response, error) {
	c.urls = append(c.urls, r.URL.String())
	return nil, errors.New("nothing is fetched here")
}

// TestNothingIsFetchedOrRun has kustomizations that would have kustomize ask a server, start a program, or read a file
// outside of the root. Each is refused, or said to be left out; and no request is made and no program started.
func TestNothingIsFetchedOrRun(t *testing.T) {
	requests := &caught{}
	before := http.DefaultTransport
	http.DefaultTransport = requests
	t.Cleanup(func() { http.DefaultTransport = before })
	bin, called := t.TempDir(), filepath.Join(t.TempDir(), "called")
	for _, program := range []string{"git", "helm", "docker", "ssh", "plugin"} {
		write(t, bin, map[string]string{program: "#!/bin/sh\necho \"$0 $*\" >> " + called + "\nexit 1\n"})
		if err := os.Chmod(filepath.Join(bin, program), 0o700); err != nil { //nolint:gosec // to be run, if that went wrong
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	outside := filepath.Join(t.TempDir(), "outside.txt")
	write(t, filepath.Dir(outside), map[string]string{"outside.txt": "topsecret"})

	const remote, refused, leftOut = "check fetches nothing", "kustomize cannot build it", "is left out"
	for i, c := range []struct{ text, says string }{
		{"resources: [https://example.com/x]", remote},
		{"resources: [HTTPS://example.com/x]", remote},
		{"resources: ['https:/example.com/x']", remote},
		{"resources: ['https:example.com/x']", remote},
		{"resources: [' https://example.com/x']", remote},
		{"resources: [\"\\x68ttps:\\x2f\\x2fexample.com/x\"]", remote},
		{"resources: [\"https://example.com/x\\n\"]", remote},
		{"resources: ['ssh://git@example.com/a/b']", remote},
		{"resources: ['git@example.com:a/b.git']", remote},
		{"resources: ['git::https://example.com/x']", remote},
		{"resources: ['github.com/a/b']", remote},
		{"resources: ['gh:a/b']", remote},
		{"resources: ['file:///etc']", remote},
		{"bases: ['https://example.com/x']", remote},
		{"components: ['https://example.com/x']", remote},
		{"commonAnnotations: {from: &x https://example.com/x}\nresources: [*x]", remote},
		{"<<: {resources: [https://example.com/x]}", remote},
		{"configMapGenerator: [{name: x, files: ['a=https://example.com/x']}]", remote},
		{"patches: [{path: 'https://example.com/p.yaml'}]", remote},
		{"openapi: {path: 'https://example.com/o.json'}", remote},
		{"crds: ['https://example.com/c.yaml']", remote},
		{"replacements: [{path: 'http://example.com/r.yaml'}]", remote},
		{"resources: [base]\nresources: [https://example.com/x]", `the key "resources" is in its map twice`},
		{"transformers: [https://example.com/t.yaml, spec.yaml]", `the key "transformers" is in its map twice`},
		{"resources: ['bitbucket.org/a/b.git']", refused},
		{"resources: ['//example.com/x']", refused},
		{"resources: ['../other']", refused},
		{"configMapGenerator: [{name: x, files: ['" + outside + "']}]", refused},
		{"configMapGenerator: [{name: x, envs: ['../../../../../../../.." + outside + "']}]", refused},
		{"helmCharts: [{name: x, repo: 'https://example.com/charts', version: '1'}]", refused},
		{"generators:\n- |-\n  apiVersion: builtin\n  kind: HelmChartInflationGenerator\n  metadata: {name: x}\n  repo: https://example.com", leftOut},
		{"generators:\n- |-\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n  metadata: {name: x}\n  files: [\"\\x68ttps:example.com\"]", leftOut},
		{"generators:\n- |-\n  apiVersion: example.com/v1\n  kind: Maker\n  metadata: {name: x, annotations: " +
			"{config.kubernetes.io/function: 'exec: {path: plugin}'}}", leftOut},
		{"validators:\n- |-\n  apiVersion: example.com/v1\n  kind: Judge\n  metadata: {name: x, annotations: " +
			"{config.kubernetes.io/function: 'container: {image: example.com/x}'}}", leftOut},
		{"generators:\n- |-\n  apiVersion: builtin\n  kind: [\n", leftOut},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{"app/kustomization.yaml": "transformers: [spec.yaml]\n" + c.text + "\n",
				"app/spec.yaml": spec})
			findings := build(t, dir)
			var said strings.Builder
			for _, f := range findings {
				said.WriteString(f.Line() + "\n")
			}
			if !strings.Contains(said.String(), c.says) || !strings.Contains(said.String(), "app/kustomization.yaml") {
				t.Errorf("%s\nsays %q, and not %q", c.text, said.String(), c.says)
			}
			if strings.Contains(said.String(), "topsecret") || strings.Contains(said.String(), "\ufffd") {
				t.Errorf("%s\nsays %q", c.text, said.String())
			}
		})
	}
	if len(requests.urls) > 0 {
		t.Errorf("requests were made: %q", requests.urls)
	}
	if text, err := os.ReadFile(called); err == nil {
		t.Errorf("programs were started:\n%s", text)
	}
}
