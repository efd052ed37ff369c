package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/schema"
)

// readEmitted reads the Secrets that a former run wrote into the folder for a SecretSpec, so that those whose content did
// not change stay as they are, and those that are no longer declared go.
func (l *loaded) readEmitted(dir string) error {
	if _, err := os.Stat(dir); os.IsNotExist(err) {
		return nil
	}
	files, err := filesIn(dir)
	if err != nil {
		return err
	}
	read := map[string]bool{}
	for _, m := range l.manifests {
		read[m.file] = read[m.file] || isEmitted(m.node)
	}
	for _, file := range files {
		name, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		if read[name] {
			continue // the folder is also where the manifests come from
		}
		found, err := readFile(file, nil)
		if err != nil {
			return err
		}
		for _, m := range found {
			if isEmitted(m.node) {
				m.file, m.path = name, absolute(file)
				l.manifests = append(l.manifests, m)
				l.filter.Files = append(l.filter.Files, fromHere(m.path))
			}
		}
	}
	return nil
}

// write writes the resources into a folder: each into the file it came from, relative to the folder that was named, and a
// new Secret into a file of its own. Files whose content does not change are not touched, and the others are replaced whole.
func (l *loaded) write(dir string, result fn.Result, plaintext bool) error {
	texts, err := l.manifests.texts(result)
	if err != nil {
		return err
	}
	files := map[string][]string{}
	secret := map[string]bool{}  // files with a Secret in the clear
	emitted := map[string]bool{} // files with a Secret of ours
	for i, node := range result.Items {
		name := filepath.Base(node.GetAnnotations()[kioutil.PathAnnotation])
		if index := result.Indices[i]; index >= 0 {
			name = l.manifests[index].file
		}
		files[name] = append(files[name], texts[i])
		emitted[name] = emitted[name] || isEmitted(node)
		if isEmitted(node) && node.Field("sops") == nil {
			if !plaintext {
				return fmt.Errorf("the Secret %s would be written in the clear; set output: {sops: {}} in the SecretSpec, so that it is encrypted, or give --plaintext", node.GetAnnotations()[schema.SecretAnnotation])
			}
			secret[name] = true
		}
	}
	for _, m := range l.manifests {
		if _, stays := files[m.file]; !stays && isEmitted(m.node) {
			files[m.file] = nil
		}
	}
	if err := l.keepsStrangers(dir, files); err != nil {
		return err
	}
	// Everything is ready in temporary files before the first takes its place: Secrets before what refers to them, and last those
	// that go.
	rank := func(name string) int {
		switch {
		case emitted[name]:
			return 0
		case len(files[name]) > 0:
			return 1
		}
		return 2
	}
	var ready []replacement
	defer func() {
		for _, r := range ready {
			_ = os.Remove(r.temporary) // which is gone once it has taken its place
		}
	}()
	for _, name := range slices.SortedFunc(maps.Keys(files), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	}) {
		r, err := prepare(filepath.Join(dir, name), []byte(stream(files[name])), secret[name])
		if err != nil {
			return err
		}
		if r != nil {
			ready = append(ready, *r)
		}
	}
	for _, r := range ready {
		if err := r.take(); err != nil {
			return err
		}
	}
	return nil
}

// keepsStrangers refuses to write over what is not ours to write: documents in a file that are no manifests, and a file in the
// place of a new Secret.
func (l *loaded) keepsStrangers(dir string, files map[string][]string) error {
	from := map[string]string{}
	known := map[string]map[int]bool{} // by path, the documents that were read as manifests
	total := map[string]int{}
	for _, m := range l.manifests {
		if m.file == "-" {
			return errors.New("what comes from standard input has no file name to be written under; name files or folders")
		}
		if other, twice := from[m.file]; twice && other != m.path {
			return fmt.Errorf("%s and %s would both be written to %s; name the folder above both", fromHere(other), fromHere(m.path), filepath.Join(dir, m.file))
		}
		from[m.file], total[m.path] = m.path, m.documents
		if known[m.path] == nil {
			known[m.path] = map[int]bool{}
		}
		for document := m.first; document <= m.document; document++ {
			known[m.path][document] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := absolute(filepath.Join(dir, name))
		if len(known[path]) < total[path] {
			return fmt.Errorf("%s holds documents beside its manifests, which would be lost; move them into a file of their own", filepath.Join(dir, name))
		}
		if _, fromInput := from[name]; fromInput || known[path] != nil {
			continue
		}
		if _, err := os.Stat(path); err == nil {
			return fmt.Errorf("%s is in the place of a new Secret, and was not written by secretwright; move it away", filepath.Join(dir, name))
		}
	}
	return nil
}

// replacement is a file about to take its place, or to be removed.
type replacement struct{ path, temporary string }

func (r replacement) take() error {
	if r.temporary == "" {
		return os.Remove(r.path)
	}
	return os.Rename(r.temporary, r.path)
}

// prepare readies a file's new content, or its removal where there is none; nil if it has that content. A secret file is for its
// owner alone.
func prepare(path string, content []byte, secret bool) (*replacement, error) {
	if len(content) == 0 {
		return &replacement{path: path}, nil
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; a file has to take its place", path)
	}
	if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, content) {
		return nil, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // what is secret has a mode of its own
		return nil, err
	}
	mode := os.FileMode(0o644)
	if secret {
		mode = 0o600
	} else if err == nil {
		mode = info.Mode().Perm()
	}
	temporary, err := writeTemporary(path, content, mode)
	return &replacement{path, temporary}, err
}
