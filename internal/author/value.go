package author

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// Get returns the value of a key of a Secret, as it is rendered: every byte of it.
func (s *Spec) Get(ctx context.Context, name, key string) ([]byte, error) {
	unnamed := slices.ContainsFunc(s.spec.Secrets, func(secret schema.Secret) bool { return secret.Name == "" })
	if _, _, err := s.secret(name); err != nil && !unnamed { // else a manifest may have the name
		return nil, err
	}
	_, secret, err := s.run(ctx, s.plain.Node, name)
	if err != nil {
		return nil, err
	}
	if secret == nil {
		_, _, err := s.secret(name)
		return nil, err
	}
	data := yamlnode.Field(secret.YNode(), "data")
	for i, known := range yamlnode.Keys(data) {
		if known == key {
			return base64.StdEncoding.DecodeString(data.Content[2*i+1].Value)
		}
	}
	return nil, s.at(schema.MissingKey(nil, name, key, yamlnode.Keys(data)))
}

// tryOut makes the Secret of an addition to a SecretSpec in the clear, and returns what is to be said of its values.
// Those of new files stand in the SecretSpec for that, since the files are not there yet.
func (s *Spec) tryOut(ctx context.Context, spec *yaml.Node, a Addition) ([]*report.Finding, error) {
	spec = yaml.CopyYNode(spec)
	for _, v := range a.Values {
		if isText(v.Data) {
			continue
		}
		name, _ := a.binaryName(v.Key)
		for _, source := range yamlnode.Field(spec, "sources").Content {
			if yamlnode.Value(source, "name") == name {
				yamlnode.Remove(source, "file")
				yamlnode.Set(source, "inline", yamlnode.Text("value: "+base64.StdEncoding.EncodeToString(v.Data)))
				yamlnode.Set(source, "encrypted", &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: "false"})
			}
		}
		for _, secret := range yamlnode.Field(spec, "secrets").Content {
			if yamlnode.Value(secret, "name") == a.Name {
				value := yamlnode.Field(yamlnode.Field(secret, "data"), v.Key)
				yamlnode.Set(value, "key", yamlnode.Text("value"))
				yamlnode.Set(value, "decode", yamlnode.Text("base64"))
			}
		}
	}
	findings, _, err := s.run(ctx, spec, a.Name)
	var f *report.Finding
	if errors.As(err, &f) {
		f.Source = "" // a stand-in
	}
	return findings, err
}

// run runs Secretwright on one Secret of a SecretSpec in the clear, without what uses it. It returns what there is to
// say, and the Secret, or nil if none of that name was made.
func (s *Spec) run(ctx context.Context, spec *yaml.Node, name string) ([]*report.Finding, *yaml.RNode, error) {
	config := yaml.NewRNode(yaml.CopyYNode(spec))
	pruneTo(config.YNode(), name)
	if err := config.PipeE(yaml.SetAnnotation(kioutil.PathAnnotation, disk.FromHere(s.Path))); err != nil {
		return nil, nil, err
	}
	filter := &fn.Filter{Root: s.Root, Dir: s.Dir, FunctionConfig: config}
	result, failed := filter.Run(ctx, nil)
	var findings []*report.Finding
	for _, f := range result.Findings {
		switch {
		case f.IsError():
			return nil, nil, s.aboutSecret(f, name)
		case f.Code == report.SecretInTheClear, f.Code == report.UnusedSource, f.Code == report.UnusedSecret:
			// These are about the SecretSpec that was cut down to one Secret, in the clear.
		default:
			findings = append(findings, s.aboutSecret(f, name))
		}
	}
	mark := yamlnode.Value(spec, "metadata.name") + "/" + name
	for _, item := range result.Items {
		if item.GetAnnotations()[schema.SecretAnnotation] == mark {
			return findings, item, failed
		}
	}
	return findings, nil, failed
}

// aboutSecret returns a finding about a Secret of the SecretSpec that was cut down to it: its field counts the Secrets
// there.
func (s *Spec) aboutSecret(f *report.Finding, name string) *report.Finding {
	c := *f
	if _, field, found := strings.Cut(f.Path(), "]."); found {
		c.Message = "the Secret " + name + ", " + field + ": " + f.Message
	}
	c.Field, c.Spec = nil, nil
	if c.Source == "" || c.Place.File == "" {
		c.Place = report.Place{File: s.Path}
	}
	return &c
}

// pruneTo leaves only the Secret of a name in a SecretSpec, and those that are taken from manifests without one. They
// go out in the clear, under their plain names, and nothing uses them.
func pruneTo(root *yaml.Node, name string) {
	yamlnode.Remove(root, "output")
	secrets := yamlnode.Field(root, "secrets")
	secrets.Content = slices.DeleteFunc(secrets.Content, func(secret *yaml.Node) bool {
		own := yamlnode.Value(secret, "name")
		return own != "" && own != name
	})
	for _, secret := range secrets.Content {
		yamlnode.Remove(secret, "usedBy")
		yamlnode.Remove(secret, "path")
	}
}
