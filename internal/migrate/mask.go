package migrate

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// masked returns the text of a file as people may see it: a mark for each of some nodes of a document.
func masked(file []byte, document *manifests.Document, secret func(*yaml.Node) []*yaml.Node,
	mask func(string) string,
) []byte {
	result, err := splice.Edit(document, func(node *yaml.Node) error {
		for _, value := range secret(node) {
			value.SetString(mask(value.Value))
		}
		return nil
	})
	if err != nil {
		return replaced(file, document, []byte("(not shown, since it has plain values)\n"))
	}
	return replaced(file, document, result.Text)
}

// maskedFile returns the text of a file of manifests with a mark for each value of a plain Secret, in Lists too.
func maskedFile(text []byte) []byte {
	file, err := manifests.Parse(text)
	if err != nil {
		return []byte("(not shown, since it may have plain values)\n")
	}
	for _, d := range slices.Backward(file.Documents) { // so that the offsets of those before stay
		if d.Node != nil && len(plainValues(yamlnode.Plain(d.Node))) > 0 {
			text = masked(text, d, plainValues, maskValue)
		}
	}
	return text
}

// plainMark takes the place of a plain value.
const plainMark = "(plain)"

// maskLiteral masks KEY=VALUE but for the key.
func maskLiteral(literal string) string {
	key, _, isPair := strings.Cut(literal, "=")
	if !isPair {
		return plainMark
	}
	return key + "=" + plainMark
}

// maskValue masks a whole value.
func maskValue(string) string { return plainMark }

// literals returns the literals of a kustomization's generators.
func literals(root *yaml.Node) []*yaml.Node {
	var values []*yaml.Node
	for _, element := range yamlnode.Elements(root, "secretGenerator") {
		values = append(values, yamlnode.Elements(element, "literals")...)
	}
	return values
}

// plainValues returns the values of the plain Secrets in a document, and the copies of them that kubectl keeps.
func plainValues(document *yaml.Node) []*yaml.Node {
	var values []*yaml.Node
	for _, item := range (&manifests.Document{Node: document}).Items() {
		if isSecret(item) && yamlnode.Field(item, "sops") == nil {
			values = append(values, dataOf(item)...)
			annotations := yamlnode.At(item, "metadata.annotations")
			if copied := yamlnode.Field(annotations, yamlnode.LastApplied); copied != nil {
				values = append(values, copied)
			}
		}
	}
	return values
}

// dataOf returns the values of a plain Secret.
func dataOf(secret *yaml.Node) []*yaml.Node {
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
