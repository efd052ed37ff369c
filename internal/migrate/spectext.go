package migrate

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/sopsfile"
)

// specText is a SecretSpec that is being written.
type specText struct {
	name    string
	lines   []string          // of its sources
	sources map[string]string // names, by file, format and dialect
	files   []string          // those of its sources
	secrets []*specSecret
	output  bool // encrypted
}

// specSecret is a Secret of it.
type specSecret struct {
	comment                            string
	name, namespace, typ, from, picked string
	labels, annotations                map[string]string
	immutable, keepsName               bool
	data, dataFrom, usedBy             []string
	// plain and plainNamespace are what it is called by those who use it, as far as that is known.
	plain, plainNamespace string
}

// source returns the name of the source for a file, which it adds if there is none.
func (s *specText) source(file, dialect string) string {
	return s.sourceAs(file, sopsfile.FormatOf(file), dialect)
}

// sourceAs returns the name of the source for a file in a format that its name need not tell.
func (s *specText) sourceAs(file string, format sopsfile.Format, dialect string) string {
	id := file + "\x00" + string(format) + "\x00" + dialect
	if name, known := s.sources[id]; known {
		return name
	}
	name := s.add(id, file)
	line := fmt.Sprintf("{name: %s, file: %s", flow(name), flow(file))
	if format != sopsfile.FormatOf(file) {
		line += ", format: " + string(format)
	}
	if dialect != "" {
		line += ", dialect: " + dialect
	}
	s.lines = append(s.lines, "- "+line+"}")
	s.files = append(s.files, file)
	return name
}

// resource returns the name of the source for an encrypted Secret among the resources.
func (s *specText) resource(file, secret, namespace string) string {
	name := s.add(file, file)
	line := fmt.Sprintf("{name: %s, secret: {name: %s", flow(name), flow(secret))
	if namespace != "" {
		line += ", namespace: " + flow(namespace)
	}
	s.lines = append(s.lines, "- "+line+"}}")
	return name
}

// add names a source after its file.
func (s *specText) add(id, file string) string {
	base, _, _ := strings.Cut(strings.TrimLeft(path.Base(file), "."), ".")
	if base == "" {
		base = "source"
	}
	name := base
	for i := 2; slices.Contains(slices.Collect(maps.Values(s.sources)), name); i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	s.sources[id] = name
	return name
}

// head is how a SecretSpec begins.
const head = `# Written by secretwright adopt. Say in usedBy who reads a Secret, and how.
apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata:
  name: %s
  annotations:
    config.kubernetes.io/local-config: "true"
    config.kubernetes.io/function: |
      exec: {path: secretwright}
`

// String returns the SecretSpec as YAML.
func (s *specText) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, head, flow(s.name))
	if len(s.lines) > 0 {
		b.WriteString("sources:\n" + strings.Join(s.lines, "\n") + "\n")
	}
	if s.output {
		b.WriteString("output: {sops: {}}\n")
	}
	b.WriteString("secrets:\n")
	for _, secret := range s.secrets {
		secret.write(&b)
	}
	return b.String()
}

func (s *specSecret) write(b *strings.Builder) {
	fmt.Fprintf(b, "# %s\n", s.comment)
	dash := "- "
	field := func(format string, args ...any) {
		fmt.Fprintf(b, dash+format+"\n", args...)
		dash = "  "
	}
	for _, part := range []struct{ name, value string }{
		{"name", s.name}, {"from", s.from}, {"namespace", s.namespace}, {"type", s.typ},
	} {
		if part.value != "" {
			field("%s: %s", part.name, flow(part.value))
		}
	}
	if s.picked != "" {
		field("manifest: {name: %s}", flow(s.picked))
	}
	for _, part := range []struct {
		name   string
		values map[string]string
	}{{"labels", s.labels}, {"annotations", s.annotations}} {
		if len(part.values) == 0 {
			continue
		}
		field("%s:", part.name)
		for _, key := range slices.Sorted(maps.Keys(part.values)) {
			fmt.Fprintf(b, "    %s: %s\n", flow(key), flow(part.values[key]))
		}
	}
	if s.immutable {
		field("immutable: true")
	}
	if s.keepsName {
		field("rollout: none")
	}
	if len(s.data) > 0 {
		field("data:\n    %s", strings.Join(s.data, "\n    "))
	}
	if len(s.dataFrom) > 0 {
		field("dataFrom:\n  - %s", strings.Join(s.dataFrom, "\n  - "))
	}
	if len(s.usedBy) > 0 {
		field("usedBy:\n  - %s", strings.Join(s.usedBy, "\n  - "))
	}
}

// flow returns a text as YAML, in one line, so that it can be anywhere.
func flow(text string) string {
	content := []*yaml.Node{yaml.NewStringRNode(text).YNode()}
	node := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: content}
	if strings.ContainsAny(text, "\n\t") {
		node.Content[0].Style = yaml.DoubleQuotedStyle
	}
	out, err := yaml.NewRNode(node).String()
	if err != nil || strings.Count(out, "\n") != 1 {
		return fmt.Sprintf("%q", text)
	}
	return strings.TrimSuffix(strings.TrimPrefix(out, "["), "]\n")
}
