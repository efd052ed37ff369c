package sources

import (
	"bytes"
	"os"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// secret is a Secret among the resources that is itself a SOPS document.
type secret struct {
	name string
	node *yaml.Node
	root *os.Root
	dir  string
	// clear reports whether it is what a former run made of it.
	clear  bool
	absent *report.Finding // says why, where node is nil
}

// findSecret finds an encrypted Secret.
func findSecret(ref schema.ManifestName, items []*yaml.RNode, root *os.Root, dir string) secret {
	found := secret{name: ref.Name, root: root, dir: path.Join(".", dir)}
	i, f := FindSecret(ref, items)
	if f != nil {
		found.absent = f
		return found
	}
	found.node = items[i].YNode()
	found.clear = yamlnode.Field(found.node, "sops") == nil
	return found
}

// FindSecret returns the index of the encrypted Secret that has a name now, or had it before kustomize changed it, or
// else of what a former run made of it.
func FindSecret(ref schema.ManifestName, items []*yaml.RNode) (int, *report.Finding) {
	var current, former, made []int
	var known []string
	for i, item := range items {
		node := item.YNode()
		if yamlnode.Value(node, "kind") != "Secret" || yamlnode.Value(node, "apiVersion") != "v1" {
			continue
		}
		_, secret, isMade := strings.Cut(annotation(node, schema.SecretAnnotation), "/")
		if !isMade && yamlnode.Field(node, "sops") == nil {
			continue
		}
		name, before := yamlnode.Value(node, "metadata.name"), annotation(node, previousNames)
		if !isMade {
			known = append(known, name)
		}
		switch {
		case ref.Namespace != "" && !inNamespace(node, ref.Namespace):
		case isMade && secret == ref.Name:
			made = append(made, i)
		case isMade:
		case name == ref.Name:
			current = append(current, i)
		case slices.Contains(strings.Split(before, ","), ref.Name):
			former = append(former, i)
		}
	}
	for _, others := range [][]int{former, made} {
		if len(current) == 0 {
			current = others
		}
	}
	switch len(current) {
	case 0:
		return 0, report.New(report.NoSuchSecret, "there is no such encrypted Secret among the resources",
			choose(ref.Name, known, "name its file as a source, with file:"))
	case 1:
		return current[0], nil
	}
	return 0, report.New(report.SeveralSecrets, "several encrypted Secrets among the resources have this name",
		"add the namespace")
}

// inNamespace reports whether a resource is in a namespace, or was before kustomize changed it.
func inNamespace(node *yaml.Node, namespace string) bool {
	before := annotation(node, "internal.config.kubernetes.io/previousNamespaces")
	return yamlnode.Value(node, "metadata.namespace") == namespace ||
		slices.Contains(strings.Split(before, ","), namespace)
}

func (s secret) String() string { return "Secret " + s.name }

func (s secret) format() sopsfile.Format { return sopsfile.YAML }

// read returns the document as SOPS signed it. kustomize sorts the keys of what it hands over, and adds names and
// labels, while the MAC covers all values in their order: the file has them, and is known by its MAC. Without a file
// the Secret is taken as it was handed over, which is what kpt does not change.
func (s secret) read() ([]byte, *fault) {
	if s.node == nil {
		return nil, blame(s.absent, "secret", "name")
	}
	if s.clear {
		text, err := yamlnode.Print(s.node)
		if err != nil {
			return nil, blame(report.New(report.Unprintable, "it cannot be written as YAML", ""), "secret")
		}
		return []byte(text), nil
	}
	if mac := yamlnode.Value(s.node, "sops.mac"); mac != "" && s.root != nil {
		if data := (&search{root: s.root, mac: mac}).folder(s.dir, 0); data != nil {
			documents, whole := signedBy(data, mac)
			if f := patched(documents, s.node); f != nil {
				return nil, blame(f, "secret")
			}
			if whole {
				return data, nil
			}
			return printed(documents)
		}
	}
	data, f := sopsfile.SignedText(yaml.NewRNode(s.node))
	if f != nil {
		return nil, blame(f, "secret")
	}
	if len(data) > MaxDocument {
		return nil, blame(disk.TooLarge(int64(len(data))), "secret")
	}
	return data, nil
}

// printed returns documents as SOPS signed them.
func printed(documents []*yaml.Node) ([]byte, *fault) {
	var all [][]byte
	for _, document := range documents {
		text, f := sopsfile.SignedText(yaml.NewRNode(document))
		if f != nil {
			return nil, blame(f, "secret")
		}
		all = append(all, text)
	}
	return bytes.Join(all, []byte("---\n")), nil
}

// Bounds on the search for the file of a Secret.
const (
	maxFolders = 32
	maxFiles   = 1000
)

// search looks for the file that holds a MAC, in the resources of a kustomization and of those below it.
type search struct {
	root  *os.Root
	mac   string
	files int
}

// folder returns the text of the file in a folder with a kustomization, or nil.
func (s *search) folder(dir string, depth int) []byte {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		data, f := disk.ReadFile(s.root, path.Join(dir, name))
		if f != nil {
			continue
		}
		var k struct {
			Resources  []string `yaml:"resources"`
			Bases      []string `yaml:"bases"`
			Components []string `yaml:"components"`
		}
		if yaml.Unmarshal(data, &k) != nil {
			return nil
		}
		for _, entry := range slices.Concat(k.Resources, k.Bases, k.Components) {
			if found := s.entry(dir, entry, depth); found != nil {
				return found
			}
		}
		return nil
	}
	return nil
}

// entry looks in one resource of a kustomization: a file, or a folder with another kustomization.
func (s *search) entry(dir, entry string, depth int) []byte {
	if s.files++; s.files > maxFiles || path.IsAbs(entry) || strings.Contains(entry, "\n") {
		return nil
	}
	name := path.Join(dir, entry)
	info, err := s.root.Stat(name)
	switch {
	case err != nil:
		return nil // a URL, or outside
	case info.IsDir() && depth < maxFolders:
		return s.folder(name, depth+1)
	}
	data, f := disk.ReadFile(s.root, name)
	if f != nil || !strings.Contains(string(data), s.mac) {
		return nil
	}
	return data
}
