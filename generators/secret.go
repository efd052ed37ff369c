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
	return (&hasher.Hasher{}).Hash(s.Manifest(s.spec.Name, "", nil, nil))
}

// Manifest is the Secret as YAML, with a name, a namespace (or none), and labels and annotations beside those of its
// description, which win. Values stand in `data`, sorted by key, in base64 broken into lines as kustomize does it: its hash
// is over that text.
func (s *Secret) Manifest(name, namespace string, labels, annotations map[string]string) *yaml.RNode {
	metadata := mapping(text("name"), text(name))
	if namespace != "" {
		metadata.Content = append(metadata.Content, text("namespace"), text(namespace))
	}
	for _, part := range []struct {
		field       string
		given, mine map[string]string
	}{{"labels", labels, s.spec.Labels}, {"annotations", annotations, s.spec.Annotations}} {
		all := copied(part.given)
		maps.Copy(all, part.mine)
		if len(all) > 0 {
			metadata.Content = append(metadata.Content, text(part.field), sorted(all))
		}
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
	if len(s.data) > 0 {
		data := mapping()
		for _, key := range slices.Sorted(maps.Keys(s.data)) {
			data.Content = append(data.Content, text(key), encoded(s.data[key]))
		}
		manifest.Content = append(manifest.Content, text("data"), data)
	}
	return yaml.NewRNode(manifest)
}

// encoded is a value in base64, in kustomize's own form.
func encoded(value []byte) *yaml.Node {
	holder := yaml.NewMapRNode(nil)
	if err := holder.LoadMapIntoSecretData(map[string]string{"value": string(value)}); err != nil {
		return text(base64.StdEncoding.EncodeToString(value)) // it cannot fail on an empty map
	}
	return holder.Field("data").Value.Field("value").Value.YNode()
}

// What a manifest is made of.
var (
	text    = schema.TextNode
	mapping = schema.MapNode
)

func sorted(m map[string]string) *yaml.Node {
	out := mapping()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out.Content = append(out.Content, text(key), text(m[key]))
	}
	return out
}
