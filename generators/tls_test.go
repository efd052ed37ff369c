package generators_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/secretwright/secretwright/generators"
)

func pkcs8(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func sec1(t *testing.T, key crypto.Signer) string {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(key.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
}

func pkcs1(key crypto.Signer) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY",
		Bytes: x509.MarshalPKCS1PrivateKey(key.(*rsa.PrivateKey))}))
}

// authority is a certificate and the key to issue others with.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// issue makes a certificate for a key, valid in the time given, by an issuer or by itself.
func issue(t *testing.T, name string, key crypto.Signer, from, to time.Time, issuer *authority) (string, *authority) {
	t.Helper()
	return issueBy(t, x509.UnknownSignatureAlgorithm, name, key, from, to, issuer)
}

func issueBy(t *testing.T, algorithm x509.SignatureAlgorithm, name string, key crypto.Signer, from, to time.Time,
	issuer *authority) (string, *authority) {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: from, NotAfter: to,
		SignatureAlgorithm: algorithm,
		IsCA:               true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	made := &authority{template, key}
	if issuer == nil {
		issuer = made
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.certificate, key.Public(), issuer.key)
	if err != nil {
		t.Fatal(err)
	}
	if made.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), made
}

func pair(crt, key string) generators.Input {
	return secret("kubernetes.io/tls", map[string]string{"tls.crt": crt, "tls.key": key})
}

func TestTLS(t *testing.T) {
	keys, others := keysOf(t), keysOf(t)
	from, to := now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0)
	key := pkcs8(t, keys["ECDSA"])
	root, rootAuthority := issue(t, "root", keys["RSA"], from, to, nil)
	between, betweenAuthority := issue(t, "between", keys["Ed25519"], from, to, rootAuthority)
	leaf, _ := issue(t, "shop.example.com", keys["ECDSA"], from, to, betweenAuthority)
	// dated is a certificate of its own with other dates.
	dated := func(from, to time.Time) generators.Input {
		crt, _ := issue(t, "shop.example.com", keys["ECDSA"], from, to, nil)
		return pair(crt, key)
	}
	const crt, tlsKey = `secrets[0].data["tls.crt"]: `, `secrets[0].data["tls.key"]: `
	const order = "; put the server's own certificate first, then each issuer after what it issued"

	var rules []rule
	for name, k := range keys {
		own, _ := issue(t, "shop.example.com", k, from, to, nil)
		rules = append(rules,
			rule{name: name, given: pair(own, pkcs8(t, k))},
			rule{
				name: name + " with another key", given: pair(own, pkcs8(t, others[name])),
				want: []string{"error: " + tlsKey +
					"the private key does not belong to the first certificate of tls.crt; take both from the same issue, the server's own certificate first"},
			},
		)
	}
	own, _ := issue(t, "shop.example.com", keys["RSA"], from, to, nil)
	old, _ := issueBy(t, x509.SHA1WithRSA, "shop.example.com", keys["ECDSA"], from, to, rootAuthority)
	exchange, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	lost := []string{"error: " + tlsKey +
		"the private key does not parse; write it as PKCS #8, PKCS #1 or SEC 1, as `openssl pkey` does"}
	locked := []string{"error: " + tlsKey +
		"the private key is protected by a passphrase, which no server can ask for; remove it with `openssl pkey`; SOPS protects the key"}
	holds(t, append(rules, []rule{
		{name: "RSA in PKCS #1", given: pair(own, pkcs1(keys["RSA"]))},
		{name: "ECDSA in SEC 1", given: pair(leaf, sec1(t, keys["ECDSA"]))},
		{name: "ECDSA as openssl ecparam writes it", given: pair(leaf,
			"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"+sec1(t, keys["ECDSA"]))},
		{name: "a chain", given: pair(leaf+between+root, key)},
		{name: "a chain without its root", given: pair(leaf+between, key)},
		{name: "a signature that Go does not check", given: pair(old+root, key)},
		{
			name: "a signature that Go does not check, of another issuer", given: pair(old+between, key),
			want: []string{"error: " + crt + "certificate 1 of the chain was not issued by certificate 2" + order},
		},
		{name: "text around the certificates", given: pair("subject=shop\n"+leaf+"\nissuer=between\n"+between+"\nend\n",
			"Bag Attributes\n"+key)}, {
			name: "neither", given: secret("kubernetes.io/tls", nil),
			want: []string{"error: secrets[0].data: it lacks tls.crt and tls.key, which the type kubernetes.io/tls must have; add it to data"},
		},
		{
			name: "no key", given: secret("kubernetes.io/tls", map[string]string{"tls.crt": leaf}),
			want: []string{"error: secrets[0].data: it lacks tls.key, which the type kubernetes.io/tls must have; add it to data"},
		},
		{
			name: "no certificate", given: secret("kubernetes.io/tls", map[string]string{"tls.key": key}),
			want: []string{"error: secrets[0].data: it lacks tls.crt, which the type kubernetes.io/tls must have; add it to data"},
		},
		{
			name: "the root first", given: pair(root+between+leaf, key),
			want: []string{
				"error: " + crt + "certificate 1 of the chain was not issued by certificate 2" + order,
				"error: " + crt + "certificate 2 of the chain was not issued by certificate 3" + order,
				"error: " + tlsKey + "the private key does not belong to the first certificate of tls.crt; take both from the same issue, the server's own certificate first",
			},
		},
		{
			name: "a link left out", given: pair(leaf+root, key),
			want: []string{"error: " + crt + "certificate 1 of the chain was not issued by certificate 2" + order},
		},
		{
			name: "expired", given: dated(from, now),
			want: []string{"error: " + crt + "the certificate expired on 2026-06-01; renew it"},
		},
		{
			name: "expires soon", given: dated(from, now.Add(30*24*time.Hour-time.Second)),
			want: []string{"warning: " + crt + "the certificate expires on 2026-07-01, in less than 30 days; renew it soon"},
		},
		{name: "expires in thirty days", given: dated(from, now.Add(30*24*time.Hour))},
		{
			name: "not valid yet", given: dated(now.Add(time.Second), to),
			want: []string{"warning: " + crt + "the certificate is not valid before 2026-06-01; check the clock, or wait"},
		},
		{
			name: "an issuer has expired", given: func() generators.Input {
				old, oldAuthority := issue(t, "old", keys["RSA"], from, now.AddDate(0, 0, -1), nil)
				leaf, _ := issue(t, "shop.example.com", keys["ECDSA"], from, to, oldAuthority)
				return pair(leaf+old, key)
			}(),
			want: []string{"error: " + crt + "certificate 2 of the chain expired on 2026-05-31; renew it"},
		},
		{
			name: "certificate and key in each other's place", given: pair(key, leaf),
			want: []string{
				"error: " + crt + "it holds a private key too; put only certificates in tls.crt",
				"error: " + tlsKey + "it holds no private key in PEM; point it at the key, not at the certificate",
			},
		},
		{
			name:  "something else in tls.crt",
			given: pair(leaf+"-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n", key),
			want:  []string{"error: " + crt + "it holds something other than certificates; put only certificates in tls.crt"},
		},
		{
			name: "garbage", given: pair("correct horse", "battery staple"),
			want: []string{
				"error: " + crt + "it holds no certificate in PEM; point it at the certificate; DER is turned into PEM by `openssl x509 -inform der`",
				"error: " + tlsKey + "it holds no private key in PEM; point it at the key, not at the certificate",
			},
		},
		{
			name: "a damaged link", given: pair(leaf+strings.Replace(between, "M", "!", 1)+root, key),
			want: []string{"error: " + crt + "a PEM block in it is damaged; restore it, each line as it was"},
		},
		{
			name:  "a certificate that does not parse",
			given: pair("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key),
			want:  []string{"error: " + crt + "certificate 1 does not parse; restore it from its issuer"},
		},
		{name: "a key that does not parse", given: pair(leaf,
			"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), want: lost},
		{name: "a key that cannot sign", given: pair(leaf, pkcs8(t, exchange)), want: lost},
		{name: "a key of OpenSSH", given: pair(leaf, openSSH(t, keys["ECDSA"], "")), want: lost},
		{name: "PKCS #8 with a passphrase", given: pair(leaf,
			"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"), want: locked}, {
			name: "old PEM with a passphrase", want: locked,
			given: pair(leaf, "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n"),
		},
	}...))
}
