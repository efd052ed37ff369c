package yamlnode

import (
	"fmt"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Text returns a scalar that is text for YAML 1.1 too, which kubectl reads: `on`, `yes` and `n` are booleans there. Longer
// text means the same in both, and the check takes its time.
func Text(value string) *yaml.Node {
	node := yaml.NewStringRNode(value).YNode()
	if len(value) <= len("yes") && yaml.IsYaml1_1NonString(node) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

// Map returns a map of keys and values in turn.
func Map(content ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap, Content: content}
}

// ErrorLine returns the line that a parser's error names, or 0. What else the error says may quote the document.
func ErrorLine(err error) int {
	_, rest, found := strings.Cut(err.Error(), "line ")
	if !found {
		return 0
	}
	end := 0
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	line, _ := strconv.Atoi(rest[:end])
	return line
}

// AtLine returns the place that a parser's error names, ` at line 3`, or "".
func AtLine(err error) string {
	if line := ErrorLine(err); line > 0 {
		return fmt.Sprintf(" at line %d", line)
	}
	return ""
}
