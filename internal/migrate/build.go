package migrate

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/render"
	"github.com/secretwright/secretwright/internal/terminal"
)

// render returns the resources of a folder or a kpt package: those in its manifests, or after the plan what the
// function makes of them. Encrypted Secrets are among them, but for those whose files are sources then.
func (a *Adoption) render(ctx context.Context, after bool) ([]*yaml.RNode, error) {
	top := filepath.Join(a.root.Name(), filepath.FromSlash(a.dir))
	l := render.WithEncrypted(&fn.Filter{Root: a.root, Dir: a.dir})
	ignored := func(string) bool { return false }
	if a.plan.Layout == Package {
		ignored = Ignored(a.root.FS(), a.dir)
	}
	err := l.Read(top, func(file string) bool {
		inFolder, err := filepath.Rel(top, file)
		if err != nil || ignored(filepath.ToSlash(inFolder)) {
			return false
		}
		name, err := filepath.Rel(a.root.Name(), file)
		isSource := after && a.plan.Layout == Folder && slices.Contains(a.plan.Sources, filepath.ToSlash(name))
		return err == nil && !isSource
	})
	if err != nil {
		return nil, err
	}
	if !after {
		return l.Nodes(), nil
	}
	written := disk.FromHere(filepath.Join(top, SpecFile))
	for _, spec := range l.Filter.More { // others do what they did
		if spec.GetAnnotations()[kioutil.PathAnnotation] == written {
			l.Filter.FunctionConfig = spec
		}
	}
	l.Filter.Others, l.Filter.More = l.Filter.More, nil
	if err := l.Filter.FunctionConfig.PipeE(yaml.SetAnnotation(kioutil.PathAnnotation, SpecFile)); err != nil {
		return nil, err
	}
	result, failed := l.Run(ctx)
	if failed != nil {
		_ = terminal.PrintFindings(a.stderr, result.Findings) // the error is printed anyway
		return nil, errors.New("the SecretSpec cannot be applied")
	}
	return result.Items, nil
}
