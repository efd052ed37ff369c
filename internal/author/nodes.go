package author

import (
	"bytes"
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// plainNode is a sopsfile.Seal that encrypts nothing.
func plainNode(value string, _ ...string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: value, Style: yaml.DoubleQuotedStyle}
}

// put puts the addition into a SecretSpec.
func (a Addition) put(root *yaml.Node, seal sopsfile.Seal) error {
	secrets := listAt(root, "secrets")
	entry := (*yaml.Node)(nil)
	for _, secret := range secrets.Content {
		if yamlnode.Value(secret, "name") == a.Name {
			entry = secret
		}
	}
	style := valueStyle(secrets)
	if entry == nil {
		entry = yamlnode.Map(yamlnode.Text("name"), yamlnode.Text(a.Name))
		secrets.Content, secrets.Style = append(secrets.Content, entry), 0
		if a.Namespace != "" {
			yamlnode.Set(entry, "namespace", yamlnode.Text(a.Namespace))
		}
		if a.Type != "" {
			yamlnode.Set(entry, "type", yamlnode.Text(a.Type))
		}
	}
	for _, v := range a.Values {
		value := yamlnode.Map(yamlnode.Text("value"), nil)
		if isText(v.Data) {
			value.Content[1] = seal(string(v.Data), "secrets", "data", v.Key, "value")
		} else {
			source, file := a.binaryName(v.Key)
			value = yamlnode.Map(yamlnode.Text("from"), yamlnode.Text(source))
			addSource(root, source, file)
		}
		if value.Style = style; isText(v.Data) && bytes.ContainsRune(v.Data, '\n') {
			value.Style = 0 // so that an editor shows its lines
		}
		yamlnode.Set(yamlnode.MapAt(entry, "data"), v.Key, value)
	}
	if a.Registry != nil {
		registries := listAt(entry, "registries")
		registries.Content = append(registries.Content, a.Registry.node(seal, style))
	}
	if len(a.UsedBy) > 0 {
		usedBy := listAt(entry, "usedBy")
		for _, target := range a.UsedBy {
			usedBy.Content = append(usedBy.Content, targetNode(target))
		}
	}
	return nil
}

// addSource adds a source for a file, before the Secrets.
func addSource(root *yaml.Node, name, file string) {
	if yamlnode.Field(root, "sources") == nil {
		at := len(root.Content)
		for i := 0; i+1 < len(root.Content); i += 2 {
			if root.Content[i].Value == "secrets" {
				at = i
			}
		}
		empty := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
		root.Content = slices.Insert(root.Content, at, yamlnode.Text("sources"), empty)
	}
	sources := listAt(root, "sources")
	source := yamlnode.Map(yamlnode.Text("name"), yamlnode.Text(name), yamlnode.Text("file"), yamlnode.Text(file))
	source.Style = yaml.FlowStyle
	sources.Content = append(sources.Content, source)
}

func (r Registry) node(seal sopsfile.Seal, style yaml.Style) *yaml.Node {
	node := yamlnode.Map(yamlnode.Text("server"), yamlnode.Text(r.Server))
	for _, field := range [][2]string{{"username", r.Username}, {"password", r.Password}, {"email", r.Email}} {
		if field[0] == "email" && r.Email == "" {
			continue
		}
		value := yamlnode.Map(yamlnode.Text("value"), seal(field[1], "secrets", "registries", field[0], "value"))
		value.Style = style
		yamlnode.Set(node, field[0], value)
	}
	return node
}

// valueStyle returns the style in which the values of the Secrets are written: in braces, unless none of them is.
func valueStyle(secrets *yaml.Node) yaml.Style {
	style := yaml.FlowStyle
	for _, secret := range secrets.Content {
		data := yamlnode.Field(secret, "data")
		if data == nil || data.Kind != yaml.MappingNode {
			continue
		}
		for i := 1; i < len(data.Content); i += 2 {
			if style = data.Content[i].Style & yaml.FlowStyle; style != 0 {
				return style
			}
		}
	}
	return style
}

// targetNode returns a target as a SecretSpec has it: in braces, as people write it.
func targetNode(t schema.Target) *yaml.Node {
	node := yamlnode.Map(yamlnode.Text("kind"), yamlnode.Text(t.Kind), yamlnode.Text("name"), yamlnode.Text(t.Name))
	node.Style = yaml.FlowStyle
	if len(t.Containers) > 0 {
		containers := listAt(node, "containers")
		for _, name := range t.Containers {
			containers.Content = append(containers.Content, yamlnode.Text(name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Env)) {
		yamlnode.Set(yamlnode.MapAt(node, "env"), name, yamlnode.Text(t.Env[name]))
	}
	if t.EnvFrom != nil {
		from := yamlnode.MapAt(node, "envFrom")
		if t.EnvFrom.Prefix != "" {
			yamlnode.Set(from, "prefix", yamlnode.Text(t.EnvFrom.Prefix))
		}
	}
	if t.Volume != nil {
		yamlnode.Set(yamlnode.MapAt(node, "volume"), "mountPath", yamlnode.Text(t.Volume.MountPath))
	}
	if t.ImagePullSecret {
		yamlnode.Set(node, "imagePullSecret", &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: "true"})
	}
	if t.TLS != nil {
		yamlnode.MapAt(node, "tls")
	}
	return node
}

// listAt returns the list at a field of a map, which is made if it is not there.
func listAt(node *yaml.Node, name string) *yaml.Node {
	if there := yamlnode.Field(node, name); there != nil && there.Kind == yaml.SequenceNode {
		return there
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	yamlnode.Set(node, name, list)
	return list
}
