package generators

import (
	"bytes"
	"errors"

	"golang.org/x/crypto/ssh"
	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/schema"
)

// sshAuth is `kubernetes.io/ssh-auth`. ValidateSecret asks for a private key that is not empty; that it is one, and one
// that OpenSSH takes, is sense.
type sshAuth struct{}

func (sshAuth) requires() ([]string, bool) { return []string{corev1.SSHAuthPrivateKey}, false }

func (sshAuth) complete(in *Input) schema.Findings {
	var findings schema.Findings
	key, given := in.Data[corev1.SSHAuthPrivateKey]
	if !given {
		return nil
	}
	field := in.at(corev1.SSHAuthPrivateKey)
	_, err := ssh.ParseRawPrivateKey(key)
	var locked *ssh.PassphraseMissingError
	switch {
	case len(key) == 0:
		findings.Add(field, "the private key is empty", "point it at the key")
	case errors.As(err, &locked):
		findings.Warn(field, "the private key is protected by a passphrase, which whoever uses the Secret will be asked for", "remove it with `ssh-keygen -p` if nobody can answer")
	case err != nil:
		findings.Add(field, "it is not an SSH private key", "point it at the file that ssh-keygen wrote, not at its .pub")
	case !bytes.HasSuffix(key, []byte("\n")):
		findings.Warn(field, "the private key does not end with a new line, and OpenSSH refuses such a file", "write it as a block (`|`) in the source")
	}
	return findings
}
