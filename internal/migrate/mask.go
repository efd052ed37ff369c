package migrate

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
)

// masked returns the text of a file as people may see it: a mark for each of some nodes of a document.
func (p *planner) masked(file []byte, document *manifests.Document, secret func(*yaml.RNode) []*yaml.Node,
	mask func(string) string,
) []byte {
	result, err := splice.Edit(document, func(node *yaml.Node) error {
		for _, value := range secret(yaml.NewRNode(node)) {
			value.SetString(mask(value.Value))
		}
		return nil
	})
	if err != nil {
		return []byte("(not shown, since it has plain values)\n")
	}
	return replaced(file, document, result.Text)
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
func literals(root *yaml.RNode) []*yaml.Node {
	list, err := root.Pipe(yaml.Lookup("secretGenerator"))
	if err != nil || list == nil {
		return nil
	}
	var values []*yaml.Node
	for _, element := range list.Content() {
		if found := yaml.NewRNode(element).Field("literals"); found != nil {
			values = append(values, found.Value.Content()...)
		}
	}
	return values
}

// dataOf returns the values of a plain Secret.
func dataOf(secret *yaml.RNode) []*yaml.Node {
	var values []*yaml.Node
	for _, name := range []string{"data", "stringData"} {
		field := secret.Field(name)
		if field == nil || field.Value.YNode().Kind != yaml.MappingNode {
			continue
		}
		for i := 1; i < len(field.Value.Content()); i += 2 {
			values = append(values, field.Value.Content()[i])
		}
	}
	return values
}
