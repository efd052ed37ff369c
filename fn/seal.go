package fn

import (
	"context"
	"errors"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
	"github.com/secretwright/secretwright/sources"
)

// EncryptSpec makes a SOPS document of the text of a SecretSpec, for the keys that .sops.yaml gives for its path. The
// SecretSpec must be valid, so that a mistake shows while it can be read.
func EncryptSpec(text []byte, path string) ([]byte, error) {
	node, err := yaml.Parse(string(text))
	if err != nil {
		return nil, errors.New("it is not valid YAML")
	}
	if !schema.IsSecretSpec(node) {
		return nil, errors.New("it is not a SecretSpec; encrypt other files with `sops encrypt`")
	}
	if node.Field("sops") == nil {
		spec, findings := schema.Parse(node)
		if !findings.HasErrors() {
			findings = append(findings, schema.Validate(spec)...)
		}
		for _, finding := range findings {
			if finding.IsError() {
				return nil, finding
			}
		}
	}
	return sources.NewOpener(nil).EncryptSpec(text, path)
}

// FormatSpec sorts the keys of an encrypted SecretSpec, as kustomize will, and renews its MAC. One that needs neither comes
// back byte for byte.
func FormatSpec(ctx context.Context, text []byte, path string) ([]byte, error) {
	return sources.NewOpener(nil).FormatSpec(ctx, text, path)
}
