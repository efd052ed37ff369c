package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

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
		return &runError{err}
	}
	for _, file := range files {
		name, err := filepath.Rel(dir, file)
		if err != nil {
			return &runError{err}
		}
		if slices.ContainsFunc(l.manifests, func(m manifest) bool { return m.file == name && isEmitted(m.node) }) {
			continue // the folder is also where the manifests come from
		}
		found, err := readFile(file, nil)
		if err != nil {
			return &runError{err}
		}
		for _, m := range found {
			if isEmitted(m.node) {
				m.file = name
				l.manifests = append(l.manifests, m)
			}
		}
	}
	return nil
}

// write writes the resources into a folder: each into the file it came from, relative to the folder that was named, and a
// new Secret into a file of its own. Files whose content does not change are not touched, and the others are replaced whole.
func (l *loaded) write(dir string, out []*yaml.RNode, plaintext bool) error {
	texts, err := l.manifests.texts(out, l.filter.Indices)
	if err != nil {
		return err
	}
	files := map[string][]string{}
	secret := map[string]bool{}
	for i, node := range out {
		name := filepath.Base(node.GetAnnotations()[kioutil.PathAnnotation])
		if index := l.filter.Indices[i]; index < len(l.manifests) {
			name = l.manifests[index].file
		}
		files[name] = append(files[name], texts[i])
		if isEmitted(node) && node.Field("sops") == nil {
			if !plaintext {
				return &runError{fmt.Errorf("the Secret %s would be written in the clear; set output: {sops: {}} in the SecretSpec, so that it is encrypted, or give --plaintext", node.GetAnnotations()[schema.SecretAnnotation])}
			}
			secret[name] = true
		}
	}
	for _, m := range l.manifests {
		if _, stays := files[m.file]; !stays && isEmitted(m.node) {
			files[m.file] = nil
		}
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := replaceFile(filepath.Join(dir, name), []byte(stream(files[name])), secret[name]); err != nil {
			return &runError{err}
		}
	}
	return nil
}

// replaceFile gives a file a content, or removes it where there is none. A secret file is for its owner alone.
func replaceFile(path string, content []byte, secret bool) error {
	if len(content) == 0 {
		return os.Remove(path)
	}
	if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // what is secret has a mode of its own
		return err
	}
	mode := os.FileMode(0o644)
	if secret {
		mode = 0o600
	} else if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	return writeFile(path, content, mode)
}
