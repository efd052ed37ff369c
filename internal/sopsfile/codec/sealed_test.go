package codec

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/age"

	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// newMetadata is metadata of a document for one age key, which is never asked.
func newMetadata(edit func(*sops.Metadata)) sops.Metadata {
	m := sops.Metadata{
		LastModified: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC),
		Version:      "3.13.3",
		KeyGroups: []sops.KeyGroup{{
			&age.MasterKey{Recipient: "age1example", EncryptedKey: "-----BEGIN-----\nabc\n-----END-----\n"},
		}},
	}
	if edit != nil {
		edit(&m)
	}
	if strings.Join(regexps(&m), "")+m.UnencryptedSuffix+m.EncryptedSuffix == "" {
		m.UnencryptedSuffix = sops.DefaultUnencryptedSuffix
	}
	return m
}

// seal encrypts branches with SOPS alone.
func seal(format Format, branches sops.TreeBranches, m sops.Metadata) ([]byte, error) {
	return sopstest.Attempt(func() ([]byte, error) {
		tree := sops.Tree{Branches: branches, Metadata: m}
		cipher := aes.NewCipher()
		mac, err := tree.Encrypt(testKey, cipher)
		if err != nil {
			return nil, err
		}
		tree.Metadata.MessageAuthenticationCode, err = cipher.Encrypt(mac, testKey, m.LastModified.Format(time.RFC3339))
		if err != nil {
			return nil, err
		}
		return oracle(format).EmitEncryptedFile(tree)
	})
}

// compareEncrypted reads and decrypts a SOPS document with both. It returns whether it is authentic.
func compareEncrypted(t *testing.T, format Format, data []byte) bool {
	t.Helper()
	got, err := ours(format).LoadEncrypted(data)
	if unbounded(t, err, data, format) {
		return false
	}
	want, wantErr := sopstest.Attempt(func() (sops.Tree, error) { return oracle(format).LoadEncryptedFile(data) })
	switch {
	case err != nil && wantErr != nil:
		return false
	case errors.Is(err, ErrMetadata) && want.Metadata.MasterKeyCount() > 0 && boundedBySOPS(want.Metadata):
		t.Fatalf("%s: SOPS reads the metadata, we do not: %v\n%s", format, err, data)
	case errors.Is(err, ErrMetadata):
		return false
	case err != nil:
		written := format
		if format == Binary {
			written = JSON
		}
		plain, _ := sopstest.Attempt(func() (sops.TreeBranches, error) { return oracle(written).LoadPlainFile(data) })
		if !stricter(err, data, format, plain) {
			t.Fatalf("%s: SOPS reads it, we do not: %v\n%s", format, err, data)
		}
		return false
	case wantErr != nil:
		t.Fatalf("%s: SOPS refuses it (%v), we do not\n%s", format, wantErr, data)
	}
	if !sopstest.Same(got.Tree.Branches, want.Branches) || !reflect.DeepEqual(got.Tree.Metadata, want.Metadata) {
		t.Fatalf("%s: the trees differ\n%s\nSOPS %#v\nours %#v", format, data, want, got.Tree)
	}
	comparePlaces(t, got)
	return compareDecrypt(t, format, data, want, got)
}

func compareDecrypt(t *testing.T, format Format, data []byte, want sops.Tree, got *Document) bool {
	t.Helper()
	cipher := aes.NewCipher()
	wantMAC, wantErr := sopstest.Attempt(func() (string, error) { return want.Decrypt(testKey, cipher) })
	mac, err := got.Decrypt(testKey, crypt.NewCipher())
	if (err == nil) != (wantErr == nil) || err == nil && mac != wantMAC {
		t.Fatalf("%s: SOPS: %v, %s; ours: %v, %s\n%s", format, wantErr, wantMAC, err, mac, data)
	}
	if err != nil {
		return false
	}
	if !sopstest.Same(got.Tree.Branches, want.Branches) {
		t.Fatalf("%s: decrypted, it differs\n%s\nSOPS %#v\nours %#v", format, data, want.Branches, got.Tree.Branches)
	}
	signed, signedErr := sopstest.Attempt(func() (any, error) { return storedMAC(cipher, want.Metadata) })
	authentic := signedErr == nil && signed == wantMAC
	if err := crypt.VerifyMAC(&got.Tree.Metadata, mac, testKey, crypt.NewCipher()); (err == nil) != authentic {
		t.Fatalf("%s: SOPS takes the MAC: %v; ours: %v\n%s", format, authentic, err, data)
	}
	return authentic
}

// storedMAC decrypts the MAC that the metadata holds.
func storedMAC(cipher sops.Cipher, m sops.Metadata) (any, error) {
	return cipher.Decrypt(m.MessageAuthenticationCode, testKey, m.LastModified.Format(time.RFC3339))
}

// TestCommonMetadata reads metadata as SOPS writes it for age and PGP keys, and leaves all else to SOPS's reader.
func TestCommonMetadata(t *testing.T) {
	text := func(key, value string) sops.TreeItem { return sops.TreeItem{Key: key, Value: value} }
	with := func(items ...sops.TreeItem) sops.TreeBranch {
		return append(sops.TreeBranch{text("lastmodified", "2024-05-06T07:08:09Z"), text("version", "3.13.3")}, items...)
	}
	list := func(name string, items ...sops.TreeItem) sops.TreeItem {
		return sops.TreeItem{Key: name, Value: []any{sops.TreeBranch(items)}}
	}
	age := list("age", text("recipient", "r"), text("enc", "e"))
	pgp := list("pgp", text("created_at", "2024-05-06T07:08:09Z"), text("enc", "e"), text("fp", "f"))
	for name, test := range map[string]struct {
		block sops.TreeBranch
		want  bool
	}{
		"age":              {with(age), true},
		"PGP":              {with(pgp), true},
		"both":             {with(pgp, age), true},
		"mac only":         {with(age, sops.TreeItem{Key: "mac_only_encrypted", Value: true}), true},
		"rule":             {with(age, text("encrypted_regex", "x")), true},
		"empty rule":       {with(age, text("encrypted_regex", "x"), text("encrypted_suffix", "")), true},
		"two rules":        {with(age, text("encrypted_regex", "x"), text("encrypted_suffix", "y")), false},
		"no key":           {with(), false},
		"other key":        {with(age, list("kms", text("arn", "a"))), false},
		"key with less":    {with(list("age", text("recipient", "r"))), false},
		"key with more":    {with(list("age", text("recipient", "r"), text("enc", "e"), text("x", "y"))), false},
		"other field":      {with(list("age", text("recipient", "r"), text("x", "y"))), false},
		"PGP without time": {with(list("pgp", text("created_at", "x"), text("enc", "e"), text("fp", "f"))), false},
		"no time":          {with(age)[1:], false},
		"number":           {with(age, sops.TreeItem{Key: "mac", Value: 1}), false},
	} {
		if _, ok := commonMetadata(test.block); ok != test.want {
			t.Errorf("%s: %v", name, ok)
		}
	}
}

// boundedBySOPS reports whether the sops command, too, reads on with metadata that its store has read.
func boundedBySOPS(m sops.Metadata) bool {
	for _, pattern := range regexps(&m) {
		if regexpProblem(pattern) != "" {
			return false
		}
	}
	return isVersion(m.Version)
}

// compareSealed encrypts branches with both, has each open the other's, and requires the same bytes of both where the
// nonces are the same.
func compareSealed(t *testing.T, format Format, read func() sops.TreeBranches, edit func(*sops.Metadata)) []byte {
	t.Helper()
	sealed, wantErr := seal(format, read(), newMetadata(edit))
	own, err := sealOurs(format, read(), newMetadata(edit), crypt.NewCipher())
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%s: SOPS encrypts it: %v; ours: %v\n%#v", format, wantErr, err, read())
	}
	if err != nil {
		return nil
	}
	if compareEncrypted(t, format, own) != compareEncrypted(t, format, sealed) {
		t.Fatalf("%s: one of these is not authentic\n%s\n%s", format, sealed, own)
	}
	resealed(t, format, sealed)
	return sealed
}

// resealed opens SOPS's document and encrypts it again: it must be the same, byte for byte, where SOPS's is.
func resealed(t *testing.T, format Format, sealed []byte) {
	t.Helper()
	d, err := ours(format).LoadEncrypted(sealed)
	if err != nil {
		return // compareEncrypted has seen to it that there is a reason
	}
	cipher := crypt.NewRememberingCipher()
	if _, err := d.Open(testKey, cipher); err != nil {
		return
	}
	again, err := sealOurs(format, d.Tree.Branches, d.Tree.Metadata, cipher)
	want, wantErr := resealSOPS(format, sealed)
	if other, _ := resealSOPS(format, sealed); !bytes.Equal(want, other) {
		// SOPS makes a new nonce for a comment that it could not decrypt, since its place changed, and for NaN.
		want, again = nil, nil
	}
	if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(again, want) {
		t.Fatalf("%s: encrypted again it differs: %v, %v\nSOPS\n%s\nours\n%s", format, err, wantErr, want, again)
	}
}

// resealSOPS opens a document and encrypts it again with SOPS alone.
func resealSOPS(format Format, sealed []byte) ([]byte, error) {
	return sopstest.Attempt(func() ([]byte, error) {
		tree, err := oracle(format).LoadEncryptedFile(sealed)
		if err != nil {
			return nil, err
		}
		stash := aes.NewCipher()
		if _, err := tree.Decrypt(testKey, stash); err != nil {
			return nil, err
		}
		mac, err := tree.Encrypt(testKey, stash)
		if err != nil {
			return nil, err
		}
		_, _ = storedMAC(stash, tree.Metadata)
		modified := tree.Metadata.LastModified.Format(time.RFC3339)
		tree.Metadata.MessageAuthenticationCode, _ = stash.Encrypt(mac, testKey, modified)
		return oracle(format).EmitEncryptedFile(tree)
	})
}

func sealOurs(format Format, branches sops.TreeBranches, m sops.Metadata, cipher *crypt.Cipher) ([]byte, error) {
	tree := sops.Tree{Branches: branches, Metadata: m}
	mac, err := crypt.Encrypt(&tree, testKey, cipher)
	if err != nil {
		return nil, err
	}
	if err := crypt.Sign(&tree.Metadata, mac, testKey, cipher, m.LastModified); err != nil {
		return nil, err
	}
	return ours(format).EmitEncrypted(tree)
}
