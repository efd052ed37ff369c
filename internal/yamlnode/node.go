package yamlnode

import (
	"fmt"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Text returns a scalar that is text for YAML 1.1 too, which kubectl reads: `on`, `yes` and `n` are booleans there.
// Longer text means the same in both, and the check takes its time.
func Text(value string) *yaml.Node {
	node := yaml.NewStringRNode(value).YNode()
	if len(value) <= len("yes") && yaml.IsYaml1_1NonString(node) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

// IsWords reports whether every reader of YAML, 1.1 or 1.2, takes a text without quotes for text: it is made of
// letters, digits and a few signs, and begins with a letter, as most keys, names and base64 do. To ask a parser costs
// more than all else about a scalar.
func IsWords(text string) bool {
	if text == "" || !isLetter(text[0]) || text[len(text)-1] == ' ' {
		return false
	}
	for i := range len(text) {
		c := text[i]
		if !isLetter(c) && (c < '0' || c > '9') && !strings.ContainsRune("_-./+=, ", rune(c)) {
			return false
		}
	}
	switch strings.ToLower(text) {
	case "y", "yes", "n", "no", "on", "off", "true", "false", "null":
		return false
	}
	return true
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

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
