package migrate

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/adopt"
	"github.com/secretwright/secretwright/internal/dotenv"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// options are generatorOptions of a kustomization, and options of a generator.
type options struct {
	Labels                map[string]string `yaml:"labels"`
	Annotations           map[string]string `yaml:"annotations"`
	DisableNameSuffixHash bool              `yaml:"disableNameSuffixHash"`
	Immutable             bool              `yaml:"immutable"`
}

// generator is an entry of secretGenerator.
type generator struct {
	Name      string   `yaml:"name"`
	Namespace string   `yaml:"namespace"`
	Type      string   `yaml:"type"`
	Behavior  string   `yaml:"behavior"`
	Literals  []string `yaml:"literals"`
	Files     []string `yaml:"files"`
	Envs      []string `yaml:"envs"`
	Env       string   `yaml:"env"`
	Options   options  `yaml:"options"`
}

// both returns two maps in one; the second wins.
func both(first, second map[string]string) map[string]string {
	out := maps.Clone(first)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, second)
	return out
}

// secretGenerator takes over an entry of secretGenerator. Its plain values are encrypted in a manifest; files that are
// encrypted already, as Flux has them, become sources.
func (p *planner) secretGenerator(index int, g generator) {
	at := report.Field("secretGenerator").Index(index)
	if g.Name == "" {
		p.Error(report.MissingField, at.Child("name"), "it is missing", "give the Secret a name")
		return
	}
	secret := &specSecret{
		comment: "From secretGenerator, whose values were plain.", namespace: g.Namespace,
		labels:      both(p.options.Labels, g.Options.Labels),
		annotations: both(p.options.Annotations, g.Options.Annotations),
		immutable:   p.options.Immutable || g.Options.Immutable,
		keepsName:   p.options.DisableNameSuffixHash || g.Options.DisableNameSuffixHash,
		plain:       g.Name, plainNamespace: g.Namespace,
	}
	if g.Behavior != "" && g.Behavior != "create" {
		secret.annotations[adopt.Behavior] = g.Behavior
	}
	data, ok := p.generatorValues(at, index, secret, g)
	if !ok {
		return
	}
	isSealed := len(secret.data)+len(secret.dataFrom) > 0
	switch {
	case isSealed && len(data) == 0:
		secret.comment, secret.name, secret.typ = "From secretGenerator.", g.Name, g.Type
		p.spec.secrets = append(p.spec.secrets, secret)
		return
	case isSealed:
		secret.comment = "From secretGenerator, some of whose values were plain."
	}
	file := p.seal(at, plainSecret{name: g.Name, namespace: g.Namespace, typ: g.Type, data: data})
	if file != "" {
		secret.from = p.spec.source(file, "")
		p.spec.secrets = append(p.spec.secrets, secret)
	}
}

// generatorValues returns the plain values of an entry, by key, and adds those of encrypted files to the Secret.
func (p *planner) generatorValues(at *report.Path, index int, secret *specSecret,
	g generator) (map[string][]byte, bool) {
	before := p.Errors()
	data := map[string][]byte{}
	for i, literal := range g.Literals {
		key, value, ok := strings.Cut(literal, "=")
		if !ok || key == "" {
			p.Error(report.InvalidDocument, at.Child("literals").Index(i), "it is not KEY=VALUE", "write it so")
			continue
		}
		data[key] = []byte(unquoted(value))
	}
	for i, entry := range g.Files {
		key, file, explicit := strings.Cut(entry, "=")
		if !explicit {
			key, file = path.Base(entry), entry
		}
		at := at.Child("files").Index(i)
		text, ok := p.read(at, file)
		switch {
		case !ok:
		case sopsfile.IsEncrypted(text):
			p.sealedValue(at, secret, sealedFile{generator: index, field: "files", entry: entry, key: key, name: file}, text)
		default:
			data[key] = text
			p.plan.Unused = append(p.plan.Unused, p.inFolder(file))
		}
	}
	for i, file := range g.Envs {
		p.variables(at.Child("envs").Index(i), data, secret, sealedFile{generator: index, field: "envs", name: file})
	}
	if g.Env != "" {
		p.variables(at.Child("env"), data, secret, sealedFile{generator: index, field: "env", name: g.Env})
	}
	return data, p.Errors() == before
}

// variables adds those of a file to the plain values or, if it is encrypted, to the Secret.
func (p *planner) variables(at *report.Path, data map[string][]byte, secret *specSecret, s sealedFile) {
	s.entry = s.name
	text, ok := p.read(at, s.name)
	if !ok {
		return
	}
	if sopsfile.IsEncrypted(text) {
		p.sealedVariables(at, secret, s, text)
		return
	}
	entries, err := dotenv.Kustomize(text)
	if err != nil {
		p.Add(report.New(report.InvalidDocument, err.Error(), "correct the line").In(at).From(p.inFolder(s.name)))
		return
	}
	for _, entry := range entries {
		data[entry.Key] = []byte(entry.Value)
	}
	p.plan.Unused = append(p.plan.Unused, p.inFolder(s.name))
}

// unquoted returns the value of a literal as kustomize reads it.
func unquoted(value string) string {
	if len(value) >= 2 && (value[0] == '"' || value[0] == '\'') && value[0] == value[len(value)-1] {
		return value[1 : len(value)-1]
	}
	return value
}

// generatorFile takes over a file of generators, and reports whether the kustomization no longer needs it.
func (p *planner) generatorFile(at *report.Path, entry string) bool {
	if strings.Contains(entry, "\n") {
		p.Info(report.LeftAlone, at, "a generator in the kustomization itself is left", "move it to a file of its own")
		return false
	}
	if info, err := p.root.Stat(p.inFolder(entry)); err == nil && info.IsDir() {
		p.Info(report.LeftAlone, at, "a folder of generators is left", "name the files in it here, each by itself")
		return false
	}
	text, ok := p.read(at, entry)
	if !ok {
		return false
	}
	file, err := manifests.Parse(text)
	if err != nil {
		p.Add(report.New(report.InvalidDocument, "it is not valid YAML", "correct it").In(at).From(p.inFolder(entry)))
		return false
	}
	var configs []*yaml.RNode
	for _, document := range file.Documents {
		for _, node := range document.Items() {
			configs = append(configs, yaml.NewRNode(node))
		}
	}
	if len(configs) == 0 || slices.ContainsFunc(configs, func(n *yaml.RNode) bool { return !adopt.Known(n) }) {
		p.Info(report.LeftAlone, at, entry+" has generators that are not known, and is left", "")
		return false
	}
	for _, config := range configs {
		p.generated(at, entry, config)
	}
	p.plan.Configs = append(p.plan.Configs, p.inFolder(entry))
	return true
}

// generated takes over what a configuration of a generator declares.
func (p *planner) generated(at *report.Path, file string, config *yaml.RNode) {
	var c report.Collector
	declared, ok := adopt.Declare(&c, config)
	for _, f := range c.Findings() {
		p.Add(f.From(p.inFolder(file)))
	}
	if !ok {
		return
	}
	for _, name := range declared.Manifests {
		p.manifest(at, name, "From "+file+", a generator of ksops.", true)
	}
	for _, d := range declared.Secrets {
		secret := &specSecret{comment: "From " + file + ".", name: d.Name, namespace: d.Namespace, typ: d.Type,
			labels: d.Labels, annotations: d.Annotations, keepsName: d.KeepsName, plain: d.Name, plainNamespace: d.Namespace}
		p.spec.secrets = append(p.spec.secrets, secret)
		taken := map[string]bool{}
		for _, env := range d.Envs {
			if d.EnvsWin { // and data wins in a SecretSpec
				for _, key := range p.keysOf(at, env) {
					taken[key] = true
				}
			}
			p.dataFrom(secret, env, d.Dialect)
		}
		for _, f := range slices.Backward(d.Files) {
			if !taken[f.Key] {
				taken[f.Key] = true
				p.value(secret, f)
			}
		}
		slices.Reverse(secret.data)
	}
}

func (p *planner) dataFrom(secret *specSecret, file, dialect string) {
	if sopsfile.FormatOf(file) != sopsfile.Dotenv {
		p.Add(report.New(report.LeftAlone, "variables in another format than dotenv are not taken over", "encrypt them as dotenv, in a file that ends in .env").
			WithSeverity(report.Error).From(p.inFolder(file)))
		return
	}
	entry := fmt.Sprintf("{from: %s", flow(p.spec.source(file, dialect)))
	if len(secret.dataFrom) > 0 {
		entry += ", overlap: replace" // the last file wins
	}
	secret.dataFrom = append(secret.dataFrom, entry+"}")
}

func (p *planner) value(secret *specSecret, f adopt.DeclaredFile) {
	secret.data = append(secret.data, fmt.Sprintf("%s: {from: %s}", flow(f.Key), flow(p.spec.source(f.Path, ""))))
}

// keysOf returns the keys of an encrypted dotenv file, which are in the clear.
func (p *planner) keysOf(at *report.Path, name string) []string {
	text, ok := p.read(at, name)
	if !ok {
		return nil
	}
	document, f := sopsfile.Inspect(text, sopsfile.FormatOf(name))
	if f != nil {
		p.Add(f.In(at).From(p.inFolder(name)))
		return nil
	}
	branches, f := document.Branches()
	if f != nil {
		p.Add(f.In(at).From(p.inFolder(name)))
		return nil
	}
	var keys []string
	for _, branch := range branches {
		for _, key := range sopsfile.Keys(branch) {
			key = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(key), "export ")) // as godotenv reads it
			keys = append(keys, key)
		}
	}
	return keys
}
