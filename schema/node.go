package schema

import (
	"regexp"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TextNode is a scalar that is text for YAML 1.1 too, which kubectl reads: `on`, `yes` and `n` are booleans there. Longer text
// means the same in both, and the check takes its time.
func TextNode(value string) *yaml.Node {
	node := yaml.NewStringRNode(value).YNode()
	if len(value) <= len("yes") && yaml.IsYaml1_1NonString(node) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

// MapNode is a map of keys and values in turn.
func MapNode(content ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap, Content: content}
}

var lineNumber = regexp.MustCompile(`\bline (\d+)`)

// LineOf is the place in a parser's error, ` at line 3`, or "". What else the error says may quote the document.
func LineOf(err error) string {
	if m := lineNumber.FindStringSubmatch(err.Error()); m != nil {
		return " at line " + m[1]
	}
	return ""
}
