package sopsfile

import (
	"context"
	"reflect"
	"slices"
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

// Editable is a SOPS document that was decrypted to be changed. Its methods return the changed text, and leave the
// Editable as it is. What does not change stays: ciphertexts, and in YAML and JSON the layout.
type Editable struct {
	text    []byte
	format  Format
	layout  codec.StoresConfig
	tree    sops.Tree // in the clear
	dataKey []byte
	mac     string
	cipher  *crypt.Cipher
	keys    *Keyring
}

// Edit decrypts a document, verifies its MAC, and returns it to be changed. The path is that of its file, whose
// .sops.yaml may say how documents are indented.
func (k *Keyring) Edit(ctx context.Context, text []byte, format Format, path string) (e *Editable, f *report.Finding) {
	defer report.Guard(&f)
	cipher := crypt.NewRememberingCipher()
	d, f := k.decrypt(ctx, text, format, cipher)
	if f != nil {
		return nil, f
	}
	return &Editable{text: text, format: format, layout: keyring.LayoutFor(path), tree: d.source.Tree, dataKey: d.dataKey,
		mac: d.mac, cipher: cipher, keys: k}, nil
}

// Text returns the text of the document, as it was given.
func (e *Editable) Text() []byte { return e.text }

// Recipients returns for whom the document is encrypted.
func (e *Editable) Recipients() *keyring.Recipients { return keyring.Of(&e.tree) }

// Set returns the document with another value at a path of one of its branches. It refuses a value that SOPS would
// leave in the clear there, and one that the format cannot hold.
func (e *Editable) Set(branch int, path Path, value string) (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	tree := e.copy()
	var place *any
	if branch >= 0 && branch < len(tree.Branches) {
		place = placeAt(tree.Branches[branch], path)
	}
	if place == nil || IsCollection(*place) {
		return nil, report.New(report.NotEncryptable,
			"the value at "+path.String()+" is not in the text of the document itself", "edit the file")
	}
	*place = value
	return e.seal(tree, func() *report.Finding {
		// The place, and not the path: an encrypted comment in a list counts as an element.
		if text, _ := (*place).(string); value != "" && !isCiphertext(text) {
			return report.New(report.NotEncryptable,
				"SOPS keeps the value at "+path.String()+" of this file in the clear",
				"change the rule for what is encrypted in its sops block, such as unencrypted_suffix, "+
					"or edit the file if that is meant")
		}
		return nil
	})
}

// seal encrypts a changed tree in place under the same data key, and returns its text. Check is called once it is
// encrypted.
func (e *Editable) seal(tree *sops.Tree, check func() *report.Finding) ([]byte, *report.Finding) {
	want := copyTree(tree)
	mac, err := crypt.Encrypt(tree, e.dataKey, e.cipher)
	if err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot encrypt it", "")
	}
	if f := check(); f != nil {
		return nil, f
	}
	if mac != e.mac {
		if err := crypt.Sign(&tree.Metadata, mac, e.dataKey, e.cipher, time.Now()); err != nil {
			return nil, report.New(report.NotEncryptable, "SOPS cannot encrypt the MAC", "")
		}
	}
	return e.write(tree, want, e.dataKey)
}

// Rotate returns the document under a new data key, for the same recipients.
func (e *Editable) Rotate(ctx context.Context) (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	tree := e.copy()
	want := copyTree(tree)
	tree.Metadata.DataKey = nil
	dataKey, f := e.keys.NewDataKey(ctx, &tree.Metadata, e.Recipients())
	if f != nil {
		return nil, f
	}
	cipher := crypt.NewCipher()
	mac, err := crypt.Encrypt(tree, dataKey, cipher)
	if err == nil {
		err = crypt.Sign(&tree.Metadata, mac, dataKey, cipher, time.Now())
	}
	if err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot encrypt it", "")
	}
	return e.write(tree, want, dataKey)
}

// Readdress returns the document with its data key encrypted for other recipients.
func (e *Editable) Readdress(ctx context.Context, recipients *keyring.Recipients) (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	tree := e.copy()
	want := copyTree(tree)
	if f := e.keys.Address(ctx, &tree.Metadata, recipients, e.dataKey); f != nil {
		return nil, f
	}
	if _, err := crypt.Encrypt(tree, e.dataKey, e.cipher); err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot encrypt it", "")
	}
	return e.write(tree, want, e.dataKey)
}

// write returns the text of an encrypted tree: the document's own text with what differs replaced, or where that
// cannot be done what SOPS would print. It verifies that the text gives back what is wanted.
func (e *Editable) write(encrypted, want *sops.Tree, dataKey []byte) ([]byte, *report.Finding) {
	if e.format == YAML || e.format == JSON {
		if out, err := e.splice(encrypted); err == nil && e.gives(out, want, dataKey) {
			return out, nil
		}
	}
	out, err := codec.NewStore(e.format, e.layout).EmitEncrypted(*encrypted)
	if err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot write it as "+string(e.format), "")
	}
	if !e.gives(out, want, dataKey) {
		return nil, report.New(report.NotEncryptable,
			"a file in the format "+string(e.format)+" cannot hold that value", "take the value from a file in YAML or JSON")
	}
	return out, nil
}

// gives reports whether a text is a SOPS document that opens to a tree.
func (e *Editable) gives(text []byte, want *sops.Tree, dataKey []byte) bool {
	source, err := store(e.format).LoadEncrypted(slices.Clone(text))
	if err != nil {
		return false
	}
	if _, err := source.Open(dataKey, crypt.NewCipher()); err != nil {
		return false
	}
	return reflect.DeepEqual(source.Tree.Branches, want.Branches)
}

// splice returns the document's text with the values of an encrypted tree in it, and its metadata.
func (e *Editable) splice(encrypted *sops.Tree) ([]byte, error) {
	block, err := metadataNode(encrypted)
	if err != nil {
		return nil, err
	}
	file, err := manifests.Parse(e.text)
	if err != nil {
		return nil, err
	}
	var out []byte
	branch := 0
	for _, document := range file.Documents {
		if document.Node == nil || branch >= len(encrypted.Branches) {
			out = append(out, document.Text...)
			continue
		}
		result, err := splice.Edit(document, func(root *yaml.Node) error {
			overwrite(root, encrypted.Branches[branch])
			return yaml.NewRNode(root).PipeE(yaml.SetField("sops", yaml.NewRNode(block)))
		})
		if err != nil {
			return nil, err
		}
		branch++
		out = append(out, result.Text...)
	}
	return out, nil
}

// metadataNode returns the sops block of a tree.
func metadataNode(tree *sops.Tree) (*yaml.Node, error) {
	text, err := store(YAML).EmitEncrypted(sops.Tree{Branches: sops.TreeBranches{{}}, Metadata: tree.Metadata})
	if err != nil {
		return nil, err
	}
	node, err := yaml.Parse(string(text))
	if err != nil {
		return nil, err
	}
	return node.Field("sops").Value.YNode(), nil
}

// overwrite writes the text of a tree's values over that of a node.
func overwrite(node *yaml.Node, value any) {
	switch value := value.(type) {
	case sops.TreeBranch:
		for i := 0; i+1 < len(node.Content) && node.Kind == yaml.MappingNode; i += 2 {
			name := node.Content[i].Value
			if j := slices.IndexFunc(value, func(item sops.TreeItem) bool { return item.Key == name }); j >= 0 {
				overwrite(node.Content[i+1], value[j].Value)
			}
		}
	case []any:
		elements := Elements(value)
		for i := 0; i < len(node.Content) && i < len(elements) && node.Kind == yaml.SequenceNode; i++ {
			overwrite(node.Content[i], elements[i])
		}
	case string:
		if node.Kind == yaml.ScalarNode && node.Value != value {
			node.Value, node.Tag, node.Style = value, yaml.NodeTagString, 0
		}
	}
}

// placeAt returns where a tree has the node at a path, or nil.
func placeAt(node any, path Path) *any {
	var place *any
	for _, step := range path {
		if place = child(node, step); place == nil {
			return nil
		}
		node = *place
	}
	return place
}

// child returns where a map has the value of a key, or a list an element, or nil. Comments in a list do not count.
func child(node, step any) *any {
	switch node := node.(type) {
	case sops.TreeBranch:
		for i := range node {
			if node[i].Key == step {
				return &node[i].Value
			}
		}
	case []any:
		index := 0
		for i := range node {
			if _, isComment := node[i].(sops.Comment); isComment {
				continue
			}
			if index == step {
				return &node[i]
			}
			index++
		}
	}
	return nil
}

// copy returns a copy of the tree in the clear.
func (e *Editable) copy() *sops.Tree { return copyTree(&e.tree) }

func copyTree(tree *sops.Tree) *sops.Tree {
	out := *tree
	out.Branches = nil
	for _, branch := range tree.Branches {
		copied, _ := copyNode(branch).(sops.TreeBranch)
		out.Branches = append(out.Branches, copied)
	}
	return &out
}

func copyNode(node any) any {
	switch node := node.(type) {
	case sops.TreeBranch:
		out := slices.Clone(node)
		for i := range out {
			out[i].Value = copyNode(out[i].Value)
		}
		return out
	case []any:
		out := slices.Clone(node)
		for i := range out {
			out[i] = copyNode(out[i])
		}
		return out
	}
	return node
}
