package author

import (
	"context"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/schema"
)

// setting is the change of some values: those in the SecretSpec, by their fields, and those in files.
type setting struct {
	*Spec
	inline []inlineValue
	files  map[string]*sourceFile // by where they are
	order  []string
	where  []string
}

// inlineValue is a value in the SecretSpec itself.
type inlineValue struct {
	at     *report.Path
	keys   []string // that lead to it, without the indices of lists
	text   string
	public bool
}

// Set returns the files that new values of keys of a Secret come to, and what there is to say about it. Each value is
// written where the SecretSpec has it from: into the SecretSpec itself, or into the encrypted file of its source.
func (s *Spec) Set(ctx context.Context, name string, values []Value) ([]File, []*report.Finding, error) {
	secret, at, err := s.secret(name)
	if err != nil {
		return nil, nil, err
	}
	change := &setting{Spec: s, files: map[string]*sourceFile{}}
	for _, v := range values {
		if sopsfile.IsEncrypted(v.Data) {
			return nil, nil, s.ciphertext(v.Key)
		}
		if err := change.add(ctx, secret, at, v); err != nil {
			return nil, nil, err
		}
	}
	files, findings, err := change.result(ctx)
	if err != nil {
		return nil, nil, err
	}
	for i, v := range values {
		said := report.New(report.Written, fmt.Sprintf("the value of %s in the Secret %s is set", v.Key, name), "")
		findings = append(findings, inFile(said, change.where[i]).WithSeverity(report.Info))
	}
	return files, findings, nil
}

// add adds the new value of a key.
func (c *setting) add(ctx context.Context, secret *schema.Secret, at *report.Path, v Value) error {
	if value, known := secret.Data[v.Key]; known {
		return c.addValue(ctx, report.Key(at.Child("data"), v.Key), []string{"secrets", "data", v.Key, "value"}, value, v)
	}
	if i, name, ok := registryField(secret, v.Key); ok {
		field := at.Child("registries").Index(i).Child(name)
		return c.addValue(ctx, field, []string{"secrets", "registries", name, "value"}, secret.Registries[i].Values()[name],
			v)
	}
	for i := len(secret.DataFrom) - 1; i >= 0; i-- {
		from := secret.DataFrom[i]
		key, ok := strings.CutPrefix(v.Key, from.Prefix)
		if !ok {
			continue
		}
		find := func(doc *sopsfile.Document) (sources.Location, bool) {
			where, found := sources.LocateScalar(doc, from.Key, key)
			where.Encoded = from.Decode == schema.Base64
			return where, found
		}
		if found, err := c.addAt(ctx, at.Child("dataFrom").Index(i), from.From, v, find); found || err != nil {
			return err
		}
	}
	if secret.From != "" {
		name := secret.Name
		if secret.Manifest != nil {
			name = secret.Manifest.Name
		}
		find := func(doc *sopsfile.Document) (sources.Location, bool) {
			return sources.LocateInManifest(doc, name, v.Key)
		}
		if found, err := c.addAt(ctx, at.Child("from"), secret.From, v, find); found || err != nil {
			return err
		}
	}
	return c.unknownKey(secret, at, v.Key)
}

// Find returns an error unless the SecretSpec has a Secret of a name and, as far as it says itself, a value for the
// key.
func (s *Spec) Find(name, key string) error {
	secret, at, err := s.secret(name)
	if err != nil {
		return err
	}
	_, has := secret.Data[key]
	if _, _, isField := registryField(secret, key); has || isField || len(secret.DataFrom) > 0 || secret.From != "" {
		return nil
	}
	return (&setting{Spec: s}).unknownKey(secret, at, key)
}

// unknownKey says that a Secret has no such key, or none that can be set.
func (c *setting) unknownKey(secret *schema.Secret, at *report.Path, key string) error {
	keys, _ := secret.Keys()
	f := schema.MissingKey(at.Child("data"), secret.Name, key, keys)
	if f == nil || len(secret.Registries) > 0 { // its one key is computed from registries
		return c.notSettable(at.Child("registries"), "the value is computed from registries",
			"set username, password or email of one: "+registryKeys(secret))
	}
	add := fmt.Sprintf("add a new one with `secretwright add %s %s --from-literal %s`", report.Printable(c.Path),
		secret.Name, report.Printable(key))
	switch {
	case strings.HasPrefix(f.Fix, "did you mean"):
		f.Fix = strings.TrimSuffix(f.Fix, "?") + "? If not, " + add
	case f.Fix != "":
		f.Fix += "; " + add
	default:
		f.Fix = add
	}
	return c.at(f)
}

// registryField reads a key that names a field of credentials: `password`, of the only registry, or
// `registries[0].password`.
func registryField(secret *schema.Secret, key string) (index int, name string, ok bool) {
	if len(secret.Registries) == 1 && secret.Registries[0].Values()[key] != (schema.Value{}) {
		return 0, key, true
	}
	for i, registry := range secret.Registries {
		for name := range registry.Values() {
			if key == fmt.Sprintf("registries[%d].%s", i, name) {
				return i, name, true
			}
		}
	}
	return 0, "", false
}

func registryKeys(secret *schema.Secret) string {
	var keys []string
	for i := range secret.Registries {
		keys = append(keys, fmt.Sprintf("registries[%d].password", i))
	}
	return report.List(keys)
}

func (c *setting) notSettable(at *report.Path, message, fix string) error {
	return c.at(report.New(report.NotSettable, message, fix).In(at))
}

// addValue adds the new value of a field that says where its value comes from.
func (c *setting) addValue(ctx context.Context, at *report.Path, keys []string, value schema.Value, v Value) error {
	switch {
	case value.Template != "":
		return c.notSettable(at, "it is made by a template",
			"set the keys that the template uses, or change it with `secretwright edit`")
	case value.As != "":
		return c.notSettable(at, "it is a map or a list of its source, as text", "change the file of the source "+value.From)
	case value.Value != nil:
		if !isText(v.Data) {
			return c.notSettable(at, "the new value is not text, and one in the SecretSpec is",
				"take it out with `secretwright edit`, and add it with `secretwright add --from-file`")
		}
		c.inline = append(c.inline, inlineValue{at.Child("value"), keys, string(v.Data), value.Public})
		c.where = append(c.where, c.Path)
		return nil
	}
	var missing *report.Finding
	find := func(doc *sopsfile.Document) (sources.Location, bool) {
		if value.Key == "" {
			return sources.Location{Path: sopsfile.Path{"data"}}, doc.Format() == sopsfile.Binary
		}
		where, f := sources.Locate(doc, value.Key)
		missing, where.Encoded = f, value.Decode == schema.Base64
		return where, f == nil
	}
	found, err := c.addAt(ctx, at, value.From, v, find)
	switch {
	case err != nil:
		return err
	case missing != nil:
		return c.at(missing.In(at).From(value.From))
	case !found:
		return c.notSettable(at, "it is the whole document of the source "+value.From,
			"change it with `secretwright edit "+report.ShellWord(c.fileOf(value.From))+"`")
	}
	return nil
}

// addAt adds a new value at the place in a source that a function finds, and reports whether it found one.
func (c *setting) addAt(
	ctx context.Context, at *report.Path, name string, v Value, find func(*sopsfile.Document) (sources.Location, bool),
) (bool, error) {
	source, field := c.source(name)
	if err := c.settable(at, source, v); err != nil {
		return false, err
	}
	file, err := c.readSource(source, field)
	if err != nil {
		return false, err
	}
	if known := c.files[file.path]; known != nil {
		file = known
	}
	doc, f := c.Keys.Open(ctx, file.text, file.format)
	if f != nil {
		return false, inFile(f, file.name)
	}
	where, found := find(doc)
	if !found {
		return false, nil
	}
	text := string(v.Data)
	if where.Encoded {
		text = base64.StdEncoding.EncodeToString(v.Data)
	} else if !isText(v.Data) && file.format != sopsfile.Binary {
		return false, c.notSettable(at, "the new value is not text, and the source "+name+" holds text",
			"have it decoded with decode: base64, or take it from a file of its own")
	}
	e, err := c.edit(ctx, file)
	if err != nil {
		return false, err
	}
	if file.text, f = e.Set(where.Branch, where.Path, text); f != nil {
		return false, inFile(f, file.name)
	}
	if c.files[file.path] == nil {
		c.order = append(c.order, file.path)
	}
	c.files[file.path] = file
	c.where = append(c.where, file.name)
	return true, nil
}

// settable returns an error if a value of a source cannot be set.
func (c *setting) settable(at *report.Path, source schema.Source, v Value) error {
	switch {
	case source.File == "":
		return c.notSettable(at, "it comes from the source "+source.Name+", which is no file",
			"change the document where it is, or have a file carry it")
	case !source.IsEncrypted():
		return c.notSettable(at, "it comes from "+source.File+", which is in the clear", "change it with an editor")
	case source.Dialect != "" && source.Dialect != schema.SOPSDialect && !sameInDialects().Match(v.Data):
		return c.notSettable(at, "a value of "+source.File+" is read as "+string(source.Dialect)+
			" reads dotenv, and the new one has characters that mean something else there",
			"change it with `secretwright edit "+report.ShellWord(c.fileOf(source.Name))+"`")
	}
	return nil
}

// sameInDialects matches what all readings of dotenv agree on.
var sameInDialects = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\w./:@%+,=~^-]+$`) })

// result returns the files that the setting comes to.
func (c *setting) result(ctx context.Context) ([]File, []*report.Finding, error) {
	var files []File
	var findings []*report.Finding
	for _, name := range c.order {
		files = append(files, File{name, c.files[name].text, c.files[name].former})
	}
	if len(c.inline) == 0 {
		return files, nil, nil
	}
	text, err := c.sealInline(ctx)
	if err != nil {
		return nil, nil, err
	}
	if c.sealed == nil && sopsfile.IsEncrypted(text) {
		findings = fn.SpecRecipients(text, c.Path)
	}
	return append(files, File{c.file, text, c.text}), findings, nil
}

// sealInline returns the text of the SecretSpec with the new values. One that was in the clear is encrypted, unless
// all the values are meant to be read.
func (c *setting) sealInline(ctx context.Context) ([]byte, error) {
	put := func(root *yaml.Node, seal sopsfile.Seal) error {
		for _, v := range c.inline {
			if node := report.NodeAt(root, v.at); node != nil {
				sealed := seal(v.text, v.keys...)
				node.Value, node.Tag, node.Style = sealed.Value, sealed.Tag, sealed.Style
			}
		}
		return nil
	}
	if c.sealed != nil {
		text, f := c.sealed.SpliceSpec(put)
		if f != nil {
			return nil, c.at(f)
		}
		return text, nil
	}
	plain, err := splice.Edit(c.plain, func(root *yaml.Node) error { return put(root, plainNode) })
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Path, err)
	}
	for _, v := range c.inline {
		if !v.public {
			text, err := fn.EncryptSpec(ctx, plain.Text, c.file)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.Path, err)
			}
			return text, nil
		}
	}
	return plain.Text, nil
}
