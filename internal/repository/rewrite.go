package repository

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// rewrite returns a kustomization as the build is to see it.
func (v *view) rewrite(file string, text []byte) ([]byte, error) {
	k := parseKustomization(file, text)
	if k.node == nil {
		return text, nil // kustomize says what is wrong with it
	}
	if f := k.refusal(); f != nil {
		v.refused = f
		return nil, errors.New("it is refused")
	}
	yamlnode.Remove(k.node, "vars") // which kustomize resolves at the end of a build, after all functions
	dir := path.Dir(file)
	if v.made[dir] != nil {
		k.startFrom(v.after[dir])
	} else if v.generated[dir] != nil {
		k.addResource(generatedFile)
	}
	if dir == v.unit.User && dir != v.unit.Dir {
		v.cutUser(k)
	}
	for _, field := range plugins {
		v.cutPlugins(k, field, dir == v.unit.Dir)
	}
	if dir == v.unit.Dir {
		list := yamlnode.Field(k.node, "transformers")
		if list == nil || list.Kind != yaml.SequenceNode {
			list = &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
			yamlnode.Set(k.node, "transformers", list)
		}
		for _, keeper := range keepers() {
			list.Content = append(list.Content, yamlnode.Text(keeper))
		}
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	err := encoder.Encode(k.node)
	return out.Bytes(), err
}

// startFrom has a kustomization take the place of its resources from the file with what it came to: all of it, but for
// what bears on those above, or up to a component.
func (k *kustomization) startFrom(component string) {
	var kept []*yaml.Node
	for i := 0; i+1 < len(k.node.Content); i += 2 {
		name, value := k.node.Content[i].Value, k.node.Content[i+1]
		switch {
		case slices.Contains([]string{"apiVersion", "kind", "configurations", "crds", "openapi"}, name):
		case component == "", slices.Contains([]string{"resources", "bases", "configMapGenerator", "secretGenerator",
			"generators"}, name):
			continue
		case name == "components":
			value = yamlnode.Resolved(value)
			at := slices.IndexFunc(value.Content, func(n *yaml.Node) bool {
				return path.Join(path.Dir(k.file),
					n.Value) == component
			})
			value = &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq, Content: value.Content[at+1:]}
		}
		kept = append(kept, k.node.Content[i], value)
	}
	k.node.Content = kept
	k.addResource(madeFile)
}

// addResource adds a file to the resources.
func (k *kustomization) addResource(file string) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	if there := yamlnode.Field(k.node, "resources"); there != nil {
		list.Content = slices.Clone(there.Content)
	}
	list.Content = append(list.Content, yamlnode.Text(file))
	yamlnode.Set(k.node, "resources", list)
}

// cutUser leaves of a kustomization that uses a component what kustomize does before the component.
func (v *view) cutUser(k *kustomization) {
	before := []string{"apiVersion", "kind", "resources", "bases", "components", "openapi", "generatorOptions",
		"configMapGenerator", "secretGenerator", "generators"}
	var kept []*yaml.Node
	for i := 0; i+1 < len(k.node.Content); i += 2 {
		if slices.Contains(before, k.node.Content[i].Value) {
			kept = append(kept, k.node.Content[i:i+2]...)
		}
	}
	k.node.Content = kept
	if list := yamlnode.Field(k.node, "components"); list != nil {
		for i, entry := range list.Content {
			if path.Join(path.Dir(k.file), entry.Value) == v.unit.Dir {
				list.Content = list.Content[:i+1]
				return
			}
		}
	}
}

// cutPlugins leaves of a list of functions those that are part of kustomize, and in the kustomization of the unit those
// before its last SecretSpec.
func (v *view) cutPlugins(k *kustomization, field string, own bool) {
	list := yamlnode.Field(k.node, field)
	if list == nil || list.Kind != yaml.SequenceNode {
		return
	}
	var kept []*yaml.Node
	end := len(list.Content)
	for _, entry := range list.Content {
		all := configs(v.root, path.Dir(k.file), yamlnode.Resolved(entry).Value)
		switch {
		case !slices.ContainsFunc(all, func(c config) bool { return !c.isBuiltin() }):
			kept = append(kept, entry)
			continue
		case slices.ContainsFunc(all, func(c config) bool { return len(c.specs) > 0 }):
			end = len(kept)
		}
		v.notRun(k, field, entry, all)
	}
	if own && field == "transformers" && end <= len(kept) {
		kept = kept[:end]
	}
	list.Content = kept
}

func (v *view) notRun(k *kustomization, field string, entry *yaml.Node, all []config) {
	var others []string
	for _, c := range all {
		for _, spec := range c.specs {
			if dir := path.Dir(k.file); dir != v.unit.Dir && (field != "generators" || v.generated[dir] == nil) {
				others = append(others, "the SecretSpec "+spec.GetName())
			}
		}
		others = append(others, c.others...)
		if c.remote {
			others = append(others, "what names a URL")
		}
	}
	key := fmt.Sprint(k.file, field, entry.Line)
	if len(others) == 0 || v.said[key] {
		return
	}
	v.said[key] = true
	f := report.New(report.NotRun, "check runs no other functions, so "+strings.Join(others,
		", ")+" under "+field+" is left out", "look at what it does to the resources; `kustomize build` runs it")
	f.Place = report.Place{File: k.file, Line: entry.Line, Column: entry.Column}
	v.findings = append(v.findings, f.WithSeverity(report.Info))
}
