package layers

import (
	"encoding/json"
	"path"
	"slices"
)

// tree is a tree of kustomizations, from which the files of two builds are made: one with a secretGenerator where the
// other has SecretSpecs. Its fields are exported so that it can be copied and shrunk by reflection.
type tree struct {
	// Layers are in the order in which they are built; the last one is the top.
	Layers []*layer
}

// layer is one kustomization or component, in a folder of its own.
type layer struct {
	Dir                       string
	Component                 bool
	Resources, Components     []string // folders of other layers
	Prefix, Suffix, Namespace string
	Label                     string
	Objects                   []*object
	Specs                     []*spec
	Patches                   []*patch
	Replacements              []*replacement
	Vars                      []*variable
}

// spec is a SecretSpec.
type spec struct {
	Name, Namespace string
	// Under is where the kustomization lists it: transformers, generators or both; or secretGenerator, when it is a
	// secretGenerator in both builds.
	Under   string
	Secrets []*secret
}

// The places a SecretSpec can be listed in.
const (
	transformers = "transformers"
	generators   = "generators"
	both         = "both"
	plain        = "secretGenerator"
)

// secret is an entry of a SecretSpec, or of secretGenerator.
type secret struct {
	Name string
	// Behavior is that of a generator: create, merge, replace or nothing.
	Behavior string
	// FromFile takes the values from a file beside the SecretSpec instead of from the SecretSpec itself.
	FromFile bool
	// NoHash leaves the content's hash out of the name.
	NoHash bool
	Data   map[string]string
	// UsedBy are references that the SecretSpec asks for. In the other build a patch of the same layer adds them.
	UsedBy []*use
}

// use is an entry of usedBy.
type use struct {
	Kind, Name string
	Ref        *ref
}

// object is a manifest.
type object struct {
	Kind, Name, Namespace string
	Refs                  []*ref
}

// ref is a reference to a Secret.
type ref struct {
	// Via is the kind of field: one of the keys of vias.
	Via string
	// ID names the variable or volume.
	ID string
	// Secret is the Secret's plain name, and Key one of its keys.
	Secret, Key string
}

// patch adds, changes or removes a reference of the objects of a kind and name.
type patch struct {
	Kind, Name string
	// Do is add, change or remove.
	Do string
	// JSON makes it a JSON 6902 patch instead of a strategic merge.
	JSON bool
	Ref  *ref
}

// replacement copies the name of a Secret into a variable of an object, which the object has from the start.
type replacement struct {
	Secret     string
	Kind, Name string
	ID         string
}

// variable is a kustomize `vars` entry that stands for the name of a Secret.
type variable struct {
	Name, Secret string
}

// top is the layer that is built.
func (t *tree) top() *layer { return t.Layers[len(t.Layers)-1] }

// layer returns the layer in a folder, or nil.
func (t *tree) layer(dir string) *layer {
	for _, l := range t.Layers {
		if l.Dir == dir {
			return l
		}
	}
	return nil
}

// below returns the layers that a layer is built on, and itself: what its transformers see. A component sees what it is
// added to, as far as that is built by then.
func (t *tree) below(l *layer) []*layer {
	if parent := t.parent(l); parent != nil {
		all := append(t.under(parent.Resources), parent)
		for _, dir := range parent.Components {
			if c := t.layer(dir); c != nil {
				all = append(all, c)
			}
			if dir == l.Dir {
				break
			}
		}
		return all
	}
	return append(append(t.under(l.Resources), l), t.under(l.Components)...)
}

// under returns the layers in folders, and what they are built on.
func (t *tree) under(dirs []string) []*layer {
	var all []*layer
	for _, dir := range dirs {
		if l := t.layer(dir); l != nil {
			all = append(all, t.under(l.Resources)...)
			all = append(append(all, l), t.under(l.Components)...)
		}
	}
	return all
}

// parent returns the layer that a component is added to, or nil.
func (t *tree) parent(component *layer) *layer {
	for _, l := range t.Layers {
		if slices.Contains(l.Components, component.Dir) {
			return l
		}
	}
	return nil
}

// related returns the layers below a layer, itself, and those that are built on it.
func (t *tree) related(l *layer) []*layer {
	all := t.below(l)
	for _, upper := range t.Layers {
		if !slices.Contains(all, upper) && slices.Contains(t.below(upper), l) {
			all = append(all, upper)
		}
	}
	return all
}

// copy returns a deep copy.
func (t *tree) copy() *tree {
	text, err := json.Marshal(t)
	if err != nil {
		panic(err)
	}
	var out tree
	if err := json.Unmarshal(text, &out); err != nil {
		panic(err)
	}
	return &out
}

// traits returns what the tree has of the things that may matter, to sort failures by.
func (t *tree) traits() []string {
	var traits []string
	add := func(has bool, name string) {
		if has && !slices.Contains(traits, name) {
			traits = append(traits, name)
		}
	}
	names := map[string]int{}
	for _, l := range t.Layers {
		add(l.Component, "component")
		add(l.Prefix != "", "prefix")
		add(l.Suffix != "", "suffix")
		add(l.Namespace != "", "namespace")
		add(len(l.Replacements) > 0, "replacements")
		add(len(l.Vars) > 0, "vars")
		for _, p := range l.Patches {
			add(true, "patch-"+p.Do)
		}
		for _, o := range l.Objects {
			add(o.Namespace != "", "object-namespace")
			add(o.Kind == "Store", "configurations")
		}
		for _, s := range l.Specs {
			names[s.Name]++
			add(names[s.Name] > 1, "same-spec-name")
			add(true, s.Under)
			add(s.Namespace != "", "spec-namespace")
			for _, one := range s.Secrets {
				add(one.Behavior == "merge" || one.Behavior == "replace", "behavior")
				add(len(one.UsedBy) > 0, "usedBy")
				add(one.NoHash, "no-hash")
			}
		}
	}
	return traits
}

// relative returns the path from one layer's folder to another's: all are neighbors.
func relative(dir string) string { return path.Join("..", dir) }
