package schema

import "sigs.k8s.io/kustomize/kyaml/yaml"

// SecretNames returns the names of the Secrets that a SecretSpec declares, as far as they can be read.
func SecretNames(node *yaml.RNode) []string {
	var names []string
	secrets, err := node.Pipe(yaml.Lookup("secrets"))
	if err != nil || secrets == nil || secrets.YNode().Kind != yaml.SequenceNode {
		return nil
	}
	for _, secret := range secrets.Content() {
		if name := yaml.NewRNode(secret).Field("name"); name != nil {
			names = append(names, name.Value.YNode().Value)
		}
	}
	return names
}

// EncryptedSecrets returns the names of the encrypted Secrets among the resources that a SecretSpec takes as sources,
// as far as they can be read.
func EncryptedSecrets(node *yaml.RNode) []string {
	var names []string
	sources, err := node.Pipe(yaml.Lookup("sources"))
	if err != nil || sources == nil || sources.YNode().Kind != yaml.SequenceNode {
		return nil
	}
	for _, source := range sources.Content() {
		name, err := yaml.NewRNode(source).Pipe(yaml.Lookup("secret", "name"))
		if err == nil && name != nil {
			names = append(names, name.YNode().Value)
		}
	}
	return names
}
