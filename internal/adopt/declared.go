package adopt

import (
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// Declared is what a configuration declares, with nothing of it opened.
type Declared struct {
	// Manifests are the files of encrypted manifests whose resources are made.
	Manifests []string
	// Secrets are those that are made of files of values.
	Secrets []DeclaredSecret
}

// DeclaredSecret is a Secret that a configuration has made of files of values.
type DeclaredSecret struct {
	Name, Namespace, Type string
	Labels, Annotations   map[string]string
	// KeepsName has kustomize add no hash to the name.
	KeepsName bool
	// Envs are files of variables, in a dialect of dotenv that a SecretSpec knows by this name.
	Envs    []string
	Dialect string
	// Files are values. Of two for a key the last counts.
	Files []DeclaredFile
	// EnvsWin has a variable count where a file has the same key.
	EnvsWin bool
}

// DeclaredFile is a file that holds the value of a key.
type DeclaredFile struct{ Key, Path string }

// Declare reads a configuration of which [Known] reports true, if it can be read. What is wrong is in the collector.
func Declare(c *report.Collector, config *yaml.RNode) (Declared, bool) {
	r := &run{Collector: c}
	if find(config).name == ksopsName {
		return declareKsops(r, config)
	}
	return declareSopsSecretGenerator(r, config)
}

func declareKsops(r *run, node *yaml.RNode) (Declared, bool) {
	config, ok := readKsops(r, node)
	if !ok {
		return Declared{}, false
	}
	declared := Declared{Manifests: config.Files}
	for i, from := range config.SecretFrom {
		sources := r.fromSources(report.Field("secretFrom").Index(i), from)
		secret := declaredOf(from.Metadata, from.Type)
		secret.KeepsName = secret.Annotations[NeedsHash] != "true"
		delete(secret.Annotations, NeedsHash)
		secret.Envs, secret.Dialect, secret.EnvsWin = from.Envs, "godotenv", true
		secret.add(slices.Concat(sources.binaryFiles, sources.files))
		declared.Secrets = append(declared.Secrets, secret)
	}
	return declared, true
}

func declareSopsSecretGenerator(r *run, node *yaml.RNode) (Declared, bool) {
	var config generatorConfig
	if err := node.YNode().Decode(&config); err != nil || config.Metadata.Name == "" {
		r.Error(report.InvalidDocument, nil, "it cannot be read as SopsSecretGenerator reads it", "")
		return Declared{}, false
	}
	secret := declaredOf(config.Metadata, config.Type)
	secret.KeepsName = config.DisableNameSuffixHash
	for _, own := range ownAnnotations {
		delete(secret.Annotations, own)
	}
	if config.Behavior != "" && config.Behavior != "create" {
		secret.Annotations[Behavior] = config.Behavior
	}
	secret.Envs, secret.Dialect = config.Envs, "kustomize"
	secret.add(r.sources(report.Field("files"), config.Files))
	return Declared{Secrets: []DeclaredSecret{secret}}, true
}

func declaredOf(meta objectMeta, secretType string) DeclaredSecret {
	annotations := map[string]string{}
	maps.Copy(annotations, meta.Annotations)
	return DeclaredSecret{Name: meta.Name, Namespace: meta.Namespace, Type: secretType, Labels: meta.Labels,
		Annotations: annotations}
}

func (s *DeclaredSecret) add(sources []source) {
	for _, source := range sources {
		s.Files = append(s.Files, DeclaredFile{source.key, source.path})
	}
}
