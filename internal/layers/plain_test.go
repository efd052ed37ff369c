package layers

import (
	"bytes"
	"fmt"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/internal/pinned"
)

// final returns a tree of one layer with one SecretSpec, whose manifests are those of the tree given, with the
// namespace that its lowest layer has; or nil when there is too little in it. Nothing is left to kustomize in it.
func final(t *tree) *tree {
	base := t.copy().Layers[0]
	l := &layer{Dir: "plain", Namespace: base.Namespace}
	for _, o := range base.Objects {
		o.Namespace = base.Namespace
		o.Refs = slices.DeleteFunc(o.Refs, func(r *ref) bool { return r.Via == "var" || r.Via == "store" })
		l.Objects = append(l.Objects, o)
	}
	var known []string
	for _, other := range t.copy().Layers {
		for _, s := range other.Specs {
			if l.Specs == nil {
				l.Specs = []*spec{{Name: "shop"}}
			}
			for _, one := range s.Secrets {
				if slices.Contains(known, one.Name) {
					continue
				}
				known = append(known, one.Name)
				one.Behavior = ""
				one.UsedBy = slices.DeleteFunc(one.UsedBy, func(u *use) bool {
					return !slices.ContainsFunc(l.Objects, func(o *object) bool { return o.Name == u.Name })
				})
				l.Specs[0].Secrets = append(l.Specs[0].Secrets, one)
			}
		}
	}
	if l.Specs == nil || len(l.Objects) == 0 {
		return nil
	}
	// A key that a higher layer adds is not there: asking for it is an error, of the pod's and of ours.
	for _, o := range l.Objects {
		o.Refs = slices.DeleteFunc(o.Refs, func(r *ref) bool {
			return slices.ContainsFunc(l.Specs[0].Secrets, func(s *secret) bool {
				return s.Name == r.Secret &&
					s.Data[r.Key] == ""
			})
		})
	}
	return &tree{Layers: []*layer{l}}
}

// TestCommandLine renders plain manifests on the command line: they read as kustomize builds them with a
// secretGenerator.
func TestCommandLine(t *testing.T) {
	each(t, func(b *builder, small *tree) (string, error) {
		dir, err := b.write("plain", small.ours(""))
		if err != nil {
			return "", err
		}
		args := []string{"render", "spec-shop.yaml"}
		for _, o := range small.top().Objects {
			args = append(args, o.file())
		}
		cmd := exec.Command(b.function, args...)
		cmd.Dir = path.Join(dir, "plain")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("%w: %s", err, stderr.Bytes())
		}
		return string(out), nil
	})
}

// TestInPlace calls the function twice as kpt does, with what came out of the first call: the second changes nothing.
func TestInPlace(t *testing.T) {
	each(t, func(b *builder, small *tree) (string, error) {
		content := small.ours("")
		dir, err := b.write("plain", content)
		if err != nil {
			return "", err
		}
		var items []any
		for _, o := range small.top().Objects {
			items = append(items, inFile(o.manifest(), o.file()))
		}
		config := inFile(small.top().Specs[0].manifest(files{}, "plain", ""), "spec-shop.yaml")
		items = append(items, config)
		first, err := b.call(path.Join(dir, "plain"), config, items)
		if err != nil {
			return "", err
		}
		second, err := b.call(path.Join(dir, "plain"), config, first)
		if err != nil {
			return "", fmt.Errorf("the second run: %w", err)
		}
		before, after := documents(first), documents(second)
		if before != after {
			return "", fmt.Errorf("the second run changes something; before:\n%s\nafter:\n%s", before, after)
		}
		return documents(slices.DeleteFunc(first,
			func(item any) bool { return item.(map[string]any)["kind"] == "SecretSpec" })), nil
	})
}

// each runs a test on the plain manifests of many trees.
func each(t *testing.T, render func(*builder, *tree) (string, error)) {
	t.Helper()
	b := newBuilder(t, pinned.Command(t, "secretwright"))
	tried, failed := 0, 0
	for n := range uint64(*trees) / 4 {
		small := final(generate(*seed + n))
		if small == nil {
			continue
		}
		tried++
		if problem := b.sameAsPlain(small, render); problem != "" {
			if failed++; failed <= *shown {
				t.Errorf("seed %d: %s\n%s", *seed+n, problem, show(small.ours("")))
			}
		}
	}
	if failed > 0 || tried == 0 {
		t.Errorf("%d of %d trees differ", failed, tried)
	}
}

// sameAsPlain says what is wrong with what render makes of a tree.
func (b *builder) sameAsPlain(small *tree, render func(*builder, *tree) (string, error)) string {
	built, _, err := b.build(small.oracle(), small.top().Dir)
	if err != nil {
		return err.Error()
	}
	oracle, err := read(built)
	if err != nil {
		return err.Error()
	}
	oracle.anywhere = true
	out, err := render(b, small)
	if err != nil {
		return err.Error()
	}
	ours, err := read([]byte(out))
	if err != nil {
		return err.Error()
	}
	ours.problems = nil // the annotations that say where a file is
	var lines []string
	for _, d := range compare(oracle, ours) {
		if !strings.Contains(d.Text, ".metadata.annotations") {
			lines = append(lines, d.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// inFile puts the annotations on an object by which kpt says where it is.
func inFile(o map[string]any, file string) map[string]any {
	metadata := o["metadata"].(map[string]any)
	metadata["annotations"] = map[string]any{
		"config.kubernetes.io/path": file, "config.kubernetes.io/index": "0",
		"internal.config.kubernetes.io/path": file, "internal.config.kubernetes.io/index": "0",
		"internal.config.kubernetes.io/seqindent": "compact",
	}
	return o
}

// call calls the function with a ResourceList and returns the items that come out.
func (b *builder) call(dir string, config any, items []any) ([]any, error) {
	list, err := yaml.Marshal(map[string]any{
		"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": items, "functionConfig": config})
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(b.function)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(list)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, stderr.Bytes())
	}
	var result struct {
		Items []any `json:"items"`
	}
	return result.Items, yaml.Unmarshal(out, &result)
}

// documents prints items one after the other.
func documents(items []any) string {
	var out strings.Builder
	for _, item := range items {
		text, err := yaml.Marshal(item)
		if err != nil {
			panic(err)
		}
		out.WriteString("---\n" + string(text))
	}
	return out.String()
}
