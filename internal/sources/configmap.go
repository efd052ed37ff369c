package sources

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// previousNames is the annotation in which kustomize keeps the names a resource had before it added a prefix, a suffix
// or a hash.
const previousNames = "internal.config.kubernetes.io/previousNames"

// configMap is a document in a ConfigMap among the items of the ResourceList: text in `data`, or base64 in
// `binaryData`.
type configMap struct {
	name, key string
	node      *yaml.Node
	absent    *report.Finding // says why, where node is nil
}

// findConfigMap finds a ConfigMap by its name, or else by a name it had before kustomize changed it.
func findConfigMap(ref schema.ConfigMapKey, items []*yaml.RNode) configMap {
	found := configMap{name: ref.Name, key: ref.Key}
	var current, former []*yaml.Node
	var known []string
	for _, item := range items {
		node := item.YNode()
		if yamlnode.Value(node, "kind") != "ConfigMap" || yamlnode.Value(node, "apiVersion") != "v1" {
			continue
		}
		name, before := yamlnode.Value(node, "metadata.name"), annotation(node, previousNames)
		if name == ref.Name {
			current = append(current, node)
		} else if slices.Contains(strings.Split(before, ","), ref.Name) {
			former = append(former, node)
		}
		if before != "" {
			name, _, _ = strings.Cut(before, ",") // the one that the author gave it
		}
		known = append(known, name)
	}
	if len(current) == 0 {
		current = former
	}
	switch len(current) {
	case 0:
		found.absent = report.New(report.NoSuchConfigMap, "there is no such ConfigMap among the resources",
			choose(ref.Name, known, "add it to the resources, or read the document from a file"))
	case 1:
		found.node = current[0]
	default:
		found.absent = report.New(report.SameConfigMap,
			fmt.Sprintf("%d ConfigMaps among the resources have this name", len(current)), "give each its own name")
	}
	return found
}

func (c configMap) String() string { return "ConfigMap " + c.name + "/" + c.key }

func (c configMap) format() sopsfile.Format { return sopsfile.FormatOf(c.key) }

func (c configMap) read() ([]byte, *fault) {
	if c.node == nil {
		return nil, blame(c.absent, "configMap", "name")
	}
	var data []byte
	text, encoded := yamlnode.Field(yamlnode.Field(c.node, "data"), c.key),
		yamlnode.Field(yamlnode.Field(c.node, "binaryData"), c.key)
	switch {
	case text != nil:
		data = []byte(text.Value)
	case encoded != nil:
		var err error
		if data, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded.Value), "")); err != nil {
			return nil, blame(report.New(report.NotBase64, "its binaryData is not base64",
				"have kustomize or kubectl write the ConfigMap"), "configMap", "key")
		}
	default:
		known := append(yamlnode.Keys(yamlnode.Field(c.node, "data")), yamlnode.Keys(yamlnode.Field(c.node, "binaryData"))...)
		return nil, blame(report.New(report.NoSuchMapKey, "the ConfigMap has no such key",
			choose(c.key, known, "add the document to it")), "configMap", "key")
	}
	if len(data) > MaxDocument {
		return nil, blame(disk.TooLarge(int64(len(data))), "configMap")
	}
	return data, nil
}

// choose returns the way out when a name is none of those there are.
func choose(name string, known []string, otherwise string) string {
	if len(known) > 0 && len(known) <= sopsfile.MaxListed {
		slices.Sort(known)
		otherwise = "there are " + report.List(slices.Compact(known))
	}
	return report.DidYouMean(name, known, otherwise)
}

// annotation returns an annotation of a resource, or "".
func annotation(node *yaml.Node, name string) string {
	if found := yamlnode.Field(yamlnode.At(node, "metadata.annotations"), name); found != nil {
		return found.Value
	}
	return ""
}
