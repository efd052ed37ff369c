package sources

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/schema"
)

// Value returns what a value of a SecretSpec at a field comes to: the given value itself, or what its source has at
// its key. It does not run templates.
func (s *Set) Value(at *field.Path, v schema.Value) ([]byte, *report.Finding) {
	if v.Value != nil {
		if !s.keyless && sopsfile.IsEncrypted([]byte(*v.Value)) {
			return nil, sopsfile.EncryptedTwice().In(at)
		}
		return []byte(*v.Value), nil
	}
	doc := s.documents[v.From]
	out, f := doc.value(v)
	if f != nil {
		return nil, doc.blame(f).In(at)
	}
	return out, nil
}

// Encoded returns a warning if a value is taken from the data of a Secret's manifest, which is base64, and stays that.
func (s *Set) Encoded(at *field.Path, v schema.Value) *report.Finding {
	doc := s.documents[v.From]
	if first, _, nested := strings.Cut(v.Key, "."); doc == nil || !nested || v.Decode != "" || !doc.isData(first) {
		return nil
	}
	return report.New(report.EncodedData, describe(v.Key)+" is base64, as data of a Secret's manifest is",
		"add decode: base64").WithSeverity(report.Warning).In(at).From(doc.name)
}

// isData reports whether a path is the data of the manifest of a Secret.
func (d *document) isData(path string) bool {
	if path != "data" {
		return false
	}
	branches, f := d.Branches()
	return f == nil && slices.ContainsFunc(branches, func(branch sops.TreeBranch) bool {
		return d.text(branch, "kind") == "Secret" && d.text(branch, "apiVersion") == "v1"
	})
}

func (d *document) value(v schema.Value) (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	if v.Key == "" && v.As == "" {
		out, f = d.Whole()
	} else if node, missing := d.lookup(v.Key); missing != nil {
		f = missing
	} else if out, f = textAs(node.node, v); f != nil {
		f = d.at(f, node)
	}
	if f != nil || d.IsCiphertext() {
		return out, f
	}
	if sopsfile.IsEncrypted(out) {
		return nil, sopsfile.EncryptedTwice()
	}
	if v.Decode == "" {
		return out, nil
	}
	decoded, err := decode(out)
	if err != nil {
		return nil, report.New(report.NotBase64, describe(v.Key)+" is not base64",
			"leave decode out if the value is not encoded")
	}
	if sopsfile.IsEncrypted(decoded) {
		return nil, sopsfile.EncryptedTwice()
	}
	return decoded, nil
}

// describe names the value at a key.
func describe(key string) string {
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

// Scalars returns the scalars of a document, or of one map in it, in the document's order. It leaves out the maps and
// lists among them, with a warning.
func (s *Set) Scalars(c *report.Collector, at *field.Path, from schema.DataFrom) []Scalar {
	doc := s.documents[from.From]
	scalars, skipped, f := doc.scalars(from)
	if f == nil && len(skipped) > 0 {
		f = report.New(report.CollectionSkipped, report.List(skipped)+": maps and lists are not taken",
			"take their scalars with key, or the whole as text in data with as: json").WithSeverity(report.Warning)
	}
	if f == nil {
		return scalars
	}
	c.Add(doc.blame(f).In(at))
	if f.IsError() {
		return nil
	}
	return scalars
}

func (d *document) scalars(from schema.DataFrom) (scalars []Scalar, skipped []string, f *report.Finding) {
	defer report.Guard(&f)
	node, f := d.lookup(from.Key)
	if f != nil {
		return nil, nil, f
	}
	branch, ok := node.node.(sops.TreeBranch)
	if from.Decode == "" && d.isData(from.Key) {
		return nil, nil, report.New(report.EncodedData, "data of a Secret's manifest is base64",
			"add decode: base64, or take the Secret as a whole with from: "+from.From+" beside its name")
	}
	if !ok {
		f := report.New(report.NotAMap, fmt.Sprintf("%q is not a map", from.Key), "take a single value in data instead")
		return nil, nil, d.at(f, node)
	}
	for _, item := range branch {
		key, ok := item.Key.(string)
		if !ok {
			continue // a comment
		}
		if sopsfile.IsCollection(item.Value) {
			skipped = append(skipped, key)
			continue
		}
		text, f := scalarText(item.Value, key)
		if f != nil {
			return nil, nil, d.at(f, node.child(key, item.Value))
		}
		if !d.IsCiphertext() && sopsfile.IsEncrypted(text) {
			f := sopsfile.EncryptedTwice()
			f.Message = describe(key) + ": " + f.Message
			return nil, nil, f
		}
		if from.Decode == schema.Base64 && !d.IsCiphertext() {
			var err error
			if text, err = decode(text); err != nil {
				return nil, nil, report.New(report.NotBase64, describe(key)+" is not base64",
					"leave decode out if the values are not encoded")
			}
		}
		scalars = append(scalars, Scalar{Key: from.Prefix + key, Value: text})
	}
	return scalars, skipped, nil
}

// scalarText returns the text of the scalar at a key.
func scalarText(node any, key string) ([]byte, *report.Finding) {
	out, f := sopsfile.ScalarText(node)
	if f != nil {
		return nil, report.New(f.Code, fmt.Sprintf("the value at %q %s", key, f.Message), f.Fix)
	}
	return out, nil
}

// textAs returns the text of a node: of a scalar as it was written, of a map or a list as `as` asks.
func textAs(node any, v schema.Value) ([]byte, *report.Finding) {
	switch {
	case v.As == schema.AsJSON:
		out, err := sopsfile.JSONText(node)
		if err != nil {
			return nil, report.New(report.Unprintable, describe(v.Key)+" cannot be written as JSON", "")
		}
		return out, nil
	case v.As == schema.AsYAML:
		out, err := sopsfile.YAMLText(node)
		if err != nil {
			return nil, report.New(report.Unprintable, describe(v.Key)+" cannot be written as YAML", "")
		}
		return out, nil
	case sopsfile.IsCollection(node):
		return nil, report.New(report.NotAScalar, fmt.Sprintf("%q is a map or a list, not a value", v.Key),
			"pick a value in it, or turn it into text with as: json or as: yaml")
	}
	return scalarText(node, v.Key)
}
