package codec

import (
	"bytes"
	"strings"

	"github.com/getsops/sops/v3"
	"go.yaml.in/yaml/v3"

	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// defaultIndent is how far SOPS indents YAML.
const defaultIndent = 4

// emitYAML writes each branch as a YAML document.
func emitYAML(branches sops.TreeBranches, indent int) ([]byte, error) {
	if indent < 0 {
		return nil, &Error{Kind: ErrEmit, Format: YAML, Detail: "the indentation is negative"}
	}
	if indent == 0 {
		indent = defaultIndent
	}
	if len(branches) == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(indent)
	for _, branch := range branches {
		mapping, err := yamlMapping(branch)
		if err != nil {
			return nil, err
		}
		if err := encoder.Encode(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{mapping}}); err != nil {
			return nil, &Error{Kind: ErrEmit, Format: YAML}
		}
	}
	if err := encoder.Close(); err != nil {
		return nil, &Error{Kind: ErrEmit, Format: YAML}
	}
	return out.Bytes(), nil
}

func yamlNode(value any) (*yaml.Node, error) {
	switch value := value.(type) {
	case sops.TreeBranch:
		return yamlMapping(value)
	case []any:
		return yamlSequence(value)
	case string:
		if isPlainText(value) || yamlnode.IsWords(value) {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: strTag, Value: value}, nil
		}
	}
	node := &yaml.Node{}
	if err := node.Encode(value); err != nil {
		return nil, &Error{Kind: ErrEmit, Format: YAML}
	}
	return node, nil
}

// isPlainText reports whether text is written as it is, and need not go through the encoder to find out: ciphertext.
func isPlainText(text string) bool {
	text, begins := strings.CutPrefix(text, crypt.Prefix)
	text, ends := strings.CutSuffix(text, "]")
	return begins && ends && strings.Trim(text, digits+letters+"+/=,:_") == ""
}

// pending are comments that wait for the node they belong to.
type pending struct {
	head, inline []string
	begun        bool
}

func (p *pending) add(comment sops.Comment) {
	if comment.Inline {
		p.inline = append(p.inline, comment.Value)
	} else {
		p.head = append(p.head, comment.Value)
	}
}

// attach gives the comments before an item to it. Those before the first item go to the map or list itself.
func (p *pending) attach(parent, head, line *yaml.Node) {
	if !p.begun {
		parent.HeadComment = joinComments(p.head, parent.HeadComment)
		p.head, p.begun = nil, true
	}
	head.HeadComment = joinComments(p.head, head.HeadComment)
	line.LineComment = joinComments(p.inline, "")
	p.head, p.inline = nil, nil
}

// rest gives the comments after the last item to it.
func (p *pending) rest(parent *yaml.Node, fromEnd int) {
	left := append(p.head, p.inline...)
	if !p.begun {
		parent.HeadComment = joinComments(left, parent.HeadComment)
		return
	}
	parent.Content[len(parent.Content)-fromEnd].FootComment = joinComments(left, "")
}

func joinComments(comments []string, after string) string {
	if len(comments) == 0 {
		return after
	}
	text := "#" + strings.Join(comments, "\n#")
	if after != "" {
		text += "\n" + after
	}
	return text
}

func yamlMapping(branch sops.TreeBranch) (*yaml.Node, error) {
	mapping := &yaml.Node{Kind: yaml.MappingNode, Content: make([]*yaml.Node, 0, 2*len(branch))}
	var comments pending
	for _, item := range branch {
		if comment, ok := item.Key.(sops.Comment); ok {
			comments.add(comment)
			continue
		}
		key, err := yamlNode(item.Key)
		if err != nil {
			return nil, err
		}
		value, err := yamlNode(item.Value)
		if err != nil {
			return nil, err
		}
		comments.attach(mapping, key, value)
		mapping.Content = append(mapping.Content, key, value)
	}
	comments.rest(mapping, 2)
	return mapping, nil
}

func yamlSequence(list []any) (*yaml.Node, error) {
	sequence := &yaml.Node{Kind: yaml.SequenceNode}
	var comments pending
	for _, value := range list {
		if comment, ok := value.(sops.Comment); ok {
			comments.add(comment)
			continue
		}
		node, err := yamlNode(value)
		if err != nil {
			return nil, err
		}
		comments.attach(sequence, node, node)
		sequence.Content = append(sequence.Content, node)
	}
	comments.rest(sequence, 1)
	return sequence, nil
}
