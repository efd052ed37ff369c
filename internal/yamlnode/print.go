package yamlnode

import "sigs.k8s.io/kustomize/kyaml/yaml"

// Print returns the text of a node that is to be read again by another YAML parser. Its values read as they were: the
// printer of the YAML library adds line breaks to a folded text (`>`) with indented lines.
func Print(node *yaml.Node) (string, error) {
	printed := yaml.NewRNode(node).Copy()
	quoteBlocks(printed.YNode())
	return printed.String()
}

// quoteBlocks has block texts written in quotes.
func quoteBlocks(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		node.Style = yaml.DoubleQuotedStyle | node.Style&yaml.TaggedStyle
	}
	for _, child := range node.Content {
		quoteBlocks(child)
	}
}
