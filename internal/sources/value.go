package sources

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// Value is what a value of a SecretSpec, at a field, comes to: a given value itself, or what its source has at its key.
// Templates are not its business.
func (s *Set) Value(at string, v schema.Value) ([]byte, *schema.Finding) {
	if v.Value != nil {
		return []byte(*v.Value), nil
	}
	doc := s.documents[v.From]
	out, f := doc.value(v)
	if f != nil {
		f.Field, f.Source = at, doc.name
	}
	return out, f
}

func (d *document) value(v schema.Value) (out []byte, f *schema.Finding) {
	defer guard(&f)
	if v.Key == "" && v.As == "" {
		out, f = d.whole()
	} else if node, missing := d.lookup(v.Key); missing != nil {
		f = missing
	} else {
		out, f = textAs(node, v)
	}
	if f != nil || v.Decode == "" || d.sealed {
		return out, f
	}
	decoded, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(out), nil)))
	if err != nil {
		return nil, problem(what(v.Key)+" is not base64", "leave decode out if the value is not encoded")
	}
	return decoded, nil
}

func what(key string) string {
	if key == "" {
		return "the document"
	}
	return fmt.Sprintf("the value at %q", key)
}

// Scalar is one entry that dataFrom yields.
type Scalar struct {
	Key   string
	Value []byte
}

// Scalars are the scalars of a document, or of one map in it, in the document's order. Maps and lists among them are left
// out, with a warning.
func (s *Set) Scalars(at string, from schema.DataFrom) ([]Scalar, schema.Findings) {
	doc := s.documents[from.From]
	scalars, skipped, f := doc.scalars(from)
	if len(skipped) > 0 && f == nil {
		f = problem(list(skipped)+": maps and lists are not taken", "take their scalars with key, or the whole as text in data with as: json")
		f.Severity = schema.Warning
	}
	if f == nil {
		return scalars, nil
	}
	f.Field, f.Source = at, doc.name
	return scalars, schema.Findings{*f}
}

func (d *document) scalars(from schema.DataFrom) (scalars []Scalar, skipped []string, f *schema.Finding) {
	defer guard(&f)
	node, f := d.lookup(from.Key)
	if f != nil {
		return nil, nil, f
	}
	branch, ok := node.(sops.TreeBranch)
	if !ok {
		return nil, nil, problem(fmt.Sprintf("%q is not a map", from.Key), "take a single value in data instead")
	}
	seen := map[string]bool{}
	for _, item := range branch {
		key, ok := item.Key.(string)
		if !ok {
			continue // a comment
		}
		if seen[key] {
			return nil, nil, problem(fmt.Sprintf("%q stands twice in it", key), "keep one of them")
		}
		seen[key] = true
		if isCollection(item.Value) {
			skipped = append(skipped, key)
			continue
		}
		text, f := scalarText(item.Value)
		if f != nil {
			f.Message = fmt.Sprintf("the value at %q %s", key, f.Message)
			return nil, nil, f
		}
		scalars = append(scalars, Scalar{Key: from.Prefix + key, Value: text})
	}
	return scalars, skipped, nil
}

func isCollection(node any) bool {
	switch node.(type) {
	case sops.TreeBranch, []any:
		return true
	}
	return false
}

// textAs is the text of a node: of a scalar as it was written, of a map or a list as `as` asks.
func textAs(node any, v schema.Value) ([]byte, *schema.Finding) {
	switch {
	case v.As == schema.AsJSON:
		var b bytes.Buffer
		if err := writeJSON(&b, node); err != nil {
			return nil, problem(what(v.Key)+" cannot be written as JSON", "")
		}
		return b.Bytes(), nil
	case v.As == schema.AsYAML:
		out, err := yaml.Marshal(yamlNode(node))
		if err != nil {
			return nil, problem(what(v.Key)+" cannot be written as YAML", "")
		}
		return out, nil
	case isCollection(node):
		return nil, problem(fmt.Sprintf("%q is a map or a list, not a value", v.Key), "pick a value in it, or turn it into text with as: json or as: yaml")
	}
	out, f := scalarText(node)
	if f != nil {
		f.Message = fmt.Sprintf("the value at %q %s", v.Key, f.Message)
	}
	return out, f
}

// scalarText is the text of a scalar, in the words SOPS encrypted: whole numbers in decimal, floats without an exponent,
// true and false, times in RFC 3339.
func scalarText(node any) ([]byte, *schema.Finding) {
	switch v := node.(type) {
	case string:
		return []byte(v), nil
	case []byte:
		return v, nil
	case literal:
		return []byte(v.text), nil
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
		return nil, problem("is null", `write "" for an empty value`)
	}
	return nil, problem("is not a scalar", "")
}

func textOrEmpty(node any) string {
	out, f := scalarText(node)
	if f != nil {
		return ""
	}
	return string(out)
}

// writeJSON writes a node of a SOPS tree as JSON, its keys in the document's order, without comments.
func writeJSON(b *bytes.Buffer, node any) error {
	switch node := node.(type) {
	case sops.TreeBranch:
		b.WriteByte('{')
		comma := ""
		for _, item := range node {
			key, ok := item.Key.(string)
			if !ok {
				continue
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
	case []any:
		b.WriteByte('[')
		for i, item := range withoutComments(node) {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, item); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case literal:
		return writeJSON(b, node.value)
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

// yamlNode is a node of a SOPS tree as a YAML node, its keys in the document's order, without comments.
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
		for _, item := range withoutComments(node) {
			out.Content = append(out.Content, yamlNode(item))
		}
		return out
	case literal:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: node.text}
	}
	out := &yaml.Node{}
	if err := out.Encode(node); err != nil {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagNull, Value: "null"}
	}
	return out
}
