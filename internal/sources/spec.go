package sources

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// sealedField is the one field of a SecretSpec that SOPS encrypts in place.
const sealedField = "value"

// ciphertextPrefix is how every value that SOPS encrypted begins.
const ciphertextPrefix = "ENC[AES256_GCM,"

// Spec decrypts a SecretSpec that is a SOPS document itself: `value` fields encrypted in place, the `sops` block at its
// top. It returns one without that block, and for whom it is encrypted, and leaves node as it is; a SecretSpec without it
// comes back as it came. The annotations by which kustomize and kpt keep track of resources are no part of the document that
// SOPS signed.
func (o *Opener) Spec(ctx context.Context, node *yaml.RNode) (opened *yaml.RNode, recipients *Recipients, finding *schema.Finding) {
	encrypted := sealedPaths("", node.YNode())
	if node.Field("sops") == nil {
		if len(encrypted) > 0 {
			return nil, nil, problem("it has encrypted values, at "+list(encrypted)+", but no sops block", "restore the whole file from Git")
		}
		return node, nil, nil
	}
	if f := misplaced(encrypted); f != nil {
		return nil, nil, f
	}
	defer guard(&finding)
	signed := node.Copy()
	for name := range signed.GetAnnotations() {
		if isToolAnnotation(name) {
			if err := signed.PipeE(yaml.ClearAnnotation(name)); err != nil {
				return nil, nil, problem("its annotations are no map", "write them as a map")
			}
		}
	}
	if err := yaml.ClearEmptyAnnotations(signed); err != nil {
		return nil, nil, problem("its annotations are no map", "write them as a map")
	}
	text, err := signed.String()
	if err != nil {
		return nil, nil, problem("it cannot be written as YAML", "")
	}
	doc, f := o.decrypt(ctx, []byte(text), schema.YAML)
	if f != nil {
		if strings.Contains(f.Message, "MAC") {
			f.Message += ", or kustomize sorted its keys"
			f.Fix = "run `secretwright fmt` on its file, which sorts the keys and renews the MAC; restore it from Git if that fails too"
		}
		return nil, nil, f
	}
	return yaml.NewRNode(specNode(doc.tree[0], "")), doc.recipients, nil
}

// sealable are the fields that may be encrypted. SOPS goes by a key's name alone, so that any other field of that name, and all
// below it, is encrypted too; what is decrypted there would not stay in the Secret.
var sealable = regexp.MustCompile(`^secrets\[\d+\]\.(data(\.[\w-]+|\["[^"]*"\])|registries\[\d+\]\.(username|password|email))\.value$`)

func misplaced(encrypted []string) *schema.Finding {
	for _, path := range encrypted {
		if !sealable.MatchString(path) {
			return problem(path+" is encrypted; in a SecretSpec only the value of data and registries is", "give what is called value another name, and encrypt it with `secretwright encrypt`, which sets encrypted_regex: ^value$")
		}
	}
	return nil
}

// toolAnnotations are the annotations that kustomize and kpt put on what they hand over.
var toolAnnotations = []string{"config.kubernetes.io/index", "config.kubernetes.io/path", "config.k8s.io/id", "kustomize.config.k8s.io/id"}

func isToolAnnotation(name string) bool {
	return slices.Contains(toolAnnotations, name) || strings.HasPrefix(name, "internal.config.kubernetes.io/")
}

// sealedPaths are the paths of the encrypted values outside the sops block.
func sealedPaths(path string, node *yaml.Node) []string {
	var paths []string
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i].Value
			if path == "" && key == "sops" {
				continue
			}
			paths = append(paths, sealedPaths(schema.FieldKey(path, key), node.Content[i+1])...)
		}
	case yaml.SequenceNode:
		for i, element := range node.Content {
			paths = append(paths, sealedPaths(schema.FieldIndex(path, i), element)...)
		}
	case yaml.ScalarNode:
		if strings.HasPrefix(node.Value, ciphertextPrefix) {
			paths = append(paths, path)
		}
	}
	return paths
}

// specNode is a decrypted SecretSpec as a YAML node. What was encrypted comes as text, in the words it was written in.
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
		for _, element := range withoutComments(node) {
			out.Content = append(out.Content, specNode(element, ""))
		}
		return out
	}
	if text, f := scalarText(node); key == sealedField && f == nil {
		return yaml.NewStringRNode(string(text)).YNode()
	}
	return yamlNode(node)
}
