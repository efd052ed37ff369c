package check

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/render"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/repository"
	"github.com/secretwright/secretwright/schema"
)

// repositoryCheck checks all SecretSpecs below folders.
type repositoryCheck struct {
	root *os.Root
	// here is the working folder, relative to the root.
	here   string
	accept []string
	units  []repository.Unit
	// made are what kustomizations below others came to, by their stages.
	made sync.Map
}

// Result is what a check said of one SecretSpec, in one unit.
type Result struct {
	spec, user string
	Findings   []*fn.Finding
}

// newRepositoryCheck finds what is below the folders.
func newRepositoryCheck(folders []string, accept []string) (*repositoryCheck, error) {
	root, here, err := fn.OpenRoot()
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, folder := range folders {
		dir, ok := disk.Within(folder, root.Name())
		if !ok {
			return nil, fmt.Errorf("%s is outside of the folder that files are read from; run it there, or set %s", folder,
				fn.RootVariable)
		}
		dirs = append(dirs, filepath.ToSlash(dir))
	}
	units, err := repository.Find(root, dirs)
	if err != nil {
		return nil, err
	}
	return &repositoryCheck{root: root, here: here, accept: accept, units: units}, nil
}

// Repository checks all SecretSpecs below folders, and returns what it found in their order. Accept are recipients
// that are confirmed, for [fn.Filter.AcceptRecipients].
func Repository(ctx context.Context, folders, accept []string) ([]Result, error) {
	c, err := newRepositoryCheck(folders, accept)
	if err != nil {
		return nil, err
	}
	return c.run(ctx), nil
}

// run checks all units, several at a time, and returns what it found in their order.
func (c *repositoryCheck) run(ctx context.Context) []Result {
	results := make([][]Result, len(c.units))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	var done atomic.Int32
	for i, unit := range c.units {
		group.Go(func() error {
			if unit.Kind == repository.Kustomization {
				results[i] = c.built(ctx, unit)
			} else {
				results[i] = c.plain(ctx, unit)
			}
			report.ProgressOf(ctx).Show(fmt.Sprintf("checking folders (%d of %d)", done.Add(1), len(c.units)))
			return nil
		})
	}
	_ = group.Wait() // none of them fails
	return slices.Concat(results...)
}

// fromHere returns a path of the root relative to the working folder.
func (c *repositoryCheck) fromHere(file string) string {
	if relative, err := filepath.Rel(filepath.FromSlash(c.here), filepath.FromSlash(file)); err == nil {
		return filepath.ToSlash(relative)
	}
	return file
}

// built checks the SecretSpecs of a kustomization, each as kustomize would run it after those before it.
func (c *repositoryCheck) built(ctx context.Context, unit repository.Unit) []Result {
	s := c.build(ctx, unit, nil)
	// What kustomize cannot build may follow from what failed.
	nodes, findings := s.nodes, append(s.failed, s.said...)
	if unit.Unused {
		f := report.New(report.UnusedComponent,
			"no kustomization that is looked at uses this component, so it is checked without what it is "+
				"applied to", "name the folder of one that does, too")
		f.Place.File = unit.File()
		findings = []*fn.Finding{f.WithSeverity(report.Info)}
	}
	for _, entry := range unit.Missing {
		f := report.New(report.BuildFailed, "kustomize cannot build it: there is no "+entry.Value, "correct the name, or take it out")
		f.Place = report.Place{File: unit.File(), Line: entry.Line, Column: entry.Column}
		findings = append(findings, f)
	}
	cannot := slices.ContainsFunc(findings, (*fn.Finding).IsError)
	var out []Result
	for i, spec := range unit.Specs {
		one := Result{spec: c.fromHere(spec.File)}
		if unit.User != unit.Dir {
			one.user = c.fromHere(unit.User)
		}
		if i == 0 {
			one.Findings = findings
		}
		if f := notAFunction(spec); f != nil {
			one.Findings = append(one.Findings, f)
		}
		if !cannot {
			var said []*fn.Finding
			nodes, said = c.apply(ctx, unit, spec, nodes)
			if unit.Unused {
				said = slices.DeleteFunc(said, func(f *fn.Finding) bool { return f.Code == report.NoMatch })
			}
			one.Findings = append(one.Findings, said...)
		}
		for _, f := range one.Findings {
			f.Place.File = c.fromHere(f.Place.File)
		}
		if slices.ContainsFunc(out, func(o Result) bool { return o.spec == one.spec }) {
			merge(out, one)
			continue
		}
		out = append(out, one)
	}
	return out
}

// notAFunction reports a SecretSpec that kustomize does not run: it is a resource, or does not say by which program.
func notAFunction(spec repository.Spec) *fn.Finding {
	const annotation = "config.kubernetes.io/function"
	var f *fn.Finding
	switch {
	case spec.Resource != "":
		f = report.New(report.NotAFunction, spec.Resource+" lists it under resources, where kustomize runs nothing",
			"list it under transformers instead")
	case spec.Node != nil && spec.Node.GetAnnotations()[annotation] == "" && spec.Node.GetAnnotations()["config.k8s.io/function"] == "":
		f = report.New(report.NotAFunction, "it does not say which program kustomize is to run for it",
			"add the annotation "+annotation+`: "exec: {path: secretwright}"`)
	default:
		return nil
	}
	f.Place.File = spec.File
	return f
}

// stage is what a kustomization came to, and what was left out for that, or why it cannot be built.
type stage struct {
	nodes []*yaml.RNode
	said  []*fn.Finding
	// failed is why SecretSpecs below fail that are not among those that are checked: nobody else says it.
	failed []*fn.Finding
}

// come returns what a kustomization that others are built on comes to after its SecretSpecs.
func (c *repositoryCheck) come(ctx context.Context, unit repository.Unit, above []repository.Stage) stage {
	s := c.build(ctx, unit, above)
	isChecked := slices.ContainsFunc(c.units, func(u repository.Unit) bool { return u.Stage() == unit.Stage() })
	for _, spec := range unit.Specs {
		var found []*fn.Finding
		s.nodes, found = c.apply(ctx, unit, spec, s.nodes)
		for _, f := range found {
			if f.IsError() && !isChecked {
				s.failed = append(s.failed, f)
			}
		}
	}
	return s
}

// build builds a kustomization on what those below it come to after their SecretSpecs, and with what its own
// SecretSpecs under generators make. Above are those that it is built for.
func (c *repositoryCheck) build(ctx context.Context, unit repository.Unit, above []repository.Stage) (out stage) {
	made := repository.Made{}
	var said []*fn.Finding
	above = append(slices.Clone(above), unit.Stage())
	for _, below := range repository.Below(c.root, unit) {
		if slices.Contains(above, below.Stage()) {
			continue // a cycle, which kustomize refuses
		}
		known, ok := c.made.Load(below.Stage())
		if !ok {
			known = c.come(ctx, below, above)
			c.made.Store(below.Stage(), known)
		}
		s := known.(stage)
		for _, f := range s.failed {
			out.failed = withNew(out.failed, f)
		}
		if !slices.ContainsFunc(s.said, (*fn.Finding).IsError) { // else kustomize says it of this one too
			made[below.Stage()], said = s.nodes, append(said, s.said...)
		}
	}
	for _, dir := range slices.Compact([]string{unit.User, unit.Dir}) {
		var generated []*yaml.RNode
		for _, spec := range repository.Generators(c.root, dir) {
			generated = append(generated, c.generate(ctx, dir, spec)...)
		}
		if len(generated) > 0 {
			made[repository.Generated(dir)] = generated
		}
	}
	out.nodes, out.said = repository.Build(c.root, unit, made)
	for _, f := range said {
		out.said = withNew(out.said, f)
	}
	return out
}

// withNew adds a copy of a finding to those that do not say the same: others are given it too, and their places are
// changed.
func withNew(findings []*fn.Finding, f *fn.Finding) []*fn.Finding {
	if slices.ContainsFunc(findings, func(g *fn.Finding) bool { return g.Line() == f.Line() }) {
		return findings
	}
	own := *f
	return append(findings, &own)
}

// generate returns what a SecretSpec under generators makes.
func (c *repositoryCheck) generate(ctx context.Context, dir string, spec repository.Spec) []*yaml.RNode {
	filter := &fn.Filter{Root: c.root, Dir: dir, FunctionConfig: spec.Node, Keyless: true, AcceptRecipients: c.accept}
	result, err := filter.Run(ctx, []*yaml.RNode{spec.Node})
	if err != nil {
		return nil
	}
	return result.Items
}

// merge adds what was said of a SecretSpec that a kustomization lists twice, under generators and transformers, to what
// was said of it before.
func merge(out []Result, one Result) {
	for i := range out {
		if out[i].spec != one.spec {
			continue
		}
		for _, f := range one.Findings {
			out[i].Findings = withNew(out[i].Findings, f)
		}
	}
}

// apply runs a SecretSpec as the function, without keys.
func (c *repositoryCheck) apply(ctx context.Context, unit repository.Unit, spec repository.Spec,
	nodes []*yaml.RNode) ([]*yaml.RNode, []*fn.Finding) {
	config := spec.Node
	input := nodes
	if spec.Generator || len(nodes) == 0 {
		input = []*yaml.RNode{config}
	}
	filter := &fn.Filter{Root: c.root, Dir: unit.Dir, FunctionConfig: config, Positions: true, Keyless: true,
		AcceptRecipients: c.accept}
	result, err := filter.Run(ctx, input)
	for _, f := range result.Findings {
		if f.Place.File != "" {
			continue
		}
		if f.Place.File = spec.File; spec.Inline {
			f.Place.Line, f.Place.Column = 0, 0
		}
	}
	if err != nil || spec.Generator { // what it makes is among the resources
		return nodes, result.Findings
	}
	return result.Items, result.Findings
}

// plain checks the SecretSpecs of a package or a folder as `check SPEC DIR` does.
func (c *repositoryCheck) plain(ctx context.Context, unit repository.Unit) []Result {
	var out []Result
	for _, spec := range unit.Specs {
		one := Result{spec: c.fromHere(spec.File)}
		if f := notAFunction(spec); f != nil {
			f.Place.File = one.spec
			one.Findings = append(one.Findings, f)
		}
		one.Findings = append(one.Findings, c.one(ctx, unit, spec)...)
		out = append(out, one)
	}
	return out
}

// one checks one SecretSpec with the manifests of its folder.
func (c *repositoryCheck) one(ctx context.Context, unit repository.Unit, spec repository.Spec) []*fn.Finding {
	file := c.fromHere(spec.File)
	l, err := c.load(unit, file)
	var finding *fn.Finding
	switch {
	case errors.As(err, &finding):
		return []*fn.Finding{finding}
	case err != nil:
		f := report.New(report.BadManifest, err.Error(), "")
		f.Place.File = file
		return []*fn.Finding{f}
	}
	l.Filter.Others = slices.Clone(l.Filter.More)
	l.Filter.More = slices.DeleteFunc(l.Filter.More, func(more *yaml.RNode) bool {
		return !slices.ContainsFunc(unit.Specs, func(s repository.Spec) bool {
			return c.fromHere(s.File) == more.GetAnnotations()[kioutil.PathAnnotation]
		})
	})
	l.Filter.Keyless, l.Filter.AcceptRecipients = true, c.accept
	result, _ := l.Run(ctx) // the findings tell
	return slices.DeleteFunc(result.Findings, func(f *fn.Finding) bool {
		return f.SpecFile != "" && f.SpecFile != file // which is said of that one
	})
}

// load reads a SecretSpec and the manifests of its unit, or those that its output lists. Those of a folder are without
// subfolders that something else is checked in: another SecretSpec, or a kustomization or package.
func (c *repositoryCheck) load(unit repository.Unit, file string) (*render.Job, error) {
	l, err := render.Load([]string{file}, "", nil)
	if err != nil {
		return nil, err
	}
	spec := schema.Parse(l.Filter.FunctionConfig, &report.Collector{}) // what is wrong with it, the run says
	output, dirs, err := render.OutputPlaces(file, c.root.Name(), l.Filter.FunctionConfig, spec)
	if err != nil {
		return nil, err
	}
	isListed := len(dirs) > 0
	if !isListed {
		dirs = []string{c.fromHere(unit.Dir)}
	}
	for _, dir := range dirs {
		own := map[string]bool{filepath.Clean(dir): true}
		err := l.Read(dir, func(name string) bool {
			isOutput := output != "" && disk.Inside(name, output) && !disk.Inside(dir, output)
			return !isOutput && (unit.Kind == repository.Package || isListed || c.belongs(filepath.Dir(name), own))
		})
		if err != nil {
			return nil, err
		}
	}
	return l, nil
}

// belongs reports whether a folder belongs to the one above it, as known.
func (c *repositoryCheck) belongs(dir string, known map[string]bool) bool {
	if belongs, ok := known[dir]; ok {
		return belongs
	}
	belongs := !slices.ContainsFunc(append(konfig.RecognizedKustomizationFileNames(), "Kptfile"), func(name string) bool {
		_, err := os.Lstat(filepath.Join(dir, name))
		return err == nil
	}) && !slices.ContainsFunc(c.units,
		func(u repository.Unit) bool { return filepath.FromSlash(c.fromHere(u.Dir)) == dir }) &&
		c.belongs(filepath.Dir(dir), known)
	known[dir] = belongs
	return belongs
}
