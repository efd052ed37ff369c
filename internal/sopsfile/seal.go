package sopsfile

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/version"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// sealedRegex is SOPS's encrypted_regex for a SecretSpec.
const sealedRegex = "^" + sealedField + "$"

// EncryptSpec makes a SOPS document of the text of a SecretSpec: every `value` is encrypted for the keys that the
// creation rules of the nearest .sops.yaml give for the file's path, the keys are sorted, and the MAC is over the
// encrypted values alone, so that kustomize and kpt can hand it on. Comments stay.
func (k *Keyring) EncryptSpec(ctx context.Context, text []byte, path string) ([]byte, *report.Finding) {
	rule, f := ruleFor(path)
	if f != nil {
		return nil, f
	}
	branches, err := loadPlainTree(text, YAML)
	if err != nil || len(branches) != 1 {
		return nil, report.New(report.NotOneDocument, "it is not one YAML document", "")
	}
	if hasMetadata(branches[0]) {
		return nil, report.New(report.AlreadyEncrypted, "it is encrypted already", "change it with `sops edit`")
	}
	tree := &sops.Tree{Branches: branches, Metadata: sops.Metadata{
		KeyGroups:       rule.groups,
		ShamirThreshold: rule.threshold,
		Version:         version.Version,
	}}
	if f := addressable(&Recipients{groups: rule.groups}); f != nil {
		return nil, f
	}
	services, f := k.services(ctx)
	if f != nil {
		return nil, f
	}
	dataKey, errs := tree.GenerateDataKeyWithKeyServices(services)
	if len(errs) > 0 {
		return nil, unreachable("the keys of .sops.yaml cannot be used", errs)
	}
	out, f := sealTree(tree, dataKey, newCipher(), rule.indent)
	if f != nil {
		return nil, f
	}
	node, err := yaml.Parse(string(out))
	if err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot write it as YAML", "")
	}
	if f := misplaced(sealedPaths("", node.YNode())); f != nil {
		return nil, report.New(report.MisplacedEncryption,
			"a key is called value where that is not the value itself, and SOPS would encrypt all below it",
			"rename it")
	}
	return out, nil
}

// FormatSpec sorts the keys of a SecretSpec that is a SOPS document, and renews its MAC; the ciphertexts stay. One
// that is sorted already comes back byte for byte.
func (k *Keyring) FormatSpec(ctx context.Context, text []byte, path string) (out []byte, f *report.Finding) {
	defer Guard(&f)
	indent := 0
	if rule, f := ruleFor(path); f == nil {
		indent = rule.indent
	}
	d, f := k.decrypt(ctx, text, YAML)
	if f != nil {
		return nil, f
	}
	m, branches := d.tree.Metadata, d.tree.Branches
	if m.MACOnlyEncrypted && m.EncryptedRegex == sealedRegex && len(branches) == 1 && isSorted(branches[0]) {
		return text, nil
	}
	return sealTree(d.tree, d.dataKey, d.cipher, indent)
}

// sealTree sorts and encrypts the tree of a SecretSpec, and returns its text.
func sealTree(tree *sops.Tree, dataKey []byte, cipher sops.Cipher, indent int) ([]byte, *report.Finding) {
	encryptOnly(&tree.Metadata, sealedRegex)
	for i := range tree.Branches {
		tree.Branches[i] = sortKeys(tree.Branches[i]).(sops.TreeBranch)
	}
	mac, err := encryptTree(tree, dataKey, cipher)
	if err != nil {
		return nil, report.New(report.NotEncryptable,
			"SOPS cannot encrypt it: a value is neither text, a number, a boolean nor a date", "quote the value")
	}
	if err := sign(&tree.Metadata, mac, dataKey, cipher, time.Now()); err != nil {
		return nil, report.New(report.NotEncryptable, "SOPS cannot encrypt the MAC", "")
	}
	out, err := emitEncryptedYAML(tree, indent)
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
