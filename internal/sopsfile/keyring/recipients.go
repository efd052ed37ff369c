package keyring

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/gcpkms"
	"github.com/getsops/sops/v3/hcvault"
	sopskeys "github.com/getsops/sops/v3/keys"
	"github.com/getsops/sops/v3/kms"
	"github.com/getsops/sops/v3/pgp"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/rulefile"
)

// Recipients is for whom a document is encrypted.
type Recipients struct {
	groups    []sops.KeyGroup
	threshold int
	key       []byte // the document's data key, once it was decrypted
}

// Of returns for whom a document is encrypted.
func Of(tree *sops.Tree) *Recipients {
	m := tree.Metadata
	return &Recipients{groups: m.KeyGroups, threshold: m.ShamirThreshold, key: m.DataKey}
}

// Witness returns a secret that is known only to those who can open every one of the documents; nil if none of them
// was decrypted. Nil recipients are left out.
func Witness(documents ...*Recipients) []byte {
	hash, found := sha256.New(), false
	for _, r := range documents {
		if r != nil && len(r.key) > 0 {
			hash.Write(r.key)
			found = true
		}
	}
	if !found {
		return nil
	}
	return hash.Sum(nil)
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

// Intersect returns the keys that two documents have in common, and reports whether there are any. Those of key groups
// are kept only whole.
func (r *Recipients) Intersect(other *Recipients) (*Recipients, bool) {
	if r.id() == other.id() {
		return r, true
	}
	if len(r.groups) != 1 || len(other.groups) != 1 {
		return nil, false
	}
	var both sops.KeyGroup
	for _, key := range r.groups[0] {
		if slices.ContainsFunc(other.groups[0], func(k sopskeys.MasterKey) bool { return keyID(k) == keyID(key) }) {
			both = append(both, key)
		}
	}
	return &Recipients{groups: []sops.KeyGroup{both}}, len(both) > 0
}

func keyID(key sopskeys.MasterKey) string { return key.TypeToIdentifier() + " " + key.ToString() }

// id returns a text that tells recipients apart. The order of the keys in a group does not matter.
func (r *Recipients) id() string {
	var groups []string
	for _, group := range r.groups {
		var ids []string
		for _, key := range group {
			ids = append(ids, keyID(key))
		}
		sort.Strings(ids)
		groups = append(groups, strings.Join(ids, ","))
	}
	threshold := r.threshold
	if len(groups) < 2 {
		threshold = 0
	} else if threshold == 0 {
		threshold = len(groups)
	}
	return fmt.Sprint(threshold, groups)
}

// fresh returns the same recipients, with no data key encrypted for them yet.
func (r *Recipients) fresh() []sops.KeyGroup {
	var groups []sops.KeyGroup
	for _, group := range r.groups {
		var copied sops.KeyGroup
		for _, key := range group {
			clone := reflect.New(reflect.TypeOf(key).Elem()) // every master key of SOPS is a pointer to a struct
			clone.Elem().Set(reflect.ValueOf(key).Elem())
			if created := clone.Elem().FieldByName("CreationDate"); created.IsValid() {
				created.Set(reflect.ValueOf(time.Now().UTC()))
			}
			master := clone.Interface().(sopskeys.MasterKey)
			master.SetEncryptedDataKey(nil)
			copied = append(copied, master)
		}
		groups = append(groups, copied)
	}
	return groups
}

// KeyNames lists keys by their kind, written as in .sops.yaml.
type KeyNames struct {
	Age, PGP, KMS, GCPKMS, AzureKV, HCVault []string
}

// Listed returns the recipients of a list of keys at a field, or nil after a finding for each that is not a key.
func Listed(c *report.Collector, at *field.Path, names KeyNames) *Recipients {
	var group sops.KeyGroup
	before := c.Errors()
	for _, kind := range []struct {
		field string
		names []string
		parse func(name string) (sopskeys.MasterKey, error)
	}{
		{"age", names.Age, fallible(age.MasterKeyFromRecipient)},
		{"pgp", names.PGP, infallible(pgp.NewMasterKeyFromFingerprint)},
		{"kms", names.KMS, infallible(func(arn string) *kms.MasterKey {
			return kms.NewMasterKeyFromArn(arn, nil, "")
		})},
		{"gcp_kms", names.GCPKMS, infallible(gcpkms.NewMasterKeyFromResourceID)},
		{"azure_kv", names.AzureKV, fallible(rulefile.AzureKey)},
		{"hc_vault", names.HCVault, fallible(hcvault.NewMasterKeyFromURI)},
	} {
		for i, name := range kind.names {
			key, err := kind.parse(name)
			if err != nil || isAbsent(key) {
				c.Error(report.UnknownRecipient, at.Child(kind.field).Index(i),
					fmt.Sprintf("%q is no key that SOPS knows", name), "write it as in .sops.yaml")
				continue
			}
			group = append(group, key)
		}
	}
	if c.Errors() > before {
		return nil
	}
	return &Recipients{groups: []sops.KeyGroup{group}}
}

// fallible and infallible give the constructors of SOPS's keys one type.
func fallible[K sopskeys.MasterKey](parse func(string) (K, error)) func(string) (sopskeys.MasterKey, error) {
	return func(name string) (sopskeys.MasterKey, error) { return parse(name) }
}

func infallible[K sopskeys.MasterKey](parse func(string) K) func(string) (sopskeys.MasterKey, error) {
	return func(name string) (sopskeys.MasterKey, error) { return parse(name), nil }
}
