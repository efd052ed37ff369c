package render

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// side is one side of a diff.
type side int

const (
	before side = iota
	after
)

// mask puts marks in the place of the values of Secrets, and of the hashes in their names.
type mask struct {
	// values are those of the Secrets on each side, by Secret and key.
	values [2]map[[2]string]string
	// names has the names of Secrets with a mark for the hash.
	names *strings.Replacer
}

// checksums matches the annotations that `rollout: checksumAnnotation` puts on pod templates, and their values.
var checksums = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(regexp.QuoteMeta(schema.ChecksumAnnotation) + `[^\s:"']+["']?\s*:\s*["']?([^\s"',}]+)`)
})

// newMask reads the Secrets of both sides.
func newMask(pairs []pair) *mask {
	m := &mask{values: [2]map[[2]string]string{{}, {}}}
	tokens := [2]map[string]string{{}, {}} // each text that tells a hash, and its beginning, which does not
	for _, p := range pairs {
		m.read(p.was, before, tokens[before])
		m.read(p.will, after, tokens[after])
	}
	var replace []string
	for s, only := range []string{"<old hash>", "<new hash>"} {
		for token, begin := range tokens[s] {
			mark := only
			if _, stays := tokens[1-s][token]; stays {
				mark = "<hash>"
			}
			replace = append(replace, token+"\x00"+begin+mark)
		}
	}
	// Of two that begin alike, the longer one is replaced first.
	slices.SortFunc(replace, func(a, b string) int { return strings.Compare(b, a) })
	var oldNew []string
	for _, r := range slices.Compact(replace) {
		token, mark, _ := strings.Cut(r, "\x00")
		oldNew = append(oldNew, token, mark)
	}
	m.names = strings.NewReplacer(oldNew...)
	return m
}

// read reads the Secrets in one side of a file, and the texts that tell a hash.
func (m *mask) read(text []byte, s side, tokens map[string]string) {
	for _, found := range checksums().FindAllSubmatch(text, -1) {
		tokens[string(found[1])] = ""
	}
	file, err := manifests.Parse(text)
	if err != nil {
		return // which text says
	}
	for _, d := range file.Documents {
		eachSecret(d.Node, func(secret *yaml.Node) {
			id := idOfSecret(secret)
			eachValue(secret, func(key string, value *yaml.Node) { m.values[s][[2]string{id, key}] = textOfValue(value) })
			name, plain := yaml.NewRNode(secret).GetName(), plainName(secret)
			if plain != "" && name != plain && strings.Contains(name, plain+"-") {
				tokens[name] = name[:strings.LastIndex(name, "-")+1]
			}
		})
	}
}

// hashes returns a text with marks for hashes.
func (m *mask) hashes(text string) string { return m.names.Replace(text) }

// text returns one side of a file with marks for values and hashes. A SecretSpec, which no render changes, is left out.
func (m *mask) text(text []byte, s side) ([]byte, error) {
	if len(text) == 0 {
		return nil, nil
	}
	file, err := manifests.Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, d := range file.Documents {
		if slices.ContainsFunc(d.Items(), func(item *yaml.Node) bool { return textOf(item, "kind") == schema.Kind }) {
			out.WriteString("---\n# a SecretSpec\n")
			continue
		}
		if d.Node == nil {
			out.Write(d.Text)
			continue
		}
		edited, err := splice.Edit(d, func(node *yaml.Node) error {
			m.cover(node, s)
			return nil
		})
		if err != nil {
			return nil, err
		}
		out.Write(edited.Text)
	}
	return []byte(m.hashes(out.String())), nil
}

// cover puts marks in the place of the values in a document: those of Secrets, and those of variables that are written
// out, one of which a reference may replace.
func (m *mask) cover(node *yaml.Node, s side) {
	eachSecret(node, func(secret *yaml.Node) {
		id := idOfSecret(secret)
		eachValue(secret, func(key string, value *yaml.Node) {
			*value = yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: m.mark([2]string{id, key}, s)}
		})
		coverLastApplied(secret)
	})
	coverVariables(node)
}

// coverLastApplied puts a mark in the place of the whole Secret that `kubectl apply` keeps in an annotation, values and
// all.
func coverLastApplied(secret *yaml.Node) {
	annotations := yamlnode.At(secret, "metadata.annotations")
	for i := 0; annotations != nil && annotations.Kind == yaml.MappingNode && i+1 < len(annotations.Content); i += 2 {
		if annotations.Content[i].Value == yamlnode.LastApplied {
			annotations.Content[i+1] = yamlnode.Text("<value>")
		}
	}
}

func (m *mask) mark(at [2]string, s side) string {
	was, isBefore := m.values[before][at]
	will, isAfter := m.values[after][at]
	switch {
	case !isBefore:
		return "<added>"
	case !isAfter:
		return "<gone>"
	case was == will:
		return "<unchanged>"
	case s == before:
		return "<former>"
	}
	return "<changed>"
}

// coverVariables puts a mark in the place of the value of each variable below `env`.
func coverVariables(node *yaml.Node) {
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 1 && node.Content[i-1].Value == "env" {
			for _, variable := range child.Content {
				coverVariable(variable)
			}
		} else {
			coverVariables(child)
		}
	}
}

func coverVariable(variable *yaml.Node) {
	if variable.Kind != yaml.MappingNode {
		return
	}
	for k := 0; k+1 < len(variable.Content); k += 2 {
		if variable.Content[k].Value == "value" {
			variable.Content[k+1] = &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: "<value>"}
		}
	}
}

// eachSecret calls do with each Secret in a document.
func eachSecret(node *yaml.Node, do func(secret *yaml.Node)) {
	if node == nil {
		return
	}
	if node.Kind == yaml.MappingNode && textOf(node, "kind") == "Secret" {
		do(node)
		return
	}
	for _, child := range node.Content {
		eachSecret(child, do)
	}
}

// eachValue calls do with each value of a Secret.
func eachValue(secret *yaml.Node, do func(key string, value *yaml.Node)) {
	for i := 0; i+1 < len(secret.Content); i += 2 {
		field, values := secret.Content[i].Value, secret.Content[i+1]
		if field != "data" && field != "stringData" {
			continue
		}
		if values.Kind != yaml.MappingNode {
			do(field, values)
			continue
		}
		for k := 0; k+1 < len(values.Content); k += 2 {
			do(field+"/"+values.Content[k].Value, values.Content[k+1])
		}
	}
}

// textOfValue returns a value for comparing.
func textOfValue(value *yaml.Node) string {
	text, err := yaml.NewRNode(value).String()
	if err != nil {
		return ""
	}
	return text
}

// idOfSecret tells a Secret from others by its mark, or else by its name, and by its namespace.
func idOfSecret(secret *yaml.Node) string {
	node := yaml.NewRNode(yamlnode.Plain(secret))
	mark := node.GetAnnotations()[schema.SecretAnnotation]
	if mark == "" {
		mark = node.GetName()
	}
	return node.GetNamespace() + "/" + mark
}

// plainName returns the name that an emitted Secret has in its SecretSpec, or "".
func plainName(secret *yaml.Node) string {
	_, plain, _ := strings.Cut(yaml.NewRNode(secret).GetAnnotations()[schema.SecretAnnotation], "/")
	return plain
}
