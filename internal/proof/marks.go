package proof

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Marks stand for values in what is built, so that no decrypted value has to be written to a file. They are replaced by
// the values in what was made of them.
type Marks struct {
	prefix string
	pairs  []string // a mark, and its value
}

// NewMarks returns marks that occur nowhere else.
func NewMarks() *Marks { return &Marks{prefix: "secretwright-" + rand.Text()} }

// Of returns a new mark for a value.
func (m *Marks) Of(value string) string {
	mark := fmt.Sprintf("%s-%d-", m.prefix, len(m.pairs))
	m.pairs = append(m.pairs, mark, value)
	return mark
}

// Fill replaces the marks in resources by their values, as text and in base64.
func (m *Marks) Fill(nodes []*yaml.RNode) {
	replacer := strings.NewReplacer(m.pairs...)
	for _, node := range nodes {
		m.fill(replacer, node.YNode())
	}
}

func (m *Marks) fill(replacer *strings.Replacer, node *yaml.Node) {
	for _, child := range node.Content {
		m.fill(replacer, child)
	}
	if node.Kind != yaml.ScalarNode {
		return
	}
	node.Value = replacer.Replace(node.Value)
	decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(node.Value), ""))
	if err == nil && strings.Contains(string(decoded), m.prefix) {
		node.Value = base64.StdEncoding.EncodeToString([]byte(replacer.Replace(string(decoded))))
	}
}
