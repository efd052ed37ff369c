package sopsfile

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/codec"
	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/internal/splice"
)

// EncryptSpec makes a SOPS document of the text of a SecretSpec: every `value` is encrypted for the keys that the
// creation rules of the nearest .sops.yaml give for the file's path, as the text that it is, and the sops block comes
// after the rest. All else stays as it is written: comments, order, style and layout. The MAC is over the encrypted
// values alone, so that kustomize and kpt can hand the SecretSpec on.
func (k *Keyring) EncryptSpec(ctx context.Context, text []byte, path string) (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	rule, f := keyring.RuleFor(path)
	if f != nil {
		return nil, f
	}
	document, source, f := oneDocument(text)
	if f != nil {
		return nil, f
	}
	values, f := plainValues(document.Node)
	if f != nil {
		return nil, f
	}
	tree := &source.Tree
	tree.Metadata = sops.Metadata{Version: SOPSVersion}
	encryptOnly(&tree.Metadata, sealedRegex)
	eachValue("", tree.Branches[0], func(path string, item *sops.TreeItem) {
		if text, ok := values[path]; ok {
			item.Value = text
		}
	})
	dataKey, f := k.NewDataKey(ctx, &tree.Metadata, rule.Recipients)
	if f != nil {
		return nil, f
	}
	return sealInPlace(document, tree, values, sealing{dataKey: dataKey, cipher: crypt.NewCipher()})
}

// sealing is what a SecretSpec is encrypted with.
type sealing struct {
	dataKey []byte
	cipher  *crypt.Cipher
	// mac is that of the metadata, which stays as it is if the MAC stays the same.
	mac string
}

// sealInPlace encrypts the tree of a document, and returns the document's text with the ciphertexts in it. Values are
// what it has to give back, by their paths.
func sealInPlace(
	document *manifests.Document, tree *sops.Tree, values map[string]string, with sealing,
) ([]byte, *report.Finding) {
	block, f := encryptAndSign(tree, with)
	if f != nil {
		return nil, f
	}
	out, err := writeInPlace(document, ciphertextsOf(tree), block)
	if err != nil || !holds(out, with.dataKey, values) {
		return nil, report.New(report.NotEncryptable, "the encrypted values cannot be written into the text of the file",
			"write the SecretSpec in block style")
	}
	return out, nil
}

// writeInPlace returns the text of a document with ciphertexts in the place of its values, and the sops block at its
// end.
func writeInPlace(document *manifests.Document, ciphertexts map[string]string, block []byte) ([]byte, error) {
	appended := document.Node.Style&yaml.FlowStyle == 0 && document.Node.Column == 1 &&
		bytes.HasSuffix(document.Text, []byte("\n")) && !endMark().Match(document.Text)
	edited, err := splice.Edit(document, func(root *yaml.Node) error {
		replaceValues("", root, ciphertexts)
		if appended {
			return nil
		}
		node, err := yaml.Parse(string(block))
		if err == nil {
			root.Content = append(root.Content, node.YNode().Content...)
		}
		return err
	})
	if err != nil || !appended {
		return edited.Text, err
	}
	if bytes.HasSuffix(document.Text, []byte("\r\n")) {
		block = bytes.ReplaceAll(block, []byte("\n"), []byte("\r\n"))
	}
	return slices.Concat(edited.Text, block), nil
}

// endMark matches the line that ends a document.
var endMark = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^\.\.\.`) })

// oneDocument reads the text of a SecretSpec that is not encrypted.
func oneDocument(text []byte) (*manifests.Document, *codec.Document, *report.Finding) {
	source, err := store(YAML).LoadPlain(text)
	if err != nil {
		return nil, nil, placed(report.New(report.NotOneDocument, "it is not one YAML document", ""), err)
	}
	file, err := manifests.Parse(text)
	if err != nil || len(source.Tree.Branches) != 1 || len(file.Documents) != 1 || file.Documents[0].Node == nil {
		return nil, nil, report.New(report.NotOneDocument, "it is not one YAML document", "")
	}
	if store(YAML).HasMetadata(source.Tree.Branches[0]) {
		return nil, nil, report.New(report.AlreadyEncrypted, "it is encrypted already", "change it with `secretwright edit`")
	}
	return file.Documents[0], source, nil
}

// encryptAndSign encrypts the values of a tree in place, and returns the text of its sops block.
func encryptAndSign(tree *sops.Tree, with sealing) (block []byte, f *report.Finding) {
	mac, err := crypt.Encrypt(tree, with.dataKey, with.cipher)
	if err == nil && mac != with.mac {
		err = crypt.Sign(&tree.Metadata, mac, with.dataKey, with.cipher, time.Now())
	}
	if err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot encrypt it", "")
	}
	block, err = store(YAML).EmitEncrypted(sops.Tree{Branches: sops.TreeBranches{{}}, Metadata: tree.Metadata})
	if err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot write its metadata", "")
	}
	return block, nil
}

// plainValues returns the text of every value that is to be encrypted, by its path. It refuses what SOPS would encrypt
// and is no value, and what it would not give back as it was.
func plainValues(root *yaml.Node) (map[string]string, *report.Finding) {
	values := map[string]string{}
	var f *report.Finding
	eachNode("", root, func(path, key string, node *yaml.Node) bool {
		switch {
		case f != nil:
		case node.Kind == yaml.AliasNode || node.Anchor != "":
			f = report.New(report.AliasInSpec, path+" has a YAML anchor or alias", "write it out")
		case key != sealedField:
			return true
		case node.Kind != yaml.ScalarNode || !sealable(path):
			f = report.New(report.MisplacedEncryption,
				path+" is called value where that is not the value itself, and SOPS would encrypt all below it", "rename it")
		case node.ShortTag() == yaml.NodeTagNull:
		case node.Style&yaml.TaggedStyle != 0 && node.ShortTag() != yaml.NodeTagString:
			f = report.New(report.NotEncryptable, path+" has a YAML tag, which SOPS would not keep", "write it as text")
		case isCiphertext(node.Value):
			f = report.New(report.AlreadyEncrypted, path+" is ciphertext already", "restore the whole file from Git")
		default:
			values[path] = node.Value
		}
		return false
	})
	return values, f
}

// eachNode calls a function with every value of maps and lists below a node, its path and its key in a map. It looks
// below a value only if the function returns true.
func eachNode(path string, node *yaml.Node, visit func(path, key string, node *yaml.Node) bool) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i].Value
			if at := report.KeyText(path, key); visit(at, key, node.Content[i+1]) {
				eachNode(at, node.Content[i+1], visit)
			}
		}
	case yaml.SequenceNode:
		for i, element := range node.Content {
			if at := report.IndexText(path, i); visit(at, "", element) {
				eachNode(at, element, visit)
			}
		}
	}
}

// eachValue calls a function with every entry of a tree that is called value, and its path.
func eachValue(path string, node any, visit func(path string, item *sops.TreeItem)) {
	switch node := node.(type) {
	case sops.TreeBranch:
		for i := range node {
			key, ok := node[i].Key.(string)
			switch {
			case !ok:
			case key == sealedField:
				visit(report.KeyText(path, key), &node[i])
			default:
				eachValue(report.KeyText(path, key), node[i].Value, visit)
			}
		}
	case []any:
		for i, element := range Elements(node) {
			eachValue(report.IndexText(path, i), element, visit)
		}
	}
}

// ciphertextsOf returns the encrypted values of a tree by their paths.
func ciphertextsOf(tree *sops.Tree) map[string]string {
	out := map[string]string{}
	eachValue("", tree.Branches[0], func(path string, item *sops.TreeItem) {
		if text, ok := item.Value.(string); ok && isCiphertext(text) {
			out[path] = text
		}
	})
	return out
}

// replaceValues writes ciphertexts in the place of the values at their paths.
func replaceValues(path string, root *yaml.Node, ciphertexts map[string]string) {
	eachNode(path, root, func(path, _ string, node *yaml.Node) bool {
		if text, ok := ciphertexts[path]; ok {
			node.Value, node.Tag, node.Style = text, yaml.NodeTagString, 0
		}
		return true
	})
}

// holds reports whether a text is a SOPS document that gives the values back.
func holds(text, dataKey []byte, values map[string]string) bool {
	source, err := store(YAML).LoadEncrypted(slices.Clone(text))
	if err != nil {
		return false
	}
	if _, err := source.Open(dataKey, crypt.NewCipher()); err != nil {
		return false
	}
	found := 0
	eachValue("", source.Tree.Branches[0], func(path string, item *sops.TreeItem) {
		if want, ok := values[path]; ok && item.Value == want {
			found++
		}
	})
	return found == len(values)
}
