package migrate

import (
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/plain"
)

// stillNamed moves the plain files that an edited kustomization names elsewhere, as for a ConfigMap, from those that
// are unused to those that stay.
func (p *planner) stillNamed(kustomization *yaml.Node) {
	named := map[string]bool{}
	var walk func(node *yaml.Node)
	walk = func(node *yaml.Node) {
		if node.Kind == yaml.ScalarNode {
			_, file, isPair := strings.Cut(node.Value, "=")
			if !isPair {
				file = node.Value
			}
			named[p.inFolder(file)] = true
		}
		for _, child := range node.Content {
			walk(child)
		}
	}
	walk(kustomization)
	for _, file := range p.plan.Unused {
		if named[file] && !slices.Contains(p.plan.Named, file) {
			p.plan.Named = append(p.plan.Named, file)
		}
	}
	p.plan.Unused = slices.DeleteFunc(p.plan.Unused, func(file string) bool { return named[file] })
}

// leftPatches notes the files with patches that hold values of a Secret: nothing takes them over.
func (p *planner) leftPatches(file string, kustomization *yaml.Node) {
	if len(plain.InPatches(kustomization)) > 0 {
		p.plan.Patches = append(p.plan.Patches, file)
	}
	_, files := plain.Patches(kustomization)
	for _, one := range files {
		name := p.inFolder(path.Clean(one.Value))
		if text, f := disk.ReadFile(p.root, name); f == nil && plain.HoldsValues(text) {
			p.plan.Patches = append(p.plan.Patches, name)
		}
	}
}
