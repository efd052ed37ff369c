package cluster

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// credentials are the paths of what the API server and its administrator prove
// themselves with, made for one cluster and good for a day.
type credentials struct {
	ca                      string // signs the two certificates
	servingCert, servingKey string // the API server, on 127.0.0.1
	adminCert, adminKey     string // an administrator
	serviceAccountKey       string // signs the tokens of ServiceAccounts
}

// newCredentials writes new ones into dir.
func newCredentials(t testing.TB, dir string) credentials {
	t.Helper()
	p := pemWriter{t, dir}
	now := time.Now()

	caKey := newKey(t)
	ca := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "e2e-ca"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	serving := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: "kube-apiserver"},
		NotBefore:    ca.NotBefore,
		NotAfter:     ca.NotAfter,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	// To the API server, O is the user's group. It lets this one do everything.
	admin := &x509.Certificate{
		SerialNumber: big.NewInt(3),
		Subject:      pkix.Name{CommonName: "e2e-admin", Organization: []string{"system:masters"}},
		NotBefore:    ca.NotBefore,
		NotAfter:     ca.NotAfter,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	servingKey, adminKey := newKey(t), newKey(t)
	return credentials{
		ca:                p.cert("ca.crt", ca, ca, caKey.Public(), caKey),
		servingCert:       p.cert("serving.crt", serving, ca, servingKey.Public(), caKey),
		servingKey:        p.key("serving.key", servingKey),
		adminCert:         p.cert("admin.crt", admin, ca, adminKey.Public(), caKey),
		adminKey:          p.key("admin.key", adminKey),
		serviceAccountKey: p.key("service-account.key", newKey(t)),
	}
}

// kubeconfig is the administrator's, for the API server at address.
func (c credentials) kubeconfig(address string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- name: e2e
  cluster: {server: %q, certificate-authority: %q}
users:
- name: admin
  user: {client-certificate: %q, client-key: %q}
contexts:
- name: e2e
  context: {cluster: e2e, user: admin}
current-context: e2e
`, address, c.ca, c.adminCert, c.adminKey)
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// A pemWriter writes PEM files that only their owner can read, and returns their
// paths.
type pemWriter struct {
	t   testing.TB
	dir string
}

func (p pemWriter) cert(name string, cert, parent *x509.Certificate, public crypto.PublicKey,
	signer crypto.Signer) string {
	p.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, public, signer)
	return p.write(name, "CERTIFICATE", der, err)
}

func (p pemWriter) key(name string, key *ecdsa.PrivateKey) string {
	p.t.Helper()
	der, err := x509.MarshalECPrivateKey(key)
	return p.write(name, "EC PRIVATE KEY", der, err)
}

func (p pemWriter) write(name, kind string, der []byte, err error) string {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", name, err)
	}
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}
