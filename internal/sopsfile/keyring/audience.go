package keyring

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/azkv"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/codec"
)

// Names returns the recipients as SOPS writes them, sorted, each once.
func (r *Recipients) Names() []string {
	var names []string
	for _, group := range r.groups {
		for _, key := range group {
			names = append(names, key.ToString())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Equal reports whether the recipients are the same, in whatever order, and as many of their groups are needed. A key
// of Azure without a version is any version of it.
func (r *Recipients) Equal(other *Recipients) bool {
	return r.id() == other.id() || r.like(other).id() == other.like(r).id()
}

// like returns the recipients without the versions of keys that others have without one.
func (r *Recipients) like(other *Recipients) *Recipients {
	out := &Recipients{threshold: r.threshold}
	for _, group := range r.groups {
		var keys sops.KeyGroup
		for _, key := range group {
			if azure, ok := key.(*azkv.MasterKey); ok {
				if bare := azkv.NewMasterKey(azure.VaultURL, azure.Name, ""); slices.Contains(other.Names(), bare.ToString()) {
					key = bare
				}
			}
			keys = append(keys, key)
		}
		out.groups = append(out.groups, keys)
	}
	return out
}

// String returns the recipients for people.
func (r *Recipients) String() string {
	if !r.Grouped() {
		var names []string
		for _, name := range r.Names() {
			names = append(names, shortened(name))
		}
		return report.List(names)
	}
	var members []string
	for _, group := range r.groups {
		one := (&Recipients{groups: []sops.KeyGroup{group}}).String()
		if len(group) > 1 {
			one = "(" + one + ")" // each of them opens the group
		}
		members = append(members, one)
	}
	slices.Sort(members)
	text := report.List(members)
	if groups := len(r.groups); groups > 1 {
		needed := r.threshold
		if needed == 0 {
			needed = groups
		}
		text += fmt.Sprintf(" (%d of %d key groups are needed)", needed, groups)
	}
	return text
}

// Unlisted returns the names among the recipients that are not among others.
func (r *Recipients) Unlisted(others *Recipients) []string {
	known := others.like(r).Names()
	return slices.DeleteFunc(r.like(others).Names(), func(name string) bool { return slices.Contains(known, name) })
}

// Grouped reports whether there are several key groups, of which some are needed together.
func (r *Recipients) Grouped() bool { return len(r.groups) > 1 }

// DescribeGroups tells people of the key groups before and now, or returns "" where there are none.
func DescribeGroups(was, now *Recipients) string {
	if !was.Grouped() && !now.Grouped() {
		return ""
	}
	return ", of " + was.String() + " before, and " + now.String() + " now"
}

// Readers returns the names of those who can read by themselves, or one text where several are needed together. Of nil
// it returns none.
func (r *Recipients) Readers() []string {
	switch {
	case r == nil:
		return nil
	case r.Grouped():
		return []string{r.String()}
	}
	return r.Names()
}

// Unruled returns the names that a rule does not list, or all of them where its key groups are others: who is in which
// group, and how many groups are needed, is as much as who is there.
func (r *Recipients) Unruled(rule *Recipients) []string {
	if (r.Grouped() || rule.Grouped()) && !r.Equal(rule) {
		return r.Names()
	}
	return r.Unlisted(rule)
}

// UnlistedFor returns the names among the recipients that the nearest .sops.yaml does not list for a file.
func (r *Recipients) UnlistedFor(path string) []string {
	rule, f := RuleFor(path)
	if f != nil {
		return nil
	}
	return r.Unruled(rule.Recipients)
}

// OfNode returns for whom a Secret or a SecretSpec says that it is encrypted, or nil if it does not. It needs
// no key, and nothing vouches for it: no MAC covers the sops block.
func OfNode(node *yaml.RNode) (r *Recipients) {
	var f *report.Finding
	defer func() {
		if f != nil {
			r = nil
		}
	}()
	defer report.Guard(&f)
	if node.Field("sops") == nil {
		return nil
	}
	text, err := node.String()
	if err != nil {
		return nil
	}
	source, err := codec.NewStore(codec.YAML, codec.DefaultStoresConfig()).LoadEncrypted([]byte(text))
	if err != nil {
		return nil
	}
	return Of(&source.Tree)
}

// DescribeChange says which recipients were added, and which are gone.
func DescribeChange(added, gone []string) string {
	var parts []string
	if len(added) > 0 {
		parts = append(parts, report.List(added)+" added")
	}
	if len(gone) > 0 {
		parts = append(parts, report.List(gone)+" gone")
	}
	if len(parts) == 0 {
		return "the key groups are others"
	}
	return strings.Join(parts, ", ")
}
