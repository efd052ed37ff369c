//go:build gpg

package sopsfile_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// TestPGP opens a document with a secret key that a real gpg and its agent keep.
func TestPGP(t *testing.T) {
	sopstest.NoKeys(t)
	home, err := os.MkdirTemp("/tmp", "sw") // short: the path of the agent's socket may have 107 characters
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GNUPGHOME", home)
	t.Cleanup(func() {
		kill := exec.Command("gpgconf", "--kill", "gpg-agent")
		kill.Env = append(os.Environ(), "GNUPGHOME="+home)
		if out, err := kill.CombinedOutput(); err != nil {
			t.Errorf("gpgconf: %v\n%s", err, out)
		}
		_ = os.RemoveAll(home)
	})
	sopstest.Run(t, home, exec.Command("gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key",
		"test@example.com", "default", "default", "never"))
	fingerprint := ""
	for line := range strings.Lines(string(sopstest.Run(t, home, exec.Command("gpg", "--batch", "--with-colons",
		"--list-secret-keys")))) {
		if fields := strings.Split(line, ":"); fields[0] == "fpr" && fingerprint == "" {
			fingerprint = fields[9]
		}
	}
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", document, "--pgp", fingerprint)
	if got := password(t, dir, "a.enc.yaml"); got != "hunter2" {
		t.Errorf("it is %q", got)
	}

	t.Setenv("GNUPGHOME", t.TempDir())
	sopstest.Holds(t, refused(t, dir, "a.enc.yaml", "hunter2"), "pgp "+fingerprint, "GNUPGHOME="+os.Getenv("GNUPGHOME"),
		"import the secret key into gpg")
	t.Setenv("SOPS_GPG_EXEC", "/nowhere/gpg")
	sopstest.Holds(t, refused(t, dir, "a.enc.yaml", "hunter2"), "there is no /nowhere/gpg command")
}
