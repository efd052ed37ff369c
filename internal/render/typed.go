package render

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// withType returns an item of a typed List, such as a DeploymentList, with the kind and apiVersion that it has by the
// List, as kubectl infers them, and whether it needed that. Items that are not objects of Kubernetes are left as they
// are.
func withType(node *yaml.RNode, d *manifests.Document) (*yaml.RNode, bool) {
	item := node.YNode()
	if !d.IsList() || d.Node.Kind != yaml.MappingNode || item.Kind != yaml.MappingNode ||
		yamlnode.Field(item, "kind") != nil || yamlnode.Field(item, "apiVersion") != nil {
		return node, false
	}
	list, metadata := yaml.NewRNode(d.Node), yamlnode.Field(item, "metadata")
	kind := strings.TrimSuffix(list.GetKind(), "List")
	if kind == "" || kind == schema.Kind || !hasType(list) || metadata == nil || metadata.Kind != yaml.MappingNode {
		return node, false
	}
	typed := *item
	typed.Content = append([]*yaml.Node{
		yamlnode.Text("apiVersion"), yamlnode.Text(list.GetApiVersion()), yamlnode.Text("kind"), yamlnode.Text(kind),
	}, item.Content...)
	return yaml.NewRNode(&typed), true
}

// withoutType returns what [withType] was given, edited.
func withoutType(node *yaml.Node) *yaml.Node {
	own := *node
	own.Content = nil
	for i := 0; i+1 < len(node.Content); i += 2 {
		if !slices.Contains([]string{"apiVersion", "kind"}, node.Content[i].Value) {
			own.Content = append(own.Content, node.Content[i], node.Content[i+1])
		}
	}
	return &own
}

// untyped returns the field of a Kubernetes object that should say what it is, and is a list or a map. Without it the
// object would be left out.
func untyped(node *yaml.RNode) string {
	kind, version := yamlnode.Field(node.YNode(), "kind"), yamlnode.Field(node.YNode(), "apiVersion")
	switch {
	case kind == nil || version == nil:
		return ""
	case yamlnode.IsCollection(kind):
		return "kind"
	case yamlnode.IsCollection(version):
		return "apiVersion"
	}
	return ""
}
