package manifests

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secretwright/secretwright/internal/disk"
)

// maxFile is the largest file that is read, in bytes.
const maxFile = 64 << 20

// Source is a manifest file that was read.
type Source struct {
	*File
	// Path is where it is, as it was named; "-" is standard input.
	Path string
	// Name is its path in the folder that was named, or its base name if it was named itself.
	Name string
	// Resolved is its absolute path, with links followed. Standard input has none.
	Resolved string
}

// Reader reads files, each once however often and by whatever path it is named.
type Reader struct {
	// Stdin is what "-" names.
	Stdin io.Reader
	// NotFollowed are links in folders that were not followed, since they lead out of their folder, or to a folder.
	NotFollowed []string

	read map[string]bool
}

// skip has the reader leave out a file from now on.
func (r *Reader) skip(resolved string) {
	if r.read == nil {
		r.read = map[string]bool{}
	}
	r.read[resolved] = true
}

// HasRead reports whether a file was read.
func (r *Reader) HasRead(path string) bool { return r.read[disk.Resolve(path)] }

// Read reads a file, the manifest files in a folder, in order, or standard input. What keep reports false for is left
// out.
func (r *Reader) Read(path string, keep func(file string) bool) ([]*Source, error) {
	if path == "-" {
		source, err := parseFrom(r.Stdin, path)
		if err != nil {
			return nil, err
		}
		return []*Source{source}, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, &disk.Error{Path: path, Err: disk.Cause(err)}
	}
	if !info.IsDir() {
		at := location{filepath.Base(path), disk.Resolve(path)}
		return r.readFile(path, at, func() (*os.File, error) { return os.Open(path) })
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, &disk.Error{Path: path, Err: disk.Cause(err)}
	}
	defer root.Close() //nolint:errcheck // nothing was written
	locations, err := r.walk(root, path)
	if err != nil {
		return nil, err
	}
	var sources []*Source
	for _, at := range locations {
		file := filepath.Join(path, at.name)
		if keep != nil && !keep(file) {
			continue
		}
		found, err := r.readFile(file, at, func() (*os.File, error) { return root.Open(at.name) })
		if err != nil {
			return nil, err
		}
		sources = append(sources, found...)
	}
	return sources, nil
}

// location is the name of a file in the folder that was named, and its absolute path with links followed.
type location struct{ name, resolved string }

// readFile reads a file that was not read before.
func (r *Reader) readFile(path string, at location, open func() (*os.File, error)) ([]*Source, error) {
	if r.read[at.resolved] {
		return nil, nil
	}
	file, err := open()
	if err != nil {
		return nil, &disk.Error{Path: path, Err: disk.Cause(err)}
	}
	defer file.Close() //nolint:errcheck // nothing was written
	source, err := parseFrom(file, path)
	if err != nil {
		return nil, err
	}
	source.Name, source.Resolved = at.name, at.resolved
	r.skip(at.resolved)
	return []*Source{source}, nil
}

func parseFrom(in io.Reader, path string) (*Source, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, &disk.Error{Path: path, Err: disk.Cause(err)}
	}
	if len(data) > maxFile {
		return nil, &disk.Error{Path: path, Err: fmt.Errorf("it has more than %d bytes", maxFile)}
	}
	file, err := Parse(data)
	if err != nil {
		return nil, &disk.Error{Path: path, Err: err}
	}
	return &Source{File: file, Path: path, Name: path}, nil
}

// walk returns the manifest files in a folder, in order. Hidden folders are left out. A link to a file that is in the
// folder under its own name is left out for that name.
func (r *Reader) walk(root *os.Root, path string) ([]location, error) {
	var found []location
	folder := disk.Resolve(path)
	own := map[string]bool{} // the resolved paths of the files that are not links
	err := fs.WalkDir(root.FS(), ".", func(slashed string, entry fs.DirEntry, err error) error {
		name := filepath.FromSlash(slashed)
		isLink := err == nil && entry.Type()&fs.ModeSymlink != 0
		switch {
		case err != nil:
			return &disk.Error{Path: filepath.Join(path, name), Err: disk.Cause(err)}
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && name != ".":
			return fs.SkipDir
		case isLink:
			if !r.follows(root, path, name) {
				return nil
			}
			found = append(found, location{name, disk.Resolve(filepath.Join(path, name))})
		case !entry.Type().IsRegular() || !isManifest(name):
			return nil
		default:
			at := location{name, filepath.Join(folder, name)}
			own[at.resolved] = true
			found = append(found, at)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(at location) bool {
		return own[at.resolved] && at.resolved != filepath.Join(folder, at.name)
	}), nil
}

func isManifest(name string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name))
}

// follows reports whether a link in a folder is to be read: one to a file in the folder, with the name of a manifest.
func (r *Reader) follows(root *os.Root, path, name string) bool {
	info, err := root.Stat(name)
	switch {
	case err == nil && info.Mode().IsRegular():
		return isManifest(name)
	case errors.Is(err, fs.ErrNotExist):
		return false // it leads nowhere
	case err == nil && info.IsDir() && !strings.HasPrefix(filepath.Base(name), "."):
		r.NotFollowed = append(r.NotFollowed, filepath.Join(path, name))
	case err != nil && (isManifest(name) || leadsToFolder(filepath.Join(path, name))):
		r.NotFollowed = append(r.NotFollowed, filepath.Join(path, name))
	}
	return false
}

func leadsToFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
