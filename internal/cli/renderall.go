package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/repository"
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
	files  []*outputFile
}

// everywhere renders every SecretSpec below the working folder that says where to.
func (o *renderOptions) everywhere(cmd *cobra.Command) error {
	destinations, err := findDestinations()
	if err != nil {
		return err
	}
	if len(destinations) == 0 {
		return o.nothing(cmd.ErrOrStderr())
	}
	failed := false
	for i, d := range destinations {
		report.ProgressOf(cmd.Context()).Show(fmt.Sprintf("rendering into %s (%d of %d)", d.dir, i+1, len(destinations)))
		switch err := d.render(cmd.Context(), cmd.ErrOrStderr(), o); {
		case errors.Is(err, errSilent):
			failed = true // and the others may have something to say
		case err != nil:
			return err
		}
	}
	if failed {
		return errSilent
	}
	if err := writeAll(destinations); err != nil {
		return err
	}
	for _, d := range destinations {
		if err := printText(cmd.ErrOrStderr(), unlisted(d.dir, fresh(d.files))); err != nil {
			return err
		}
		if !o.staged {
			continue
		}
		if err := unstaged(cmd.Context(), cmd.ErrOrStderr(), d.dir, d.files); errors.Is(err, errSilent) {
			failed = true
		} else if err != nil {
			return err
		}
	}
	if failed {
		return errSilent
	}
	return nil
}

// nothing says that no SecretSpec says where it is rendered to. A hook lets the commit pass.
func (o *renderOptions) nothing(stderr io.Writer) error {
	const message, example = "no SecretSpec below this folder says where it is rendered to",
		"output: {sops: {}, dir: rendered, manifests: [deploy]}"
	if o.staged {
		f := report.New(report.Written, message+", so nothing was rendered", "write in one "+example)
		return printText(stderr, []*fn.Finding{f.WithSeverity(report.Info)})
	}
	return &usageError{errors.New("render needs SPEC, the file of a SecretSpec, since " + message + ", as in " + example)}
}

// findDestinations returns where the SecretSpecs below the working folder say they are rendered to, sorted.
func findDestinations() ([]*destination, error) {
	root, here, err := fn.OpenRoot()
	if err != nil {
		return nil, &usageError{err}
	}
	defer root.Close() //nolint:errcheck // nothing is written by it
	files, err := repository.SpecFiles(root, here)
	if err != nil {
		return nil, err
	}
	byDir := map[string]*destination{}
	for _, file := range files {
		relative, err := filepath.Rel(filepath.FromSlash(here), filepath.FromSlash(file))
		if err != nil {
			return nil, err
		}
		if err := addDestination(byDir, relative, root.Name()); err != nil {
			return nil, err
		}
	}
	var all []*destination
	for _, d := range byDir {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *destination) int { return cmp.Compare(a.dir, b.dir) })
	for _, d := range all {
		for _, other := range all {
			if other != d && inside(other.dir, d.dir) {
				d.within = append(d.within, other.dir)
			}
		}
	}
	return all, nil
}

// addDestination adds that of the SecretSpec in a file, if it has one.
func addDestination(byDir map[string]*destination, file, root string) error {
	sources, err := (&manifests.Reader{}).Read(file, nil)
	if err != nil {
		return fileFinding(err)
	}
	if !slices.ContainsFunc(sources[0].Documents, func(d *manifests.Document) bool {
		return slices.ContainsFunc(d.Items(), func(item *yaml.Node) bool {
			return item.Kind == yaml.MappingNode && schema.IsSecretSpec(yaml.NewRNode(item)) &&
				yamlnode.Field(yamlnode.Field(item, "output"), "dir") != nil
		})
	}) {
		return nil
	}
	l := &loaded{filter: &fn.Filter{}, reader: &manifests.Reader{}}
	if err := l.readSpec(file, nil); err != nil {
		return err
	}
	var c report.Collector
	spec := schema.Parse(l.filter.FunctionConfig, &c)
	for _, f := range c.Findings() {
		if f.IsError() {
			return l.placed(f, file)
		}
	}
	dir, paths, err := l.outputPlaces(file, root, spec)
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

// outputPlaces returns the folder that the SecretSpec in a file says it is rendered into, "" if it says none, and what
// it lists to be applied to then.
func (l *loaded) outputPlaces(file, root string, spec *schema.SecretSpec) (dir string, paths []string, err error) {
	if spec == nil || spec.Output == nil || spec.Output.Dir == "" {
		return "", nil, nil
	}
	for i, name := range append([]string{spec.Output.Dir}, spec.Output.Manifests...) {
		place := filepath.Join(filepath.Dir(file), filepath.FromSlash(name))
		if !inside(place, root) {
			at := report.Field("output").Child("dir")
			if i > 0 {
				at = report.Field("output").Child("manifests").Index(i - 1)
			}
			f := report.New(report.OutsideRoot, name+" is outside of the folder that files are read from",
				"run it in a folder above, or set "+fn.RootVariable).In(at)
			return "", nil, l.placed(f, file)
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
func (l *loaded) placed(f *report.Finding, file string) *report.Finding {
	f.Place.File = manifests.FromHere(file)
	f.Place.Line, f.Place.Column = report.Locate(l.filter.FunctionConfig.YNode(), f.Field)
	return f
}

// render applies the SecretSpecs, and keeps what is to be written.
func (d *destination) render(ctx context.Context, stderr io.Writer, o *renderOptions) error {
	args := slices.Concat(d.specs[:1], d.paths, d.specs[1:])
	l, err := load(args, d.dir, nil)
	if err != nil {
		return err
	}
	for _, more := range l.filter.More {
		if err := d.owns(more); err != nil {
			return err
		}
	}
	if err := l.readEmitted(d.dir, d.within...); err != nil {
		return err
	}
	l.filter.Explain, l.filter.AcceptRecipients = o.explain, accepted(o.accept)
	l.filter.Output = manifests.FromHere(d.dir)
	result, err := l.apply(ctx, stderr)
	if err != nil {
		return err
	}
	if d.files, err = l.outputs(d.dir, result, false); err != nil {
		return fmt.Errorf("%s: %w", manifests.FromHere(d.specs[0]), err)
	}
	return nil
}

// owns returns an error if a SecretSpec among the manifests says that it is rendered elsewhere.
func (d *destination) owns(spec *yaml.RNode) error {
	file := spec.GetAnnotations()[kioutil.PathAnnotation]
	isOwn := slices.ContainsFunc(d.specs, func(own string) bool { return manifests.FromHere(own) == file })
	if isOwn || yamlnode.Field(yamlnode.Field(spec.YNode(), "output"), "dir") == nil {
		return nil
	}
	return fmt.Errorf("%s: output.manifests: %s is among them, and has an output.dir of its own; list the folders without it",
		manifests.FromHere(d.specs[0]), file)
}

// writeAll writes what the SecretSpecs are rendered to, all or none.
func writeAll(destinations []*destination) error {
	if len(destinations) == 1 {
		return manifests.Write(destinations[0].dir, changesOf(destinations[0].files))
	}
	top := destinations[0].dir
	for _, d := range destinations[1:] {
		for !inside(d.dir, top) {
			top = filepath.Join(top, "..")
		}
	}
	type placed struct {
		manifests.Change
		rank int
	}
	var all []placed
	taken := map[string]string{}
	for _, d := range destinations {
		below, err := filepath.Rel(manifests.Resolve(top), manifests.Resolve(d.dir))
		if err != nil {
			return err
		}
		for _, f := range d.files {
			change := f.Change
			change.Name = filepath.ToSlash(filepath.Join(below, filepath.FromSlash(change.Name)))
			if other, ok := taken[change.Name]; ok {
				return fmt.Errorf("%s is rendered into %s and into %s; write another output.dir, or output.manifests that do not overlap",
					manifests.FromHere(filepath.Join(top, change.Name)), other, d.dir)
			}
			taken[change.Name] = d.dir
			all = append(all, placed{change, f.rank()})
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.rank, b.rank) })
	var changes []manifests.Change
	for _, p := range all {
		changes = append(changes, p.Change)
	}
	return manifests.Write(top, changes)
}
