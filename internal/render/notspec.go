package render

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

const (
	writeVersion = "write apiVersion: " + schema.APIVersion
	writeKind    = "write kind: " + schema.Kind
	beginWith    = "begin it with apiVersion: " + schema.APIVersion + " and kind: " + schema.Kind
)

// notOneSpec says why the file SPEC does not hold one SecretSpec, at the place that is to blame. More are the files and
// folders named after it.
func notOneSpec(source *manifests.Source, specs []*yaml.RNode, more []string) error {
	var f *report.Finding
	at := &yaml.Node{Line: 1}
	if len(specs) > 1 {
		at = specs[1].YNode()
		f = report.New(report.NotOneDocument, fmt.Sprintf("it holds %d SecretSpecs, this is the second", len(specs)),
			"keep one in the file")
	} else if node := closest(source); node == nil {
		f = report.New(report.NoSecretSpec, "it is empty, and should hold a SecretSpec", beginWith)
	} else {
		at = node
		f = notSpec(node, &at, more)
	}
	f.Place = report.Place{File: disk.FromHere(source.Path), Line: at.Line, Column: at.Column}
	return f
}

// closest returns what was most likely meant to be the SecretSpec in a file: the first map that says it is of
// Secretwright, or else the first value. It is nil in a file without one.
func closest(source *manifests.Source) *yaml.Node {
	var first *yaml.Node
	for _, d := range source.Documents {
		for _, item := range d.Items() {
			if first == nil {
				first = item
			}
			if kind, apiVersion := textOf(item, "kind"), textOf(item, "apiVersion"); schema.LikeKind(kind) || schema.LikeVersion(apiVersion) {
				return item
			}
		}
	}
	return first
}

// IsMeantAsSpec reports whether a file holds a SecretSpec, or what is most likely meant to be one.
func IsMeantAsSpec(source *manifests.Source) bool {
	node := closest(source)
	return node != nil && (schema.LikeKind(textOf(node, "kind")) || schema.LikeVersion(textOf(node, "apiVersion")))
}

// notSpec says why a node is not a SecretSpec, and sets at to the field to blame.
func notSpec(node *yaml.Node, at **yaml.Node, more []string) *report.Finding {
	if node.Kind != yaml.MappingNode {
		return report.New(report.NoSecretSpec, "it is not a map, and a SecretSpec is one", beginWith)
	}
	r := yaml.NewRNode(node)
	kind, apiVersion := textOf(node, "kind"), textOf(node, "apiVersion")
	blame := func(name string) {
		if field := r.Field(name); field != nil {
			*at = field.Key.YNode()
		}
	}
	switch {
	case strings.HasPrefix(kind, "ENC[") || strings.HasPrefix(apiVersion, "ENC["):
		blame("apiVersion")
		return report.New(report.NoSecretSpec, "it is encrypted whole, with its apiVersion and kind, as by `sops encrypt`",
			"decrypt it with `sops decrypt -i`, and encrypt its values alone with `secretwright encrypt`")
	case schema.IsSecretSpec(r): // and malformed, or it would have been taken
		field := fn.Malformed(r)
		blame(strings.SplitN(field, ".", 2)[0])
		return report.New(report.WrongKind, field+" is not a map",
			"write {name: ...} for metadata, and {key: text} for what is in it")
	case kind == schema.Kind && apiVersion == "":
		return report.New(report.NoSecretSpec, "the SecretSpec has no apiVersion", writeVersion)
	case kind == schema.Kind:
		blame("apiVersion")
		return report.New(report.NoSecretSpec,
			fmt.Sprintf("apiVersion: %q is not the one of a SecretSpec", apiVersion), writeVersion)
	case schema.LikeKind(kind), schema.LikeVersion(apiVersion) && kind != "":
		blame("kind")
		return report.New(report.NoSecretSpec, fmt.Sprintf("kind: %q is not a kind of Secretwright", kind), writeKind)
	case schema.LikeVersion(apiVersion):
		return report.New(report.NoSecretSpec, "the SecretSpec has no kind", writeKind)
	}
	return other(r, kind, apiVersion, more)
}

// other says what is in the place of a SecretSpec.
func other(node *yaml.RNode, kind, apiVersion string, more []string) *report.Finding {
	group, _, _ := strings.Cut(apiVersion, "/")
	switch {
	case group == "viaduct.ai", group == "goabout.com":
		return report.New(report.NoSecretSpec, "it is a configuration for "+kind+", not a SecretSpec",
			"name it under generators: of a kustomization, with Secretwright as its program, "+
				"and run kustomize build; or write a SecretSpec")
	case group == "kustomize.config.k8s.io":
		return report.New(report.NoSecretSpec, "it is a kustomization, not a SecretSpec",
			"name the file of the SecretSpec, or run kustomize build")
	case kind == "" && apiVersion == "" && node.Field("secrets") != nil:
		return report.New(report.NoSecretSpec, "the SecretSpec has neither apiVersion nor kind", beginWith)
	case kind == "" && node.Field("sops") != nil:
		return report.New(report.NoSecretSpec, "it is a source that SOPS encrypted, not a SecretSpec",
			"name the file of the SecretSpec that has it under sources:")
	case kind == "":
		return report.New(report.NoSecretSpec, "it is not a SecretSpec: it has no kind",
			"name the file of a SecretSpec, or "+beginWith)
	}
	fix := "name the file of the SecretSpec first, then the manifests"
	if more == nil { // of a command that takes none
		fix = "name the file of the SecretSpec"
	}
	if spec := specAmong(more); spec != "" {
		fix = "the SecretSpec is in " + spec + ": name that first, then the manifests"
	}
	return report.New(report.NoSecretSpec, fmt.Sprintf("it holds kind: %s, and no SecretSpec", kind), fix)
}

// specAmong returns the first file that holds a SecretSpec, or "".
func specAmong(paths []string) string {
	for _, path := range paths {
		if path == "-" {
			continue
		}
		sources, err := (&manifests.Reader{}).Read(path, nil)
		if err != nil {
			continue
		}
		for _, source := range sources {
			node := closest(source)
			if node != nil && node.Kind == yaml.MappingNode && schema.IsSecretSpec(yaml.NewRNode(node)) {
				return disk.FromHere(source.Path)
			}
		}
	}
	return ""
}

// textOf returns the value of a field of a map, if it is text, or "".
func textOf(node *yaml.Node, name string) string {
	if node.Kind != yaml.MappingNode {
		return ""
	}
	field := yaml.NewRNode(node).Field(name)
	if field == nil || field.Value.YNode().Kind != yaml.ScalarNode {
		return ""
	}
	return field.Value.YNode().Value
}
