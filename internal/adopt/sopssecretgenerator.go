package adopt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/dotenv"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// generatorVersion is the one apiVersion that SopsSecretGenerator reads.
const generatorVersion = "goabout.com/v1beta1"

// ownAnnotations are those that SopsSecretGenerator does not pass on to its Secret.
var ownAnnotations = []string{"config.kubernetes.io/local-config", "config.kubernetes.io/function"}

// generatorConfig is a configuration of SopsSecretGenerator.
type generatorConfig struct {
	Metadata              objectMeta `yaml:"metadata"`
	Envs                  []string   `yaml:"envs"`
	Files                 []string   `yaml:"files"`
	Behavior              string     `yaml:"behavior"`
	DisableNameSuffixHash bool       `yaml:"disableNameSuffixHash"`
	Type                  string     `yaml:"type"`
}

// generatedSecret is a Secret as SopsSecretGenerator writes it.
type generatedSecret struct {
	APIVersion string            `yaml:"apiVersion"`
	Kind       string            `yaml:"kind"`
	Metadata   objectMeta        `yaml:"metadata"`
	Data       map[string]string `yaml:"data"`
	Type       string            `yaml:"type,omitempty"`
}

var generatorShape = shape{kind: object, fields: map[string]shape{
	"apiVersion": aText, "kind": aText, "metadata": metadata, "envs": texts, "files": texts, "behavior": aText,
	"disableNameSuffixHash": {kind: boolean}, "type": aText,
}}

// sopsSecretGenerator makes the Secret that SopsSecretGenerator makes: the variables of envs, and files, which win.
func sopsSecretGenerator(r *run, node *yaml.RNode) []*yaml.RNode {
	before := r.Errors()
	if version := node.GetApiVersion(); version != generatorVersion {
		r.Error(report.UnsupportedVersion, report.Field("apiVersion"),
			fmt.Sprintf("SopsSecretGenerator has no version %q", version), "write "+generatorVersion)
	}
	check := &checker{Collector: r.Collector, tool: "SopsSecretGenerator"}
	check.check(nil, node.YNode(), generatorShape)
	if r.Errors() > before {
		return nil
	}
	var config generatorConfig
	if err := node.YNode().Decode(&config); err != nil {
		r.Error(report.WrongKind, nil, "it cannot be read as SopsSecretGenerator reads it"+yamlnode.AtLine(err),
			"write it in plain YAML, without anchors and tags")
		return nil
	}
	if config.Metadata.Name == "" {
		r.Error(report.MissingField, report.Field("metadata", "name"), "a Secret needs a name", "give it one")
	}
	r.checkBehavior(config.Behavior)
	envs := paths(report.Field("envs"), config.Envs)
	files := r.sources(report.Field("files"), config.Files)
	if r.Errors() > before {
		return nil
	}
	r.open(slices.Concat(envs, files))
	data := r.values()
	for _, s := range envs {
		r.env(s, data)
	}
	for _, s := range files {
		text, _ := r.text(s)
		data.set(s, keyPlace(s.key), s.key, base64.StdEncoding.EncodeToString(asPrintedThen(text, s.path)))
	}
	if r.Errors() > before {
		return nil
	}
	out, err := yaml.Marshal(generatedSecret{
		APIVersion: "v1", Kind: "Secret", Metadata: config.secretMeta(), Data: data.data, Type: config.Type,
	})
	if secret := r.secret(nil, out, err); secret != nil {
		return []*yaml.RNode{secret}
	}
	return nil
}

// asPrintedThen is the text of a whole file as SOPS 3.7.3 prints it, which SopsSecretGenerator has: JSON has no new
// line at its end there, and INI has one more.
func asPrintedThen(text []byte, path string) []byte {
	switch sopsfile.FormatOf(path) {
	case sopsfile.JSON:
		return bytes.TrimSuffix(text, []byte("\n"))
	case sopsfile.INI:
		return append(bytes.Clone(text), '\n')
	}
	return text
}

func (r *run) checkBehavior(value string) {
	known := []string{"create", "merge", "replace"}
	if value != "" && !slices.Contains(known, value) {
		r.Warn(report.UnknownValue, report.Field("behavior"), "kustomize has no such behavior, and takes it for none",
			report.DidYouMean(value, known, "write create, merge or replace"))
	}
}

// secretMeta is the metadata of the Secret: that of the configuration, and what kustomize is to do with it.
func (c generatorConfig) secretMeta() objectMeta {
	meta := c.Metadata
	meta.Annotations = map[string]string{}
	for name, value := range c.Metadata.Annotations {
		if !slices.Contains(ownAnnotations, name) {
			meta.Annotations[name] = value
		}
	}
	if !c.DisableNameSuffixHash {
		meta.Annotations[NeedsHash] = "true"
	}
	if c.Behavior != "" {
		meta.Annotations[Behavior] = c.Behavior
	}
	return meta
}

// env adds the variables of a file in dotenv, YAML or JSON.
func (r *run) env(s source, data *values) {
	text, ok := r.text(s)
	if !ok {
		return
	}
	variables := map[string]string{}
	var err error
	switch sopsfile.FormatOf(s.path) {
	case sopsfile.Dotenv:
		r.lines(s, text, data)
		return
	case sopsfile.YAML:
		err = yaml.Unmarshal(text, &variables)
	case sopsfile.JSON:
		err = json.Unmarshal(text, &variables)
	default:
		r.Add(report.New(report.InvalidDocument, "its name says neither dotenv, YAML nor JSON",
			"list it under files, or name it .env, .yaml or .json").
			In(s.at).From(r.name(s.path)))
		return
	}
	if err != nil {
		r.notTexts(s, err)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(variables)) {
		data.set(s, keyPlace(key), key, base64.StdEncoding.EncodeToString([]byte(variables[key])))
	}
}

// lines adds the variables of dotenv text, which SopsSecretGenerator reads as kustomize does, but for lines without an
// equals sign.
func (r *run) lines(s source, text []byte, data *values) {
	entries, err := dotenv.Kustomize(text)
	for _, entry := range entries {
		if entry.Bare && err == nil {
			err = &dotenv.Error{Line: entry.Line, Reason: "it has no equals sign"}
		}
	}
	if err != nil {
		r.badDotenv(s, err)
		return
	}
	for _, entry := range dotenv.Last(entries) {
		data.set(s, keyPlace(entry.Key), entry.Key, base64.StdEncoding.EncodeToString([]byte(entry.Value)))
	}
}

// notTexts says that a file is not a map of texts, and which key is to blame where the parser names it.
func (r *run) notTexts(s source, err error) {
	where := yamlnode.AtLine(err)
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) && typed.Field != "" {
		where = fmt.Sprintf(" at %q", typed.Field)
	}
	r.Add(report.New(report.NotAScalar, "once it is decrypted, it is not a map of texts"+where,
		"write each value as text, in quotes").
		In(s.at).From(r.name(s.path)))
}
