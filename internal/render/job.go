package render

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/terminal"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// Job is what the arguments `SPEC [FILE-or-DIR ...]` name, and a filter made of it.
type Job struct {
	Filter *fn.Filter
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
	// typed reports whether kind and apiVersion of node are those of its List, and not in its own text.
	typed bool
}

// Load reads what the arguments name. Output is the folder that is written to, or "": what a former run wrote there is
// not a manifest to apply the SecretSpec to, unless the folder is named.
func Load(args []string, output string, stdin io.Reader) (*Job, error) {
	root, dir, err := fn.OpenRoot()
	if err != nil {
		return nil, fmt.Errorf("the folder of the files cannot be opened: %w", err)
	}
	j := &Job{Filter: &fn.Filter{Root: root, Dir: dir, Positions: true}, reader: &manifests.Reader{Stdin: stdin}}
	if j.Filter.FunctionConfig, err = j.readSpec(args[0], args[1:]); err != nil {
		return nil, err
	}
	for _, path := range args[1:] {
		keep := func(file string) bool { return output == "" || !disk.Inside(file, output) || disk.Inside(path, output) }
		if err := j.Read(path, keep); err != nil {
			return nil, err
		}
	}
	for _, link := range j.reader.NotFollowed {
		f := report.New(report.LinkNotFollowed,
			"this link leads out of its folder, or to another folder, and is not followed", "name what it leads to")
		f.Place.File = disk.FromHere(link)
		j.Filter.Findings = append(j.Filter.Findings, f.WithSeverity(report.Warning))
	}
	return j, nil
}

// ReadSpec reads the one SecretSpec in a file. More are the files and folders that are named after it, or nil.
func ReadSpec(path string, more []string) (*yaml.RNode, error) {
	return (&Job{reader: &manifests.Reader{}}).readSpec(path, more)
}

// readSpec reads the one SecretSpec in a file. Its sources are relative to the file's folder. More are the files and
// folders that are named after it.
func (j *Job) readSpec(path string, more []string) (*yaml.RNode, error) {
	file, err := os.Stat(path)
	if err == nil && file.IsDir() {
		return nil, fmt.Errorf("%s: it is a folder; name the file of a SecretSpec", path)
	}
	sources, err := j.reader.Read(path, nil)
	if err != nil {
		return nil, fileFinding(err)
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
		return nil, notOneSpec(sources[0], specs, more)
	}
	return specs[0], setFile(specs[0], path)
}

// Read adds the resources of a file or folder. Files that keep reports false for are left out.
func (j *Job) Read(path string, keep func(file string) bool) error {
	sources, err := j.reader.Read(path, keep)
	if err != nil {
		return fileFinding(err)
	}
	for _, source := range sources {
		if err := j.add(source, func(*yaml.RNode) bool { return true }); err != nil {
			return err
		}
	}
	return nil
}

// WithEncrypted returns a job without files yet, for which Secrets that are SOPS documents are resources.
func WithEncrypted(filter *fn.Filter) *Job {
	return &Job{Filter: filter, reader: &manifests.Reader{}, encrypted: true}
}

// setFile notes on a SecretSpec in which file it is.
func setFile(spec *yaml.RNode, path string) error {
	if err := spec.PipeE(yaml.SetAnnotation(kioutil.PathAnnotation, disk.FromHere(path))); err != nil {
		return fmt.Errorf("%s: its annotations cannot be set: %w", path, err)
	}
	return nil
}

// add adds the resources of a file that are wanted. What is not a Kubernetes object, and what is meant for tools only
// (kustomizations, SOPS documents, anything marked as local config), is left out. SecretSpecs are applied.
func (j *Job) add(source *manifests.Source, want func(*yaml.RNode) bool) error {
	before := len(j.resources)
	for d, document := range source.Documents {
		for i, item := range document.Items() {
			node, typed := withType(yaml.NewRNode(yamlnode.Plain(item)), document)
			if err := j.addItem(resource{source, d, i, node, typed}, item, want); err != nil {
				return err
			}
		}
	}
	if len(j.resources) > before {
		j.sources = append(j.sources, source)
	}
	return nil
}

// addItem adds one item of a document, which r holds without aliases.
func (j *Job) addItem(r resource, item *yaml.Node, want func(*yaml.RNode) bool) error {
	document, file := r.source.Documents[r.document], r.source.Path
	switch {
	case document.IsList() && item.Kind != yaml.MappingNode && document.Node.Kind == yaml.MappingNode:
		return malformed(file, item, "an item of the List is not a map")
	case untyped(r.node) != "":
		return malformed(file, item, untyped(r.node)+" is not text")
	case item.Kind != yaml.MappingNode || !hasType(r.node):
		return nil
	}
	if field := fn.Malformed(r.node); field != "" {
		return malformed(file, item, field+" is not a map")
	}
	if schema.IsSecretSpec(r.node) {
		return j.addSpec(r.source, yaml.NewRNode(item))
	}
	if !isObject(r.node) && !j.isSource(r.node) || !want(r.node) {
		return nil
	}
	if err := document.Check(); err != nil {
		return fileFinding(&disk.Error{Path: file, Err: err})
	}
	j.resources = append(j.resources, r)
	j.Filter.Files = append(j.Filter.Files, disk.FromHere(file))
	return nil
}

// addSpec adds a SecretSpec that is among the manifests.
func (j *Job) addSpec(source *manifests.Source, spec *yaml.RNode) error {
	if source.Path == "-" {
		return errors.New("a SecretSpec has to be in a file, since its sources are relative to its folder")
	}
	j.Filter.More = append(j.Filter.More, spec.Copy())
	return setFile(j.Filter.More[len(j.Filter.More)-1], source.Path)
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
func (j *Job) isSource(node *yaml.RNode) bool {
	isEncrypted := node.GetKind() == "Secret" && node.Field("sops") != nil
	return isEncrypted && (j.encrypted || j.Filter.FunctionConfig != nil &&
		slices.Contains(schema.EncryptedSecrets(j.Filter.FunctionConfig), node.GetName()))
}

// isEmitted reports whether a resource is a Secret that Secretwright emitted.
func isEmitted(node *yaml.RNode) bool {
	return node.GetKind() == "Secret" && node.GetAnnotations()[schema.SecretAnnotation] != ""
}

// malformed returns a finding about a node of a file.
func malformed(path string, node *yaml.Node, message string) error {
	f := report.New(report.BadManifest, message, "correct it, or remove its kind if it is not a Kubernetes object")
	f.Place = report.Place{File: disk.FromHere(path), Line: node.Line, Column: node.Column}
	return f
}

// fileFinding returns what is wrong with a file as a finding at its place.
func fileFinding(err error) error {
	var file *disk.Error
	var place *manifests.Error
	if !errors.As(err, &file) {
		return err
	}
	if !errors.As(file.Err, &place) {
		return disk.NamedError(file.Path, file.Err)
	}
	f := report.Wrap(report.BadManifest, err, place.Problem, "")
	f.Place = report.Place{File: disk.FromHere(file.Path), Line: place.Line, Column: place.Column}
	return f
}

// Nodes returns the resources that were read.
func (j *Job) Nodes() []*yaml.RNode {
	var nodes []*yaml.RNode
	for _, r := range j.resources {
		nodes = append(nodes, r.node)
	}
	return nodes
}

// Run applies the SecretSpecs.
func (j *Job) Run(ctx context.Context) (fn.Result, error) {
	result, err := j.Filter.Run(ctx, j.Nodes())
	result.Findings = append(j.Filter.Findings, result.Findings...)
	return result, err
}

// Apply runs the filter and prints what it has to say. Its errors have been printed, or could not be.
func (j *Job) Apply(ctx context.Context, stderr io.Writer) (fn.Result, error) {
	result, failed := j.Run(ctx)
	// Who can read what is for check to say, and tree shows it.
	said := slices.DeleteFunc(result.Findings, func(f *fn.Finding) bool { return f.Code == report.ReadableBy })
	if err := terminal.PrintFindings(stderr, said); err != nil || failed != nil {
		return fn.Result{}, terminal.ErrPrinted
	}
	return result, nil
}
