package schema

import (
	"cmp"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// DeclaredSecrets returns the names of the Secrets that a SecretSpec declares, and the namespaces it says they go to,
// as far as they can be read. An entry that leaves its name to a manifest has the name "".
func DeclaredSecrets(node *yaml.RNode) []ManifestName {
	var declared []ManifestName
	secrets, err := node.Pipe(yaml.Lookup("secrets"))
	if err != nil || secrets == nil || secrets.YNode().Kind != yaml.SequenceNode {
		return nil
	}
	for _, item := range secrets.Content() {
		one, secret := ManifestName{Namespace: node.GetNamespace()}, yaml.NewRNode(item)
		if name := secret.Field("name"); name != nil {
			one.Name = name.Value.YNode().Value
		}
		if namespace := secret.Field("namespace"); namespace != nil && namespace.Value.YNode().Value != "" {
			one.Namespace = namespace.Value.YNode().Value
		}
		declared = append(declared, one)
	}
	return declared
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

// Describe tells people what a target selects: `kind Deployment, name web`.
func (t Target) Describe() string {
	text := "kind " + t.Kind
	for _, part := range []struct{ name, value string }{
		{"apiVersion", t.APIVersion}, {"name", t.Name}, {"namespace", t.Namespace}, {"labelSelector", t.LabelSelector},
	} {
		if part.value != "" {
			text += ", " + part.name + " " + part.value
		}
	}
	return text
}

// ReadsFiles reports whether a SecretSpec needs the file system. In a container kpt runs a function without it.
func (s *SecretSpec) ReadsFiles() bool {
	rules := s.Output != nil && s.Output.SOPS != nil && s.Output.SOPS.CreationRules
	return rules || slices.ContainsFunc(s.Sources, func(s Source) bool { return s.File != "" })
}

// NamespaceOf is the namespace that a SecretSpec says one of its Secrets goes to, or "".
func (s *SecretSpec) NamespaceOf(secret Secret) string {
	return cmp.Or(secret.Namespace, s.Metadata.Namespace)
}
