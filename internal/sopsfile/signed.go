package sopsfile

import (
	"bytes"
	"maps"
	"os"
	"path"
	"strings"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
)

// maxEntries is how many files a kustomization may name before no more are looked at.
const maxEntries = 1000

// openSorted opens a SecretSpec whose keys kustomize has sorted, or returns nil. kustomize runs functions in the folder
// of the kustomization, so the file, with the order that SOPS signed, is among the transformers and generators there.
// It has the same ciphertexts at the same paths, each of which is bound to its path, and the same MAC, which covers
// them alone.
func openSorted(
	root *os.Root, given []byte, open func(data []byte) (*Document, *report.Finding),
) (*yaml.RNode, *keyring.Recipients) {
	source, err := store(YAML).LoadEncrypted(given)
	signed := signedOrder(root, given)
	if err != nil || signed == nil || !source.Tree.Metadata.MACOnlyEncrypted {
		return nil, nil
	}
	doc, f := open(signed)
	if f != nil {
		return nil, nil
	}
	values := map[string]any{}
	eachValue("", doc.source().Tree.Branches[0], func(path string, item *sops.TreeItem) { values[path] = item.Value })
	eachValue("", source.Tree.Branches[0], func(path string, item *sops.TreeItem) { item.Value = values[path] })
	return yaml.NewRNode(specNode(source.Tree.Branches[0], "")), doc.recipients
}

// signedOrder returns the text of a SecretSpec as it is in its file, or nil.
func signedOrder(root *os.Root, text []byte) []byte {
	given, err := yaml.Parse(string(text))
	if root == nil || err != nil {
		return nil
	}
	ciphertexts := ciphertextsIn(given)
	left := maxEntries
	for _, candidate := range functionTexts(root, ".", &left) {
		decoder := yaml.NewDecoder(bytes.NewReader(candidate))
		for range maxEntries {
			var document yaml.Node
			if decoder.Decode(&document) != nil {
				break
			}
			node := yaml.NewRNode(&document)
			if node.GetName() != given.GetName() || node.GetKind() != given.GetKind() {
				continue
			}
			if text, f := SignedText(node); f == nil && maps.Equal(ciphertextsIn(node), ciphertexts) {
				return text
			}
		}
	}
	return nil
}

// ciphertextsIn returns the ciphertexts of a SecretSpec by their paths, with that of the MAC.
func ciphertextsIn(node *yaml.RNode) map[string]string {
	out := map[string]string{}
	eachNode("", node.YNode(), func(path, _ string, value *yaml.Node) bool {
		if isCiphertext(value.Value) {
			out[path] = value.Value
		}
		return true
	})
	return out
}

// functionTexts returns the texts of the functions' configurations that the kustomization in a folder names. A folder
// among them is a kustomization whose resources are the configurations.
func functionTexts(root *os.Root, dir string, left *int) [][]byte {
	var kustomization struct {
		Transformers []string `yaml:"transformers"`
		Generators   []string `yaml:"generators"`
		Validators   []string `yaml:"validators"`
		Resources    []string `yaml:"resources"`
	}
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		data, f := disk.ReadFile(root, path.Join(dir, name))
		if f == nil && yaml.Unmarshal(data, &kustomization) == nil {
			break
		}
	}
	entries := kustomization.Resources
	if dir == "." {
		entries = append(append(kustomization.Transformers, kustomization.Generators...), kustomization.Validators...)
	}
	var texts [][]byte
	for _, entry := range entries {
		if *left--; *left < 0 {
			break
		}
		if strings.Contains(entry, "\n") {
			texts = append(texts, []byte(entry))
			continue
		}
		at := path.Join(dir, entry)
		data, f := disk.ReadFile(root, at)
		switch {
		case f == nil:
			texts = append(texts, data)
		case f.Code == report.NotRegularFile && at != ".":
			texts = append(texts, functionTexts(root, at, left)...)
		}
	}
	return texts
}
