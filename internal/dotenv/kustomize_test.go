package dotenv_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/internal/dotenv"
	"github.com/secretwright/secretwright/internal/pinned"
)

// TestLikeKustomize has the pinned kustomize read texts that it takes, all of them in one build.
func TestLikeKustomize(t *testing.T) {
	texts := map[string]string{
		"plain":   "A=b\nB=c d\nC=\nD\n",
		"quotes":  "A=\"b\"\nB='c'\nC=\"d\n",
		"escapes": "A={\"key\":\"-----BEGIN\\nX\\n\"}\nB=a\\nb\nC=\\$A\nD=$A\n",
		"spaces":  "\ufeff  A= b \n\tB=c\t\n\n \nC=d\r\n",
		"hash":    "# a\n  # b\nA=b # c\nB=#\n",
		"equals":  "A=b=c\nB==\n",
		"keys":    "a.b=c\na-b=d\nexport=e\n",
	}
	for i, text := range rows {
		if text != twice {
			texts[fmt.Sprintf("row-%d", i)] = text + "\n"
		}
	}
	dir := t.TempDir()
	kustomization := "secretGenerator:\n"
	for name, text := range texts {
		write(t, filepath.Join(dir, name+".env"), text)
		kustomization += "- {name: " + name + ", envs: [" + name + ".env], options: {disableNameSuffixHash: true}}\n"
	}
	write(t, filepath.Join(dir, "kustomization.yaml"), kustomization)
	got := map[string]map[string]string{}
	for _, document := range build(t, dir) {
		got[document.Metadata.Name] = document.Data
	}
	for name, text := range texts {
		entries, err := dotenv.Kustomize([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for _, entry := range entries {
			want[entry.Key] = base64.StdEncoding.EncodeToString([]byte(entry.Value))
		}
		if diff := cmp.Diff(got[name], want); diff != "" {
			t.Errorf("%s (-kustomize +got):\n%s", name, diff)
		}
	}
}

type secret struct {
	Metadata struct{ Name string }
	Data     map[string]string
}

func build(t *testing.T, dir string) []secret {
	t.Helper()
	build := exec.Command(pinned.Command(t, "kustomize"), "build", "-o", "out", ".")
	build.Dir = dir
	write(t, filepath.Join(dir, "out", "here"), "")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "out", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var secrets []secret
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var one secret
		if err := yaml.Unmarshal(text, &one); err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, one)
	}
	return secrets
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
