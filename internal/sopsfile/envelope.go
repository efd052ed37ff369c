package sopsfile

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/azkv"
	sopskeys "github.com/getsops/sops/v3/keys"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
)

// secretRegex is SOPS's encrypted_regex for a Secret: what Flux and ksops expect.
const secretRegex = "^(data|stringData)$" //nolint:gosec // it is no credential

// Envelope encrypts Secrets as SOPS documents. One that was opened from a document keeps its data key, its recipients
// and the nonce of every value that stays, so that sealing the same content again changes nothing, and another only
// what differs.
type Envelope struct {
	// Key is the data key. Names and checksums are made under it.
	Key []byte

	recipients *Recipients
	cipher     *crypt.Cipher
	// Of a document that was opened: its metadata, its MAC in the clear, and the Secret in it.
	metadata *sops.Metadata
	mac      string
	content  *yaml.RNode
	node     *yaml.RNode
}

// OpenEnvelope opens a Secret that is a SOPS document.
func (k *Keyring) OpenEnvelope(ctx context.Context, node *yaml.RNode) (e *Envelope, f *report.Finding) {
	defer Guard(&f)
	text, err := node.String()
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
		recipients: recipientsOf(tree),
		cipher:     cipher,
		metadata:   &tree.Metadata,
		mac:        d.mac,
		content:    yaml.NewRNode(yamlNode(tree.Branches[0])),
		node:       node,
	}, nil
}

// NewKey returns a new data key.
func NewKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // which never fails: it ends the program instead
	return key
}

// proofDomain keeps a proof apart from any other HMAC under a witness.
const proofDomain = "secretwright.dev/origin/2"

// Proof returns an HMAC showing that whoever made a data key, and encrypted it for recipients, shares the witness:
// they could decrypt the sources. Without it, a foreign document, planted in the place of the last one, would decide
// the key that the next is encrypted with; and a recipient added to the last one and to a source would pass for an
// old one.
func Proof(key, witness []byte, recipients *Recipients) string {
	mac := hmac.New(sha256.New, witness)
	for _, part := range [][]byte{[]byte(proofDomain), key, []byte(recipients.id())} {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write(part)
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// NewEnvelope returns an envelope for recipients, under a data key.
func NewEnvelope(recipients *Recipients, key []byte) *Envelope {
	return &Envelope{Key: key, recipients: recipients, cipher: crypt.NewRememberingCipher()}
}

// Content returns the Secret in the clear, of an envelope that was opened.
func (e *Envelope) Content() *yaml.RNode { return e.content }

// Recipients returns for whom the envelope is.
func (e *Envelope) Recipients() *Recipients { return e.recipients }

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
	tree.Metadata = sops.Metadata{
		KeyGroups: e.recipients.fresh(), ShamirThreshold: e.recipients.threshold, Version: SOPSVersion,
	}
	if f := addressable(e.recipients); f != nil {
		return f
	}
	services, f := k.services(ctx)
	if f != nil {
		return f
	}
	if errs := tree.Metadata.UpdateMasterKeysWithKeyServices(e.Key, services); len(errs) > 0 {
		return unreachable("the Secret cannot be encrypted for its recipients", errs)
	}
	return nil
}

// encryptOnly has SOPS encrypt the values under some keys, and sign these alone, so that kustomize and kpt may prefix,
// label and annotate the document.
func encryptOnly(m *sops.Metadata, regex string) {
	m.UnencryptedSuffix, m.EncryptedSuffix, m.UnencryptedRegex = "", "", ""
	m.EncryptedCommentRegex, m.UnencryptedCommentRegex = "", ""
	m.EncryptedRegex, m.MACOnlyEncrypted = regex, true
}

// addressable returns an error if a data key must not be encrypted for recipients.
func addressable(r *Recipients) *report.Finding {
	if f := r.Protect(); f != nil {
		return f
	}
	if servers := refusedServers(r.groups); len(servers) > 0 {
		return notAsked("it is to be encrypted for a key of a server: ", servers)
	}
	for _, group := range r.groups {
		for _, key := range group {
			if err := addVersion(key); err != nil {
				return unreachable("the version of a key is not known", []error{err})
			}
		}
	}
	return nil
}

// addVersion asks Azure for the version of a key without one, since a document names the version that it is encrypted
// with.
func addVersion(key sopskeys.MasterKey) error {
	azure, ok := key.(*azkv.MasterKey)
	if !ok || azure.Version != "" {
		return nil
	}
	newest, err := azkv.NewMasterKeyWithOptionalVersion(azure.VaultURL, azure.Name, "")
	if err == nil {
		azure.Version = newest.Version
	}
	return err
}

// unreachable says why a data key cannot be encrypted.
func unreachable(message string, errs []error) *report.Finding {
	var texts []string
	for _, err := range errs {
		texts = append(texts, err.Error())
	}
	return report.Wrap(report.RecipientUnreachable, errors.Join(errs...), message+": "+strings.Join(texts, ", "),
		"correct the recipients, or make their keys reachable")
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
