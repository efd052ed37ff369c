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

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/pinned"
	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/repository"
)

// TestRepositoryBuild has kustomize run a program that notes what it is given under transformers, and holds what
// repository.Build gives a SecretSpec against it: the same resources, in the same order, with the same metadata. Once
// the program does no more than that, and once it makes Secrets, which the layers above get.
func TestRepositoryBuild(t *testing.T) {
	t.Run("noted", func(t *testing.T) { compareBuilds(t, "exec tee '%s'/$$", false) })
	t.Run("made", func(t *testing.T) {
		compareBuilds(t, "tee '%s'/$$ | exec '"+pinned.Command(t, "secretwright")+"'", true)
	})
}

// compareBuilds does so with a program. If it makes Secrets, what is built from a layer has them.
func compareBuilds(t *testing.T, script string, makes bool) {
	t.Helper()
	notes := t.TempDir()
	recorder := filepath.Join(t.TempDir(), "recorder")
	if err := os.WriteFile(recorder, []byte("#!/bin/sh\n"+fmt.Sprintf(script, notes)+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	b := newBuilder(t, recorder)
	compared := 0
	most := 60
	if makes { // which takes longer
		most = 30
	}
	for n := range uint64(min(*trees, most)) {
		tree := generate(*seed + n)
		for _, l := range tree.Layers {
			for _, s := range l.Specs {
				if !makes {
					s.Under = transformers
				}
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
			nodes, findings, isKnown := buildLayer(t, root, unit, makes)
			first := slices.IndexFunc(unit.Specs, func(s repository.Spec) bool { return !s.Generator })
			if first < 0 {
				continue
			}
			name := unit.Specs[first].Node.GetName()
			if len(want[name]) == 0 || !isKnown {
				continue // no layer above it is built, or it is in a component of another build
			}
			compared++
			if got := metadataOf(nodes); !slices.Contains(want[name], got) {
				t.Fatalf("seed %d, %s (in %s): %v\ngot\n%s\nwant\n%s", *seed+n, unit.Dir, unit.User, findings, got,
					strings.Join(want[name], "--\n"))
			}
		}
		_ = root.Close()
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
	t.Logf("%d lists of resources compared", compared)
}

// buildLayer builds a unit, and first what is below it, if that makes Secrets. It reports whether it is known to be
// right: not where a generator merges its Secret into another.
func buildLayer(t *testing.T, root *os.Root, unit repository.Unit, makes bool) ([]*yaml.RNode, []*report.Finding,
	bool) {
	t.Helper()
	made, isKnown := repository.Made{}, true
	if makes {
		for _, below := range repository.Below(root, unit) {
			nodes, _, ok := buildLayer(t, root, below, makes)
			isKnown = isKnown && ok
			for _, spec := range below.Specs {
				if !spec.Generator {
					nodes = applied(t, root, below.Dir, spec, nodes)
				}
			}
			made[below.Stage()] = nodes
		}
		for _, dir := range []string{unit.User, unit.Dir} {
			var generated []*yaml.RNode
			for _, spec := range repository.Generators(root, dir) {
				generated = append(generated, applied(t, root, dir, spec, []*yaml.RNode{spec.Node})...)
			}
			if len(generated) > 0 {
				made[repository.Generated(dir)] = generated
			}
			isKnown = isKnown && !slices.ContainsFunc(generated, func(n *yaml.RNode) bool {
				return slices.Contains([]string{"merge", "replace"}, n.GetAnnotations()[references.Behavior])
			})
		}
	}
	nodes, findings := repository.Build(root, unit, made)
	return nodes, findings, isKnown
}

// applied returns what a SecretSpec makes of resources.
func applied(t *testing.T, root *os.Root, dir string, spec repository.Spec, nodes []*yaml.RNode) []*yaml.RNode {
	t.Helper()
	if len(nodes) == 0 {
		nodes = []*yaml.RNode{spec.Node}
	}
	result, err := (&fn.Filter{Root: root, Dir: dir, FunctionConfig: spec.Node}).Run(t.Context(), nodes)
	if err != nil {
		t.Fatal(err)
	}
	return result.Items
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
			if strings.HasSuffix(name, "/id") || strings.HasSuffix(name, "/index") || strings.HasSuffix(name, "/path") ||
				strings.HasSuffix(name, "/refBy") || strings.HasSuffix(name, "/generatorBehavior") ||
				strings.HasSuffix(name, "-id") {
				delete(annotations, name)
			}
		}
		fmt.Fprintln(&out, node.GetKind(), node.GetNamespace(), node.GetName(), annotations)
	}
	return out.String()
}
