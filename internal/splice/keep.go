package splice

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
)

// keepPlain returns a tree whose scalars are plain where they were read so and have not changed, for their meaning to
// readers of YAML 1.1 to stay: `yes` is true for kubectl.
func (s *splicer) keepPlain(node *yaml.Node) *yaml.Node {
	node = yamlnode.Resolved(node)
	if node.Kind == yaml.ScalarNode {
		if node.Style != 0 || node.Line == 0 || !yamltext.IsString(node) || !isNonString(node.Value) ||
			s.plainAt()[[2]int{node.Line, node.Column}] != node.Value {
			return node
		}
		c := *node
		c.Style |= yamltext.AsRead
		return &c
	}
	c := node
	for i, child := range node.Content {
		kept := s.keepPlain(child)
		if kept == child {
			continue
		}
		if c == node {
			copied := *node
			copied.Content = append([]*yaml.Node(nil), node.Content...)
			c = &copied
		}
		c.Content[i] = kept
	}
	return c
}

// plainAt returns the plain scalars of the document that YAML 1.1 does not take for text, by their position.
func (s *splicer) plainAt() map[[2]int]string {
	if s.plain == nil {
		s.plain = map[[2]int]string{}
		s.findPlain(s.doc.Node)
	}
	return s.plain
}

func (s *splicer) findPlain(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.Style == 0 && yamltext.IsString(node) && isNonString(node.Value) {
		s.plain[[2]int{node.Line, node.Column}] = node.Value
	}
	for _, child := range node.Content {
		s.findPlain(child)
	}
}

// isNonString reports whether YAML 1.1 takes a text without quotes for something else.
func isNonString(text string) bool { return !yamlnode.IsWords(text) && yaml.IsValueNonString(text) }
