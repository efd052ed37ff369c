package generators

import (
	"encoding/base64"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kustomize/api/hasher"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// Secret is a Secret that was made. It has its content and its plain name; [Secret.Manifest] gives it a final one.
type Secret struct {
	spec schema.Secret
	data map[string][]byte
}

// Keys are the keys of its data, and those that Kubernetes will add, sorted.
func (s *Secret) Keys() []string {
	keys := slices.Collect(maps.Keys(s.data))
	if s.spec.Type == string(corev1.SecretTypeServiceAccountToken) {
		keys = append(keys, writtenByKubernetes...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Hash is the hash of its content that kustomize's own generators would add to its name: ten characters.
func (s *Secret) Hash() (string, error) {
	return (&hasher.Hasher{}).Hash(s.Manifest(s.spec.Name, "", nil))
}

// Manifest is the Secret as YAML, with a name, a namespace (or none) and annotations beside those of its description.
// Values stand in `data`, in base64, sorted by key.
func (s *Secret) Manifest(name, namespace string, annotations map[string]string) *yaml.RNode {
	metadata := mapping(text("name"), text(name))
	if namespace != "" {
		metadata.Content = append(metadata.Content, text("namespace"), text(namespace))
	}
	if len(s.spec.Labels) > 0 {
		metadata.Content = append(metadata.Content, text("labels"), sorted(s.spec.Labels))
	}
	all := maps.Clone(annotations)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, s.spec.Annotations)
	if len(all) > 0 {
		metadata.Content = append(metadata.Content, text("annotations"), sorted(all))
	}
	manifest := mapping(
		text("apiVersion"), text("v1"),
		text("kind"), text("Secret"),
		text("metadata"), metadata,
		text("type"), text(s.spec.Type),
	)
	if s.spec.Immutable {
		manifest.Content = append(manifest.Content, text("immutable"), &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: "true"})
	}
	encoded := map[string]string{}
	for key, value := range s.data {
		encoded[key] = base64.StdEncoding.EncodeToString(value)
	}
	if len(encoded) > 0 {
		manifest.Content = append(manifest.Content, text("data"), sorted(encoded))
	}
	return yaml.NewRNode(manifest)
}

func mapping(content ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap, Content: content}
}

// text is a scalar that is text for YAML 1.1 too, which kubectl reads: `on`, `yes` and `n` are booleans there. Longer text
// means the same in both, and the check takes its time.
func text(value string) *yaml.Node {
	node := yaml.NewStringRNode(value).YNode()
	if len(value) <= len("yes") && yaml.IsYaml1_1NonString(node) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

func sorted(m map[string]string) *yaml.Node {
	out := mapping()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out.Content = append(out.Content, text(key), text(m[key]))
	}
	return out
}
