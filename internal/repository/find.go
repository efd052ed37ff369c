// Package repository finds the SecretSpecs of a whole repository and what each belongs to, and builds kustomizations as
// kustomize would hand them to a SecretSpec, without running anything.
package repository

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/schema"
)

// maxFile is the largest file that is read, in bytes.
const maxFile = 16 << 20

// Kind is what a SecretSpec belongs to.
type Kind int

// The kinds of units.
const (
	Folder Kind = iota
	Package
	Kustomization
)

// Unit is SecretSpecs that are checked together, and what they are applied to. Paths are relative to the root, with
// slashes.
type Unit struct {
	Kind Kind
	// Dir is the folder of the kustomization, of the Kptfile, or of the manifests.
	Dir string
	// User is the folder of the kustomization that is built: Dir, or for a component one that uses it.
	User string
	// Unused reports that it is a component which no kustomization uses, so that what it is applied to is not known.
	Unused bool
	// Specs are the SecretSpecs, in the order in which they are applied.
	Specs []Spec
	// Missing are entries of generators, transformers and validators that are not there.
	Missing []*yaml.Node
	// name is the file name of the kustomization that is built.
	name string
}

// Spec is a SecretSpec of a unit.
type Spec struct {
	// File is where it is. In a kustomization it can be the text of an entry.
	File string
	// Node is the SecretSpec, with its places in the file unless it is inline; nil for a file that is read by its name.
	Node   *yaml.RNode
	Inline bool
	// Generator reports that it is listed under generators.
	Generator bool
	// Resource is the kustomization that lists it under resources, if it is listed nowhere else: nothing runs it there.
	Resource string
}

// finder collects what is in the folders.
type finder struct {
	root           *os.Root
	specs, emitted map[string]bool
	packages       map[string]bool
	kustomizations map[string]*kustomization
	seen           map[string]bool
}

func newFinder(root *os.Root) *finder {
	return &finder{root: root, specs: map[string]bool{}, emitted: map[string]bool{}, packages: map[string]bool{},
		kustomizations: map[string]*kustomization{}, seen: map[string]bool{}}
}

// Find returns what is to be checked below folders of a root, sorted.
func Find(root *os.Root, dirs []string) ([]Unit, error) {
	f := newFinder(root)
	for _, dir := range dirs {
		if err := f.walk(path.Clean(dir)); err != nil {
			return nil, err
		}
	}
	units := f.kustomized()
	units = append(units, f.loose(units)...)
	slices.SortFunc(units, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.User, b.User), cmp.Compare(a.Kind, b.Kind))
	})
	return units, nil
}

// Files returns the files below a folder of a root that have a SecretSpec, or look as if they should, and those that
// have the mark of Secrets that Secretwright emitted, sorted.
func Files(root *os.Root, dir string) (specs, emitted []string, err error) {
	f := newFinder(root)
	err = f.walk(path.Clean(dir))
	return slices.Sorted(maps.Keys(f.specs)), slices.Sorted(maps.Keys(f.emitted)), err
}

// skipped reports whether a folder is not walked: it is hidden, a chart that kustomize inflates, another project's
// modules, or a Git repository of its own.
func (f *finder) skipped(dir string) bool {
	name := path.Base(dir)
	if strings.HasPrefix(name, ".") || name == "node_modules" || name == "charts" {
		return true
	}
	_, err := f.root.Lstat(path.Join(dir, ".git"))
	return err == nil
}

func (f *finder) walk(dir string) error {
	return fs.WalkDir(f.root.FS(), dir, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("%s: it cannot be read: %w", file, disk.Cause(err))
		case entry.IsDir():
			if file != dir && f.skipped(file) {
				return fs.SkipDir
			}
			return nil
		case !entry.Type().IsRegular() || f.seen[file]:
			return nil
		}
		f.seen[file] = true
		return f.file(file)
	})
}

func (f *finder) file(file string) error {
	name := path.Base(file)
	switch {
	case name == "Kptfile":
		f.packages[path.Dir(file)] = true
	case isKustomization(name):
		if text, err := read(f.root, file); err == nil {
			f.kustomizations[path.Dir(file)] = parseKustomization(file, text)
		}
	case slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(name)):
		text, err := read(f.root, file)
		if err != nil {
			return err
		}
		if bytes.Contains(text, []byte(schema.SecretAnnotation)) {
			f.emitted[file] = true
		}
		if hasSpec(text) || text == nil && f.mentionsSpec(file) {
			f.specs[file] = true
		}
	}
	return nil
}

func isKustomization(name string) bool {
	return slices.Contains(konfig.RecognizedKustomizationFileNames(), name)
}

// read reads a file of the root. One that is too large is as if it were empty.
func read(root *os.Root, file string) ([]byte, error) {
	info, err := root.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("%s: it cannot be read: %w", file, disk.Cause(err))
	}
	if info.Size() > maxFile || !info.Mode().IsRegular() {
		return nil, nil
	}
	text, err := root.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: it cannot be read: %w", file, disk.Cause(err))
	}
	return text, nil
}

// mentionsSpec reports whether a file that is too large to be read may have a SecretSpec, which is then looked at by
// itself: a long comment must not hide it.
func (f *finder) mentionsSpec(file string) bool {
	in, err := f.root.Open(file)
	if err != nil {
		return false
	}
	defer in.Close() //nolint:errcheck // nothing was written
	const overlap = 64
	window := make([]byte, overlap+1<<20)
	for kept := 0; ; {
		n, err := in.Read(window[kept:])
		if bytes.Contains(window[:kept+n], []byte("secretwright.dev/")) {
			return true
		}
		if err != nil {
			return false
		}
		end := kept + n
		kept = copy(window, window[max(end-overlap, 0):end])
	}
}

// kustomized returns the units of the kustomizations that list SecretSpecs. A component is built with each that uses
// it.
func (f *finder) kustomized() []Unit {
	var units []Unit
	for dir, k := range f.kustomizations {
		specs := k.specs(f.root)
		if len(specs) == 0 {
			continue
		}
		users := []string{dir}
		if k.isComponent() {
			users = f.users(dir, map[string]bool{})
		}
		if len(users) == 0 {
			units = append(units, Unit{Kind: Kustomization, Dir: dir, User: dir, Unused: true, Specs: specs,
				Missing: k.missing(f.root), name: path.Base(k.file)})
		}
		for _, user := range users {
			units = append(units, Unit{Kind: Kustomization, Dir: dir, User: user, Specs: specs,
				Missing: k.missing(f.root), name: path.Base(f.kustomizations[user].file)})
		}
	}
	return units
}

// users returns the kustomizations that use a component, through other components too.
func (f *finder) users(component string, seen map[string]bool) []string {
	var users []string
	for dir, k := range f.kustomizations {
		isUsed := func(e *yaml.Node) bool { return path.Join(dir, e.Value) == component }
		if seen[dir] || !slices.ContainsFunc(k.entries("components"), isUsed) {
			continue
		}
		seen[dir] = true
		if k.isComponent() {
			users = append(users, f.users(dir, seen)...)
		} else {
			users = append(users, dir)
		}
	}
	slices.Sort(users)
	return users
}

// loose returns the units of the SecretSpecs that no kustomization lists.
func (f *finder) loose(units []Unit) []Unit {
	listed := map[string]bool{}
	for _, unit := range units {
		for _, spec := range unit.Specs {
			listed[spec.File] = true
		}
	}
	byDir := map[string]*Unit{}
	var dirs []string
	for file := range f.specs {
		if listed[file] {
			continue
		}
		unit := Unit{Kind: Folder, Dir: path.Dir(file)}
		if pkg, ok := f.packageOf(path.Dir(file)); ok {
			unit.Kind, unit.Dir = Package, pkg
		}
		if byDir[unit.Dir] == nil {
			byDir[unit.Dir], dirs = &unit, append(dirs, unit.Dir)
		}
		byDir[unit.Dir].Specs = append(byDir[unit.Dir].Specs, Spec{File: file, Resource: f.resourceOf(file)})
	}
	var out []Unit
	for _, dir := range dirs {
		unit := byDir[dir]
		slices.SortFunc(unit.Specs, func(a, b Spec) int { return cmp.Compare(a.File, b.File) })
		out = append(out, *unit)
	}
	return out
}

// resourceOf returns the kustomization that lists a file under resources, or "".
func (f *finder) resourceOf(file string) string {
	for _, dir := range slices.Sorted(maps.Keys(f.kustomizations)) {
		k := f.kustomizations[dir]
		if slices.ContainsFunc(k.entries("resources"), func(e *yaml.Node) bool { return path.Join(dir, e.Value) == file }) {
			return k.file
		}
	}
	return ""
}

// packageOf returns the folder of the nearest Kptfile above.
func (f *finder) packageOf(dir string) (string, bool) {
	for {
		if f.packages[dir] || f.hasKptfile(dir) {
			return dir, true
		}
		if dir == "." {
			return "", false
		}
		dir = path.Dir(dir)
	}
}

func (f *finder) hasKptfile(dir string) bool {
	info, err := f.root.Lstat(path.Join(dir, "Kptfile"))
	return err == nil && info.Mode().IsRegular()
}
