package plain

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// Mask returns the text of a file as people may see it: a mark for each of some nodes of a document.
func Mask(file []byte, document *manifests.Document, secret func(*yaml.Node) []*yaml.Node,
	mask func(string) string,
) []byte {
	result, err := splice.Edit(document, func(node *yaml.Node) error {
		for _, value := range secret(node) {
			value.SetString(mask(value.Value))
		}
		return nil
	})
	if err != nil {
		return Replaced(file, document, []byte("(not shown, since it has plain values)\n"))
	}
	return Replaced(file, document, result.Text)
}

// MaskFile returns the text of a file of manifests with a mark for each value of a plain Secret, in Lists too.
func MaskFile(text []byte) []byte {
	file, err := manifests.Parse(text)
	if err != nil {
		return []byte("(not shown, since it may have plain values)\n")
	}
	for _, d := range slices.Backward(file.Documents) { // so that the offsets of those before stay
		if d.Node != nil && len(Values(yamlnode.Plain(d.Node))) > 0 {
			text = Mask(text, d, Values, MaskValue)
		}
	}
	return text
}

// plainMark takes the place of a plain value.
const plainMark = "(plain)"

// MaskLiteral masks KEY=VALUE but for the key.
func MaskLiteral(literal string) string {
	key, _, isPair := strings.Cut(literal, "=")
	if !isPair || strings.ContainsAny(key, "\n :{[") {
		return plainMark
	}
	return key + "=" + plainMark
}

// MaskValue masks a whole value.
func MaskValue(string) string { return plainMark }

// Literals returns the literals of a kustomization's generators, and its patches that hold values of a Secret.
func Literals(root *yaml.Node) []*yaml.Node {
	var values []*yaml.Node
	for _, element := range yamlnode.Elements(root, "secretGenerator") {
		values = append(values, yamlnode.Elements(element, "literals")...)
	}
	return append(values, InPatches(root)...)
}

// Values returns the values of the plain Secrets in a document, and the copies of them that kubectl keeps.
func Values(document *yaml.Node) []*yaml.Node {
	var values []*yaml.Node
	for _, item := range (&manifests.Document{Node: document}).Items() {
		if IsSecret(item) && yamlnode.Field(item, "sops") == nil {
			values = append(values, DataOf(item)...)
			annotations := yamlnode.At(item, "metadata.annotations")
			if copied := yamlnode.Field(annotations, yamlnode.LastApplied); copied != nil {
				values = append(values, copied)
			}
		}
	}
	return values
}

// DataOf returns the values of a plain Secret.
func DataOf(secret *yaml.Node) []*yaml.Node {
	var values []*yaml.Node
	for _, name := range []string{"data", "stringData"} {
		if field := yamlnode.Field(secret, name); field != nil && field.Kind == yaml.MappingNode {
			for i := 1; i < len(field.Content); i += 2 {
				values = append(values, field.Content[i])
			}
		}
	}
	return values
}

// Replaced returns the text of a file with another one for a document.
func Replaced(file []byte, document *manifests.Document, text []byte) []byte {
	return slices.Concat(file[:document.Start], text, file[document.Start+len(document.Text):])
}

// IsSecret reports whether a node is a Secret.
func IsSecret(node *yaml.Node) bool {
	return yamlnode.Value(node, "kind") == "Secret" && yamlnode.Value(node, "apiVersion") == "v1"
}
