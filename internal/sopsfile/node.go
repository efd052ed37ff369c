package sopsfile

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/codec"
)

// Keys returns the keys of a map, in the document's order.
func Keys(branch sops.TreeBranch) []string {
	var names []string
	for _, item := range branch {
		if name, ok := item.Key.(string); ok {
			names = append(names, name)
		}
	}
	return names
}

// Elements returns the elements of a list without the comments that SOPS keeps among them.
func Elements(list []any) []any {
	var items []any
	for _, item := range list {
		if _, isComment := item.(sops.Comment); !isComment {
			items = append(items, item)
		}
	}
	return items
}

// IsCollection reports whether a node of a document is a map or a list.
func IsCollection(node any) bool {
	switch node.(type) {
	case sops.TreeBranch, []any:
		return true
	}
	return false
}

// ScalarText returns the text of a scalar, in the words SOPS encrypted: whole numbers in decimal, floats without an
// exponent, true and false, times in RFC 3339. The message of its finding is a predicate: "is null".
func ScalarText(node any) ([]byte, *report.Finding) {
	switch v := node.(type) {
	case string:
		return []byte(v), nil
	case []byte:
		return v, nil
	case codec.Literal:
		return []byte(v.Text), nil
	case int:
		return strconv.AppendInt(nil, int64(v), 10), nil
	case float64:
		return strconv.AppendFloat(nil, v, 'f', -1, 64), nil
	case bool:
		return strconv.AppendBool(nil, v), nil
	case time.Time:
		if out, err := v.MarshalText(); err == nil {
			return out, nil
		}
	case nil:
		return nil, report.New(report.NullValue, "is null", `write "" for an empty value`)
	}
	return nil, report.New(report.NotAScalar, "is not a scalar", "")
}

// JSONText returns a node of a document as JSON, its keys in the document's order, without comments.
func JSONText(node any) ([]byte, error) {
	var b bytes.Buffer
	err := writeJSON(&b, node)
	return b.Bytes(), err
}

// YAMLText returns a node of a document as YAML, its keys in the document's order, without comments.
func YAMLText(node any) ([]byte, error) { return yaml.Marshal(yamlNode(node)) }

// writeJSON writes a node of a document as JSON, its keys in the document's order, without comments.
func writeJSON(b *bytes.Buffer, node any) error {
	switch node := node.(type) {
	case sops.TreeBranch:
		return writeObject(b, node)
	case []any:
		b.WriteByte('[')
		for i, item := range Elements(node) {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, item); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case codec.Literal:
		return writeJSON(b, node.Value)
	default:
		encoder := json.NewEncoder(b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(node); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // the encoder ends with a new line
	}
	return nil
}

// writeObject writes a map of a document as a JSON object.
func writeObject(b *bytes.Buffer, branch sops.TreeBranch) error {
	b.WriteByte('{')
	comma := ""
	for _, item := range branch {
		key, ok := item.Key.(string)
		if !ok {
			continue // a comment
		}
		b.WriteString(comma)
		comma = ","
		if err := writeJSON(b, key); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := writeJSON(b, item.Value); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// YAMLNode returns a map of a document as a YAML node, its keys in the document's order, without comments.
func YAMLNode(branch sops.TreeBranch) *yaml.Node { return yamlNode(branch) }

// yamlNode returns a node of a document as a YAML node, its keys in the document's order, without comments.
func yamlNode(node any) *yaml.Node {
	switch node := node.(type) {
	case sops.TreeBranch:
		out := &yaml.Node{Kind: yaml.MappingNode}
		for _, item := range node {
			if key, ok := item.Key.(string); ok {
				out.Content = append(out.Content, yamlNode(key), yamlNode(item.Value))
			}
		}
		return out
	case []any:
		out := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range Elements(node) {
			out.Content = append(out.Content, yamlNode(item))
		}
		return out
	case codec.Literal:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: node.Text}
	}
	out := &yaml.Node{}
	if err := out.Encode(node); err != nil {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagNull, Value: "null"}
	}
	return out
}
