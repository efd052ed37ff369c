package sopsfile

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/getsops/sops/v3"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
)

// sealedRegex is SOPS's encrypted_regex for a SecretSpec.
const sealedRegex = "^" + sealedField + "$"

// FormatSpec sorts the keys of a SecretSpec that is a SOPS document, and renews its MAC; the ciphertexts stay. One
// that is sorted already comes back byte for byte.
func (k *Keyring) FormatSpec(ctx context.Context, text []byte, path string) (out []byte, f *report.Finding) {
	defer report.Guard(&f)
	indent := 0
	if rule, f := keyring.RuleFor(path); f == nil {
		indent = rule.Indent
	}
	cipher := crypt.NewRememberingCipher()
	d, f := k.decrypt(ctx, text, YAML, cipher)
	if f != nil {
		return nil, f
	}
	m, branches := d.source.Tree.Metadata, d.source.Tree.Branches
	if m.MACOnlyEncrypted && m.EncryptedRegex == sealedRegex && len(branches) == 1 && isSorted(branches[0]) {
		return text, nil
	}
	return sealTree(&d.source.Tree, d.dataKey, cipher, indent)
}

// sealTree sorts and encrypts the tree of a SecretSpec, and returns its text.
func sealTree(tree *sops.Tree, dataKey []byte, cipher *crypt.Cipher, indent int) ([]byte, *report.Finding) {
	encryptOnly(&tree.Metadata, sealedRegex)
	for i := range tree.Branches {
		tree.Branches[i] = sortKeys(tree.Branches[i]).(sops.TreeBranch)
	}
	mac, err := crypt.Encrypt(tree, dataKey, cipher)
	if err != nil {
		return nil, report.New(report.NotEncryptable,
			"SOPS cannot encrypt it: a value is neither text, a number, a boolean nor a date", "quote the value")
	}
	if err := crypt.Sign(&tree.Metadata, mac, dataKey, cipher, time.Now()); err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot encrypt the MAC", "")
	}
	out, err := storeWithIndent(indent).EmitEncrypted(*tree)
	if err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot write it as YAML", "")
	}
	return out, nil
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

// isSorted reports whether kustomize would leave the order of every map as it is.
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
