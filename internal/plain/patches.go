package plain

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// Patches are the patches of a kustomization: the texts in it, and the files.
func Patches(kustomization *yaml.Node) (texts, files []*yaml.Node) {
	add := func(text, file *yaml.Node) {
		if text != nil {
			texts = append(texts, text)
		}
		if file != nil {
			files = append(files, file)
		}
	}
	for _, field := range []string{"patches", "patchesJson6902"} {
		for _, patch := range yamlnode.Elements(kustomization, field) {
			if kind := yamlnode.Value(patch, "target.kind"); kind == "" || kind == "Secret" {
				add(yamlnode.Field(patch, "patch"), yamlnode.Field(patch, "path"))
			}
		}
	}
	for _, patch := range yamlnode.Elements(kustomization, "patchesStrategicMerge") {
		if strings.Contains(patch.Value, "\n") {
			add(patch, nil)
		} else {
			add(nil, patch)
		}
	}
	return texts, files
}

// InPatches returns the patches in a kustomization that hold values of a Secret.
func InPatches(kustomization *yaml.Node) []*yaml.Node {
	texts, _ := Patches(kustomization)
	return slices.DeleteFunc(texts, func(text *yaml.Node) bool { return !HoldsValues([]byte(text.Value)) })
}

// HoldsValues reports whether a patch holds values of a Secret: it is a part of one, or operations on its values.
func HoldsValues(text []byte) bool {
	file, err := manifests.Parse(text)
	if err != nil {
		return false // kustomize says so
	}
	for _, d := range file.Documents {
		for _, item := range d.Items() {
			at := yamlnode.Value(item, "path")
			if IsSecret(item) && len(DataOf(item)) > 0 || yamlnode.Field(item, "value") != nil &&
				(strings.HasPrefix(at, "/data") || strings.HasPrefix(at, "/stringData")) {
				return true
			}
		}
	}
	return false
}
