package migrate

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/render"
	"github.com/secretwright/secretwright/internal/report"
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

// buildTimeout is how long a build may take.
const buildTimeout = 5 * time.Minute

// build runs the kustomize of the user, since that is what the build must stay the same for. This program stands in for
// ksops and SopsSecretGenerator where they are not installed.
func (a *Adoption) build(ctx context.Context) ([]byte, error) {
	kustomize, err := exec.LookPath("kustomize")
	if err != nil {
		return nil, errors.New("there is no kustomize on the PATH; install it, or write without the proof with --unproven")
	}
	own, standIns, err := a.programs()
	if err != nil {
		return nil, errors.New("the folder for temporary files cannot be used")
	}
	defer os.RemoveAll(filepath.Dir(own)) //nolint:errcheck // it holds links alone
	ctx, cancel := context.WithTimeout(ctx, buildTimeout)
	defer cancel()
	report.ProgressOf(ctx).Show("building with kustomize")
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, kustomize, "build", "--enable-alpha-plugins", "--enable-exec", //nolint:gosec // the user's
		filepath.Join(a.root.Name(), filepath.FromSlash(a.dir)))
	cmd.Env = append(os.Environ(), fn.RootVariable+"="+a.root.Name(),
		"PATH="+strings.Join([]string{own, os.Getenv("PATH"), standIns}, string(os.PathListSeparator)))
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, newBuildError(stderr.String())
	}
	return stdout.Bytes(), nil
}

// programs makes two folders of links to this program: one named secretwright, and those it stands in for.
func (a *Adoption) programs() (own, standIns string, err error) {
	executable, err := os.Executable()
	if err != nil {
		return "", "", err
	}
	dir, err := os.MkdirTemp("", "secretwright-")
	if err != nil {
		return "", "", err
	}
	own, standIns = filepath.Join(dir, "own"), filepath.Join(dir, "others")
	links := map[string][]string{own: {"secretwright"}, standIns: {"ksops", "SopsSecretGenerator"}}
	for folder, names := range links {
		if err := os.Mkdir(folder, 0o700); err != nil {
			return "", "", err
		}
		for _, name := range names {
			if err := os.Symlink(executable, filepath.Join(folder, name)); err != nil {
				return "", "", err
			}
		}
	}
	return own, standIns, nil
}
