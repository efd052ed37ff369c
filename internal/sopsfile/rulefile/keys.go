package rulefile

import (
	"fmt"
	"strings"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/azkv"
	"github.com/getsops/sops/v3/gcpkms"
	"github.com/getsops/sops/v3/hckms"
	"github.com/getsops/sops/v3/hcvault"
	"github.com/getsops/sops/v3/keys"
	"github.com/getsops/sops/v3/kms"
	"github.com/getsops/sops/v3/pgp"

	"github.com/secretwright/secretwright/internal/sopsfile/codec"
)

// keyGroup is an entry of key_groups. Keys of merged groups come first.
type keyGroup struct {
	Merge   []keyGroup   `yaml:"merge"`
	KMS     []kmsKey     `yaml:"kms"`
	GCPKMS  []gcpKMSKey  `yaml:"gcp_kms"`
	HCKms   []hcKMSKey   `yaml:"hckms"`
	AzureKV []azureKVKey `yaml:"azure_keyvault"`
	Vault   []string     `yaml:"hc_vault"`
	Age     []string     `yaml:"age"`
	PGP     []string     `yaml:"pgp"`
}

type kmsKey struct {
	Arn        string             `yaml:"arn"`
	Role       string             `yaml:"role,omitempty"`
	Context    map[string]*string `yaml:"context"`
	AwsProfile string             `yaml:"aws_profile"`
}

type gcpKMSKey struct {
	ResourceID string `yaml:"resource_id"`
}

type hcKMSKey struct {
	KeyID string `yaml:"key_id"`
}

type azureKVKey struct {
	VaultURL string `yaml:"vaultUrl"`
	Key      string `yaml:"key"`
	Version  string `yaml:"version"`
}

// groups returns the rule's key groups: those it lists, or one of the keys beside them.
func (c *creationRule) groups() ([]sops.KeyGroup, error) {
	if len(c.KeyGroups) == 0 {
		group, err := c.group()
		if err != nil {
			return nil, err
		}
		return []sops.KeyGroup{group}, nil
	}
	var groups []sops.KeyGroup
	for _, written := range c.KeyGroups {
		group, err := written.keys(0)
		if err != nil {
			return nil, err
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// group returns the keys of a rule without key_groups, in SOPS's order.
func (c *creationRule) group() (group sops.KeyGroup, err error) {
	lists := map[string]string{}
	for _, field := range []struct {
		name  string
		value any
	}{
		{"age", c.Age}, {"pgp", c.PGP}, {"kms", c.KMS}, {"gcp_kms", c.GCPKMS},
		{"azure_keyvault", c.AzureKeyVault}, {"hc_vault_transit_uri", c.VaultURI},
	} {
		if lists[field.name], err = joined(field.name, field.value); err != nil {
			return nil, err
		}
	}
	if lists["age"] != "" {
		err = add(&group, err, func() ([]*age.MasterKey, error) { return age.MasterKeysFromRecipients(lists["age"]) })
	}
	for _, key := range pgp.MasterKeysFromFingerprintString(lists["pgp"]) {
		group = append(group, key)
	}
	for _, key := range kms.MasterKeysFromArnString(lists["kms"], nil, c.AwsProfile) {
		group = append(group, key)
	}
	for _, key := range gcpkms.MasterKeysFromResourceIDString(lists["gcp_kms"]) {
		group = append(group, key)
	}
	err = add(&group, err, func() ([]*hckms.MasterKey, error) {
		return hckms.NewMasterKeyFromKeyIDString(strings.Join(c.HCKms, ","))
	})
	if lists["azure_keyvault"] != "" {
		for name := range strings.SplitSeq(lists["azure_keyvault"], ",") {
			key, keyErr := AzureKey(name)
			err = add(&group, err, one(key, keyErr))
		}
	}
	err = add(&group, err, func() ([]*hcvault.MasterKey, error) {
		return hcvault.NewMasterKeysFromURIs(lists["hc_vault_transit_uri"])
	})
	if err != nil {
		return nil, err
	}
	return group, nil
}

// AzureKey returns a key of Azure Key Vault by its URL. For the version of one without, SOPS asks the server at once,
// whoever named it. Here it stays without, until something is encrypted for it.
func AzureKey(name string) (*azkv.MasterKey, error) {
	name = strings.TrimSuffix(strings.TrimSpace(name), "/")
	_, path, found := strings.Cut(name, "/keys/")
	if !found || strings.Contains(path, "/") {
		return azkv.NewMasterKeyFromURL(name)
	}
	key, err := azkv.NewMasterKeyFromURL(name + "/none")
	if err != nil {
		return nil, err
	}
	key.Version = ""
	return key, nil
}

// add appends keys to a group, unless there was an error before.
func add[K keys.MasterKey](group *sops.KeyGroup, before error, read func() ([]K, error)) error {
	if before != nil {
		return before
	}
	list, err := read()
	for _, key := range list {
		*group = append(*group, key)
	}
	return err
}

// joined returns the keys of a field, with commas between them.
func joined(name string, field any) (string, error) {
	switch field := field.(type) {
	case nil:
		return "", nil
	case string:
		var list []string
		for key := range strings.SplitSeq(field, ",") {
			if key = strings.TrimSpace(key); key != "" {
				list = append(list, key)
			}
		}
		return strings.Join(list, ","), nil
	case []any:
		var list []string
		for _, item := range field {
			key, ok := item.(string)
			if !ok {
				return "", &codec.Error{Kind: ErrRule, Detail: fmt.Sprintf("its %s list has an entry that is not text", name)}
			}
			list = append(list, key)
		}
		return strings.Join(list, ","), nil
	}
	return "", &codec.Error{Kind: ErrRule, Detail: fmt.Sprintf("its %s is neither text nor a list", name)}
}

// keys returns the keys of a group, each once.
func (g *keyGroup) keys(depth int) (sops.KeyGroup, error) {
	if depth > codec.MaxDepth {
		return nil, &codec.Error{Kind: codec.ErrTooDeep}
	}
	var group sops.KeyGroup
	for i := range g.Merge {
		merged, err := g.Merge[i].keys(depth + 1)
		if err != nil {
			return nil, err
		}
		group = append(group, merged...)
	}
	var err error
	for _, recipients := range g.Age {
		err = add(&group, err, func() ([]*age.MasterKey, error) { return age.MasterKeysFromRecipients(recipients) })
	}
	for _, fingerprint := range g.PGP {
		group = append(group, pgp.NewMasterKeyFromFingerprint(fingerprint))
	}
	for _, k := range g.KMS {
		group = append(group, kms.NewMasterKeyWithProfile(k.Arn, k.Role, k.Context, k.AwsProfile))
	}
	for _, k := range g.GCPKMS {
		group = append(group, gcpkms.NewMasterKeyFromResourceID(k.ResourceID))
	}
	for _, k := range g.HCKms {
		err = add(&group, err, one(hckms.NewMasterKey(k.KeyID)))
	}
	for _, k := range g.AzureKV {
		if k.Key == "" && k.Version == "" {
			return nil, &codec.Error{Kind: ErrRule, Detail: "a key of azure_keyvault has no name"}
		}
		err = add(&group, err, one(azkv.NewMasterKey(k.VaultURL, k.Key, k.Version), nil))
	}
	for _, uri := range g.Vault {
		err = add(&group, err, one(hcvault.NewMasterKeyFromURI(uri)))
	}
	if err != nil {
		return nil, err
	}
	return distinct(group), nil
}

// one is the result of a function that makes one key, for add.
func one[K keys.MasterKey](key K, err error) func() ([]K, error) {
	return func() ([]K, error) {
		if err != nil {
			return nil, err
		}
		return []K{key}, nil
	}
}

func distinct(group sops.KeyGroup) sops.KeyGroup {
	var out sops.KeyGroup
	seen := map[string]bool{}
	for _, key := range group {
		id := fmt.Sprintf("%T/%s", key, key.ToString())
		if !seen[id] {
			seen[id] = true
			out = append(out, key)
		}
	}
	return out
}
