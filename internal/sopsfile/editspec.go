package sopsfile

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/internal/splice"
)

// PlainSpec returns the text of a SecretSpec in the clear, without the sops block: for an editor. All else is as it is
// in the document. Several lines of text are a block scalar, unless they are between braces.
func (e *Editable) PlainSpec() (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	document, f := e.oneSpec(e.text)
	if f != nil {
		return nil, f
	}
	decrypted := map[string]any{}
	eachValue("", e.tree.Branches[0], func(path string, item *sops.TreeItem) { decrypted[path] = item.Value })
	result, err := splice.Edit(document, func(root *yaml.Node) error {
		eachNode("", root, func(path, _ string, node *yaml.Node) bool {
			value, ok := decrypted[path]
			if ok && isCiphertext(node.Value) {
				plain := yamlNode(value)
				node.Value, node.Tag, node.Style = plain.Value, plain.ShortTag(), plain.Style&yaml.LiteralStyle
			}
			return true
		})
		return yaml.NewRNode(root).PipeE(yaml.Clear("sops"))
	})
	if err != nil {
		return nil, report.New(report.Unprintable, "its values cannot be written into the text of the file",
			"write the SecretSpec in block style")
	}
	return result.Text, nil
}

// ResealSpec encrypts another text of the same SecretSpec, in the clear, as the document is encrypted: for the same
// recipients, under the same data key. The text of what it holds is kept, and the ciphertexts of values that did not
// change.
func (e *Editable) ResealSpec(text []byte) (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	document, source, f := oneDocument(text)
	if f != nil {
		return nil, f
	}
	values, f := plainValues(document.Node)
	if f != nil {
		return nil, f
	}
	former := e.otherThanText()
	tree := &source.Tree
	tree.Metadata = e.tree.Metadata
	encryptOnly(&tree.Metadata, sealedRegex)
	eachValue("", tree.Branches[0], func(path string, item *sops.TreeItem) {
		if text, ok := values[path]; ok {
			item.Value = text
			if value, ok := former[[2]string{withoutIndices(path), text}]; ok {
				item.Value = value
			}
		}
	})
	with := sealing{dataKey: e.dataKey, cipher: e.cipher}
	if e.tree.Metadata.EncryptedRegex == sealedRegex && e.tree.Metadata.MACOnlyEncrypted {
		with.mac = e.mac
	}
	return sealInPlace(document, tree, values, with)
}

// otherThanText returns the values that were encrypted as numbers, booleans or dates, by their keys and their text.
// They keep that type, and so their ciphertext.
func (e *Editable) otherThanText() map[[2]string]any {
	out := map[[2]string]any{}
	eachValue("", e.tree.Branches[0], func(path string, item *sops.TreeItem) {
		if _, isText := item.Value.(string); !isText {
			if text, f := ScalarText(item.Value); f == nil {
				out[[2]string{withoutIndices(path), string(text)}] = item.Value
			}
		}
	})
	return out
}

// withoutIndices returns a path without the indices of lists, which SOPS leaves out too.
func withoutIndices(path string) string {
	return indices().ReplaceAllString(path, "")
}

var indices = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\[\d+\]`) })

// Seal returns the ciphertext of a value of a SecretSpec, as a node. The path leads to it by the keys alone: secrets,
// data, password, value.
type Seal func(value string, path ...string) *yaml.Node

// SpliceSpec calls a function with a copy of the document's value, in which it puts new values as Seal returns them,
// and returns the text after that. Nothing in the text that the function did not change is changed, but for the MAC.
func (e *Editable) SpliceSpec(edit func(root *yaml.Node, seal Seal) error) (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	document, f := e.oneSpec(e.text)
	if f != nil {
		return nil, f
	}
	seal := func(value string, path ...string) *yaml.Node {
		// With text alone, and a key that opened the document, this cannot fail.
		text, _ := e.cipher.Encrypt(value, e.dataKey, strings.Join(path, ":")+":")
		return yaml.NewStringRNode(text).YNode()
	}
	edited, err := splice.Edit(document, func(root *yaml.Node) error { return edit(root, seal) })
	if err != nil {
		return nil, notSpliced()
	}
	return e.sign(edited.Text)
}

// sign renews the MAC of a text whose values are encrypted under the data key.
func (e *Editable) sign(text []byte) ([]byte, *report.Finding) {
	source, err := store(YAML).LoadEncrypted(slices.Clone(text))
	if err != nil {
		return nil, notSpliced()
	}
	mac, err := source.Decrypt(e.dataKey, crypt.NewCipher())
	if err != nil {
		return nil, notSpliced()
	}
	sealed := false // a value that the metadata does not have SOPS decrypt
	eachValue("", source.Tree.Branches[0], func(_ string, item *sops.TreeItem) {
		value, _ := item.Value.(string)
		sealed = sealed || isCiphertext(value)
	})
	if sealed {
		return nil, notSpliced()
	}
	if mac == e.mac {
		return text, nil
	}
	if err := crypt.Sign(&source.Tree.Metadata, mac, e.dataKey, crypt.NewCipher(), time.Now()); err != nil {
		return nil, notSpliced()
	}
	block, err := metadataNode(&source.Tree)
	if err != nil {
		return nil, notSpliced()
	}
	document, f := e.oneSpec(text)
	if f != nil {
		return nil, f
	}
	out, err := splice.Edit(document, func(root *yaml.Node) error {
		return yaml.NewRNode(root).PipeE(yaml.SetField("sops", yaml.NewRNode(block)))
	})
	if err != nil || !e.gives(out.Text, &source.Tree, e.dataKey) {
		return nil, notSpliced()
	}
	return out.Text, nil
}

func notSpliced() *report.Finding {
	return report.New(report.NotEncryptable, "the change cannot be written into the text of the file",
		"change it with `secretwright edit`")
}

// oneSpec returns the one document of a text.
func (e *Editable) oneSpec(text []byte) (*manifests.Document, *report.Finding) {
	file, err := manifests.Parse(text)
	if err != nil || len(file.Documents) != 1 || file.Documents[0].Node == nil || len(e.tree.Branches) != 1 {
		return nil, report.New(report.NotOneDocument, "it is not one YAML document", "")
	}
	return file.Documents[0], nil
}

// EncryptBinary makes a SOPS document of bytes, in the binary format, for the keys that the creation rules of the
// nearest .sops.yaml give for the path of its file.
func (k *Keyring) EncryptBinary(ctx context.Context, data []byte, path string) (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	rule, f := keyring.RuleFor(path)
	if f != nil {
		return nil, f
	}
	source, err := store(Binary).LoadPlain(data)
	if err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot encrypt it", "")
	}
	tree := &source.Tree
	tree.Metadata = sops.Metadata{Version: SOPSVersion, UnencryptedSuffix: sops.DefaultUnencryptedSuffix}
	dataKey, f := k.NewDataKey(ctx, &tree.Metadata, rule.Recipients)
	if f != nil {
		return nil, f
	}
	e := &Editable{format: Binary, layout: keyring.LayoutFor(path), tree: *tree, cipher: crypt.NewCipher(),
		dataKey: dataKey, keys: k}
	return e.seal(copyTree(tree), func() *report.Finding { return nil })
}
