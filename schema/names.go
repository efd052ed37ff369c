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
