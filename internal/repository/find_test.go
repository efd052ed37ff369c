package repository_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/repository"
)

// TestFind finds the SecretSpecs of a repository, and what each belongs to.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"app/kustomization.yml": "transformers: [spec.yaml]\n", "app/spec.yaml": spec, "app/not.yaml": "kind: SecretSpec\n",
		"others/sync.yaml":             "apiVersion: secret-sync.x-k8s.io/v1\nkind: SecretSync\n",
		"component/kustomization.yaml": "kind: Component\ntransformers: [spec.yaml]\n", "component/spec.yaml": spec,
		"user/kustomization.yaml":   "components: [../component]\n",
		"lonely/kustomization.yaml": "kind: Component\ntransformers: [spec.yaml]\n",
		"lonely/spec.yaml":          spec, "package/Kptfile": "kind: Kptfile\n", "package/deep/spec.yaml": spec,
		"folder/spec.json":  `{"apiVersion": "secretwright.dev/v1alpha1", "kind": "SecretSpec", "metadata": {"name": "x"}}`,
		"large/spec.yaml":   strings.Repeat("# a comment that goes on and on\n", 600_000) + spec,
		".hidden/spec.yaml": spec, "node_modules/spec.yaml": spec, "sub/.git/HEAD": "", "sub/spec.yaml": spec,
		"charts/spec.yaml": spec,
	})
	if err := os.Symlink(dir, dir+"/loop"); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // nothing was written
	units, err := repository.Find(root, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, unit := range units {
		for _, s := range unit.Specs {
			got = append(got, []string{"folder", "package", "kustomization"}[unit.Kind]+" "+unit.Dir+" "+unit.User+" "+s.File)
		}
	}
	want := []string{
		"folder app  app/not.yaml", "kustomization app app app/spec.yaml", "kustomization component user component/spec.yaml",
		"folder folder  folder/spec.json",
		"folder large  large/spec.yaml", "kustomization lonely lonely lonely/spec.yaml",
		"package package  package/deep/spec.yaml",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
