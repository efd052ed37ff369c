package migrate

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// specText is a SecretSpec that is being written.
type specText struct {
	name    string
	lines   []sourceLine
	sources map[string]string // names, by file, format and dialect
	files   []string          // those of its sources
	secrets []*specSecret
	output  bool // encrypted
}

// sourceLine is a source of it, as a line.
type sourceLine struct{ name, text string }

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
	s.lines = append(s.lines, sourceLine{name, "- " + line + "}\n"})
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
	s.lines = append(s.lines, sourceLine{name, "- " + line + "}}\n"})
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

// parts returns the Secrets by the SecretSpec that they go into: a SecretSpec has a name once, and kustomize once in
// each namespace.
func (s *specText) parts() [][]*specSecret {
	var parts [][]*specSecret
	for _, secret := range s.secrets {
		isOf := func(other *specSecret) bool { return secret.plain != "" && other.plain == secret.plain }
		i := slices.IndexFunc(parts, func(part []*specSecret) bool { return !slices.ContainsFunc(part, isOf) })
		if i < 0 {
			parts, i = append(parts, nil), len(parts)
		}
		parts[i] = append(parts[i], secret)
	}
	return parts
}

// numbered returns a name for a part of several: as it is for the first.
func numbered(name string, part int) string {
	if part == 0 {
		return name
	}
	return fmt.Sprintf("%s-%d", name, part+1)
}

// specFile returns the name of the file of a part.
func specFile(part int) string {
	base, ext, _ := strings.Cut(SpecFile, ".")
	return numbered(base, part) + "." + ext
}

// writeSpecs has the plan write the SecretSpecs, and reports whether it can.
func (p *planner) writeSpecs() bool {
	parts := p.spec.parts()
	if len(parts) > 1 && p.plan.Layout != Kustomization {
		p.Add(report.New(report.DuplicateName, fmt.Sprintf("it has the Secret %q twice, and a SecretSpec has each name once",
			parts[1][0].plain), "move one of them to a folder of its own").From(p.plan.Dir))
		return false
	}
	for i, secrets := range parts {
		if i > 0 && p.inTheWay(specFile(i)) {
			return false
		}
		text := []byte(p.spec.text(i, secrets))
		p.plan.Changes = append(p.plan.Changes, Change{Path: p.inFolder(specFile(i)), After: text, Is: text})
	}
	return true
}

// text returns the SecretSpec of a part as YAML.
func (s *specText) text(part int, secrets []*specSecret) string {
	var b, sources strings.Builder
	fmt.Fprintf(&b, head, flow(numbered(s.name, part)))
	for _, line := range s.lines {
		if slices.ContainsFunc(secrets, func(secret *specSecret) bool { return secret.uses(line.name) }) {
			sources.WriteString(line.text)
		}
	}
	if sources.Len() > 0 {
		b.WriteString("sources:\n" + sources.String())
	}
	if s.output {
		b.WriteString("output: {sops: {}}\n")
	}
	b.WriteString("secrets:\n")
	for _, secret := range secrets {
		secret.write(&b)
	}
	return b.String()
}

// uses reports whether a value of the Secret comes from a source.
func (s *specSecret) uses(source string) bool {
	text := "{from: " + flow(source)
	return s.from == source || slices.ContainsFunc(slices.Concat(s.data, s.dataFrom), func(value string) bool {
		return strings.Contains(value, text+"}") || strings.Contains(value, text+",")
	})
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
