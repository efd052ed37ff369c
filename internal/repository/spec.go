package repository

import (
	"bytes"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// hasSpec reports whether a file has a SecretSpec, or what is most likely meant to be one, or looks as if it should and
// is not YAML. Reading the file then says what is wrong. Only a file whose text mentions a SecretSpec is parsed.
func hasSpec(text []byte) bool {
	marked := bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))
	if marked || bytes.IndexByte(text[:min(len(text), longest)], 0) >= 0 { // UTF-16, which no reader of manifests takes
		text = bytes.ReplaceAll(text, []byte{0}, nil)
	}
	mentions := bytes.Contains(text, []byte("secretwright.dev/")) && bytes.Contains(text, []byte(schema.Kind))
	version, kind := isSaid(text, "apiVersion", schema.LikeVersion), isSaid(text, "kind", schema.LikeKind)
	if !mentions && !version && !kind {
		return false
	}
	parsed, err := manifests.Parse(text)
	if err != nil {
		return mentions || version && kind
	}
	return slices.ContainsFunc(parsed.Documents, func(d *manifests.Document) bool {
		return slices.ContainsFunc(d.Items(), func(item *yaml.Node) bool {
			return item.Kind == yaml.MappingNode &&
				schema.IsMeant(yamlnode.Value(item, "kind"), yamlnode.Value(item, "apiVersion"))
		})
	})
}

// isSaid reports whether the text of a value under a key, somewhere in a file, is like something.
func isSaid(text []byte, key string, like func(string) bool) bool {
	for {
		i := bytes.Index(text, []byte(key))
		if i < 0 {
			return false
		}
		text = text[i+len(key):]
		value, isKey := bytes.CutPrefix(bytes.TrimLeft(text[:min(len(text), longest)], "\"' \t"), []byte(":"))
		if !isKey {
			continue
		}
		value = bytes.TrimLeft(value, "\"' \t\r\n")
		if end := bytes.IndexAny(value, "\"'\r\n,}#"); end >= 0 {
			value = value[:end]
		}
		if like(string(bytes.TrimSpace(value))) {
			return true
		}
	}
}

// longest is how much of a text after a key is looked at.
const longest = 128

func specsIn(file *manifests.File) []*yaml.RNode {
	var specs []*yaml.RNode
	for _, d := range file.Documents {
		for _, item := range d.Items() {
			if node := yaml.NewRNode(item); item.Kind == yaml.MappingNode && schema.IsSecretSpec(node) {
				specs = append(specs, node)
			}
		}
	}
	return specs
}
