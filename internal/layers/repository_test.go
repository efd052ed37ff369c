package layers

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/repository"
)

// TestRepositoryBuild has kustomize run a program that notes what it is given under transformers, and holds what
// repository.Build gives a SecretSpec against it: the same resources, in the same order, with the same metadata.
func TestRepositoryBuild(t *testing.T) {
	notes := t.TempDir()
	recorder := filepath.Join(t.TempDir(), "recorder")
	if err := os.WriteFile(recorder, []byte("#!/bin/sh\nexec tee '"+notes+"'/$$\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	b := newBuilder(t, recorder)
	compared := 0
	for n := range uint64(min(*trees, 60)) {
		tree := generate(*seed + n)
		for _, l := range tree.Layers {
			for _, s := range l.Specs {
				s.Under = transformers
			}
		}
		removeAll(t, notes)
		if _, _, err := b.build(tree.ours(recorder), tree.top().Dir); err != nil {
			continue
		}
		want := noted(t, notes)
		root, err := os.OpenRoot(filepath.Join(b.dir, "build"))
		if err != nil {
			t.Fatal(err)
		}
		units, err := repository.Find(root, []string{"."})
		if err != nil {
			t.Fatal(err)
		}
		for _, unit := range units {
			if unit.Kind != repository.Kustomization {
				continue
			}
			nodes, findings := repository.Build(root, unit)
			name := unit.Specs[0].Node.GetName()
			if len(want[name]) == 0 {
				continue // no layer above it is built, or it is in a component of another build
			}
			compared++
			if got := metadataOf(nodes); !slices.Contains(want[name], got) {
				t.Fatalf("seed %d, %s (in %s): %v\ngot\n%s\nwant\n%s", *seed+n, unit.Dir, unit.User, findings, got, strings.Join(want[name], "--\n"))
			}
		}
		_ = root.Close()
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
	t.Logf("%d lists of resources compared", compared)
}

func removeAll(t *testing.T, dir string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}

// noted returns the metadata of the resources of each call, by the name of its functionConfig.
func noted(t *testing.T, dir string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list, err := yaml.Parse(string(text))
		if err != nil {
			t.Fatal(err)
		}
		items, err := list.Field("items").Value.Elements()
		if err != nil {
			t.Fatal(err)
		}
		name := list.Field("functionConfig").Value.GetName()
		if len(items) == 1 && items[0].GetKind() == "SecretSpec" {
			items = nil
		}
		out[name] = append(out[name], metadataOf(items))
	}
	return out
}

func metadataOf(nodes []*yaml.RNode) string {
	var out strings.Builder
	for _, node := range nodes {
		annotations := maps.Clone(node.GetAnnotations())
		for name := range annotations {
			if strings.HasSuffix(name, "/id") || strings.HasSuffix(name, "/index") || strings.HasSuffix(name, "/path") || strings.HasSuffix(name, "/refBy") || strings.HasSuffix(name, "/generatorBehavior") ||
				strings.HasSuffix(name, "-id") {
				delete(annotations, name)
			}
		}
		fmt.Fprintln(&out, node.GetKind(), node.GetNamespace(), node.GetName(), annotations)
	}
	return out.String()
}
