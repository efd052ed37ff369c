package sources_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/secretwright/secretwright/internal/pinned"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// keyVariables are all that decides which keys SOPS finds.
var keyVariables = []string{"SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
	"SOPS_AGE_SSH_PRIVATE_KEY_CMD", "SOPS_KEYSERVICE", "SOPS_ENABLE_LOCAL_KEYSERVICE", "SOPS_DECRYPTION_ORDER", "SOPS_GPG_EXEC",
	"GNUPGHOME"}

// noKeys makes this a machine without any key.
func noKeys(t testing.TB) {
	t.Helper()
	unsetKeys(t)
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	t.Setenv("GNUPGHOME", filepath.Join(home, ".gnupg"))
}

func unsetKeys(t testing.TB) {
	t.Helper()
	for _, name := range keyVariables {
		t.Setenv(name, "") // which restores it afterwards
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
}

// newAgeKey makes an age key, and leaves the machine without one.
func newAgeKey(t testing.TB) (identity, recipient string) {
	t.Helper()
	noKeys(t)
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return key.String(), key.Recipient().String()
}

// withAgeKey makes this a machine with one age key, in SOPS_AGE_KEY.
func withAgeKey(t testing.TB) (recipient string) {
	t.Helper()
	identity, recipient := newAgeKey(t)
	t.Setenv("SOPS_AGE_KEY", identity)
	return recipient
}

// sops runs the real sops command in a folder.
func sops(t testing.TB, dir string, args ...string) []byte {
	t.Helper()
	return run(t, dir, exec.Command(pinned.Command(t, "sops"), args...))
}

func run(t testing.TB, dir string, cmd *exec.Cmd) []byte {
	t.Helper()
	var stderr strings.Builder
	cmd.Dir, cmd.Stderr = dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, stderr.String())
	}
	return out
}

// encrypt writes what sops encrypt makes of a text to dir/name, and returns it. The name says the format.
func encrypt(t testing.TB, dir, name, text string, args ...string) []byte {
	t.Helper()
	write(t, dir, name+".plain", []byte(text))
	out := sops(t, dir, append(append([]string{"encrypt", "--filename-override", name}, args...), name+".plain")...)
	write(t, dir, name, out)
	return out
}

// encryptBy is encrypt by a creation rule of .sops.yaml, for one recipient. The rule is the inside of a YAML map.
func encryptBy(t testing.TB, dir, name, text, rule, recipient string) []byte {
	t.Helper()
	if rule != "" {
		rule += ", "
	}
	write(t, dir, ".sops.yaml", []byte("creation_rules: [{"+rule+"age: "+recipient+"}]\n"))
	return encrypt(t, dir, name, text)
}

func write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// specOf is a SecretSpec that uses every one of the sources.
func specOf(list ...schema.Source) *schema.SecretSpec {
	spec := &schema.SecretSpec{Sources: list, Secrets: []schema.Secret{{Name: "test"}}}
	for i := range list {
		if list[i].Name == "" {
			list[i].Name = fmt.Sprintf("source-%d", i)
		}
		spec.Secrets[0].DataFrom = append(spec.Secrets[0].DataFrom, schema.DataFrom{From: list[i].Name})
	}
	return spec
}

func newOpener(t testing.TB, dir string) *sources.Opener {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return sources.NewOpener(root)
}

// open opens one source, which must open, and returns how to look a key up in it.
func open(t testing.TB, dir string, source schema.Source) (value func(schema.Value) ([]byte, *schema.Finding)) {
	t.Helper()
	source.Name = "it"
	set, findings := newOpener(t, dir).Open(context.Background(), specOf(source), sources.Origin{})
	if len(findings) > 0 {
		t.Fatalf("it does not open: %v", findings)
	}
	return func(v schema.Value) ([]byte, *schema.Finding) {
		v.From = "it"
		return set.Value("secrets[0].data.it", v)
	}
}

// at is the value at a key of a file, which must be there.
func at(t testing.TB, dir, name, key string) string {
	t.Helper()
	out, f := open(t, dir, schema.Source{File: name})(schema.Value{Key: key})
	if f != nil {
		t.Fatalf("%s: %v", name, f)
	}
	return string(out)
}

// refused is the error that opening a source comes to. No word of it may be one of the secrets.
func refused(t testing.TB, dir string, source schema.Source, secrets ...string) string {
	t.Helper()
	_, findings := newOpener(t, dir).Open(context.Background(), specOf(source), sources.Origin{})
	if !findings.HasErrors() {
		t.Fatal("it opens")
	}
	if len(findings) != 1 {
		t.Fatalf("one source has %d findings: %v", len(findings), findings)
	}
	tellsNothing(t, findings[0].Error(), secrets...)
	return findings[0].Error()
}

// tellsNothing checks that a text shows no secret, neither as it is nor encoded.
func tellsNothing(t testing.TB, text string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), fmt.Sprintf("%q", secret)} {
			if strings.Contains(text, form) {
				t.Errorf("a decrypted value can be read in: %s", text)
			}
		}
	}
}

func holds(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}
