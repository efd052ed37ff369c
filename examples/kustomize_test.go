package examples_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// TestKustomize builds every kustomization, in process and with the kustomize command: the same comes out of both, and
// it is what expected.yaml says.
func TestKustomize(t *testing.T) {
	setUp(t)
	for _, test := range []struct {
		dir    string
		secret string
	}{
		{"kustomize/base", "database-*"},
		{"kustomize/overlays/production", "prod-database-*"},
		{"kustomize/generator", "database-*"},
		{"kustomize/prefix", "prod-database-*"},
		{"one-file", "database-*"},
	} {
		t.Run(filepath.Base(test.dir), func(t *testing.T) {
			inProcess := krustyBuild(t, test.dir)
			golden(t, filepath.Join(test.dir, "expected.yaml"), inProcess)
			command := run(t, test.dir, "kustomize", "build", "--enable-alpha-plugins", "--enable-exec")
			if diff := cmp.Diff(string(inProcess), string(command)); diff != "" {
				t.Errorf("the kustomize command builds something else (-in process +command):\n%s", diff)
			}
			m := read(t, inProcess)
			holdTogether(t, m)
			if got := names(m.secrets); !cmp.Equal(got, []string{test.secret}) {
				t.Errorf("the Secrets are %v, want %s", got, test.secret)
			}
		})
	}
}

// TestHash holds the hash in the Secret's name to the one that kustomize's own secretGenerator gives the same content,
// name, prefix and namespace; and so it is the same in the base, in the overlay, and where kustomize adds it itself.
func TestHash(t *testing.T) {
	setUp(t)
	base := read(t, krustyBuild(t, "kustomize/base")).secrets[0]
	want := hash(t, base)
	for _, dir := range []string{"kustomize/overlays/production", "kustomize/prefix"} {
		secret := read(t, krustyBuild(t, dir)).secrets[0]
		if got := hash(t, secret); got != want {
			t.Errorf("%s: the hash is %s, in the base %s", dir, got, want)
		}
		if own := secretGenerator(t, "prod-", "shop", base.Data); secret.Name != own {
			t.Errorf("%s: the Secret's name is %s; kustomize's secretGenerator makes it %s", dir, secret.Name, own)
		}
	}
	if own := secretGenerator(t, "", "", base.Data); base.Name != own {
		t.Errorf("the Secret's name is %s; kustomize's secretGenerator makes it %s", base.Name, own)
	}
}

// secretGenerator is the name that kustomize gives a Secret called database that it makes itself.
func secretGenerator(t *testing.T, prefix, namespace string, data map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	kustomization := fmt.Sprintf("namePrefix: %q\nnamespace: %q\nsecretGenerator:\n- name: database\n  files:\n", prefix,
		namespace)
	for _, key := range slices.Sorted(maps.Keys(data)) {
		kustomization += "  - " + key + "\n"
		write(t, filepath.Join(dir, key), string(data[key]))
	}
	write(t, filepath.Join(dir, "kustomization.yaml"), kustomization)
	var secret corev1.Secret
	if err := yaml.Unmarshal(krustyBuild(t, dir), &secret); err != nil {
		t.Fatal(err)
	}
	return secret.Name
}

// krustyBuild is `kustomize build --enable-alpha-plugins --enable-exec` in process.
func krustyBuild(t *testing.T, dir string) []byte {
	t.Helper()
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionLegacy // the command's default
	options.PluginConfig = types.EnabledPluginConfig(types.BploUseStaticallyLinked)
	options.PluginConfig.FnpLoadingOptions.EnableExec = true
	resources, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		t.Fatalf("kustomize build %s: %v", dir, err)
	}
	out, err := resources.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return out
}
