package author

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// Value is the value of a key of a Secret.
type Value struct {
	Key  string
	Data []byte
}

// Addition is a Secret to be added to a SecretSpec, or what is to be added to one that is there.
type Addition struct {
	Name, Namespace, Type string
	Values                []Value
	Registry              *Registry
	UsedBy                []schema.Target
}

// Registry is the credentials for a container registry. An empty email is none.
type Registry struct{ Server, Username, Password, Email string }

// template is what a new SecretSpec begins with.
const template = `# yaml-language-server: $schema=https://raw.githubusercontent.com/secretwright/secretwright/main/schema/secretspec.schema.json
apiVersion: ` + schema.APIVersion + `
kind: ` + schema.Kind + `
metadata:
  name: %s
  annotations:
    config.kubernetes.io/local-config: "true"
    config.kubernetes.io/function: |
      exec: {path: secretwright}
secrets: []
`

// Add returns the files that an addition to the SecretSpec in a file comes to, and what there is to say about it. A
// file that is not there is made. Its values are encrypted; one that is not text goes into an encrypted file of its
// own.
func (w Workplace) Add(ctx context.Context, name string, a Addition) ([]File, []*report.Finding, error) {
	s, err := w.openOrMake(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	isNew := true
	if there, at, err := s.secret(a.Name); err == nil {
		isNew = false
		if err := s.free(a, there, at); err != nil {
			return nil, nil, err
		}
	}
	if err := s.fits(a); err != nil {
		return nil, nil, err
	}
	if err := s.inTheClear(a); err != nil {
		return nil, nil, err
	}
	files, err := s.binaries(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	plain, err := splice.Edit(s.plain, func(root *yaml.Node) error { return a.put(root, plainNode) })
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", s.Path, err)
	}
	edited, err := oneDocument(plain.Text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", s.Path, err)
	}
	spec, err := s.validate(edited.Node)
	var wrong *report.Finding
	if errors.As(err, &wrong) {
		if before := (*report.Finding)(nil); errors.As(s.invalid, &before) && before.Error() == wrong.Error() {
			return nil, nil, before
		}
		wrong.Place.Line, wrong.Place.Column = 0, 0 // which the file does not have
	}
	if err != nil {
		return nil, nil, err
	}
	findings, err := s.tryOut(ctx, edited.Node, a)
	if err != nil {
		return nil, nil, err
	}
	text, err := s.sealAddition(ctx, plain.Text, a)
	if err != nil {
		return nil, nil, err
	}
	said := report.New(report.Written, a.said(spec, isNew), "").WithSeverity(report.Info)
	findings = append(findings, s.at(said))
	if s.sealed == nil {
		findings = append(findings, fn.SpecRecipients(text, s.Path)...)
	}
	return append([]File{{s.file, text, s.text}}, files...), findings, nil
}

// sealAddition returns the text of the SecretSpec, encrypted, with the addition.
func (s *Spec) sealAddition(ctx context.Context, plain []byte, a Addition) ([]byte, error) {
	switch {
	case s.sealed != nil:
		text, f := s.sealed.SpliceSpec(func(root *yaml.Node, seal sopsfile.Seal) error { return a.put(root, seal) })
		if f != nil {
			return nil, s.at(f)
		}
		return text, nil
	case !a.hasText():
		return plain, nil
	}
	text, err := fn.EncryptSpec(ctx, plain, s.file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Path, err)
	}
	return text, nil
}

// openOrMake opens a SecretSpec, or makes a new one without Secrets.
func (w Workplace) openOrMake(ctx context.Context, name string) (*Spec, error) {
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return w.open(ctx, name)
	}
	folder := filepath.Dir(absolute(name))
	if _, err := os.Stat(folder); err != nil {
		return nil, unread(name, err)
	}
	s := &Spec{Workplace: w, Path: name, file: name, spec: &schema.SecretSpec{}}
	title, err := yaml.NewRNode(yamlnode.Text(specName(folder))).String() // with quotes, where it looks like a number
	if err != nil {
		return nil, err
	}
	s.plain, err = oneDocument(fmt.Appendf(nil, template, strings.TrimSpace(title)))
	return s, err
}

// specName makes a name for a SecretSpec of the name of its folder.
func specName(folder string) string {
	dashed := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(filepath.Base(folder)))
	if name := strings.Trim(dashed, "-"); len(validation.IsDNS1123Label(name)) == 0 {
		return name
	}
	return "secrets"
}

// free returns an error if what is to be added is there already.
func (s *Spec) free(a Addition, there *schema.Secret, at *report.Path) error {
	taken := func(at *report.Path, what, fix string) error {
		return s.at(report.New(report.AlreadyThere, "the Secret "+a.Name+" has "+what+" already", fix).In(at))
	}
	for _, v := range a.Values {
		if _, has := there.Data[v.Key]; has {
			return taken(report.Key(at.Child("data"), v.Key), "the key "+report.Printable(v.Key),
				"change it with `secretwright set`")
		}
	}
	if r := a.Registry; r != nil {
		for i, other := range there.Registries {
			if other.Server == r.Server {
				return taken(at.Child("registries").Index(i), "credentials for "+r.Server, "change them with `secretwright set`")
			}
		}
	}
	if a.Type != "" && a.Type != there.Type {
		return taken(at.Child("type"), "the type "+there.Type, "leave --type out")
	}
	if a.Namespace != "" && a.Namespace != there.Namespace {
		return taken(at.Child("namespace"), "a namespace of its own or none",
			"leave --namespace out, or change it with `secretwright edit`")
	}
	return nil
}

// fits returns an error if a value is larger than a Secret.
func (s *Spec) fits(a Addition) error {
	for _, v := range a.Values {
		if len(v.Data) > corev1.MaxSecretSize {
			return s.at(report.New(report.SecretTooLarge,
				fmt.Sprintf("the value of %s for the Secret %s has %d bytes; a Secret holds %d",
					v.Key, a.Name, len(v.Data), corev1.MaxSecretSize), "keep it elsewhere, or split it into several Secrets"))
		}
	}
	return nil
}

// inTheClear returns an error if a value is ciphertext, which would be encrypted a second time.
func (s *Spec) inTheClear(a Addition) error {
	if r := a.Registry; r != nil && sopsfile.IsEncrypted([]byte(r.Username+"\n"+r.Password+"\n"+r.Email)) {
		return s.ciphertext("credentials")
	}
	for _, v := range a.Values {
		if sopsfile.IsEncrypted(v.Data) {
			return s.ciphertext(v.Key)
		}
	}
	return nil
}

// ciphertext returns the finding that the new value of a key is ciphertext.
func (s *Spec) ciphertext(key string) error {
	return s.at(report.New(report.EncryptedTwice,
		"the new value of "+key+" is ciphertext of SOPS, which would be encrypted a second time",
		"decrypt it first, with the sops command"))
}

// hasText reports whether the addition has values that stand in the SecretSpec itself.
func (a Addition) hasText() bool {
	for _, v := range a.Values {
		if isText(v.Data) {
			return true
		}
	}
	return a.Registry != nil
}

// isText reports whether a value can stand in a SecretSpec, whose values are text.
func isText(data []byte) bool { return utf8.Valid(data) }

// binaryName returns the source, and the name of its file, for a value that is not text.
func (a Addition) binaryName(key string) (source, file string) {
	return a.Name + "-" + key, a.Name + "." + key + ".enc"
}

// binaries returns the encrypted files of the values that are not text.
func (s *Spec) binaries(ctx context.Context, a Addition) ([]File, error) {
	var files []File
	for _, v := range a.Values {
		if isText(v.Data) {
			continue
		}
		_, name := a.binaryName(v.Key)
		name = filepath.Join(filepath.Dir(s.file), name)
		if _, err := os.Lstat(name); err == nil {
			return nil, fmt.Errorf("%s: it is in the place of a new file for the value of %s, which is not text; move it away",
				disk.FromHere(name), v.Key)
		}
		report.ProgressOf(ctx).Show("encrypting " + name)
		text, f := s.Keys.EncryptBinary(ctx, v.Data, name)
		if f != nil {
			return nil, inFile(f, disk.FromHere(name))
		}
		files = append(files, File{name, text, nil})
	}
	return files, nil
}

// said says what was added.
func (a Addition) said(spec *schema.SecretSpec, isNew bool) string {
	var keys []string
	for _, v := range a.Values {
		keys = append(keys, v.Key)
	}
	if a.Registry != nil {
		keys = append(keys, "credentials for "+a.Registry.Server)
	}
	if isNew {
		kind := ""
		for _, secret := range spec.Secrets {
			if secret.Name == a.Name {
				kind = " (" + secret.Type + ")"
			}
		}
		return "the Secret " + a.Name + kind + " is added, with " + report.List(keys)
	}
	if len(keys) == 0 {
		return "the Secret " + a.Name + " has new users"
	}
	return "the Secret " + a.Name + " has " + report.List(keys) + " too"
}
