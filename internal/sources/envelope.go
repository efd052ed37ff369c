package sources

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/version"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// secretRegex is SOPS's encrypted_regex for a Secret: what Flux and ksops expect.
const secretRegex = "^(data|stringData)$" //nolint:gosec // it is no credential

// Envelope encrypts Secrets as SOPS documents. One that was opened from a document keeps its data key, its recipients and
// the nonce of every value that stays, so that sealing the same content again changes nothing, and another only what
// differs.
type Envelope struct {
	// Key is the data key. Names and checksums are made under it.
	Key []byte

	recipients *Recipients
	cipher     sops.Cipher
	// Of a document that was opened: its metadata, its MAC in the clear, and the Secret in it.
	metadata *sops.Metadata
	mac      string
	content  *yaml.RNode
	node     *yaml.RNode
}

// OpenEnvelope opens a Secret that is a SOPS document.
func (o *Opener) OpenEnvelope(ctx context.Context, node *yaml.RNode) (e *Envelope, f *schema.Finding) {
	defer guard(&f)
	quiet()
	text, err := node.String()
	if err != nil {
		return nil, problem("it cannot be written as YAML", "")
	}
	tree, f := loadEncrypted([]byte(text), schema.YAML)
	if f != nil {
		return nil, f
	}
	dataKey, f := o.keys.dataKey(ctx, tree)
	if f != nil {
		return nil, f
	}
	cipher := aes.NewCipher()
	mac, f := decryptTree(tree, dataKey, cipher, schema.YAML, []byte(text))
	if f != nil {
		return nil, f
	}
	return &Envelope{
		Key:        dataKey,
		recipients: recipientsOf(tree),
		cipher:     cipher,
		metadata:   &tree.Metadata,
		mac:        mac,
		content:    yaml.NewRNode(yamlNode(tree.Branches[0])),
		node:       node,
	}, nil
}

// NewKey makes a data key.
func NewKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // which never fails: it ends the program instead
	return key
}

// Proof tells, to who shares the witness, that a data key was made by somebody who does too. Without it, a document of somebody
// else's, planted in the place of the last one, would decide the key that the next is encrypted with.
func Proof(key, witness []byte) string {
	mac := hmac.New(sha256.New, witness)
	mac.Write([]byte(schema.OriginAnnotation))
	mac.Write(key)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// NewEnvelope makes an envelope for recipients, under a data key.
func NewEnvelope(recipients *Recipients, key []byte) *Envelope {
	return &Envelope{Key: key, recipients: recipients, cipher: aes.NewCipher()}
}

// For says whether the envelope is for just these recipients.
func (e *Envelope) For(recipients *Recipients) bool { return e.recipients.id() == recipients.id() }

// Seal is a Secret as a SOPS document. Where the envelope was opened from a document that holds the same Secret, it is that
// document, as it stands.
func (o *Opener) Seal(e *Envelope, manifest *yaml.RNode, now time.Time) (*yaml.RNode, *schema.Finding) {
	if e.content != nil && sameContent(e.content, manifest) {
		return e.node, nil
	}
	text, err := manifest.String()
	if err != nil {
		return nil, problem("the Secret cannot be written as YAML", "")
	}
	branches, err := store(schema.YAML).LoadPlainFile([]byte(text))
	if err != nil {
		return nil, problem("the Secret cannot be read by SOPS", "")
	}
	tree := sops.Tree{Branches: branches}
	if e.metadata != nil {
		tree.Metadata = *e.metadata
	} else {
		tree.Metadata = sops.Metadata{KeyGroups: e.recipients.fresh(), ShamirThreshold: e.recipients.threshold, Version: version.Version}
		services, f := o.keys.services()
		if f != nil {
			return nil, f
		}
		if errs := tree.Metadata.UpdateMasterKeysWithKeyServices(e.Key, services); len(errs) > 0 {
			return nil, problem("the Secret cannot be encrypted for its recipients: "+errors.Join(errs...).Error(), "correct the recipients, or make their keys reachable")
		}
	}
	encryptOnly(&tree.Metadata, secretRegex)
	mac, err := tree.Encrypt(e.Key, e.cipher)
	if err != nil {
		return nil, problem("SOPS cannot encrypt the Secret", "")
	}
	if e.metadata == nil || mac != e.mac {
		if err := sign(&tree.Metadata, mac, e.Key, e.cipher, now); err != nil {
			return nil, problem("SOPS cannot encrypt the MAC", "")
		}
	}
	out, err := store(schema.YAML).EmitEncryptedFile(tree)
	if err != nil {
		return nil, problem("SOPS cannot write the Secret as YAML", "")
	}
	node, err := yaml.Parse(string(out))
	if err != nil {
		return nil, problem("SOPS cannot write the Secret as YAML", "")
	}
	return node, nil
}

// sameContent says whether two resources say the same, in whatever order and style.
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
