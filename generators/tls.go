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
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
)

// expirySoon is how long before a certificate expires that a warning says so.
const expirySoon = 30 * 24 * time.Hour

// tlsPair is `kubernetes.io/tls`. ValidateSecret asks for the two keys; that they belong together, as kubectl
// checks, that the chain is whole and in order, and that nothing in it has expired, is what makes a server start
// with them. The dates of a certificate, which it shows to everyone, are all that is told of it.
type tlsPair struct{}

func (tlsPair) requires() required {
	return required{keys: []string{corev1.TLSCertKey, corev1.TLSPrivateKeyKey}}
}

func (t tlsPair) checks() []string { return t.requires().keys }

func (tlsPair) complete(in *Input, c *report.Collector) {
	var chain []*x509.Certificate
	if crt, given := in.Data[corev1.TLSCertKey]; given {
		at := in.at(corev1.TLSCertKey)
		var f *report.Finding
		if chain, f = certificates(crt); f != nil {
			c.Add(f.In(at))
		}
		checkChain(at, chain, in.Now, c)
	}
	pemKey, given := in.Data[corev1.TLSPrivateKeyKey]
	if !given {
		return
	}
	at := in.at(corev1.TLSPrivateKeyKey)
	key, f := privateKey(pemKey)
	switch {
	case f != nil:
		c.Add(f.In(at))
	case len(chain) > 0 && !belongs(key, chain[0]):
		c.Error(report.TLSKeyMismatch, at, "the private key does not belong to the first certificate of tls.crt",
			"take both from the same issue, the server's own certificate first")
	}
}

// checkChain checks the order and the dates of a certificate and those that vouch for it.
func checkChain(at *field.Path, chain []*x509.Certificate, now time.Time, c *report.Collector) {
	for i, certificate := range chain {
		checkDates(at, i, certificate, now, c)
		if i+1 < len(chain) && !issued(chain[i+1], certificate) {
			c.Error(report.CertificateOrder, at,
				fmt.Sprintf("certificate %d of the chain was not issued by certificate %d", i+1, i+2),
				"put the server's own certificate first, then each issuer after what it issued")
		}
	}
}

func checkDates(at *field.Path, i int, certificate *x509.Certificate, now time.Time, c *report.Collector) {
	which := "the certificate"
	if i > 0 {
		which = fmt.Sprintf("certificate %d of the chain", i+1)
	}
	from, to := certificate.NotBefore, certificate.NotAfter
	switch {
	case !now.Before(to):
		c.Error(report.CertificateExpired, at, fmt.Sprintf("%s expired on %s", which, date(to)), "renew it")
	case to.Sub(now) < expirySoon:
		c.Warn(report.CertificateExpiresSoon, at, fmt.Sprintf("%s expires on %s, in less than 30 days", which, date(to)),
			"renew it soon")
	}
	if now.Before(from) {
		c.Warn(report.CertificateNotYetValid, at, fmt.Sprintf("%s is not valid before %s", which, date(from)),
			"check the clock, or wait")
	}
}

// issued reports whether an issuer vouches for a certificate. Where Go does not check a signature (SHA-1, a rare
// algorithm), its name decides.
func issued(issuer, certificate *x509.Certificate) bool {
	err := certificate.CheckSignatureFrom(issuer)
	var insecure x509.InsecureAlgorithmError
	if errors.As(err, &insecure) || errors.Is(err, x509.ErrUnsupportedAlgorithm) {
		err = nil
	}
	return err == nil && bytes.Equal(certificate.RawIssuer, issuer.RawSubject)
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// certificates returns the certificates of a PEM file, or what is wrong with it. It ignores text around them, as every
// reader of PEM does.
func certificates(data []byte) ([]*x509.Certificate, *report.Finding) {
	invalid := func(message, fix string) ([]*x509.Certificate, *report.Finding) {
		return nil, report.New(report.InvalidCertificate, message, fix)
	}
	var chain []*x509.Certificate
	blocks := 0
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		blocks++
		if strings.HasSuffix(block.Type, privateKeyBlock) {
			return invalid("it holds a private key too", "put only certificates in tls.crt")
		}
		if block.Type != "CERTIFICATE" {
			return invalid("it holds something other than certificates", "put only certificates in tls.crt")
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return invalid(fmt.Sprintf("certificate %d does not parse", len(chain)+1), "restore it from its issuer")
		}
		chain = append(chain, c)
	}
	if bytes.Count(data, []byte("-----BEGIN ")) > blocks {
		return invalid("a PEM block in it is damaged", "restore it, each line as it was")
	}
	if len(chain) == 0 {
		return invalid("it holds no certificate in PEM",
			"point it at the certificate; DER is turned into PEM by `openssl x509 -inform der`")
	}
	return chain, nil
}

// privateKeyBlock is how the type of a PEM block that holds a private key ends.
const privateKeyBlock = "PRIVATE KEY"

// privateKey returns the first key of a PEM file (PKCS #1, PKCS #8 or SEC 1), as tls.X509KeyPair takes it, or what is
// wrong with it.
func privateKey(data []byte) (crypto.Signer, *report.Finding) {
	block, rest := pem.Decode(data)
	for block != nil && !strings.HasSuffix(block.Type, privateKeyBlock) {
		block, rest = pem.Decode(rest)
	}
	switch {
	case block == nil:
		return nil, report.New(report.InvalidPrivateKey, "it holds no private key in PEM",
			"point it at the key, not at the certificate")
	case block.Type == "ENCRYPTED "+privateKeyBlock || block.Headers["DEK-Info"] != "":
		return nil, report.New(report.LockedPrivateKey,
			"the private key is protected by a passphrase, which no server can ask for",
			"remove it with `openssl pkey`; SOPS protects the key")
	}
	for _, parse := range []func([]byte) (any, error){
		x509.ParsePKCS8PrivateKey,
		func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
		func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) },
	} {
		if parsed, err := parse(block.Bytes); err == nil {
			if signer, ok := parsed.(crypto.Signer); ok {
				return signer, nil
			}
		}
	}
	return nil, report.New(report.InvalidPrivateKey, "the private key does not parse",
		"write it as PKCS #8, PKCS #1 or SEC 1, as `openssl pkey` does")
}

// belongs reports whether a certificate is for the public half of a key.
func belongs(key crypto.Signer, certificate *x509.Certificate) bool {
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(certificate.PublicKey)
}
