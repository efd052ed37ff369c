package generators

import (
	"encoding/pem"
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"
	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/internal/report"
)

// sshAuth is `kubernetes.io/ssh-auth`. ValidateSecret asks for a private key that is not empty; this file also
// checks that it is one, and one that OpenSSH takes.
type sshAuth struct{}

func (sshAuth) requires() required { return required{keys: []string{corev1.SSHAuthPrivateKey}} }

func (s sshAuth) checks() []string { return s.requires().keys }

func (sshAuth) complete(in *Input, c *report.Collector) {
	if key, given := in.Data[corev1.SSHAuthPrivateKey]; given {
		if f := sshKey(key); f != nil {
			c.Add(f.In(in.at(corev1.SSHAuthPrivateKey)))
		}
	}
}

// sshKey returns what is wrong with a private key, or nil.
func sshKey(key []byte) *report.Finding {
	_, err := ssh.ParseRawPrivateKey(key)
	_, _, _, _, notPublic := ssh.ParseAuthorizedKey(key)
	switch {
	case len(key) == 0:
		return report.New(report.InvalidSSHKey, "the private key is empty", "point it at the key")
	case isLocked(key, err):
		return report.New(report.LockedSSHKey,
			"the private key is protected by a passphrase, which whoever uses the Secret will be asked for",
			"remove it with `ssh-keygen -p` if nobody can answer; SOPS protects the key").WithSeverity(report.Warning)
	case err != nil && notPublic == nil:
		return report.New(report.InvalidSSHKey, "it is a public key", "point it at the file without .pub")
	case err != nil:
		return report.New(report.InvalidSSHKey, "it is not an SSH private key",
			"point it at the file that ssh-keygen wrote; PuTTY's are turned into one by `puttygen -O private-openssh`")
	case strings.Contains(string(key), openSSH) && !asWritten().Match(key):
		return report.New(report.SSHKeyFormat, "OpenSSH refuses the private key, for it has no new line at its end, "+
			"something before its first line, or the ends of lines of Windows",
			"write it as a block (`|`) in the source, as ssh-keygen wrote it").WithSeverity(report.Warning)
	}
	return nil
}

// asWritten is how sshkey_parse_private2 of OpenSSH looks for its own format.
var asWritten = pattern(`(?s)\A` + openSSH + `\n.*\n-----END OPENSSH PRIVATE KEY-----\n`)

const openSSH = "-----BEGIN OPENSSH PRIVATE KEY-----"

// isLocked reports whether a key asks for a passphrase: OpenSSH's own format, the old PEM, or PKCS #8.
func isLocked(key []byte, err error) bool {
	var missing *ssh.PassphraseMissingError
	block, _ := pem.Decode(key)
	return errors.As(err, &missing) || block != nil && block.Type == "ENCRYPTED PRIVATE KEY"
}
