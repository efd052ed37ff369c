package host

import (
	"os"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// SpecFile returns the file that the kustomization in a folder has the SecretSpec of a name from, the SecretSpec, and
// how many lines are before the first that its nodes count. The file is "" where it is not found, or is not the only
// one.
func SpecFile(root *os.Root, dir, name string) (file string, spec *yaml.RNode, before int) {
	start := startIn(root, dir)
	if start != nil && start != root {
		defer start.Close() //nolint:errcheck // read only
	}
	k, ok := readKustomization(start)
	if !ok {
		return "", nil, 0
	}
	for _, entry := range slices.Concat(k.Transformers, k.Generators) {
		files, _ := filesOf(start, entry)
		for _, candidate := range files {
			text, _ := readSmall(start, candidate)
			for _, found := range specsIn(text, name) {
				if at := path.Join(dir, candidate); file == "" || file == at {
					file, spec, before = at, found.spec, found.before
				} else {
					return "", nil, 0
				}
			}
		}
	}
	return file, spec, before
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

// foundSpec is a SecretSpec in a file, and how many lines are before the document that it is in.
type foundSpec struct {
	spec   *yaml.RNode
	before int
}

// specsIn returns the SecretSpecs of a name in a YAML file, each by itself or in a List.
func specsIn(text []byte, name string) (found []foundSpec) {
	before := -1
	for _, document := range strings.Split("\n"+string(text), "\n---") {
		at := before
		before += strings.Count(document, "\n") + 1
		node, err := yaml.Parse(document)
		if err != nil {
			continue
		}
		items := []*yaml.RNode{node}
		if list := node.Field("items"); list != nil && node.GetKind() == "List" {
			items, _ = list.Value.Elements()
		}
		for _, item := range items {
			if schema.IsSecretSpec(item) && item.GetName() == name {
				found = append(found, foundSpec{item, at})
			}
		}
	}
	return found
}

// secretsIn returns the names of the Secrets of the SecretSpecs of a name in a YAML file.
func secretsIn(text []byte, name string) (secrets []string) {
	for _, found := range specsIn(text, name) {
		for _, secret := range yamlnode.Elements(found.spec.YNode(), "secrets") {
			secrets = append(secrets, yamlnode.Value(secret, "name"))
		}
	}
	return secrets
}
