package sopsfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// TestNoIdentity has something else than an identity where one belongs: that is said, and nothing of it.
func TestNoIdentity(t *testing.T) {
	identity, recipient := sopstest.NewAgeKey(t)
	other, public := sopstest.NewAgeKey(t)
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", document, "--age", recipient)
	file := filepath.Join(dir, "keys.txt")
	for _, test := range []struct{ name, value, want string }{
		{"garbage", "correct horse", "what is in it is no age identity"},
		{"cut short", identity[:40], "a key in it is cut short or mistyped"},
		{"public key", public, "a public key is in it; the identity begins with AGE-SECRET-KEY-"},
		{"SSH key", "-----BEGIN-OPENSSH-PRIVATE-KEY-----",
			"a key of another kind is in it; SOPS_AGE_SSH_PRIVATE_KEY_FILE is for keys of SSH"},
		{"comment", "# created yesterday", "there is no key in it"},
		{"another", other, "no key in it matches"},
		{"commented", "# created yesterday\r\n" + other + "\r\n", "no key in it matches"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := os.WriteFile(file, []byte(test.value), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("SOPS_AGE_KEY", "")
			t.Setenv("SOPS_AGE_KEY_FILE", file)
			sopstest.Holds(t, refused(t, dir, "a.enc.yaml", test.value), "SOPS_AGE_KEY_FILE="+file+" ("+test.want)
			t.Setenv("SOPS_AGE_KEY", test.value)
			t.Setenv("SOPS_AGE_KEY_FILE", dir)
			message := refused(t, dir, "a.enc.yaml", test.value)
			sopstest.Holds(t, message, "SOPS_AGE_KEY (set", test.want,
				"SOPS_AGE_KEY_FILE="+dir+" (a folder; name the file in it)")
		})
	}
}

// TestPassphrase has a file of identities that is encrypted itself, which is not said to hold none.
func TestPassphrase(t *testing.T) {
	_, recipient := sopstest.NewAgeKey(t)
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", document, "--age", recipient)
	file := filepath.Join(dir, "keys.txt")
	if err := os.WriteFile(file, []byte("-----BEGIN AGE ENCRYPTED FILE-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOPS_AGE_KEY_FILE", file)
	sopstest.Holds(t, refused(t, dir, "a.enc.yaml", "BEGIN AGE"), "SOPS_AGE_KEY_FILE="+file+" (no key in it matches)")
}
