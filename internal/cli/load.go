package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/secretwright/secretwright/fn"
)

// loaded is what the arguments `SPEC [FILE-or-DIR ...]` name, and a filter made of it.
type loaded struct {
	filter    *fn.Filter
	manifests manifests
}

// load reads what the arguments name. Output is the folder that is written to, or "": what a former run wrote there is no
// manifest to apply the SecretSpec to.
func load(args []string, output string, stdin io.Reader) (*loaded, error) {
	root, dir, err := fn.OpenRoot()
	if err != nil {
		return nil, fmt.Errorf("the folder of the files cannot be opened: %w", err)
	}
	spec, err := readSpec(args[0])
	if err != nil {
		return nil, err
	}
	found, err := readManifests(args[1:], args[0], output, stdin)
	if err != nil {
		return nil, err
	}
	return &loaded{filter: &fn.Filter{Root: root, Dir: dir, FunctionConfig: spec, Positions: true, Files: found.files()}, manifests: found}, nil
}

// apply runs the filter and prints what it has to say. Its errors have been printed, or could not be.
func (l *loaded) apply(ctx context.Context, stderr io.Writer) (fn.Result, error) {
	result, failed := l.filter.Run(ctx, l.manifests.nodes())
	if err := fn.Print(stderr, result.Findings); err != nil || failed != nil {
		return fn.Result{}, errSilent
	}
	return result, nil
}
