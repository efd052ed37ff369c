package generate

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/ssh"
	"k8s.io/apimachinery/pkg/util/validation"
)

// publicKey returns the key of a Secret for the public half of a pair: as ssh-keygen names files, and beside the
// ssh-privatekey of the type kubernetes.io/ssh-auth what Flux and Argo CD call it.
func publicKey(key string) string {
	if key == "ssh-privatekey" {
		return "ssh-publickey"
	}
	return key + ".pub"
}

// sshEd25519 makes a pair of SSH keys, in the formats of ssh-keygen.
func sshEd25519(key string, args []string) ([]Part, error) {
	if len(args) > 0 {
		return nil, errors.New("an Ed25519 key has one length")
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return nil, err
	}
	line, err := ssh.NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	return []Part{{key, pem.EncodeToMemory(block)}, {publicKey(key), ssh.MarshalAuthorizedKey(line)}}, nil
}

// The lengths of RSA keys.
const (
	rsaBits    = 3072
	minRSABits = 2048
	maxRSABits = 8192
)

// rsaKey makes an RSA key in PKCS #8, and its public half, both in PEM.
func rsaKey(key string, args []string) ([]Part, error) {
	bits := rsaBits
	if len(args) > 0 {
		var err error
		if bits, err = number(args[0], minRSABits, maxRSABits); err != nil {
			return nil, err
		}
	}
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, err
	}
	secret, err := privatePEM(private)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return nil, err
	}
	return []Part{{key, secret}, {publicKey(key), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})}}, nil
}

func privatePEM(key any) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

// htpasswd makes a password, and the line that Apache, nginx and Traefik compare it with.
func htpasswd(key string, args []string) ([]Part, error) {
	if len(args) == 0 || args[0] == "" || strings.ContainsAny(args[0], ": \t\r\n") {
		return nil, errors.New("it needs the name of a user, without colons and spaces")
	}
	word := random(passwordLength, alphabets["alnum"])
	hash, err := bcrypt.GenerateFromPassword([]byte(word), bcrypt.DefaultCost)
	if err != nil {
		return nil, err
	}
	return []Part{{key, []byte(args[0] + ":" + string(hash) + "\n")}, {key + ".password", []byte(word)}}, nil
}

// validity is how long a certificate is valid.
const validity = 365 * 24 * time.Hour

// certificate makes a certificate that is signed by its own key, for a server at some hosts.
func certificate(key string, args []string) ([]Part, error) {
	if len(args) == 0 {
		return nil, errors.New("it needs a host")
	}
	for _, suffix := range []string{".crt", ".key"} {
		key = strings.TrimSuffix(key, suffix)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(validity),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for host := range strings.SplitSeq(args[0], ",") {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
			continue
		}
		name := strings.TrimPrefix(host, "*.")
		if problems := validation.IsDNS1123Subdomain(name); len(problems) > 0 {
			return nil, fmt.Errorf("%q is not a host", host)
		}
		template.DNSNames = append(template.DNSNames, host)
	}
	template.Subject = pkix.Name{CommonName: firstHost(args[0])}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, err
	}
	secret, err := privatePEM(private)
	if err != nil {
		return nil, err
	}
	return []Part{{key + ".crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, {key + ".key", secret}},
		nil
}

// firstHost returns the first of several hosts, if it fits into a common name.
func firstHost(hosts string) string {
	first, _, _ := strings.Cut(hosts, ",")
	if len(first) > 64 {
		return ""
	}
	return first
}
