package repository

import (
	"cmp"
	"os"
	"path"
	"slices"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Stage is a kustomization that has come so far: to its end, after the SecretSpecs it lists, or to where a component of
// it, with SecretSpecs, is done. The folders are relative to the root.
type Stage struct{ Dir, User string }

// Stage returns what a unit comes to after its SecretSpecs.
func (u Unit) Stage() Stage { return Stage{u.Dir, u.User} }

// Generated returns the stage at which the generators of a folder's kustomization have run.
func Generated(dir string) Stage { return Stage{Dir: dir} }

// Made are the resources that kustomizations came to, and those that their generators made.
type Made map[Stage][]*yaml.RNode

// Generators returns the SecretSpecs that the kustomization in a folder lists under generators.
func Generators(root *os.Root, dir string) []Spec {
	k := kustomizationIn(root, dir)
	if k == nil {
		return nil
	}
	return slices.DeleteFunc(k.specs(root), func(s Spec) bool { return !s.Generator })
}

// Below returns the units whose stages a unit is built on, without those below them. Those of components in components
// are not among them.
func Below(root *os.Root, unit Unit) []Unit {
	b := below{root: root, seen: map[string]bool{}}
	top := kustomizationIn(root, unit.User)
	if top == nil {
		return nil
	}
	components := b.componentsOf(top, unit.Dir)
	if len(components) > 0 {
		return components[len(components)-1:]
	}
	b.seen[unit.User], b.seen[unit.Dir] = true, true
	b.look(top)
	if own := kustomizationIn(root, unit.Dir); own != nil && unit.Dir != unit.User {
		b.look(own)
	}
	slices.SortFunc(b.units, func(a, b Unit) int { return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Dir, b.Dir)) })
	return b.units
}

// below looks for the units that another is built on.
type below struct {
	root  *os.Root
	seen  map[string]bool
	units []Unit
}

// look adds what is below a kustomization.
func (b *below) look(k *kustomization) {
	for _, field := range []string{"resources", "bases", "components"} {
		for _, entry := range k.entries(field) {
			dir := path.Join(path.Dir(k.file), entry.Value)
			if isRemote(entry.Value) || b.seen[dir] {
				continue
			}
			b.seen[dir] = true
			if next := kustomizationIn(b.root, dir); next != nil {
				b.add(next)
			}
		}
	}
}

// add adds a kustomization, or what is below it.
func (b *below) add(k *kustomization) {
	dir, specs := path.Dir(k.file), k.specs(b.root)
	switch components := b.componentsOf(k, ""); {
	case k.isComponent():
		b.look(k)
	case len(specs) > 0:
		b.units = append(b.units, Unit{Kind: Kustomization, Dir: dir, User: dir, Specs: specs, name: path.Base(k.file)})
	case len(components) > 0:
		b.units = append(b.units, components[len(components)-1])
	default:
		b.look(k)
	}
}

// componentsOf returns the components of a kustomization that list SecretSpecs, in their order, up to one that is not
// counted.
func (b *below) componentsOf(k *kustomization, end string) []Unit {
	var units []Unit
	for _, entry := range k.entries("components") {
		dir := path.Join(path.Dir(k.file), entry.Value)
		if dir == end {
			break
		}
		if isRemote(entry.Value) {
			continue
		}
		if component := kustomizationIn(b.root, dir); component != nil && component.isComponent() {
			if specs := component.specs(b.root); len(specs) > 0 {
				units = append(units, Unit{Kind: Kustomization, Dir: dir, User: path.Dir(k.file), Specs: specs,
					name: path.Base(k.file)})
			}
		}
	}
	return units
}

// kustomizationIn returns the kustomization in a folder, or nil.
func kustomizationIn(root *os.Root, dir string) *kustomization {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		file := path.Join(dir, name)
		if text, err := read(root, file); err == nil && text != nil {
			return parseKustomization(file, text)
		}
	}
	return nil
}
