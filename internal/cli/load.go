package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
)

// loaded is what the arguments `SPEC [FILE-or-DIR ...]` name, and a filter made of it.
type loaded struct {
	filter    *fn.Filter
	manifests manifests
}

// load reads what the arguments name. Output is the folder that is written to, or "": what a former run wrote there is no
// manifest to apply the SecretSpec to.
func load(args []string, output string, stdin io.Reader) (*loaded, error) {
	root, err := os.OpenRoot(".")
	if err != nil {
		return nil, fmt.Errorf("the working folder cannot be opened: %w", err)
	}
	spec, err := readSpec(args[0])
	if err != nil {
		return nil, err
	}
	found, err := readManifests(args[1:], args[0], output, stdin)
	if err != nil {
		return nil, err
	}
	return &loaded{filter: &fn.Filter{Root: root, FunctionConfig: spec, Positions: true, Files: found.files()}, manifests: found}, nil
}

// apply runs the filter and prints what it has to say. Its errors have been printed, or could not be.
func (l *loaded) apply(ctx context.Context, stderr io.Writer) (fn.Result, error) {
	result, failed := l.filter.Run(ctx, l.manifests.nodes())
	// Who can read what is for check to say, and tree shows it.
	said := slices.DeleteFunc(result.Findings, func(f *fn.Finding) bool { return f.Code == report.ReadableBy })
	if err := fn.Print(stderr, said); err != nil || failed != nil {
		return fn.Result{}, errSilent
	}
	return result, nil
}
