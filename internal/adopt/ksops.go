package adopt

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
	jsonyaml "sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/internal/dotenv"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// maxNodes is how many nodes a manifest may have once its aliases are written out.
const maxNodes = 100_000

// ksopsConfig is a configuration of ksops.
type ksopsConfig struct {
	Files      []string    `json:"files"`
	SecretFrom []ksopsFrom `json:"secretFrom"`
}

// ksopsFrom is a Secret that ksops makes from files.
type ksopsFrom struct {
	Metadata    objectMeta `json:"metadata"`
	Type        string     `json:"type"`
	Files       []string   `json:"files"`
	BinaryFiles []string   `json:"binaryFiles"`
	Envs        []string   `json:"envs"`
}

// objectMeta is what the tools read and write of metadata.
type objectMeta struct {
	Name        string            `json:"name,omitempty" yaml:"name"`
	Namespace   string            `json:"namespace,omitempty" yaml:"namespace,omitempty"`
	Labels      map[string]string `json:"labels,omitempty" yaml:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty" yaml:"annotations,omitempty"`
}

// ksopsSecret is a Secret as ksops writes it.
type ksopsSecret struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   objectMeta        `json:"metadata"`
	Type       string            `json:"type,omitempty"`
	StringData map[string]string `json:"stringData,omitempty"`
	Data       map[string]string `json:"data,omitempty"`
}

var ksopsShape = shape{kind: object, fields: map[string]shape{
	"apiVersion": aText,
	"kind":       aText,
	"metadata":   {},
	"files":      texts,
	"secretFrom": {kind: list, each: &shape{kind: object, fields: map[string]shape{
		"metadata": metadata, "type": aText, "files": texts, "binaryFiles": texts, "envs": texts,
	}}},
}}

// ksops makes what ksops makes: the manifests in files, decrypted, whatever their kind, and a Secret for each
// secretFrom.
func ksops(r *run, node *yaml.RNode) []*yaml.RNode {
	before := r.Errors()
	check := &checker{Collector: r.Collector, tool: "ksops", anyCase: true}
	check.check(nil, node.YNode(), ksopsShape)
	if r.Errors() > before {
		return nil
	}
	config, ok := readKsops(r, node)
	if !ok {
		return nil
	}
	manifests := paths(report.Field("files"), config.Files)
	all := slices.Clone(manifests)
	froms := make([]*fromSources, len(config.SecretFrom))
	for i, from := range config.SecretFrom {
		froms[i] = r.fromSources(report.Field("secretFrom").Index(i), from)
		all = slices.Concat(all, froms[i].files, froms[i].binaryFiles, froms[i].envs)
	}
	if r.Errors() > before {
		return nil
	}
	r.open(all)
	var resources []*yaml.RNode
	for _, s := range manifests {
		resources = append(resources, r.manifests(s)...)
	}
	for i, from := range config.SecretFrom {
		if secret := r.secretFrom(from, froms[i]); secret != nil {
			resources = append(resources, secret)
		}
	}
	Sort(resources)
	return resources
}

// readKsops reads the configuration with the parser that ksops has, which reads YAML 1.1.
func readKsops(r *run, node *yaml.RNode) (config ksopsConfig, ok bool) {
	text, err := node.String()
	if err == nil {
		err = jsonyaml.Unmarshal([]byte(text), &config)
	}
	switch {
	case err != nil:
		r.Error(report.WrongKind, nil, "it cannot be read as ksops reads it"+yamlnode.AtLine(err),
			"write it in plain YAML, without anchors and tags")
	case config.Files == nil && config.SecretFrom == nil:
		r.Error(report.MissingField, nil, "it has neither files nor secretFrom",
			"name encrypted manifests in files, or files of values in secretFrom")
	default:
		return config, true
	}
	return config, false
}

// manifests returns the resources of an encrypted manifest.
func (r *run) manifests(s source) []*yaml.RNode {
	text, ok := r.text(s)
	if !ok {
		return nil
	}
	var resources []*yaml.RNode
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for i := 1; ; i++ {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return resources
		}
		message := ""
		if err != nil {
			message = fmt.Sprintf("it is not YAML%s once it is decrypted", yamlnode.AtLine(err))
		} else if yamlnode.AliasesMultiply(&document, maxNodes) {
			message = "its aliases multiply to more than it could hold"
		} else if problem := notResource(&document); problem != "" {
			message = fmt.Sprintf("its document %d %s", i, problem)
		}
		if message != "" {
			r.Add(report.New(report.NotAResource, message,
				"list files of values under secretFrom; files is for encrypted manifests").In(s.at).
				From(r.name(s.path)))
			return nil
		}
		resources = append(resources, yaml.NewRNode(document.Content[0]))
	}
}

// notResource says what a document lacks to be a resource, or nothing.
func notResource(document *yaml.Node) string {
	if document.Kind != yaml.DocumentNode || len(document.Content) != 1 ||
		document.Content[0].Kind != yaml.MappingNode {
		return "is not a map"
	}
	node := yaml.NewRNode(document.Content[0])
	meta := node.Field("metadata")
	if meta != nil && meta.Value.YNode().Kind != yaml.MappingNode {
		return "has metadata that is not a map"
	}
	if meta != nil {
		for _, name := range []string{"labels", "annotations"} {
			if f := meta.Value.Field(name); f != nil && !f.Value.IsNil() && f.Value.YNode().Kind != yaml.MappingNode {
				return "has metadata." + name + " that is not a map"
			}
		}
	}
	switch {
	case node.GetKind() == "":
		return "has no kind"
	case node.GetName() == "" && !strings.HasSuffix(node.GetKind(), "List"):
		return "has no metadata.name"
	}
	return ""
}

// fromSources are the files of a secretFrom.
type fromSources struct {
	at                       *report.Path
	files, binaryFiles, envs []source
}

func (r *run) fromSources(at *report.Path, from ksopsFrom) *fromSources {
	if from.Metadata.Name == "" {
		r.Error(report.MissingField, at.Child("metadata", "name"), "a Secret needs a name", "give it one")
	}
	return &fromSources{
		at:          at,
		files:       r.sources(at.Child("files"), from.Files),
		binaryFiles: r.sources(at.Child("binaryFiles"), from.BinaryFiles),
		envs:        paths(at.Child("envs"), from.Envs),
	}
}

// secretFrom returns the Secret of a secretFrom: files and envs as stringData, where envs win, and binaryFiles as data.
func (r *run) secretFrom(from ksopsFrom, sources *fromSources) *yaml.RNode {
	before := r.Errors()
	stringData, data := r.values(), r.values()
	for _, s := range sources.files {
		text, _ := r.text(s)
		if !utf8.Valid(text) {
			r.Add(report.New(report.NotText, "it has bytes that are not text, and ksops replaces them",
				"list it under binaryFiles").
				WithSeverity(report.Warning).In(s.at).From(r.name(s.path)))
		}
		stringData.set(s, keyPlace(s.key), s.key, string(text))
	}
	for _, s := range sources.envs {
		for _, entry := range r.godotenv(s) {
			stringData.set(s, placeOf(s, entry), entry.Key, entry.Value)
		}
	}
	for _, s := range sources.binaryFiles {
		text, _ := r.text(s)
		if _, twice := stringData.data[s.key]; twice {
			r.overlap(s, keyPlace(s.key), "is in files or envs too, which win in the cluster")
		}
		data.set(s, keyPlace(s.key), s.key, base64.StdEncoding.EncodeToString(text))
	}
	if r.Errors() > before {
		return nil
	}
	out, err := jsonyaml.Marshal(ksopsSecret{
		APIVersion: "v1", Kind: "Secret", Metadata: from.Metadata, Type: from.Type,
		StringData: stringData.data, Data: data.data,
	})
	return r.secret(sources.at, out, err)
}

// godotenv reads a dotenv file as ksops does: the last of two variables of one name counts.
func (r *run) godotenv(s source) []dotenv.Entry {
	text, ok := r.text(s)
	if !ok {
		return nil
	}
	entries, err := dotenv.Godotenv(text)
	if err != nil {
		r.badDotenv(s, err)
		return nil
	}
	return dotenv.Last(entries)
}

func (r *run) badDotenv(s source, err error) {
	r.Add(report.New(report.InvalidDocument, "once it is decrypted, "+err.Error(),
		"correct the line with `secretwright edit`").In(s.at).From(r.name(s.path)))
}
