package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// loaded is what the arguments `SPEC [FILE-or-DIR ...]` name, and a filter made of it.
type loaded struct {
	filter *fn.Filter
	reader *manifests.Reader
	// sources are the files that were read, and resources the Kubernetes objects in them.
	sources   []*manifests.Source
	resources []resource
	// encrypted has Secrets that are SOPS documents be resources, whatever takes them.
	encrypted bool
}

// resource is a Kubernetes object in a file.
type resource struct {
	source *manifests.Source
	// document is the index of its document, and item its own among the items of the document.
	document, item int
	node           *yaml.RNode
}

// specAndFiles is what the arguments `SPEC [FILE-or-DIR ...]` have to be.
func specAndFiles(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return fmt.Errorf("%s needs SPEC, the file of a SecretSpec", cmd.Name())
	case args[0] == "-":
		return errors.New("SPEC has to be a file, since its sources are relative to its folder")
	}
	return nil
}

// load reads what the arguments name. Output is the folder that is written to, or "": what a former run wrote there is
// not a manifest to apply the SecretSpec to, unless the folder is named.
func load(args []string, output string, stdin io.Reader) (*loaded, error) {
	root, dir, err := fn.OpenRoot()
	if err != nil && os.Getenv(fn.RootVariable) != "" {
		return nil, &usageError{err}
	}
	if err != nil {
		return nil, fmt.Errorf("the folder of the files cannot be opened: %w", err)
	}
	l := &loaded{filter: &fn.Filter{Root: root, Dir: dir, Positions: true}, reader: &manifests.Reader{Stdin: stdin}}
	if err := l.readSpec(args[0], args[1:]); err != nil {
		return nil, err
	}
	for _, path := range args[1:] {
		keep := func(file string) bool { return output == "" || !inside(file, output) || inside(path, output) }
		sources, err := l.reader.Read(path, keep)
		if err != nil {
			return nil, fileFinding(err)
		}
		for _, source := range sources {
			if err := l.add(source, func(*yaml.RNode) bool { return true }); err != nil {
				return nil, err
			}
		}
	}
	for _, link := range l.reader.NotFollowed {
		f := report.New(report.LinkNotFollowed,
			"this link leads out of its folder, or to another folder, and is not followed", "name what it leads to")
		f.Place.File = manifests.FromHere(link)
		l.filter.Findings = append(l.filter.Findings, f.WithSeverity(report.Warning))
	}
	return l, nil
}

// readSpec reads the one SecretSpec in a file. Its sources are relative to the file's folder. More are the files and
// folders that are named after it.
func (l *loaded) readSpec(path string, more []string) error {
	file, err := os.Stat(path)
	if err == nil && file.IsDir() {
		return fmt.Errorf("%s: it is a folder; name the file of a SecretSpec", path)
	}
	sources, err := l.reader.Read(path, nil)
	if err != nil {
		return fileFinding(err)
	}
	var specs []*yaml.RNode
	for _, d := range sources[0].Documents {
		for _, item := range d.Items() {
			node := yaml.NewRNode(item)
			if fn.Malformed(node) == "" && schema.IsSecretSpec(node) {
				specs = append(specs, node)
			}
		}
	}
	if len(specs) != 1 {
		return notOneSpec(sources[0], specs, more)
	}
	l.filter.FunctionConfig = specs[0]
	return setFile(specs[0], path)
}

// setFile notes on a SecretSpec in which file it is.
func setFile(spec *yaml.RNode, path string) error {
	if err := spec.PipeE(yaml.SetAnnotation(kioutil.PathAnnotation, manifests.FromHere(path))); err != nil {
		return fmt.Errorf("%s: its annotations cannot be set: %w", path, err)
	}
	return nil
}

// add adds the resources of a file that are wanted. What is not a Kubernetes object, and what is meant for tools only
// (kustomizations, SOPS documents, anything marked as local config), is left out. SecretSpecs are applied.
func (l *loaded) add(source *manifests.Source, want func(*yaml.RNode) bool) error {
	before := len(l.resources)
	for d, document := range source.Documents {
		for i, item := range document.Items() {
			if err := l.addItem(resource{source, d, i, yaml.NewRNode(manifests.Plain(item))}, item, want); err != nil {
				return err
			}
		}
	}
	if len(l.resources) > before {
		l.sources = append(l.sources, source)
	}
	return nil
}

// addItem adds one item of a document, which r holds without aliases.
func (l *loaded) addItem(r resource, item *yaml.Node, want func(*yaml.RNode) bool) error {
	document, file := r.source.Documents[r.document], r.source.Path
	switch {
	case document.IsList() && item.Kind != yaml.MappingNode && document.Node.Kind == yaml.MappingNode:
		return malformed(file, item, "an item of the List is not a map")
	case item.Kind != yaml.MappingNode || !hasType(r.node):
		return nil
	}
	if field := fn.Malformed(r.node); field != "" {
		return malformed(file, item, field+" is not a map")
	}
	if schema.IsSecretSpec(r.node) {
		return l.addSpec(r.source, yaml.NewRNode(item))
	}
	if !isObject(r.node) && !l.isSource(r.node) || !want(r.node) {
		return nil
	}
	if err := document.Check(); err != nil {
		return fileFinding(&manifests.FileError{Path: file, Err: err})
	}
	l.resources = append(l.resources, r)
	l.filter.Files = append(l.filter.Files, manifests.FromHere(file))
	return nil
}

// addSpec adds a SecretSpec that is among the manifests.
func (l *loaded) addSpec(source *manifests.Source, spec *yaml.RNode) error {
	if source.Path == "-" {
		return errors.New("a SecretSpec has to be in a file, since its sources are relative to its folder")
	}
	l.filter.More = append(l.filter.More, spec.Copy())
	return setFile(l.filter.More[len(l.filter.More)-1], source.Path)
}

func hasType(node *yaml.RNode) bool {
	for _, name := range []string{"kind", "apiVersion"} {
		if f := node.Field(name); f == nil || f.Value.YNode().Kind != yaml.ScalarNode || f.Value.YNode().Value == "" {
			return false
		}
	}
	return true
}

func isObject(node *yaml.RNode) bool {
	group, _, _ := strings.Cut(node.GetApiVersion(), "/")
	switch {
	case group == "kustomize.config.k8s.io", group == "kpt.dev", node.Field("sops") != nil && !isEmitted(node):
		return false
	}
	return node.GetAnnotations()["config.kubernetes.io/local-config"] != "true"
}

// isSource reports whether a resource is an encrypted Secret that SPEC takes as a source: it is decrypted in its place.
func (l *loaded) isSource(node *yaml.RNode) bool {
	isEncrypted := node.GetKind() == "Secret" && node.Field("sops") != nil
	return isEncrypted && (l.encrypted || l.filter.FunctionConfig != nil &&
		slices.Contains(schema.EncryptedSecrets(l.filter.FunctionConfig), node.GetName()))
}

// isEmitted reports whether a resource is a Secret that Secretwright emitted.
func isEmitted(node *yaml.RNode) bool {
	return node.GetKind() == "Secret" && node.GetAnnotations()[schema.SecretAnnotation] != ""
}

// malformed returns a finding about a node of a file.
func malformed(path string, node *yaml.Node, message string) error {
	f := report.New(report.BadManifest, message, "correct it, or remove its kind if it is not a Kubernetes object")
	f.Place = report.Place{File: manifests.FromHere(path), Line: node.Line, Column: node.Column}
	return f
}

// fileFinding returns what is wrong with a file as a finding at its place.
func fileFinding(err error) error {
	var file *manifests.FileError
	var place *manifests.Error
	if !errors.As(err, &file) {
		return err
	}
	if !errors.As(file.Err, &place) {
		return pathError(file.Path, file.Err)
	}
	f := report.Wrap(report.BadManifest, err, place.Problem, "")
	f.Place = report.Place{File: manifests.FromHere(file.Path), Line: place.Line, Column: place.Column}
	return f
}

// run applies the SecretSpecs.
func (l *loaded) run(ctx context.Context) (fn.Result, error) {
	var nodes []*yaml.RNode
	for _, r := range l.resources {
		nodes = append(nodes, r.node)
	}
	result, err := l.filter.Run(ctx, nodes)
	result.Findings = append(l.filter.Findings, result.Findings...)
	return result, err
}

// apply runs the filter and prints what it has to say. Its errors have been printed, or could not be.
func (l *loaded) apply(ctx context.Context, stderr io.Writer) (fn.Result, error) {
	result, failed := l.run(ctx)
	// Who can read what is for check to say, and tree shows it.
	said := slices.DeleteFunc(result.Findings, func(f *fn.Finding) bool { return f.Code == report.ReadableBy })
	if err := printText(stderr, said); err != nil || failed != nil {
		return fn.Result{}, errSilent
	}
	return result, nil
}

// inside reports whether a path is a folder or in it.
func inside(path, folder string) bool {
	_, ok := within(path, folder)
	return ok
}

// within returns a path relative to a folder, if it is in it.
func within(path, folder string) (string, bool) {
	relative, err := filepath.Rel(manifests.Resolve(folder), manifests.Resolve(path))
	return relative, err == nil && filepath.IsLocal(relative)
}
