package author

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/schema"
)

// Workplace is where files are read and written, and the keys that open them.
type Workplace struct {
	// Root is the folder whose files are sources, and Dir, in it, the one that Secretwright was started in.
	Root *os.Root
	Dir  string
	Keys *sopsfile.Keyring
}

// Spec is a SecretSpec in a file, opened to be changed.
type Spec struct {
	Workplace
	// Path is its file, as it was named.
	Path string

	file  string // links followed
	text  []byte
	plain *manifests.Document // in the clear, without the sops block
	spec  *schema.SecretSpec
	// sealed is nil if the SecretSpec is not encrypted.
	sealed *sopsfile.Editable
	// invalid is what the rules of the schema have against it as it is in the file.
	invalid error
}

// Open opens the SecretSpec in a file: it decrypts it if it is encrypted, and holds it to the schema.
func (w Workplace) Open(ctx context.Context, name string) (*Spec, error) {
	s, err := w.open(ctx, name)
	if err == nil {
		err = s.invalid
	}
	return s, err
}

// open is Open for a SecretSpec that may not be valid yet, such as one without Secrets.
func (w Workplace) open(ctx context.Context, name string) (*Spec, error) {
	s := &Spec{Workplace: w, Path: name}
	var err error
	if s.file, err = filepath.EvalSymlinks(name); err != nil {
		return nil, unread(name, err)
	}
	if s.text, err = disk.ReadNamed(s.file); err != nil {
		return nil, unread(name, err)
	}
	return s, s.read(ctx)
}

// unread says that a file cannot be read.
func unread(name string, err error) error {
	return fmt.Errorf("%s: %w", name, disk.Cause(err))
}

func (s *Spec) read(ctx context.Context) error {
	document, err := oneDocument(s.text)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Path, err)
	}
	s.plain = document
	node := yaml.NewRNode(document.Node)
	if !schema.IsSecretSpec(node) {
		return fmt.Errorf("%s: it is not a SecretSpec", s.Path)
	}
	if _, _, f := sopsfile.InspectSpec(node); f != nil {
		return s.at(f)
	}
	if node.Field("sops") != nil {
		report.ProgressOf(ctx).Show("decrypting " + s.Path)
		var f *report.Finding
		if s.sealed, f = s.Keys.Edit(ctx, s.text, sopsfile.YAML, s.file); f != nil {
			return s.at(f)
		}
		text, f := s.sealed.PlainSpec()
		if f != nil {
			return s.at(f)
		}
		if s.plain, err = oneDocument(text); err != nil {
			return fmt.Errorf("%s: %w", s.Path, err)
		}
	}
	if s.spec, s.invalid = s.validate(s.plain.Node); s.spec == nil {
		return s.invalid
	}
	return nil
}

// oneDocument returns the one YAML document of a text.
func oneDocument(text []byte) (*manifests.Document, error) {
	file, err := manifests.Parse(text)
	if err != nil {
		return nil, err
	}
	documents := slices.DeleteFunc(file.Documents, func(d *manifests.Document) bool { return d.Node == nil })
	if len(documents) != 1 || len(file.Documents) != 1 {
		return nil, errors.New("it is not one YAML document; split it, so that the SecretSpec has a file of its own")
	}
	return documents[0], documents[0].Check()
}

// validate holds a SecretSpec in the clear to the schema, and returns it with the defaults filled in, or nil if it
// cannot be read.
func (s *Spec) validate(node *yaml.Node) (*schema.SecretSpec, error) {
	var c report.Collector
	spec := schema.Parse(yaml.NewRNode(node), &c)
	if spec != nil {
		schema.Validate(spec, &c)
	}
	for _, f := range c.Findings() {
		if f.IsError() {
			f.Place.Line, f.Place.Column = report.Locate(node, f.Field)
			return spec, s.at(f)
		}
	}
	return spec, nil
}

// at returns a finding about the SecretSpec with its file.
func (s *Spec) at(f *report.Finding) *report.Finding {
	c := *f
	c.Place.File = s.Path
	return &c
}

// secret returns the Secret of a name, and its field.
func (s *Spec) secret(name string) (*schema.Secret, *report.Path, error) {
	var names []string
	for i := range s.spec.Secrets {
		if s.spec.Secrets[i].Name == name {
			return &s.spec.Secrets[i], report.Field("secrets").Index(i), nil
		}
		if known := s.spec.Secrets[i].Name; known != "" {
			names = append(names, known)
		}
	}
	f := report.New(report.UnknownSecret, fmt.Sprintf("there is no Secret %q", name),
		report.DidYouMean(name, names, secretsAre(names)))
	return nil, nil, s.at(f.In(report.Field("secrets")))
}

func secretsAre(names []string) string {
	if len(names) == 0 {
		return "its Secrets have the names of their manifests; give this one a name with `secretwright edit`"
	}
	return "its Secrets are " + report.List(names)
}

// dir returns the folder of the SecretSpec in the root, with slashes.
func (s *Spec) dir() string {
	return path.Join(s.Dir, path.Dir(disk.FromHere(s.Path)))
}
