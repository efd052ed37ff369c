package render

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/terminal"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// ReadEmitted reads the Secrets that a former run wrote into the folder, so that those whose content did not change
// stay as they are, and those that are no longer declared go. Without are folders in it that hold others' output.
func (j *Job) ReadEmitted(dir string, without ...string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := disk.Sweep(dir); err != nil {
		return err
	}
	reader := &manifests.Reader{}
	sources, err := reader.Read(dir, func(file string) bool {
		isOther := slices.ContainsFunc(without, func(other string) bool { return disk.Inside(file, other) })
		return !isOther && !j.reader.HasRead(file)
	})
	if err != nil {
		return fileFinding(err)
	}
	specs := j.Filter.More
	j.Filter.Inputs = len(j.resources)
	for _, source := range sources {
		if err := j.add(source, isEmitted); err != nil {
			return err
		}
	}
	j.Filter.More = specs // those in the output folder were not named
	return nil
}

// File is a file to be written.
type File struct {
	disk.Change
	// from is the file that it was made from, or nil.
	from *manifests.Source
	// resources are what it holds, and isNew reports whether they are all new.
	resources []*yaml.RNode
	isNew     bool
	inPlace   bool // it is written where it was read
	stream    *splice.Stream
}

// rank has Secrets take their places before what refers to them, and last those go that are no longer declared.
func (f *File) rank() int {
	switch {
	case f.Content == nil:
		return 2
	case slices.ContainsFunc(f.resources, isEmitted):
		return 0
	}
	return 1
}

// Write writes the resources into a folder. Files whose content does not change are not touched. It returns all of the
// files.
func (j *Job) Write(stderr io.Writer, dir string, result fn.Result, plaintext bool) ([]*File, error) {
	files, err := j.outputs(dir, result, plaintext)
	if err != nil {
		return nil, err
	}
	if err := disk.Write(dir, changesOf(files)); err != nil {
		return nil, err
	}
	return files, terminal.PrintFindings(stderr, unlisted(dir, fresh(files)))
}

// changesOf returns what is to be written.
func changesOf(files []*File) (changes []disk.Change) {
	for _, f := range files {
		changes = append(changes, f.Change)
	}
	return changes
}

// fresh returns the files that come or go.
func fresh(files []*File) (changes []disk.Change) {
	for _, f := range files {
		if f.from == nil || len(f.Content) == 0 {
			changes = append(changes, f.Change)
		}
	}
	return changes
}

// outputs returns what becomes of the files in a folder: each resource goes into the file it came from, or the one of
// the same name, and a new Secret into a file of its own.
func (j *Job) outputs(dir string, result fn.Result, plaintext bool) ([]*File, error) {
	files, added, err := j.edit(result)
	if err != nil {
		return nil, err
	}
	out := map[string]*File{}
	for _, file := range files {
		f, err := j.outputOf(dir, file)
		if err != nil {
			return nil, err
		}
		if other := out[f.Name]; other != nil {
			return nil, fmt.Errorf("%s and %s would both be written to %s; name the folder above both",
				disk.FromHere(other.from.Path), disk.FromHere(f.from.Path), filepath.Join(dir, f.Name))
		}
		out[f.Name] = f
	}
	for _, node := range added {
		if err := addNew(dir, out, node); err != nil {
			return nil, err
		}
	}
	var changes []*File
	for _, f := range out {
		changes = append(changes, f)
	}
	slices.SortFunc(changes, func(a, b *File) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Name, b.Name))
	})
	for _, f := range changes {
		if err := f.private(plaintext); err != nil {
			return nil, err
		}
		if err := j.mayWrite(dir, f); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// outputOf returns where a file that was read is written, and as what.
func (j *Job) outputOf(dir string, file edited) (*File, error) {
	if file.source.Path == "-" {
		return nil, errors.New("what comes from standard input has no file name to be written under; " +
			"name files or folders")
	}
	name := file.source.Name
	there, inPlace := disk.Within(file.source.Path, dir)
	if inPlace {
		name = there
	}
	f := &File{from: file.source, resources: file.resources, inPlace: inPlace}
	f.Name, f.Content = filepath.ToSlash(name), file.content()
	if inPlace {
		f.Former = file.source.Bytes()
	}
	return f, nil
}

// addNew adds a new Secret to the file it is to be written to.
func addNew(dir string, out map[string]*File, node *yaml.RNode) error {
	path := node.GetAnnotations()[kioutil.PathAnnotation]
	name, ok := disk.Within(filepath.FromSlash(path), dir)
	if !ok {
		return fmt.Errorf("%s is outside of %s; choose a path inside it", path, dir)
	}
	name = filepath.ToSlash(name)
	f := out[name]
	if f == nil {
		f = &File{isNew: true}
		f.Name = name
		out[name] = f
	}
	if slices.ContainsFunc(f.resources, func(r *yaml.RNode) bool { return !isEmitted(r) }) {
		return inTheWay(filepath.Join(dir, name))
	}
	text, err := newText(node)
	if err != nil {
		return err
	}
	if f.stream == nil {
		f.stream = &splice.Stream{}
		if f.Content != nil {
			if err := f.stream.Add(f.Content); err != nil {
				return err
			}
		}
	}
	if err := f.stream.Add(text); err != nil {
		return err
	}
	f.Content, f.resources = f.stream.Bytes(), append(f.resources, node)
	return nil
}

func inTheWay(path string) error {
	return fmt.Errorf("%s is in the place of a new Secret, and was not written by secretwright; move it away", path)
}

// private refuses Secrets in the clear, unless they are wanted in files for their owner alone.
func (f *File) private(plaintext bool) error {
	for _, node := range f.resources {
		if !isEmitted(node) || node.Field("sops") != nil {
			continue
		}
		if !plaintext {
			return fmt.Errorf("the Secret %s would be written in the clear; set output: {sops: {}} in the SecretSpec, "+
				"so that it is encrypted, or name SPEC and give --plaintext", node.GetAnnotations()[schema.SecretAnnotation])
		}
		f.Private = true
	}
	return nil
}

// mayWrite refuses to write over what is not ours to write: a file that was not read, unless it is what a former run
// made of the same resources.
func (j *Job) mayWrite(dir string, f *File) error {
	path := filepath.Join(dir, filepath.FromSlash(f.Name))
	if f.from != nil && f.from.Resolved == disk.Resolve(path) {
		return nil
	}
	switch info, err := os.Stat(path); {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a folder; a file has to take its place", path)
	case disk.IsSpecial(path):
		return fmt.Errorf("%s is not a regular file; a file has to take its place", path)
	}
	there, err := (&manifests.Reader{}).Read(path, nil)
	if f.isNew {
		return inTheWay(path)
	}
	if err != nil {
		return fileFinding(err)
	}
	if bytes.Equal(there[0].Bytes(), f.Content) || isFormer(there[0], f) {
		return nil
	}
	return fmt.Errorf("%s holds something else than %s, and would be written over; move it away, or remove it if it is "+
		"what was once rendered", path, disk.FromHere(f.from.Path))
}

// isFormer reports whether a file holds no documents but those that are written now, as they may have been before.
func isFormer(there *manifests.Source, f *File) bool {
	type id struct{ apiVersion, kind, namespace, name string }
	idOf := func(node *yaml.RNode) id {
		return id{node.GetApiVersion(), node.GetKind(), node.GetNamespace(), node.GetName()}
	}
	known := map[id]bool{}
	for _, node := range f.resources {
		known[idOf(node)] = true
	}
	same := map[string]bool{}
	for _, d := range f.from.Documents {
		same[string(bytes.TrimSpace(d.Text))] = true
	}
	for _, d := range there.Documents {
		if same[string(bytes.TrimSpace(d.Text))] {
			continue
		}
		for _, item := range d.Items() {
			node, _ := withType(yaml.NewRNode(yamlnode.Plain(item)), d)
			if fn.Malformed(node) != "" || !known[idOf(node)] {
				return false
			}
		}
	}
	return true
}
