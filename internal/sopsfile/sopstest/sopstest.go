// Package sopstest helps tests make SOPS documents with the real sops command, and machines with and without keys.
package sopstest

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/secretwright/secretwright/internal/pinned"
)

// keyVariables are all that decides which keys SOPS finds.
var keyVariables = []string{"SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
	"SOPS_AGE_SSH_PRIVATE_KEY_CMD", "SOPS_KEYSERVICE", "SOPS_ENABLE_LOCAL_KEYSERVICE", "SOPS_DECRYPTION_ORDER",
	"SOPS_GPG_EXEC",
	"GNUPGHOME"}

// NoKeys makes this a machine without any key.
func NoKeys(t testing.TB) {
	t.Helper()
	UnsetKeys(t)
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	t.Setenv("GNUPGHOME", filepath.Join(home, ".gnupg"))
}

// UnsetKeys leaves the places where SOPS looks for keys as they are, but unsets all variables.
func UnsetKeys(t testing.TB) {
	t.Helper()
	for _, name := range keyVariables {
		t.Setenv(name, "") // which restores it afterwards
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
}

// NewAgeKey makes an age key, and leaves the machine without one.
func NewAgeKey(t testing.TB) (identity, recipient string) {
	t.Helper()
	NoKeys(t)
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return key.String(), key.Recipient().String()
}

// WithAgeKey makes this a machine with one age key, in SOPS_AGE_KEY.
func WithAgeKey(t testing.TB) (recipient string) {
	t.Helper()
	identity, recipient := NewAgeKey(t)
	t.Setenv("SOPS_AGE_KEY", identity)
	return recipient
}

// SOPS runs the real sops command in a folder.
func SOPS(t testing.TB, dir string, args ...string) []byte {
	t.Helper()
	return Run(t, dir, exec.Command(pinned.Command(t, "sops"), args...))
}

// Run runs a command in a folder, which must succeed, and returns what it prints.
func Run(t testing.TB, dir string, cmd *exec.Cmd) []byte {
	t.Helper()
	var stderr strings.Builder
	cmd.Dir, cmd.Stderr = dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, stderr.String())
	}
	return out
}

// Encrypt writes what sops encrypt makes of a text to dir/name, and returns it. The name decides the format.
func Encrypt(t testing.TB, dir, name, text string, args ...string) []byte {
	t.Helper()
	Write(t, dir, name+".plain", []byte(text))
	out := SOPS(t, dir, append(append([]string{"encrypt", "--filename-override", name}, args...), name+".plain")...)
	Write(t, dir, name, out)
	return out
}

// EncryptBy encrypts by a creation rule of .sops.yaml, for one recipient. The rule is the inside of a YAML map.
func EncryptBy(t testing.TB, dir, name, text, rule, recipient string) []byte {
	t.Helper()
	if rule != "" {
		rule += ", "
	}
	Write(t, dir, ".sops.yaml", []byte("creation_rules: [{"+rule+"age: "+recipient+"}]\n"))
	return Encrypt(t, dir, name, text)
}

// Write writes a file, and the folders around it.
func Write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TellsNothing checks that a text shows no secret, neither as it is nor encoded.
func TellsNothing(t testing.TB, text string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		encoded := base64.StdEncoding.EncodeToString([]byte(secret))
		for _, form := range []string{secret, encoded, fmt.Sprintf("%q", secret)} {
			if strings.Contains(text, form) {
				t.Errorf("a decrypted value can be read in: %s", text)
			}
		}
	}
}

// Holds checks that a text has all the parts.
func Holds(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}
