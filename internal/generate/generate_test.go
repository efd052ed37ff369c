package generate_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/ssh"

	"github.com/secretwright/secretwright/internal/generate"
)

// made returns what a recipe makes for a key, twice: nothing of it may be the same, but what is expected.
func made(t *testing.T, key, recipe string) map[string][]byte {
	t.Helper()
	var results []map[string][]byte
	for range 2 {
		parts, err := generate.Make(key, recipe)
		if err != nil {
			t.Fatal(err)
		}
		result := map[string][]byte{}
		for _, part := range parts {
			result[part.Key] = part.Value
		}
		results = append(results, result)
	}
	for key, value := range results[0] {
		if string(value) == string(results[1][key]) {
			t.Errorf("%s: made twice, %s is the same", recipe, key)
		}
	}
	return results[0]
}

func TestText(t *testing.T) {
	for recipe, form := range map[string]string{
		"password":             `^[A-Za-z0-9]{32}$`,
		"password:24":          `^[A-Za-z0-9]{24}$`,
		"password:24:alnum":    `^[A-Za-z0-9]{24}$`,
		"password:40:lower":    `^[a-z0-9]{40}$`,
		"password:20:digits":   `^[0-9]{20}$`,
		"password:64:url":      `^[A-Za-z0-9._~-]{64}$`,
		"password:500:symbols": `[!#$%&()*+,./:;<=>?@^{|}~\[\]_-]`,
		"hex":                  `^[0-9a-f]{64}$`,
		"hex:16":               `^[0-9a-f]{32}$`,
		"base64":               `^[A-Za-z0-9+/]{43}=$`,
		"base64:64":            `^[A-Za-z0-9+/]{86}==$`,
		"uuid":                 `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`,
	} {
		got := made(t, "key", recipe)
		if len(got) != 1 || !regexp.MustCompile(form).Match(got["key"]) {
			t.Errorf("%s: %q", recipe, got)
		}
	}
}

// TestEven counts the characters of a long password: each is there about as often as the others.
func TestEven(t *testing.T) {
	counts := map[byte]int{}
	for range 50 {
		for _, c := range made(t, "key", "password:4096:alpha")["key"] {
			counts[c]++
		}
	}
	mean := 50 * 4096 / 52
	for c, n := range counts {
		if n < mean*8/10 || n > mean*12/10 { // twelve standard deviations
			t.Errorf("%c is there %d times, and the others %d", c, n, mean)
		}
	}
	if len(counts) != 52 {
		t.Errorf("there are %d characters", len(counts))
	}
}

func TestEncodings(t *testing.T) {
	if data, err := hex.DecodeString(string(made(t, "k", "hex:10")["k"])); err != nil || len(data) != 10 {
		t.Errorf("hex: %d bytes, %v", len(data), err)
	}
	if data, err := base64.StdEncoding.DecodeString(string(made(t, "k", "base64:10")["k"])); err != nil ||
		len(data) != 10 {
		t.Errorf("base64: %d bytes, %v", len(data), err)
	}
	if _, err := uuid.ParseBytes(made(t, "k", "uuid")["k"]); err != nil {
		t.Error(err)
	}
}

func TestSSH(t *testing.T) {
	for key, public := range map[string]string{"id": "id.pub", "ssh-privatekey": "ssh-publickey"} {
		got := made(t, key, "ssh-ed25519")
		signer, err := ssh.ParsePrivateKey(got[key])
		if err != nil {
			t.Fatal(err)
		}
		if want := ssh.MarshalAuthorizedKey(signer.PublicKey()); string(got[public]) != string(want) {
			t.Errorf("%s is %q, want %q", public, got[public], want)
		}
	}
}

func TestRSA(t *testing.T) {
	got := made(t, "jwt", "rsa:2048")
	block, rest := pem.Decode(got["jwt"])
	if block == nil || len(rest) > 0 || block.Type != "PRIVATE KEY" {
		t.Fatal("it is not one private key")
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, _ = pem.Decode(got["jwt.pub"])
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ssh.NewPublicKey(public)
	if err != nil || string(other.Marshal()) != string(signer.PublicKey().Marshal()) {
		t.Errorf("the public key is not that of the private key: %v", err)
	}
}

func TestHtpasswd(t *testing.T) {
	got := made(t, "auth", "htpasswd:bob")
	hash, ok := strings.CutPrefix(strings.TrimSuffix(string(got["auth"]), "\n"), "bob:")
	if !ok || bcrypt.CompareHashAndPassword([]byte(hash), got["auth.password"]) != nil {
		t.Error("the line does not fit the password")
	}
}

func TestTLS(t *testing.T) {
	for _, key := range []string{"tls", "tls.crt", "tls.key"} {
		got := made(t, key, "tls:web.example.com,*.web.example.com,10.0.0.1,::1")
		pair, err := tls.X509KeyPair(got["tls.crt"], got["tls.key"])
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AddCert(pair.Leaf)
		for _, host := range []string{"web.example.com", "a.web.example.com", "10.0.0.1", "::1"} {
			if _, err := pair.Leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: roots}); err != nil {
				t.Errorf("%s: %v", host, err)
			}
		}
		if keys := slices.Sorted(maps.Keys(got)); !slices.Equal(keys, []string{"tls.crt", "tls.key"}) {
			t.Errorf("its keys are %v", keys)
		}
	}
}

func TestWrong(t *testing.T) {
	for recipe, want := range map[string]string{
		"":                     `"" is not a recipe; write one of base64[:BYTES], hex[:BYTES], htpasswd:USER,`,
		"passwort":             `"passwort" is not a recipe`,
		"password:":            `"" is not a number from 11 to 4096; write password[:LENGTH[:ALPHABET]]`,
		"password:4":           `"4" is not a number from 11 to 4096`,
		"password:19:digits":   `"19" is not a number from 20 to 4096`,
		"password:24:klingon":  `the alphabets are alnum, alpha, digits, lower, symbols, url`,
		"password:24:alnum:12": `more than a length and an alphabet`,
		"hex:4":                `"4" is not a number from 8 to 4096`,
		"base64:x":             `"x" is not a number`,
		"uuid:4":               `a UUID has no length`,
		"ssh-ed25519:4096":     `one length`,
		"rsa:1024":             `"1024" is not a number from 2048 to 8192; write rsa[:BITS]`,
		"htpasswd":             `it needs the name of a user`,
		"htpasswd:a:b":         `it needs the name of a user`,
		"tls":                  `it needs a host`,
		"tls:a b":              `"a b" is not a host; write tls:HOST[,HOST...]`,
		"tls:a,,b":             `"" is not a host`,
	} {
		if _, err := generate.Make("key", recipe); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", recipe, err, want)
		}
	}
}
