package sopsfile_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"golang.org/x/crypto/ssh"

	"github.com/secretwright/secretwright/internal/pinned"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

const document = "password: hunter2\n"

// TestAgeKey finds an age key in every place where the sops command does.
func TestAgeKey(t *testing.T) {
	identity, recipient := sopstest.NewAgeKey(t)
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", document, "--age", recipient)
	sopstest.Write(t, dir, "keys.txt", []byte("# a comment\n"+identity+"\n"))
	keys := filepath.Join(dir, "keys.txt")

	for name, set := range map[string]func(t *testing.T){
		"SOPS_AGE_KEY":      func(t *testing.T) { t.Setenv("SOPS_AGE_KEY", identity) },
		"SOPS_AGE_KEY_FILE": func(t *testing.T) { t.Setenv("SOPS_AGE_KEY_FILE", keys) },
		"SOPS_AGE_KEY_CMD":  func(t *testing.T) { t.Setenv("SOPS_AGE_KEY_CMD", "cat '"+keys+"'") },
		"keys.txt": func(t *testing.T) {
			sopstest.Write(t, os.Getenv("XDG_CONFIG_HOME"), "sops/age/keys.txt", []byte(identity+"\n"))
		},
		"several identities": func(t *testing.T) {
			other, err := age.GenerateX25519Identity()
			if err != nil {
				t.Fatal(err)
			}
			t.Setenv("SOPS_AGE_KEY", other.String()+"\n"+identity)
		},
		"a broken place beside it": func(t *testing.T) {
			t.Setenv("SOPS_AGE_KEY", identity)
			t.Setenv("SOPS_AGE_KEY_FILE", "/nowhere/keys.txt")
		},
	} {
		t.Run(name, func(t *testing.T) {
			sopstest.NoKeys(t)
			set(t)
			if got := password(t, dir, "a.enc.yaml"); got != "hunter2" {
				t.Errorf("it is %q", got)
			}
		})
	}
}

// TestPostQuantumAgeKey opens a document for a post-quantum key, and names one in an error by its beginning only.
func TestPostQuantumAgeKey(t *testing.T) {
	sopstest.NoKeys(t)
	key, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", document, "--age", key.Recipient().String())
	message := refused(t, dir, "a.enc.yaml", "hunter2")
	sopstest.Holds(t, message, "age age1pq1")
	if len(message) > 1500 {
		t.Errorf("the whole recipient is in the message:\n%s", message)
	}
	t.Setenv("SOPS_AGE_KEY", key.String())
	if got := password(t, dir, "a.enc.yaml"); got != "hunter2" {
		t.Errorf("it is %q", got)
	}
}

// TestSSHKey opens documents for SSH keys, of which age makes use.
func TestSSHKey(t *testing.T) {
	for _, kind := range []string{"ed25519", "rsa"} {
		t.Run(kind, func(t *testing.T) {
			sopstest.NoKeys(t)
			dir := t.TempDir()
			private := filepath.Join(dir, "id")
			text, public := newSSHKey(t, kind)
			sopstest.Write(t, dir, "id", text)
			sopstest.Encrypt(t, dir, "a.enc.yaml", document, "--age", public)
			sopstest.Holds(t, refused(t, dir, "a.enc.yaml", "hunter2"), "age ssh-"+kind,
				"SOPS_AGE_SSH_PRIVATE_KEY_FILE (not set)")

			for name, set := range map[string]func(){
				"file":    func() { t.Setenv("SOPS_AGE_SSH_PRIVATE_KEY_FILE", private) },
				"command": func() { t.Setenv("SOPS_AGE_SSH_PRIVATE_KEY_CMD", "cat "+private) },
				"home": func() {
					data, err := os.ReadFile(private)
					if err != nil {
						t.Fatal(err)
					}
					sopstest.Write(t, os.Getenv("HOME"), ".ssh/id_"+kind, data)
				},
			} {
				sopstest.NoKeys(t)
				set()
				if got := password(t, dir, "a.enc.yaml"); got != "hunter2" {
					t.Errorf("%s: it is %q", name, got)
				}
			}
		})
	}
}

// newSSHKey makes a key in the form of ssh-keygen.
func newSSHKey(t *testing.T, kind string) (private []byte, public string) {
	t.Helper()
	var key crypto.Signer
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	key = ed
	if kind == "rsa" {
		key, err = rsa.GenerateKey(rand.Reader, 3072)
	}
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	pub, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(block), strings.TrimSpace(string(ssh.MarshalAuthorizedKey(pub)))
}

// TestSeveralRecipients opens a document with any one of the keys it is for.
func TestSeveralRecipients(t *testing.T) {
	var identities, recipients []string
	for range 3 {
		identity, recipient := sopstest.NewAgeKey(t)
		identities, recipients = append(identities, identity), append(recipients, recipient)
	}
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", document, "--age", strings.Join(recipients, ","))
	for _, identity := range identities {
		t.Setenv("SOPS_AGE_KEY", identity)
		if got := password(t, dir, "a.enc.yaml"); got != "hunter2" {
			t.Errorf("it is %q", got)
		}
	}
	other, _ := sopstest.NewAgeKey(t)
	t.Setenv("SOPS_AGE_KEY", other)
	sopstest.Holds(t, refused(t, dir, "a.enc.yaml", "hunter2", other), recipients[0], recipients[1], recipients[2],
		"SOPS_AGE_KEY (set; no key in it matches)")
}

// TestShamir opens a document that two of three key groups are needed for, with each two of them and with no one
// alone.
func TestShamir(t *testing.T) {
	var identities []string
	groups := ""
	for range 3 {
		identity, recipient := sopstest.NewAgeKey(t)
		identities = append(identities, identity)
		groups += "  - age: [" + recipient + "]\n"
	}
	dir := t.TempDir()
	sopstest.Write(t, dir, ".sops.yaml", []byte("creation_rules:\n- shamir_threshold: 2\n  key_groups:\n"+groups))
	sopstest.Encrypt(t, dir, "a.enc.yaml", document)
	for i := range identities {
		t.Setenv("SOPS_AGE_KEY", identities[i])
		sopstest.Holds(t, refused(t, dir, "a.enc.yaml", "hunter2"), "(2 of 3 key groups are needed)")
		t.Setenv("SOPS_AGE_KEY", identities[i]+"\n"+identities[(i+1)%3])
		if got := password(t, dir, "a.enc.yaml"); got != "hunter2" {
			t.Errorf("it is %q", got)
		}
	}
}

// TestKeyService asks the real `sops keyservice` over a unix socket. Only that process has a key.
func TestKeyService(t *testing.T) {
	identity, recipient := sopstest.NewAgeKey(t)
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", document, "--age", recipient)

	short, err := os.MkdirTemp("/tmp", "sw")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	socket := filepath.Join(short, "keys.sock")
	service := exec.Command(pinned.Command(t, "sops"), "keyservice", "--network", "unix", "--address", socket)
	service.Env = append(os.Environ(), "SOPS_AGE_KEY="+identity)

	t.Setenv("SOPS_KEYSERVICE", "unix://"+socket)
	sopstest.Holds(t, refused(t, dir, "a.enc.yaml", "hunter2"),
		"SOPS_KEYSERVICE=unix://"+socket+" (it cannot be reached)", "start the key service, or mount its socket")

	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = service.Process.Kill()
		_ = service.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("unix", socket); err == nil {
			_ = conn.Close()
			break
		} else if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	for _, local := range []string{"true", "false"} {
		t.Setenv("SOPS_ENABLE_LOCAL_KEYSERVICE", local)
		if got := password(t, dir, "a.enc.yaml"); got != "hunter2" {
			t.Errorf("it is %q", got)
		}
	}

	_, other := sopstest.NewAgeKey(t)
	sopstest.Encrypt(t, dir, "other.enc.yaml", document, "--age", other)
	t.Setenv("SOPS_KEYSERVICE", "unix://"+socket)
	t.Setenv("SOPS_ENABLE_LOCAL_KEYSERVICE", "false")
	message := refused(t, dir, "other.enc.yaml", "hunter2")
	sopstest.Holds(t, message, "Keys were looked for in SOPS_KEYSERVICE=unix://"+socket+" (it has no key that fits)",
		"give the key service a key that fits")

	t.Setenv("SOPS_KEYSERVICE", "")
	sopstest.Holds(t, refused(t, dir, "a.enc.yaml", "hunter2"), "there is no key service to decrypt it with",
		"unset SOPS_ENABLE_LOCAL_KEYSERVICE")
	t.Setenv("SOPS_KEYSERVICE", "tcp:///nowhere")
	sopstest.Holds(t, refused(t, dir, "a.enc.yaml", "hunter2"),
		`the key service "tcp:///nowhere" in SOPS_KEYSERVICE cannot be used`)
}

// TestIdentitiesLoadedOnce counts how often the command that gives the key is run: once a keyring and recipient,
// whether the key it gives fits or not.
func TestIdentitiesLoadedOnce(t *testing.T) {
	identity, recipient := sopstest.NewAgeKey(t)
	_, other := sopstest.NewAgeKey(t)
	dir := t.TempDir()
	data := sopstest.Encrypt(t, dir, "a.enc.yaml", document, "--age", other+","+recipient)
	sopstest.Write(t, dir, "key.sh", []byte("#!/bin/sh\necho $SOPS_AGE_RECIPIENT >>"+dir+"/asked\necho "+identity+"\n"))
	t.Setenv("SOPS_AGE_KEY_CMD", "sh "+dir+"/key.sh")
	keys := sopsfile.NewKeyring()
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, f := keys.Open(context.Background(), data, sopsfile.YAML); f != nil {
				t.Error(f)
			}
		})
	}
	group.Wait()
	asked := string(read(t, dir, "asked"))
	for _, r := range []string{recipient, other} {
		if n := strings.Count(asked, r); n != 1 {
			t.Errorf("the key of %s was asked for %d times", r, n)
		}
	}
}

// TestKeyCommand says what is wrong with a command that gives no key, an empty one included.
func TestKeyCommand(t *testing.T) {
	identity, recipient := sopstest.NewAgeKey(t)
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "a.enc.yaml", document, "--age", recipient)
	for command, says := range map[string]string{
		"":                 "SOPS_AGE_KEY_CMD (set to nothing; unset it)",
		"false":            "SOPS_AGE_KEY_CMD (set)",
		"/nowhere/command": "SOPS_AGE_KEY_CMD (set)",
		"echo not-a-key":   "SOPS_AGE_KEY_CMD (set)",
	} {
		t.Setenv("SOPS_AGE_KEY_CMD", command)
		sopstest.Holds(t, refused(t, dir, "a.enc.yaml", "hunter2", "not-a-key", identity), says)
	}
}
