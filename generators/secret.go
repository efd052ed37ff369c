package generators

import (
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// Secret is a Secret that was made. It has its content and its plain name; [Secret.Manifest] gives it a final one.
type Secret struct {
	spec schema.Secret
	data map[string][]byte
	// unusable has every value go out as Unusable.
	unusable bool
}

// Keys returns the keys of its data, and those that Kubernetes will add, sorted.
func (s *Secret) Keys() []string {
	keys := slices.Collect(maps.Keys(s.data))
	if k, is := kindOf(s.spec.Type).(controlled); is {
		keys = append(keys, k.added()...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Manifest returns the Secret as YAML, with a name, a namespace (or none), and labels and annotations beside those
// of its description, which win. The values are in `data`, sorted by key, in base64 broken into lines as kustomize
// does it: its hash is over that text.
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
		yes := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: "true"}
		manifest.Content = append(manifest.Content, text("immutable"), yes)
	}
	if len(s.data) > 0 {
		data := mapping()
		for _, key := range slices.Sorted(maps.Keys(s.data)) {
			data.Content = append(data.Content, text(key), s.encoded(s.data[key]))
		}
		manifest.Content = append(manifest.Content, text("data"), data)
	}
	return yaml.NewRNode(manifest)
}

// encoded returns a value as it is in the manifest.
func (s *Secret) encoded(value []byte) *yaml.Node {
	if s.unusable {
		return text(Unusable)
	}
	return encoded(value)
}

// What a manifest is made of.
var (
	text    = yamlnode.Text
	mapping = yamlnode.Map
)

func sorted(m map[string]string) *yaml.Node {
	out := mapping()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out.Content = append(out.Content, text(key), text(m[key]))
	}
	return out
}
