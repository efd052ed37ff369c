package render

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/repository"
	"github.com/secretwright/secretwright/internal/terminal"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// destination is a folder that SecretSpecs say they are rendered into. They are applied together, as they would be if
// they were named together.
type destination struct {
	dir string
	// specs are the files of the SecretSpecs, and paths what they are applied to.
	specs, paths []string
	// within are the folders in it that others are rendered into.
	within []string
	files  []*File
}

// Options are how SecretSpecs are rendered.
type Options struct {
	// Explain has errors of templates say where and why they fail.
	Explain bool
	// Staged has what Git would not commit as it is rendered be an error.
	Staged bool
	// Accept are recipients that are confirmed, for [fn.Filter.AcceptRecipients].
	Accept []string
}

// Everywhere renders every SecretSpec below the working folder that says where to, and reports whether one does.
func Everywhere(ctx context.Context, stderr io.Writer, o Options) (found bool, err error) {
	destinations, left, err := findDestinations()
	if err == nil {
		err = terminal.PrintFindings(stderr, left)
	}
	if err != nil || len(destinations) == 0 {
		return false, err
	}
	failed := false
	for i, d := range destinations {
		report.ProgressOf(ctx).Show(fmt.Sprintf("rendering into %s (%d of %d)", d.dir, i+1, len(destinations)))
		switch err := d.render(ctx, stderr, o); {
		case errors.Is(err, terminal.ErrPrinted):
			failed = true // and the others may have something to say
		case err != nil:
			return true, err
		}
	}
	if failed {
		return true, terminal.ErrPrinted
	}
	if err := writeAll(destinations); err != nil {
		return true, err
	}
	for _, d := range destinations {
		if err := terminal.PrintFindings(stderr, unlisted(d.dir, fresh(d.files))); err != nil {
			return true, err
		}
		if !o.Staged {
			continue
		}
		if err := Unstaged(ctx, stderr, d.dir, d.files); errors.Is(err, terminal.ErrPrinted) {
			failed = true
		} else if err != nil {
			return true, err
		}
	}
	if failed {
		return true, terminal.ErrPrinted
	}
	return true, nil
}

// findDestinations returns where the SecretSpecs below the working folder say they are rendered to, sorted, and what
// there is to say of Secrets that were rendered elsewhere.
func findDestinations() (_ []*destination, left []*fn.Finding, err error) {
	root, here, err := fn.OpenRoot()
	if err != nil {
		return nil, nil, err
	}
	defer root.Close() //nolint:errcheck // nothing is written by it
	files, emitted, err := repository.Files(root, here)
	if err != nil {
		return nil, nil, err
	}
	fromHere := func(file string) (string, error) {
		return filepath.Rel(filepath.FromSlash(here), filepath.FromSlash(file))
	}
	byDir := map[string]*destination{}
	places := outputs{}
	for _, file := range files {
		relative, err := fromHere(file)
		if err != nil {
			return nil, nil, err
		}
		if err := addDestination(byDir, places, relative, root.Name()); err != nil {
			return nil, nil, err
		}
	}
	for _, file := range emitted {
		relative, err := fromHere(file)
		if err != nil {
			return nil, nil, err
		}
		left = append(left, places.left(relative)...)
	}
	var all []*destination
	for _, d := range byDir {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *destination) int { return cmp.Compare(a.dir, b.dir) })
	for _, d := range all {
		for _, other := range all {
			if other != d && disk.Inside(other.dir, d.dir) {
				d.within = append(d.within, other.dir)
			}
		}
	}
	return all, left, nil
}

// addDestination adds that of the SecretSpec in a file, if it has one, and notes where its Secrets are.
func addDestination(byDir map[string]*destination, places outputs, file, root string) error {
	sources, err := (&manifests.Reader{}).Read(file, nil)
	if err != nil {
		return fileFinding(err)
	}
	isSpec, hasDir := places.add(sources[0])
	if isSpec && !hasDir {
		return nil
	}
	node, err := ReadSpec(file, nil) // which says what is wrong with one that is misspelt
	if err != nil || !hasDir {
		return err
	}
	var c report.Collector
	spec := schema.Parse(node, &c)
	for _, f := range c.Findings() {
		if f.IsError() {
			return placed(f, node, file)
		}
	}
	dir, paths, err := OutputPlaces(file, root, node, spec)
	if err != nil || dir == "" {
		return err
	}
	if len(paths) == 0 {
		paths = []string{filepath.Dir(file)}
	}
	if byDir[dir] == nil {
		byDir[dir] = &destination{dir: dir}
	}
	d := byDir[dir]
	d.specs, d.paths = append(d.specs, file), append(d.paths, paths...)
	return nil
}

// OutputPlaces returns the folder that the SecretSpec in a file says it is rendered into, "" if it says none, and what
// it lists to be applied to then.
func OutputPlaces(file, root string, node *yaml.RNode, spec *schema.SecretSpec) (
	dir string, paths []string, err error) {
	if spec == nil || spec.Output == nil || spec.Output.Dir == "" {
		return "", nil, nil
	}
	for i, name := range append([]string{spec.Output.Dir}, spec.Output.Manifests...) {
		place := filepath.Join(filepath.Dir(file), filepath.FromSlash(name))
		if !disk.Inside(place, root) {
			at := report.Field("output").Child("dir")
			if i > 0 {
				at = report.Field("output").Child("manifests").Index(i - 1)
			}
			f := report.New(report.OutsideRoot, name+" is outside of the folder that files are read from",
				"run it in a folder above, or set "+fn.RootVariable).In(at)
			return "", nil, placed(f, node, file)
		}
		if i == 0 {
			dir = place
		} else {
			paths = append(paths, place)
		}
	}
	return dir, paths, nil
}

// placed returns a finding about the SecretSpec with its place in the file.
func placed(f *report.Finding, spec *yaml.RNode, file string) *report.Finding {
	f.Place.File = disk.FromHere(file)
	f.Place.Line, f.Place.Column = report.Locate(spec.YNode(), f.Field)
	return f
}

// render applies the SecretSpecs, and keeps what is to be written.
func (d *destination) render(ctx context.Context, stderr io.Writer, o Options) error {
	args := slices.Concat(d.specs[:1], d.paths, d.specs[1:])
	j, err := Load(args, d.dir, nil)
	if err != nil {
		return err
	}
	for _, more := range j.Filter.More {
		if err := d.owns(more); err != nil {
			return err
		}
	}
	if err := j.ReadEmitted(d.dir, d.within...); err != nil {
		return err
	}
	j.Filter.Explain, j.Filter.AcceptRecipients = o.Explain, o.Accept
	j.Filter.Output = disk.FromHere(d.dir)
	result, err := j.Apply(ctx, stderr)
	if err != nil {
		return err
	}
	if d.files, err = j.outputs(d.dir, result, false); err != nil {
		return fmt.Errorf("%s: %w", disk.FromHere(d.specs[0]), err)
	}
	return nil
}

// owns returns an error if a SecretSpec among the manifests says that it is rendered elsewhere.
func (d *destination) owns(spec *yaml.RNode) error {
	file := spec.GetAnnotations()[kioutil.PathAnnotation]
	isOwn := slices.ContainsFunc(d.specs, func(own string) bool { return disk.FromHere(own) == file })
	if isOwn || yamlnode.Field(yamlnode.Field(spec.YNode(), "output"), "dir") == nil {
		return nil
	}
	return fmt.Errorf("%s: output.manifests: %s is among them, and has an output.dir of its own; list the folders without it",
		disk.FromHere(d.specs[0]), file)
}

// writeAll writes what the SecretSpecs are rendered to, all or none.
func writeAll(destinations []*destination) error {
	if len(destinations) == 1 {
		return disk.Write(destinations[0].dir, changesOf(destinations[0].files))
	}
	top := destinations[0].dir
	for _, d := range destinations[1:] {
		for !disk.Inside(d.dir, top) {
			top = filepath.Join(top, "..")
		}
	}
	type placed struct {
		disk.Change
		rank int
	}
	var all []placed
	taken := map[string]string{}
	for _, d := range destinations {
		below, err := filepath.Rel(disk.Resolve(top), disk.Resolve(d.dir))
		if err != nil {
			return err
		}
		for _, f := range d.files {
			change := f.Change
			change.Name = filepath.ToSlash(filepath.Join(below, filepath.FromSlash(change.Name)))
			if other, ok := taken[change.Name]; ok {
				return fmt.Errorf("%s is rendered into %s and into %s; write another output.dir, or output.manifests that do not overlap",
					disk.FromHere(filepath.Join(top, change.Name)), other, d.dir)
			}
			taken[change.Name] = d.dir
			all = append(all, placed{change, f.rank()})
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.rank, b.rank) })
	var changes []disk.Change
	for _, p := range all {
		changes = append(changes, p.Change)
	}
	return disk.Write(top, changes)
}
