package generators

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/schema"
)

// expirySoon is how long before a certificate expires that a warning says so.
const expirySoon = 30 * 24 * time.Hour

// tlsPair is `kubernetes.io/tls`. ValidateSecret asks for the two keys; that they belong together, as kubectl checks, that
// the chain is whole and in order, and that nothing in it has expired, is what makes a server start with them. The dates
// of a certificate, which it shows to everyone, are all that is told of it.
type tlsPair struct{}

func (tlsPair) requires() required {
	return required{keys: []string{corev1.TLSCertKey, corev1.TLSPrivateKeyKey}}
}

func (t tlsPair) complete(in *Input) schema.Findings {
	var findings schema.Findings
	crt, hasCert := in.Data[corev1.TLSCertKey]
	pemKey, hasKey := in.Data[corev1.TLSPrivateKeyKey]
	var chain []*x509.Certificate
	if hasCert {
		field := in.at(corev1.TLSCertKey)
		var problem, fix string
		if chain, problem, fix = certificates(crt); problem != "" {
			findings.Add(field, problem, fix)
		} else {
			findings = append(findings, t.chain(field, chain, in.Now)...)
		}
	}
	if !hasKey {
		return findings
	}
	field := in.at(corev1.TLSPrivateKeyKey)
	key, problem, fix := privateKey(pemKey)
	switch {
	case problem != "":
		findings.Add(field, problem, fix)
	case len(chain) > 0 && !belongs(key, chain[0]):
		findings.Add(field, "the private key does not belong to the first certificate of tls.crt", "take both from the same issue, the server's own certificate first")
	}
	return findings
}

// chain checks the order and the dates of a certificate and those that vouch for it.
func (tlsPair) chain(field string, chain []*x509.Certificate, now time.Time) schema.Findings {
	var findings schema.Findings
	for i, c := range chain {
		which := "the certificate"
		if i > 0 {
			which = fmt.Sprintf("certificate %d of the chain", i+1)
		}
		switch {
		case !now.Before(c.NotAfter):
			findings.Add(field, fmt.Sprintf("%s expired on %s", which, date(c.NotAfter)), "renew it")
		case c.NotAfter.Sub(now) < expirySoon:
			findings.Warn(field, fmt.Sprintf("%s expires on %s, in less than 30 days", which, date(c.NotAfter)), "renew it soon")
		}
		if now.Before(c.NotBefore) {
			findings.Warn(field, fmt.Sprintf("%s is not valid before %s", which, date(c.NotBefore)), "check the clock, or wait")
		}
		if i+1 < len(chain) && !issued(chain[i+1], c) {
			findings.Add(field, fmt.Sprintf("certificate %d of the chain was not issued by certificate %d", i+1, i+2), "put the server's own certificate first, then each issuer after what it issued")
		}
	}
	return findings
}

// issued says whether an issuer vouches for a certificate. Where Go does not check a signature (SHA-1, a rare algorithm),
// its name decides.
func issued(issuer, certificate *x509.Certificate) bool {
	err := certificate.CheckSignatureFrom(issuer)
	var insecure x509.InsecureAlgorithmError
	if errors.As(err, &insecure) || errors.Is(err, x509.ErrUnsupportedAlgorithm) {
		err = nil
	}
	return err == nil && bytes.Equal(certificate.RawIssuer, issuer.RawSubject)
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// certificates are the certificates of a PEM file, or what is wrong with it. Text around them is left alone, as every
// reader of PEM does.
func certificates(data []byte) (chain []*x509.Certificate, problem, fix string) {
	blocks := 0
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		blocks++
		if strings.HasSuffix(block.Type, privateKeyBlock) {
			return nil, "it holds a private key too", "put only certificates in tls.crt"
		}
		if block.Type != "CERTIFICATE" {
			return nil, "it holds something other than certificates", "put only certificates in tls.crt"
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Sprintf("certificate %d does not parse", len(chain)+1), "restore it from its issuer"
		}
		chain = append(chain, c)
	}
	if bytes.Count(data, []byte("-----BEGIN ")) > blocks {
		return nil, "a PEM block in it is damaged", "restore it, each line as it was"
	}
	if len(chain) == 0 {
		return nil, "it holds no certificate in PEM", "point it at the certificate; DER is turned into PEM by `openssl x509 -inform der`"
	}
	return chain, "", ""
}

// privateKeyBlock is how the type of a PEM block that holds a private key ends.
const privateKeyBlock = "PRIVATE KEY"

// privateKey is the first key of a PEM file (PKCS #1, PKCS #8 or SEC 1), as tls.X509KeyPair takes it, or what is wrong
// with it.
func privateKey(data []byte) (key crypto.Signer, problem, fix string) {
	block, rest := pem.Decode(data)
	for block != nil && !strings.HasSuffix(block.Type, privateKeyBlock) {
		block, rest = pem.Decode(rest)
	}
	switch {
	case block == nil:
		return nil, "it holds no private key in PEM", "point it at the key, not at the certificate"
	case block.Type == "ENCRYPTED "+privateKeyBlock || block.Headers["DEK-Info"] != "":
		return nil, "the private key is protected by a passphrase, which no server can ask for", "remove it with `openssl pkey`; SOPS protects the key"
	}
	for _, parse := range []func([]byte) (any, error){
		x509.ParsePKCS8PrivateKey,
		func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
		func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) },
	} {
		if parsed, err := parse(block.Bytes); err == nil {
			if signer, ok := parsed.(crypto.Signer); ok {
				return signer, "", ""
			}
		}
	}
	return nil, "the private key does not parse", "write it as PKCS #8, PKCS #1 or SEC 1, as `openssl pkey` does"
}

// belongs says whether a certificate is for the public half of a key.
func belongs(key crypto.Signer, certificate *x509.Certificate) bool {
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(certificate.PublicKey)
}
