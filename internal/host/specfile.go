package host

import (
	"os"
	"path"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// SpecFile returns the file that the kustomization in a folder has the SecretSpec of a name from, and the SecretSpec.
// The file is "" where it is not found, or is not the only one.
func SpecFile(root *os.Root, dir, name string) (file string, spec *yaml.RNode) {
	start := startIn(root, dir)
	if start != nil && start != root {
		defer start.Close() //nolint:errcheck // read only
	}
	k, ok := readKustomization(start)
	if !ok {
		return "", nil
	}
	for _, entry := range slices.Concat(k.Transformers, k.Generators) {
		files, _ := filesOf(start, entry)
		for _, candidate := range files {
			text, _ := readSmall(start, candidate)
			for _, found := range specsIn(text, name) {
				at := path.Join(dir, candidate)
				if file != "" && file != at {
					return "", nil
				}
				file, spec = at, found
			}
		}
	}
	return file, spec
}

// listed returns the Secrets of the SecretSpec of a name in the entries of `generators:` or `transformers:`: a file, a
// folder with it, or its text. If none has it, it may still come from an entry that is not read: a folder is a
// kustomization of its own, which may have others or rename what it has.
func listed(root *os.Root, entries []string, name string) (secrets []string, may bool) {
	for _, entry := range entries {
		if node, err := yaml.Parse(entry); err == nil && node.YNode().Kind == yaml.MappingNode {
			secrets = append(secrets, secretsIn([]byte(entry), name)...)
			continue
		}
		files, whole := filesOf(root, entry)
		may = may || !whole
		for _, file := range files {
			text, ok := readSmall(root, file)
			secrets, may = append(secrets, secretsIn(text, name)...), may || !ok
		}
	}
	return secrets, may
}

// filesOf returns the files of an entry, itself or those in its folder, and reports whether it has no others.
func filesOf(root *os.Root, entry string) (files []string, whole bool) {
	entry = path.Clean(entry)
	info, err := root.Stat(entry)
	if err != nil {
		return nil, false
	}
	if !info.IsDir() {
		return []string{entry}, true
	}
	folder, err := root.Open(entry)
	if err != nil {
		return nil, false
	}
	defer folder.Close() //nolint:errcheck // nothing was written
	entries, _ := folder.ReadDir(1000)
	for _, e := range entries {
		if e.Type().IsRegular() && slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(e.Name())) {
			files = append(files, path.Join(entry, e.Name()))
		}
	}
	slices.Sort(files)
	return files, false
}

// specsIn returns the SecretSpecs of a name in a YAML file, each by itself or in a List.
func specsIn(text []byte, name string) (found []*yaml.RNode) {
	file, err := manifests.Parse(text)
	if err != nil {
		return nil // kustomize says so
	}
	for _, document := range file.Documents {
		for _, item := range document.Items() {
			node := yaml.NewRNode(item)
			if item.Kind == yaml.MappingNode && schema.IsSecretSpec(node) && node.GetName() == name {
				found = append(found, node)
			}
		}
	}
	return found
}

// secretsIn returns the names of the Secrets of the SecretSpecs of a name in a YAML file.
func secretsIn(text []byte, name string) (secrets []string) {
	for _, found := range specsIn(text, name) {
		for _, secret := range yamlnode.Elements(found.YNode(), "secrets") {
			secrets = append(secrets, yamlnode.Value(secret, "name"))
		}
	}
	return secrets
}
