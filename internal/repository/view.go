package repository

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
)

// maxRead is how much one build may read, in bytes.
const maxRead = 256 << 20

// madeFile is what the file with what a kustomization came to seems to be called.
const madeFile = ".secretwright-made.yaml"

// generatedFile is what the file with what its generators made seems to be called.
const generatedFile = ".secretwright-generated.yaml"

// needsHash is the annotation by which a generator has kustomize add a hash to a name.
const needsHash = "kustomize.config.k8s.io/needs-hash"

// errReadOnly is what writing to a view fails with.
var errReadOnly = errors.New("nothing is written in a check")

// view is the files of a root, as kustomize is to see them in the build of a unit: kustomizations are without
// functions, and the one that lists the SecretSpec ends where it would run, and keeps what kustomize notes on its
// resources.
type view struct {
	root *os.Root
	// top is the absolute path of the root, without links.
	top  string
	unit Unit
	left int
	// refused is why the build must not go on.
	refused  *report.Finding
	findings []*report.Finding
	said     map[string]bool
	// made are the texts of what kustomizations came to, by their folders, and after are the folders of the components up
	// to which they did. Those that came to their end have none.
	made  map[string][]byte
	after map[string]string
	// generated are the texts of what generators made, by the folders of their kustomizations.
	generated map[string][]byte
}

var _ filesys.FileSystem = &view{}

func newView(root *os.Root, unit Unit) *view {
	return &view{root: root, top: disk.Resolve(root.Name()), unit: unit, left: maxRead, said: map[string]bool{}}
}

// within returns a path relative to the root, with slashes.
func (v *view) within(name string) (string, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(v.top, name)
	}
	relative, err := filepath.Rel(v.top, filepath.Clean(name))
	if err != nil || !filepath.IsLocal(relative) {
		return "", &fs.PathError{Op: "open", Path: name, Err: errors.New("it is outside of the folder that is read")}
	}
	return filepath.ToSlash(relative), nil
}

func (v *view) stat(name string) (fs.FileInfo, error) {
	relative, err := v.within(name)
	if err != nil {
		return nil, err
	}
	return v.root.Stat(relative)
}

// IsDir implements filesys.FileSystem.
func (v *view) IsDir(name string) bool {
	info, err := v.stat(name)
	return err == nil && info.IsDir()
}

// take takes what kustomizations came to, as files that their folders seem to have.
func (v *view) take(made Made) error {
	v.made, v.after, v.generated = map[string][]byte{}, map[string]string{}, map[string][]byte{}
	for stage, nodes := range made {
		var text bytes.Buffer
		isGenerated := stage == Generated(stage.Dir)
		if isGenerated && slices.ContainsFunc(nodes, isMerged) {
			continue // into what is there, which resources are not
		}
		for _, node := range nodes {
			one, err := loadable(node, isGenerated)
			if err != nil {
				return err
			}
			text.WriteString("---\n" + one)
		}
		if isGenerated {
			v.generated[stage.Dir] = text.Bytes()
			continue
		}
		v.made[stage.User] = text.Bytes()
		if stage.Dir != stage.User {
			v.after[stage.User] = stage.Dir
		}
	}
	return nil
}

// loadable returns the text of a resource that was built, for a file that kustomize loads. It takes the annotations of
// what generators make for its own.
func loadable(node *yaml.RNode, isGenerated bool) (string, error) {
	node = node.Copy()
	annotations := node.GetAnnotations()
	delete(annotations, builtBy)
	if isGenerated {
		if annotations[needsHash] == "true" {
			annotations[references.NeedsHash] = "enabled"
		}
		delete(annotations, needsHash)
		delete(annotations, references.Behavior)
	}
	if err := node.SetAnnotations(annotations); err != nil {
		return "", err
	}
	return node.String()
}

// isMerged reports whether a generator wants a resource merged with one that is there, or put in its place.
func isMerged(node *yaml.RNode) bool {
	wanted := node.GetAnnotations()[references.Behavior]
	return wanted == "merge" || wanted == "replace"
}

// seeming returns the text of a file that its folder only seems to have, by its path relative to the root, or nil.
func (v *view) seeming(file string) []byte {
	switch dir := path.Dir(file); path.Base(file) {
	case madeFile:
		return v.made[dir]
	case generatedFile:
		return v.generated[dir]
	}
	return nil
}

// Exists implements filesys.FileSystem.
func (v *view) Exists(name string) bool {
	_, err := v.stat(name)
	return err == nil
}

// CleanedAbs implements filesys.FileSystem.
func (v *view) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(v.top, name)
	}
	relative, err := v.within(name)
	if err != nil {
		return "", "", err
	}
	if v.seeming(relative) != nil {
		return filesys.ConfirmedDir(filepath.Dir(name)), path.Base(relative), nil
	}
	resolved, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", "", err
	}
	info, err := v.stat(resolved)
	if err != nil {
		return "", "", err
	}
	if info.IsDir() {
		return filesys.ConfirmedDir(resolved), "", nil
	}
	return filesys.ConfirmedDir(filepath.Dir(resolved)), filepath.Base(resolved), nil
}

// ReadDir implements filesys.FileSystem.
func (v *view) ReadDir(name string) ([]string, error) {
	relative, err := v.within(name)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(v.root.FS(), relative)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names, err
}

// Glob implements filesys.FileSystem.
func (v *view) Glob(pattern string) ([]string, error) {
	relative, err := v.within(pattern)
	if err != nil {
		return nil, err
	}
	found, err := fs.Glob(v.root.FS(), relative)
	for i := range found {
		found[i] = filepath.Join(v.top, filepath.FromSlash(found[i]))
	}
	return found, err
}

// Walk implements filesys.FileSystem.
func (v *view) Walk(name string, visit filepath.WalkFunc) error {
	relative, err := v.within(name)
	if err != nil {
		return err
	}
	return fs.WalkDir(v.root.FS(), relative, func(file string, entry fs.DirEntry, err error) error {
		var info fs.FileInfo
		if entry != nil {
			info, _ = entry.Info()
		}
		return visit(filepath.Join(v.top, filepath.FromSlash(file)), info, err)
	})
}

// ReadFile implements filesys.FileSystem.
func (v *view) ReadFile(name string) ([]byte, error) {
	relative, err := v.within(name)
	if err != nil {
		return nil, err
	}
	if text := v.seeming(relative); text != nil {
		return text, nil
	}
	info, err := v.root.Stat(relative)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("it is not a file")}
	}
	if v.left -= int(min(info.Size(), maxRead+1)); info.Size() > maxFile || v.left < 0 {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("it is too large for a check")}
	}
	text, err := v.root.ReadFile(relative)
	if err != nil || !isKustomization(path.Base(relative)) {
		return text, err
	}
	return v.rewrite(relative, text)
}

// Open implements filesys.FileSystem.
func (v *view) Open(string) (filesys.File, error) { return nil, errReadOnly }

// Create implements filesys.FileSystem.
func (v *view) Create(string) (filesys.File, error) { return nil, errReadOnly }

// Mkdir implements filesys.FileSystem.
func (v *view) Mkdir(string) error { return errReadOnly }

// MkdirAll implements filesys.FileSystem.
func (v *view) MkdirAll(string) error { return errReadOnly }

// RemoveAll implements filesys.FileSystem.
func (v *view) RemoveAll(string) error { return errReadOnly }

// WriteFile implements filesys.FileSystem.
func (v *view) WriteFile(string, []byte) error { return errReadOnly }
