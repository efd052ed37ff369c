package fn

import (
	"context"
	"errors"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/schema"
)

// EncryptSpec makes a SOPS document of the text of a SecretSpec, for the keys that .sops.yaml gives for its path. The
// SecretSpec must be valid, so that a mistake shows while it can be read.
func EncryptSpec(ctx context.Context, text []byte, path string) ([]byte, error) {
	node, err := yaml.Parse(string(text))
	if err != nil {
		if _, placed := manifests.Parse(text); placed != nil {
			return nil, placed // which says where
		}
		return nil, errors.New("it is not valid YAML")
	}
	if !schema.IsSecretSpec(node) {
		return nil, errors.New("it is not a SecretSpec; encrypt other files with `sops encrypt`")
	}
	if node.Field("sops") == nil {
		var c report.Collector
		if spec := schema.Parse(node, &c); spec != nil {
			schema.Validate(spec, &c)
		}
		for _, finding := range c.Findings() {
			if finding.IsError() {
				return nil, finding
			}
		}
	}
	report.ProgressOf(ctx).Show("encrypting " + path)
	return asError(sopsfile.NewKeyring().EncryptSpec(ctx, text, path))
}

// FormatSpec sorts the keys of an encrypted SecretSpec, as kustomize will, and renews its MAC. One that needs neither
// comes back byte for byte.
func FormatSpec(ctx context.Context, text []byte, path string) ([]byte, error) {
	node, err := yaml.Parse(string(text))
	switch {
	case err != nil: // which is said below
	case !schema.IsSecretSpec(node):
		return nil, errors.New("it is not a SecretSpec; name one that is encrypted")
	case node.Field("sops") == nil:
		return nil, errors.New("it is not encrypted, so it needs no fmt; run secretwright encrypt to encrypt its values")
	}
	report.ProgressOf(ctx).Show("decrypting " + path)
	return asError(sopsfile.NewKeyring().FormatSpec(ctx, text, path))
}

// SpecRecipients says for whom the text of a SecretSpec is encrypted, and warns of those that the .sops.yaml for its
// path does not list.
func SpecRecipients(text []byte, path string) []*Finding {
	node, err := yaml.Parse(string(text))
	if err != nil {
		return nil
	}
	recipients := keyring.OfNode(node)
	if recipients == nil {
		return nil
	}
	var c report.Collector
	c.Info(report.EncryptedFor, nil, "it is encrypted for "+recipients.String(), "")
	if unlisted := recipients.UnlistedFor(path); len(unlisted) > 0 {
		c.Warn(report.UnlistedRecipient, nil, "it is encrypted for "+report.List(unlisted)+
			", which .sops.yaml does not list for it",
			"list it there if it is meant to read the file, or take it out with `secretwright updatekeys`")
	}
	findings := c.Findings()
	for _, f := range findings {
		f.Place.File = path
	}
	return findings
}

// asError returns a finding as an error, and no finding as none.
func asError(out []byte, finding *report.Finding) ([]byte, error) {
	if finding != nil {
		return nil, finding
	}
	return out, nil
}
