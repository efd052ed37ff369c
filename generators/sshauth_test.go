package generators_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/secretwright/secretwright/generators"
)

// keysOf are private keys of every kind.
func keysOf(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecdsaKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]crypto.Signer{"RSA": rsaKey, "ECDSA": ecdsaKey, "Ed25519": edKey}
}

func sshKey(key string) generators.Input {
	return secret("kubernetes.io/ssh-auth", map[string]string{"ssh-privatekey": key})
}

// openSSH is a key as ssh-keygen writes it.
func openSSH(t *testing.T, key crypto.Signer, passphrase string) string {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(key, "shop")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "shop", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

func TestSSHAuth(t *testing.T) {
	keys := keysOf(t)
	const field = "secrets[0].data.ssh-privatekey: "
	refused := []string{"warning: " + field +
		"OpenSSH refuses the private key, for it has no new line at its end, something before its first line, or the ends of lines of Windows; write it as a block (`|`) in the source, as ssh-keygen wrote it"}
	locked := []string{"warning: " + field +
		"the private key is protected by a passphrase, which whoever uses the Secret will be asked for; remove it with `ssh-keygen -p` if nobody can answer; SOPS protects the key"}
	garbage := []string{"error: " + field +
		"it is not an SSH private key; point it at the file that ssh-keygen wrote; PuTTY's are turned into one by `puttygen -O private-openssh`"}

	var rules []rule
	for name, key := range keys {
		rules = append(rules,
			rule{name: name + " as ssh-keygen writes it", given: sshKey(openSSH(t, key, ""))},
			rule{name: name + " in PKCS #8", given: sshKey(pkcs8(t, key))},
			rule{name: name + " with a passphrase", given: sshKey(openSSH(t, key, "correct horse")), want: locked},
		)
	}
	good := openSSH(t, keys["Ed25519"], "")
	rsaKey := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY",
		Bytes: x509.MarshalPKCS1PrivateKey(keys["RSA"].(*rsa.PrivateKey))}))
	public, err := ssh.NewPublicKey(keys["Ed25519"].Public())
	if err != nil {
		t.Fatal(err)
	}
	oldLocked, err := x509.EncryptPEMBlock(rand.Reader, "RSA PRIVATE KEY", []byte("key"), []byte("correct horse"), x509.PEMCipherAES128) //nolint:staticcheck // no longer made, still met
	if err != nil {
		t.Fatal(err)
	}
	holds(t, append(rules, []rule{
		{name: "RSA in PKCS #1", given: sshKey(rsaKey)},
		{name: "known hosts beside it", given: secret("kubernetes.io/ssh-auth",
			map[string]string{"ssh-privatekey": good, "known_hosts": "x"})},
		{name: "missing", given: secret("kubernetes.io/ssh-auth", nil),
			want: []string{"error: secrets[0].data: it lacks ssh-privatekey, which the type kubernetes.io/ssh-auth must have; add it to data"}},
		{name: "empty", given: sshKey(""), want: []string{"error: " + field +
			"the private key is empty; point it at the key"}},
		{name: "public", given: sshKey(string(ssh.MarshalAuthorizedKey(public))),
			want: []string{"error: " + field + "it is a public key; point it at the file without .pub"}},
		{name: "garbage", given: sshKey("correct horse battery staple"), want: garbage},
		{name: "cut off", given: sshKey(good[:len(good)/2]), want: garbage},
		{name: "of PuTTY", given: sshKey("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"), want: garbage},
		{name: "no new line at the end", given: sshKey(strings.TrimSpace(good)), want: refused},
		{name: "ends of lines of Windows", given: sshKey(strings.ReplaceAll(good, "\n", "\r\n")), want: refused},
		{name: "a line before it", given: sshKey("\n" + good), want: refused},
		{name: "no new line at the end of PEM, which OpenSSH takes", given: sshKey(strings.TrimSpace(rsaKey))},
		{name: "old PEM with a passphrase", given: sshKey(string(pem.EncodeToMemory(oldLocked))), want: locked},
		{name: "PKCS #8 with a passphrase", given: sshKey(string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY",
			Bytes: []byte("key")}))), want: locked},
	}...))
}
