package sources_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/getsops/sops/v3/keyservice"
	"golang.org/x/crypto/ssh"
	"google.golang.org/grpc"

	"github.com/secretwright/secretwright/internal/pinned"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

const document = "password: hunter2\n"

// TestAgeKey finds an age key in every place where the sops command does.
func TestAgeKey(t *testing.T) {
	identity, recipient := newAgeKey(t)
	dir := t.TempDir()
	encrypt(t, dir, "a.enc.yaml", document, "--age", recipient)
	write(t, dir, "keys.txt", []byte("# a comment\n"+identity+"\n"))
	keys := filepath.Join(dir, "keys.txt")

	for name, set := range map[string]func(t *testing.T){
		"SOPS_AGE_KEY":      func(t *testing.T) { t.Setenv("SOPS_AGE_KEY", identity) },
		"SOPS_AGE_KEY_FILE": func(t *testing.T) { t.Setenv("SOPS_AGE_KEY_FILE", keys) },
		"SOPS_AGE_KEY_CMD":  func(t *testing.T) { t.Setenv("SOPS_AGE_KEY_CMD", "cat '"+keys+"'") },
		"keys.txt": func(t *testing.T) {
			write(t, os.Getenv("XDG_CONFIG_HOME"), "sops/age/keys.txt", []byte(identity+"\n"))
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
			noKeys(t)
			set(t)
			if got := at(t, dir, "a.enc.yaml", "password"); got != "hunter2" {
				t.Errorf("it is %q", got)
			}
		})
	}
}

// TestPostQuantumAgeKey opens a document for a post-quantum key, and names one in an error by its beginning only.
func TestPostQuantumAgeKey(t *testing.T) {
	noKeys(t)
	key, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	encrypt(t, dir, "a.enc.yaml", document, "--age", key.Recipient().String())
	message := refused(t, dir, schema.Source{File: "a.enc.yaml"}, "hunter2")
	holds(t, message, "age age1pq1")
	if len(message) > 1500 {
		t.Errorf("the whole recipient is in the message:\n%s", message)
	}
	t.Setenv("SOPS_AGE_KEY", key.String())
	if got := at(t, dir, "a.enc.yaml", "password"); got != "hunter2" {
		t.Errorf("it is %q", got)
	}
}

// TestSSHKey opens documents for SSH keys, of which age makes use.
func TestSSHKey(t *testing.T) {
	for _, kind := range []string{"ed25519", "rsa"} {
		t.Run(kind, func(t *testing.T) {
			noKeys(t)
			dir := t.TempDir()
			private := filepath.Join(dir, "id")
			text, public := newSSHKey(t, kind)
			write(t, dir, "id", text)
			encrypt(t, dir, "a.enc.yaml", document, "--age", public)
			holds(t, refused(t, dir, schema.Source{File: "a.enc.yaml"}, "hunter2"), "age ssh-"+kind, "SOPS_AGE_SSH_PRIVATE_KEY_FILE (not set)")

			for name, set := range map[string]func(){
				"file":    func() { t.Setenv("SOPS_AGE_SSH_PRIVATE_KEY_FILE", private) },
				"command": func() { t.Setenv("SOPS_AGE_SSH_PRIVATE_KEY_CMD", "cat "+private) },
				"home": func() {
					data, err := os.ReadFile(private)
					if err != nil {
						t.Fatal(err)
					}
					write(t, os.Getenv("HOME"), ".ssh/id_"+kind, data)
				},
			} {
				noKeys(t)
				set()
				if got := at(t, dir, "a.enc.yaml", "password"); got != "hunter2" {
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
		identity, recipient := newAgeKey(t)
		identities, recipients = append(identities, identity), append(recipients, recipient)
	}
	dir := t.TempDir()
	encrypt(t, dir, "a.enc.yaml", document, "--age", strings.Join(recipients, ","))
	for _, identity := range identities {
		t.Setenv("SOPS_AGE_KEY", identity)
		if got := at(t, dir, "a.enc.yaml", "password"); got != "hunter2" {
			t.Errorf("it is %q", got)
		}
	}
	other, _ := newAgeKey(t)
	t.Setenv("SOPS_AGE_KEY", other)
	holds(t, refused(t, dir, schema.Source{File: "a.enc.yaml"}, "hunter2", other), recipients[0], recipients[1], recipients[2], "SOPS_AGE_KEY (set)")
}

// TestShamir opens a document that two of three key groups are needed for, with each two of them and with no one alone.
func TestShamir(t *testing.T) {
	var identities []string
	groups := ""
	for range 3 {
		identity, recipient := newAgeKey(t)
		identities = append(identities, identity)
		groups += "  - age: [" + recipient + "]\n"
	}
	dir := t.TempDir()
	write(t, dir, ".sops.yaml", []byte("creation_rules:\n- shamir_threshold: 2\n  key_groups:\n"+groups))
	encrypt(t, dir, "a.enc.yaml", document)
	for i := range identities {
		t.Setenv("SOPS_AGE_KEY", identities[i])
		holds(t, refused(t, dir, schema.Source{File: "a.enc.yaml"}, "hunter2"), "(2 of 3 key groups are needed)")
		t.Setenv("SOPS_AGE_KEY", identities[i]+"\n"+identities[(i+1)%3])
		if got := at(t, dir, "a.enc.yaml", "password"); got != "hunter2" {
			t.Errorf("it is %q", got)
		}
	}
}

// TestKeyService asks the real `sops keyservice` over a unix socket. Only that process has a key.
func TestKeyService(t *testing.T) {
	identity, recipient := newAgeKey(t)
	dir := t.TempDir()
	encrypt(t, dir, "a.enc.yaml", document, "--age", recipient)

	short, err := os.MkdirTemp("/tmp", "sw")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	socket := filepath.Join(short, "keys.sock")
	service := exec.Command(pinned.Command(t, "sops"), "keyservice", "--network", "unix", "--address", socket)
	service.Env = append(os.Environ(), "SOPS_AGE_KEY="+identity)

	t.Setenv("SOPS_KEYSERVICE", "unix://"+socket)
	holds(t, refused(t, dir, schema.Source{File: "a.enc.yaml"}, "hunter2"),
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
		if got := at(t, dir, "a.enc.yaml", "password"); got != "hunter2" {
			t.Errorf("it is %q", got)
		}
	}

	_, other := newAgeKey(t)
	encrypt(t, dir, "other.enc.yaml", document, "--age", other)
	t.Setenv("SOPS_KEYSERVICE", "unix://"+socket)
	t.Setenv("SOPS_ENABLE_LOCAL_KEYSERVICE", "false")
	message := refused(t, dir, schema.Source{File: "other.enc.yaml"}, "hunter2")
	holds(t, message, "Keys were looked for in SOPS_KEYSERVICE=unix://"+socket+" (it has no key that fits)", "give the key service a key that fits")

	t.Setenv("SOPS_KEYSERVICE", "")
	holds(t, refused(t, dir, schema.Source{File: "a.enc.yaml"}, "hunter2"), "there is no key service to decrypt it with", "unset SOPS_ENABLE_LOCAL_KEYSERVICE")
	t.Setenv("SOPS_KEYSERVICE", "tcp:///nowhere")
	holds(t, refused(t, dir, schema.Source{File: "a.enc.yaml"}, "hunter2"), `the key service "tcp:///nowhere" in SOPS_KEYSERVICE cannot be used`)
}

// counting is a key service that counts how often it is asked.
type counting struct {
	keyservice.Server
	asked atomic.Int32
}

func (c *counting) Decrypt(ctx context.Context, req *keyservice.DecryptRequest) (*keyservice.DecryptResponse, error) {
	c.asked.Add(1)
	return c.Server.Decrypt(ctx, req)
}

// TestDecryptedOnce counts how often a key is asked for: once a document, however many sources and SecretSpecs name it.
func TestDecryptedOnce(t *testing.T) {
	recipient := withAgeKey(t)
	dir := t.TempDir()
	encrypt(t, dir, "a.enc.yaml", document, "--age", recipient)
	text := string(encrypt(t, dir, "b.enc.yaml", "token: hunter3\n", "--age", recipient))

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	service := &counting{}
	server := grpc.NewServer()
	keyservice.RegisterKeyServiceServer(server, service)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	t.Setenv("SOPS_KEYSERVICE", "tcp://"+listener.Addr().String())
	t.Setenv("SOPS_ENABLE_LOCAL_KEYSERVICE", "false")

	opener := newOpener(t, dir)
	for range 2 {
		spec := specOf(
			schema.Source{Name: "file", File: "a.enc.yaml"},
			schema.Source{Name: "again", File: "./a.enc.yaml"},
			schema.Source{Name: "with-format", File: "a.enc.yaml", Format: schema.YAML},
			schema.Source{Name: "inline", Inline: text},
			schema.Source{Name: "unused", File: "b.enc.yaml"},
		)
		spec.Secrets[0].DataFrom = spec.Secrets[0].DataFrom[:4]
		set, findings := opener.Open(context.Background(), spec, sources.Origin{})
		if findings.HasErrors() {
			t.Fatal(findings)
		}
		for _, name := range []string{"file", "again", "with-format"} {
			if out, f := set.Value("", schema.Value{From: name, Key: "password"}); f != nil || string(out) != "hunter2" {
				t.Errorf("%s: %q, %v", name, out, f)
			}
		}
	}
	if n := service.asked.Load(); n != 2 {
		t.Errorf("a key was asked for %d times; there are 2 documents", n)
	}
}

// TestIdentitiesLoadedOnce counts how often the command that gives the key is run: once a run and recipient, whether the
// key it gives fits or not.
func TestIdentitiesLoadedOnce(t *testing.T) {
	identity, recipient := newAgeKey(t)
	_, other := newAgeKey(t)
	dir := t.TempDir()
	var list []schema.Source
	for i := range 20 {
		name := fmt.Sprintf("%d.enc.yaml", i)
		if i == 0 {
			encrypt(t, dir, name, document, "--age", other+","+recipient)
		} else {
			data, err := os.ReadFile(filepath.Join(dir, "0.enc.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, dir, name, data)
		}
		list = append(list, schema.Source{File: name})
	}
	write(t, dir, "key.sh", []byte("#!/bin/sh\necho $SOPS_AGE_RECIPIENT >>"+dir+"/asked\necho "+identity+"\n"))
	t.Setenv("SOPS_AGE_KEY_CMD", "sh "+dir+"/key.sh")
	if _, findings := newOpener(t, dir).Open(context.Background(), specOf(list...), sources.Origin{}); len(findings) > 0 {
		t.Fatal(findings)
	}
	asked, err := os.ReadFile(filepath.Join(dir, "asked"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []string{recipient, other} {
		if n := strings.Count(string(asked), r); n != 1 {
			t.Errorf("the key of %s was asked for %d times", r, n)
		}
	}
}

// TestKeyCommand says what is wrong with a command that gives no key, an empty one included.
func TestKeyCommand(t *testing.T) {
	identity, recipient := newAgeKey(t)
	dir := t.TempDir()
	encrypt(t, dir, "a.enc.yaml", document, "--age", recipient)
	for command, says := range map[string]string{
		"":                 "SOPS_AGE_KEY_CMD (set to nothing; unset it)",
		"false":            "SOPS_AGE_KEY_CMD (set)",
		"/nowhere/command": "SOPS_AGE_KEY_CMD (set)",
		"echo not-a-key":   "SOPS_AGE_KEY_CMD (set)",
	} {
		t.Setenv("SOPS_AGE_KEY_CMD", command)
		holds(t, refused(t, dir, schema.Source{File: "a.enc.yaml"}, "hunter2", "not-a-key", identity), says)
	}
}
