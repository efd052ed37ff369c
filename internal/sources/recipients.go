package sources

import (
	"crypto/sha256"
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/azkv"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/gcpkms"
	"github.com/getsops/sops/v3/hcvault"
	sopskeys "github.com/getsops/sops/v3/keys"
	"github.com/getsops/sops/v3/kms"
	"github.com/getsops/sops/v3/pgp"

	"github.com/secretwright/secretwright/schema"
)

// Recipients is for whom a document is encrypted.
type Recipients struct {
	groups    []sops.KeyGroup
	threshold int
	key       []byte // the document's data key, once it was decrypted
}

// Recipients are those who can open every encrypted source of the names, and the SecretSpec itself if it is one.
func (s *Set) Recipients(names []string, spec *Recipients) (*Recipients, *schema.Finding) {
	common := spec
	var from []string
	if spec != nil {
		from = append(from, "the SecretSpec")
	}
	for _, name := range names {
		doc := s.documents[name]
		if doc == nil || doc.recipients == nil {
			continue
		}
		from = append(from, doc.name)
		if common == nil {
			common = doc.recipients
			continue
		}
		both, ok := common.intersect(doc.recipients)
		if !ok {
			return nil, problem("nobody can open all of "+list(from)+", so there is nobody to encrypt the Secret for", "list the recipients in output.sops, or encrypt the sources for one more key that opens all")
		}
		common = both
	}
	if common == nil {
		return nil, problem("no encrypted source says for whom to encrypt the Secret", "list the recipients in output.sops")
	}
	return common, nil
}

func recipientsOf(tree *sops.Tree) *Recipients {
	return &Recipients{groups: tree.Metadata.KeyGroups, threshold: tree.Metadata.ShamirThreshold, key: tree.Metadata.DataKey}
}

// Witness is a secret that only those share who can open every encrypted source of the names, and the SecretSpec itself if it is
// one; nil where there is no such source.
func (s *Set) Witness(names []string, spec *Recipients) []byte {
	all := []*Recipients{spec}
	for _, name := range names {
		if doc := s.documents[name]; doc != nil {
			all = append(all, doc.recipients)
		}
	}
	hash, found := sha256.New(), false
	for _, r := range all {
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

// intersect is the keys that two documents have in common. Those of key groups are kept only whole.
func (r *Recipients) intersect(other *Recipients) (*Recipients, bool) {
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

// id tells recipients apart. The order of the keys in a group does not matter.
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

// fresh is the same recipients, with no data key encrypted for them yet.
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

// Listed are the recipients that a SecretSpec lists.
func Listed(out schema.SOPSOutput) (*Recipients, *schema.Finding) {
	var group sops.KeyGroup
	bad := func(field, value string) (*Recipients, *schema.Finding) {
		f := problem(fmt.Sprintf("%q is no key that SOPS knows", value), "write it as in .sops.yaml")
		f.Field = field
		return nil, f
	}
	for i, recipient := range out.Age {
		key, err := age.MasterKeyFromRecipient(recipient)
		if err != nil {
			return bad(fmt.Sprintf("output.sops.age[%d]", i), recipient)
		}
		group = append(group, key)
	}
	for _, fingerprint := range out.PGP {
		group = append(group, pgp.NewMasterKeyFromFingerprint(fingerprint))
	}
	for _, arn := range out.KMS {
		group = append(group, kms.NewMasterKeyFromArn(arn, nil, ""))
	}
	for _, id := range out.GCPKMS {
		group = append(group, gcpkms.NewMasterKeyFromResourceID(id))
	}
	for i, url := range out.AzureKV {
		key, err := azkv.NewMasterKeyFromURL(url)
		if err != nil {
			return bad(fmt.Sprintf("output.sops.azure_kv[%d]", i), url)
		}
		group = append(group, key)
	}
	for i, uri := range out.HCVault {
		key, err := hcvault.NewMasterKeyFromURI(uri)
		if err != nil {
			return bad(fmt.Sprintf("output.sops.hc_vault[%d]", i), uri)
		}
		group = append(group, key)
	}
	return &Recipients{groups: []sops.KeyGroup{group}}, nil
}

// Ruled are the recipients that the nearest .sops.yaml gives for a file. Only the root and folders in it are looked in.
func (o *Opener) Ruled(file string) (*Recipients, *schema.Finding) {
	if o.root == nil {
		return nil, problem("there is no file system to read a .sops.yaml from", "list the recipients in output.sops")
	}
	conf := o.config(file)
	if conf == "" {
		return nil, problem("there is no .sops.yaml between the folder Secretwright was started in and "+file, "write one, or list the recipients in output.sops")
	}
	rule, err := config.LoadCreationRuleForFile(filepath.Join(o.root.Name(), conf), filepath.Join(o.root.Name(), file), nil)
	if err != nil || rule == nil || len(rule.KeyGroups) == 0 {
		return nil, problem(fmt.Sprintf("%s has no creation rule with keys for %s", conf, file), "add one")
	}
	return &Recipients{groups: rule.KeyGroups, threshold: rule.ShamirThreshold}, nil
}

// uncovered warns, in a check, of an encrypted file that no creation rule of its .sops.yaml covers: it opens, but the next one
// like it will be encrypted by chance, or not at all.
func (o *Opener) uncovered(source schema.Source, origin Origin) *schema.Finding {
	if !o.Keyless || source.File == "" || !source.IsEncrypted() || o.root == nil {
		return nil
	}
	file := path.Join(origin.Dir, source.File)
	if o.config(file) == "" {
		return nil
	}
	if _, f := o.Ruled(file); f != nil {
		f.Severity, f.Field, f.Source = schema.Warning, ".file", file
		return f
	}
	return nil
}

// config is the nearest .sops.yaml for a file inside the root, or "".
func (o *Opener) config(file string) string {
	for dir := path.Dir(path.Clean(file)); ; dir = path.Dir(dir) {
		conf := path.Join(dir, ".sops.yaml")
		if info, err := o.root.Stat(conf); err == nil && info.Mode().IsRegular() {
			return conf
		}
		if dir == "." || dir == "/" || strings.HasPrefix(dir, "..") {
			return ""
		}
	}
}
