package crypt

import (
	"errors"
	"testing"

	"github.com/getsops/sops/v3"
)

// nested returns a value in so many lists.
func nested(value any, depth int) any {
	for range depth {
		value = []any{value}
	}
	return value
}

// TestDepth bounds how many maps and lists a value is in, and not how many values there are.
func TestDepth(t *testing.T) {
	var wide sops.TreeBranch
	for range 2 * MaxDepth {
		wide = append(wide, sops.TreeItem{Key: "key", Value: []any{"x", "y"}})
	}
	for name, test := range map[string]struct {
		branch sops.TreeBranch
		want   error
	}{
		"many": {wide, nil},
		"deep": {sops.TreeBranch{{Key: "key", Value: nested("x", MaxDepth)}}, nil},
		"over": {sops.TreeBranch{{Key: "key", Value: nested("x", MaxDepth+1)}}, ErrTooDeep},
	} {
		tree := &sops.Tree{Branches: sops.TreeBranches{test.branch}}
		if _, err := Encrypt(tree, testKey, NewCipher()); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrorText(t *testing.T) {
	for want, e := range map[string]*Error{
		"the MAC does not match: the document was changed after it was encrypted": {Kind: ErrMAC},
		"cannot be encrypted: why":                   {Kind: ErrEncrypt, Detail: "why"},
		"a.b[1]: not encrypted, though it should be": {Kind: ErrPlaintext, Path: Path{"a", "b", 1}},
	} {
		if got := e.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
