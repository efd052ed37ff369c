package sopsfile

import (
	"context"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// sealedField is the one field of a SecretSpec that SOPS encrypts in place.
const sealedField = "value"

// OpenSpec decrypts a SecretSpec that is itself a SOPS document: `value` fields encrypted in place, the `sops` block at
// its top. It returns a copy without that block, and for whom it is encrypted, and leaves node as it is; a SecretSpec
// without a `sops` block comes back as it came. The annotations by which kustomize and kpt keep track of resources are
// no part of the document that SOPS signed. Where kustomize has sorted its keys, the order that was signed is looked
// for in the root, which may be nil.
func (k *Keyring) OpenSpec(
	ctx context.Context, root *os.Root, node *yaml.RNode,
) (*yaml.RNode, *keyring.Recipients, *report.Finding) {
	return openSpec(root, node, func(data []byte) (*Document, *report.Finding) { return k.Open(ctx, data, YAML) })
}

// InspectSpec does what [Keyring.OpenSpec] does without a key: the encrypted values stay ciphertext.
func InspectSpec(node *yaml.RNode) (*yaml.RNode, *keyring.Recipients, *report.Finding) {
	return openSpec(nil, node, func(data []byte) (*Document, *report.Finding) { return Inspect(data, YAML) })
}

func openSpec(
	root *os.Root, node *yaml.RNode, open func(data []byte) (*Document, *report.Finding),
) (opened *yaml.RNode, recipients *keyring.Recipients, f *report.Finding) {
	encrypted := sealedPaths("", node.YNode())
	if node.Field("sops") == nil {
		if len(encrypted) > 0 {
			return nil, nil, report.New(report.TruncatedDocument,
				"it has encrypted values, at "+report.List(encrypted)+", but no sops block",
				"restore the whole file from Git")
		}
		return node, nil, nil
	}
	if f := misplaced(encrypted); f != nil {
		return nil, nil, f
	}
	defer report.Guard(&f)
	text, f := SignedText(node)
	if f != nil {
		return nil, nil, f
	}
	doc, f := open(text)
	if f != nil && errors.Is(f, ErrMAC) {
		if opened, recipients := openSorted(root, text, open); opened != nil {
			return opened, recipients, nil
		}
		return nil, nil, report.Wrap(f.Code, f.Cause, f.Message+", or kustomize sorted its keys",
			"run `secretwright fmt` on its file, which sorts the keys and renews the MAC; "+
				"restore it from Git if that fails too")
	}
	if f != nil {
		return nil, nil, f
	}
	return yaml.NewRNode(specNode(doc.source().Tree.Branches[0], "")), doc.recipients, nil
}

// SignedText returns the text of a resource as SOPS signed it: without what kustomize and kpt add to keep track of it.
func SignedText(node *yaml.RNode) ([]byte, *report.Finding) {
	notMap := report.New(report.InvalidAnnotations, "its annotations are no map", "write them as a map")
	signed := node.Copy()
	for name := range signed.GetAnnotations() {
		if isToolAnnotation(name) {
			if err := signed.PipeE(yaml.ClearAnnotation(name)); err != nil {
				return nil, notMap
			}
		}
	}
	if err := yaml.ClearEmptyAnnotations(signed); err != nil {
		return nil, notMap
	}
	text, err := yamlnode.Print(signed.YNode())
	if err != nil {
		return nil, report.New(report.Unprintable, "it cannot be written as YAML", "")
	}
	return []byte(text), nil
}

// sealable reports whether the field at a path may be encrypted. SOPS goes by a key's name alone, so that any other
// field of that name, and all below it, is encrypted too; what is decrypted there would not stay in the Secret.
func sealable(path string) bool { return sealablePaths().MatchString(path) }

var sealablePaths = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^secrets\[\d+\]\.(data(\.[\w-]+|\["[^"]*"\])|registries\[\d+\]\.(username|password|email))\.value$`)
})

func misplaced(encrypted []string) *report.Finding {
	for _, path := range encrypted {
		if !sealable(path) {
			return report.New(report.MisplacedEncryption,
				path+" is encrypted; in a SecretSpec only the value of data and registries is",
				"give what is called value another name, and encrypt it with `secretwright encrypt`, "+
					"which sets encrypted_regex: ^value$")
		}
	}
	return nil
}

// toolAnnotations are the annotations that kustomize and kpt put on what they hand over.
var toolAnnotations = []string{
	"config.kubernetes.io/index", "config.kubernetes.io/path", "config.k8s.io/id", "kustomize.config.k8s.io/id",
}

func isToolAnnotation(name string) bool {
	return slices.Contains(toolAnnotations, name) || strings.HasPrefix(name, "internal.config.kubernetes.io/")
}

// sealedPaths returns the paths of the encrypted values outside the sops block.
func sealedPaths(path string, node *yaml.Node) []string {
	var paths []string
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i].Value
			if path == "" && key == "sops" {
				continue
			}
			paths = append(paths, sealedPaths(report.KeyText(path, key), node.Content[i+1])...)
		}
	case yaml.SequenceNode:
		for i, element := range node.Content {
			paths = append(paths, sealedPaths(report.IndexText(path, i), element)...)
		}
	case yaml.ScalarNode:
		if isCiphertext(node.Value) {
			paths = append(paths, path)
		}
	}
	return paths
}

// specNode returns a decrypted SecretSpec as a YAML node. What was encrypted comes as text, in the words it was
// written in.
func specNode(node any, key string) *yaml.Node {
	switch node := node.(type) {
	case sops.TreeBranch:
		out := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
		for _, item := range node {
			if name, ok := item.Key.(string); ok {
				out.Content = append(out.Content, yaml.NewStringRNode(name).YNode(), specNode(item.Value, name))
			}
		}
		return out
	case []any:
		out := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, element := range Elements(node) {
			out.Content = append(out.Content, specNode(element, ""))
		}
		return out
	}
	if text, f := ScalarText(node); key == sealedField && f == nil {
		return yaml.NewStringRNode(string(text)).YNode()
	}
	return yamlNode(node)
}
