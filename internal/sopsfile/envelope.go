package sopsfile

import (
	"context"
	"encoding/json"
	"reflect"
	"time"

	"github.com/getsops/sops/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// secretRegex is SOPS's encrypted_regex for a Secret: what Flux and ksops expect.
const secretRegex = "^(data|stringData)$" //nolint:gosec // it is no credential

// Envelope encrypts Secrets as SOPS documents. One that was opened from a document keeps its data key, its recipients
// and the nonce of every value that stays, so that sealing the same content again changes nothing, and another only
// what differs.
type Envelope struct {
	// Key is the data key. Names and checksums are made under it.
	Key []byte

	recipients *keyring.Recipients
	cipher     *crypt.Cipher
	// Of a document that was opened: its metadata, its MAC in the clear, and the Secret in it.
	metadata *sops.Metadata
	mac      string
	content  *yaml.RNode
	node     *yaml.RNode
}

// OpenEnvelope opens a Secret that is a SOPS document.
func (k *Keyring) OpenEnvelope(ctx context.Context, node *yaml.RNode) (e *Envelope, f *report.Finding) {
	defer report.Guard(&f)
	text, err := yamlnode.Print(node.YNode())
	if err != nil {
		return nil, report.New(report.Unprintable, "it cannot be written as YAML", "")
	}
	cipher := crypt.NewRememberingCipher()
	d, f := k.decrypt(ctx, []byte(text), YAML, cipher)
	if f != nil {
		return nil, f
	}
	tree := &d.source.Tree
	return &Envelope{
		Key:        d.dataKey,
		recipients: keyring.Of(tree),
		cipher:     cipher,
		metadata:   &tree.Metadata,
		mac:        d.mac,
		content:    yaml.NewRNode(yamlNode(tree.Branches[0])),
		node:       node,
	}, nil
}

// NewEnvelope returns an envelope for recipients, under a data key.
func NewEnvelope(recipients *keyring.Recipients, key []byte) *Envelope {
	return &Envelope{Key: key, recipients: recipients, cipher: crypt.NewRememberingCipher()}
}

// Content returns the Secret in the clear, of an envelope that was opened.
func (e *Envelope) Content() *yaml.RNode { return e.content }

// Recipients returns for whom the envelope is.
func (e *Envelope) Recipients() *keyring.Recipients { return e.recipients }

// Seal returns a Secret as a SOPS document. If the envelope was opened from a document that holds the same Secret,
// that document comes back as it was.
func (k *Keyring) Seal(
	ctx context.Context, e *Envelope, manifest *yaml.RNode, now time.Time,
) (*yaml.RNode, *report.Finding) {
	if e.content != nil && sameContent(e.content, manifest) {
		return e.node, nil
	}
	text, err := manifest.String()
	if err != nil {
		return nil, report.New(report.Unprintable, "the Secret cannot be written as YAML", "")
	}
	source, err := store(YAML).LoadPlain([]byte(text))
	if err != nil {
		return nil, report.New(report.NotEncryptable, "the Secret cannot be read by SOPS", "")
	}
	tree := &source.Tree
	if f := k.address(ctx, e, tree); f != nil {
		return nil, f
	}
	encryptOnly(&tree.Metadata, secretRegex)
	mac, err := crypt.Encrypt(tree, e.Key, e.cipher)
	if err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot encrypt the Secret", "")
	}
	if e.metadata == nil || mac != e.mac {
		if err := crypt.Sign(&tree.Metadata, mac, e.Key, e.cipher, now); err != nil {
			return nil, report.New(report.NotEncryptable, "SOPS cannot encrypt the MAC", "")
		}
	}
	out, err := store(YAML).EmitEncrypted(*tree)
	if err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot write the Secret as YAML", "")
	}
	node, err := yaml.Parse(string(out))
	if err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot write the Secret as YAML", "")
	}
	return node, nil
}

// address gives a tree the metadata of the envelope, or new one: the data key encrypted for the recipients.
func (k *Keyring) address(ctx context.Context, e *Envelope, tree *sops.Tree) *report.Finding {
	if e.metadata != nil {
		tree.Metadata = *e.metadata
		return nil
	}
	tree.Metadata = sops.Metadata{Version: SOPSVersion}
	return k.Address(ctx, &tree.Metadata, e.recipients, e.Key)
}

// encryptOnly has SOPS encrypt the values under some keys, and sign these alone, so that kustomize and kpt may prefix,
// label and annotate the document.
func encryptOnly(m *sops.Metadata, regex string) {
	m.UnencryptedSuffix, m.EncryptedSuffix, m.UnencryptedRegex = "", "", ""
	m.EncryptedCommentRegex, m.UnencryptedCommentRegex = "", ""
	m.EncryptedRegex, m.MACOnlyEncrypted = regex, true
}

// sameContent reports whether two resources say the same, in whatever order and style.
func sameContent(a, b *yaml.RNode) bool {
	var contents [2]any
	for i, node := range []*yaml.RNode{a, b} {
		text, err := node.MarshalJSON()
		if err != nil || json.Unmarshal(text, &contents[i]) != nil {
			return false
		}
	}
	return reflect.DeepEqual(contents[0], contents[1])
}
