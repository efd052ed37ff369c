package sources

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/config"
	yamlstore "github.com/getsops/sops/v3/stores/yaml"
	"github.com/getsops/sops/v3/version"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// EncryptSpec makes a SOPS document of the text of a SecretSpec: every `value` is encrypted for the keys that the creation
// rules of the nearest .sops.yaml give for the file's path, the keys are sorted, and the MAC is over the encrypted values
// alone, so that kustomize and kpt can hand it on. Comments stay.
func (o *Opener) EncryptSpec(text []byte, path string) ([]byte, error) {
	quiet()
	stores, rule, err := rules(path)
	if err != nil {
		return nil, err
	}
	store := yamlstore.NewStore(&stores.YAML)
	branches, err := store.LoadPlainFile(text)
	if err != nil || len(branches) != 1 {
		return nil, errors.New("it is not one YAML document")
	}
	if store.HasSopsTopLevelKey(branches[0]) {
		return nil, errors.New("it is encrypted already; change it with `sops edit`")
	}
	tree := &sops.Tree{Branches: branches, Metadata: sops.Metadata{
		KeyGroups:       rule.KeyGroups,
		ShamirThreshold: rule.ShamirThreshold,
		Version:         version.Version,
	}}
	services, f := o.keys.services()
	if f != nil {
		return nil, errors.New(f.Text())
	}
	dataKey, errs := tree.GenerateDataKeyWithKeyServices(services)
	if len(errs) > 0 {
		return nil, fmt.Errorf("the keys of .sops.yaml cannot be used: %w", errors.Join(errs...))
	}
	out, err := sealTree(store, tree, dataKey, aes.NewCipher())
	if err != nil {
		return nil, err
	}
	node, err := yaml.Parse(string(out))
	if err != nil {
		return nil, errors.New("SOPS cannot write it as YAML")
	}
	if f := misplaced(sealedPaths("", node.YNode())); f != nil {
		return nil, errors.New("a key is called value where that is not the value itself, and SOPS would encrypt all below it; rename it")
	}
	return out, nil
}

// FormatSpec sorts the keys of a SecretSpec that is a SOPS document, and renews its MAC; the ciphertexts stay. One that is
// sorted already comes back byte for byte.
func (o *Opener) FormatSpec(ctx context.Context, text []byte, path string) ([]byte, error) {
	quiet()
	stores := config.NewStoresConfig()
	if found, _, err := rules(path); err == nil {
		stores = found
	}
	store := yamlstore.NewStore(&stores.YAML)
	tree, f := loadEncrypted(text, schema.YAML)
	if f != nil {
		return nil, errors.New(f.Text())
	}
	dataKey, f := o.keys.dataKey(ctx, tree)
	if f != nil {
		return nil, errors.New(f.Text())
	}
	cipher := aes.NewCipher() // it remembers the nonce of what it decrypts, and so encrypts it to the same text
	if _, f := decryptTree(tree, dataKey, cipher, schema.YAML, text); f != nil {
		return nil, errors.New(f.Text())
	}
	if tree.Metadata.MACOnlyEncrypted && tree.Metadata.EncryptedRegex == sealedRegex && len(tree.Branches) == 1 && isSorted(tree.Branches[0]) {
		return text, nil
	}
	return sealTree(store, tree, dataKey, cipher)
}

// sealedRegex is SOPS's encrypted_regex for a SecretSpec.
const sealedRegex = "^" + sealedField + "$"

// sealTree sorts and encrypts the tree of a SecretSpec.
func sealTree(store common.Store, tree *sops.Tree, dataKey []byte, cipher sops.Cipher) ([]byte, error) {
	encryptOnly(&tree.Metadata, sealedRegex)
	for i := range tree.Branches {
		tree.Branches[i] = sortKeys(tree.Branches[i]).(sops.TreeBranch)
	}
	mac, err := tree.Encrypt(dataKey, cipher)
	if err != nil {
		return nil, errors.New("SOPS cannot encrypt it: a value is neither text, a number, a boolean nor a date")
	}
	if err := sign(&tree.Metadata, mac, dataKey, cipher, time.Now()); err != nil {
		return nil, errors.New("SOPS cannot encrypt the MAC")
	}
	out, err := store.EmitEncryptedFile(*tree)
	if err != nil {
		return nil, errors.New("SOPS cannot write it as YAML")
	}
	return out, nil
}

// rules are the nearest .sops.yaml's creation rule for a file, and how it has SOPS write YAML.
func rules(path string) (*config.StoresConfig, *config.Config, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, err
	}
	found, err := config.LookupConfigFile(absolute)
	if err != nil {
		return nil, nil, errors.New("there is no .sops.yaml in its folder or above; write one that says which keys to encrypt for")
	}
	rule, err := config.LoadCreationRuleForFile(found.Path, absolute, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", found.Path, err)
	}
	if rule == nil || len(rule.KeyGroups) == 0 {
		return nil, nil, fmt.Errorf("%s: no creation rule with keys matches the file", found.Path)
	}
	stores, err := config.LoadStoresConfig(found.Path)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", found.Path, err)
	}
	return stores, rule, nil
}

// entry is a key of a map with the comments before it.
type entry struct {
	name  string
	items sops.TreeBranch
}

// sortKeys sorts the keys of every map of a tree, as kustomize does. Comments stay with the key they stand before.
func sortKeys(node any) any {
	switch node := node.(type) {
	case sops.TreeBranch:
		entries, rest := entriesOf(node)
		slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
		var out sops.TreeBranch
		for _, e := range entries {
			last := len(e.items) - 1
			e.items[last].Value = sortKeys(e.items[last].Value)
			out = append(out, e.items...)
		}
		return append(out, rest...)
	case []any:
		for i := range node {
			node[i] = sortKeys(node[i])
		}
	}
	return node
}

func entriesOf(branch sops.TreeBranch) (entries []entry, rest sops.TreeBranch) {
	for _, item := range branch {
		rest = append(rest, item)
		if name, ok := item.Key.(string); ok {
			entries = append(entries, entry{name, rest})
			rest = nil
		}
	}
	return entries, rest
}

// isSorted says whether kustomize would leave the order of every map as it is.
func isSorted(node any) bool {
	switch node := node.(type) {
	case sops.TreeBranch:
		entries, _ := entriesOf(node)
		sorted := slices.IsSortedFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
		return sorted && !slices.ContainsFunc(node, func(item sops.TreeItem) bool { return !isSorted(item.Value) })
	case []any:
		return !slices.ContainsFunc(node, func(element any) bool { return !isSorted(element) })
	}
	return true
}
