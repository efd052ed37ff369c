package cli

import (
	"fmt"
	"io"
	"os"

	"sigs.k8s.io/kustomize/kyaml/yaml"

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
	root, err := os.OpenRoot(".")
	if err != nil {
		return nil, &runError{fmt.Errorf("the working folder cannot be opened: %w", err)}
	}
	spec, err := readSpec(args[0])
	if err != nil {
		return nil, &runError{err}
	}
	found, err := readManifests(args[1:], args[0], output, stdin)
	if err != nil {
		return nil, &runError{err}
	}
	return &loaded{filter: &fn.Filter{Root: root, FunctionConfig: spec}, manifests: found}, nil
}

// apply runs the filter and prints what it has to say. Its errors are errSilent.
func (l *loaded) apply(stderr io.Writer) ([]*yaml.RNode, error) {
	out, err := l.filter.Filter(l.manifests.nodes())
	fn.Print(stderr, l.filter.Results)
	if err != nil {
		return nil, errSilent
	}
	return out, nil
}
