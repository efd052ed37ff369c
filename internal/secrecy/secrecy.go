// Package secrecy tells values that are secret by their key, the type of their Secret, or their form.
//
// It looks for values that are in the clear by mistake, and errs on the side of asking: `public: true` is the answer.
// The forms are those of tokens that have a prefix to be found by. The rules of a scanner take long to load: those of
// gitleaks 8.30 27 ms, beside 2 ms at every start and 9 MB of binary.
package secrecy

import (
	"encoding/base64"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// byType are the keys that are secret by the type of their Secret.
var byType = map[string][]string{
	"bootstrap.kubernetes.io/token":  {"token-secret"},
	"kubernetes.io/basic-auth":       {"password"},
	"kubernetes.io/dockercfg":        {".dockercfg"},
	"kubernetes.io/dockerconfigjson": {".dockerconfigjson"},
	"kubernetes.io/ssh-auth":         {"ssh-privatekey"},
	"kubernetes.io/tls":              {"tls.key"},
}

// telling are words that say of a value that it is secret, if its key ends with one.
var telling = []string{
	"accesskey", "apikey", "apitoken", "authkey", "authorization", "credential", "credentials", "encryptionkey",
	"passphrase", "passwd", "password", "privatekey", "pwd", "secret", "secretkey", "signingkey", "token",
}

// tellingWords say so only as words of their own: "bypass" is no password.
var tellingWords = []string{"pass", "pw", "cred", "creds", "psk"}

// tellingFiles are the names of files that hold secrets.
var tellingFiles = []string{
	".git-credentials", ".htpasswd", ".netrc", ".pgpass", "htpasswd", "id_dsa", "id_ecdsa", "id_ed25519", "id_rsa",
	"kubeconfig", "netrc", "pgpass",
}

// form is how a secret value looks.
type form struct{ name, pattern string }

var forms = []form{
	{"a private key in PEM", `-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----`},
	{"an age identity", `AGE-SECRET-KEY-(PQ-)?1[0-9A-Za-z]{20,}`},
	{"a token of GitHub", `\b(gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{40,})`},
	{"a token of GitLab", `\bgl(pat|dt|rt|ptt|agent|soat|cbt|ft)-[0-9A-Za-z_-]{20,}`},
	{"an access key of AWS", `\b(AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b`},
	{"a key of Google", `\bAIza[0-9A-Za-z_-]{35}`},
	{"a token of Slack", `\bxox[abeoprs]-[0-9A-Za-z-]{10,}|hooks\.slack\.com/services/T[0-9A-Z]+/`},
	{"a key of Stripe", `\b[rs]k_(live|test)_[0-9A-Za-z]{10,}`},
	{"a token of npm", `\bnpm_[0-9A-Za-z]{36}`},
	{"a token of PyPI", `\bpypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{20,}`},
	{"a token of Docker Hub", `\bdckr_[a-z]+_[0-9A-Za-z_-]{20,}`},
	{"a token of Vault", `\bhv[sbr]\.[0-9A-Za-z_-]{20,}`},
	{"a token of DigitalOcean", `\bdo[opr]_v1_[0-9a-f]{64}`},
	{"a key of SendGrid", `\bSG\.[0-9A-Za-z_-]{20,}\.[0-9A-Za-z_-]{20,}`},
	{"a key of OpenAI or Anthropic", `\bsk-(proj-|ant-|svcacct-)?[0-9A-Za-z_-]{32,}`},
	{"a JSON web token", `\beyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}`},
	{"a data source name with a password", `[^\s:/@` + gap + `]:[^\s:/@` + gap + `]+@(tcp|udp|unix)\(`},
	{"a file with a password", `(?im)["']?\b[a-z0-9_.-]*(password|passwd|passphrase|client-key-data|secret[_-]?key|` +
		`api[_-]?key|[a-z]?token)["']?[ \t]*[:=][ \t]*["']?[^\s"'$<{\[/` + gap + `]` +
		`[^\s"'` + gap + `]{7,}["']?,?[ \t]*\}*\s*$`},
	{"a URL with a password", `(?i)(\b[a-z]|` + gap + `)[a-z0-9+.` + gap + `-]*://[^/\s:@]*:[^/\s@` + gap + `]+@`},
}

// gap is in the place of each action of a template.
const gap = "\ufffc"

var actions = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?s)\{\{.*?\}\}`) })

var compiled = sync.OnceValue(func() []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, f := range forms {
		all = append(all, regexp.MustCompile(f.pattern))
	}
	return all
})

// maxScanned is how many bytes of a value are looked at for a form.
const maxScanned = 64 << 10

// Reason returns why a value under a key of a Secret is secret, as a predicate, or "". It holds no byte of the value.
func Reason(secretType, key string, value []byte) string {
	text := string(value[:min(len(value), maxScanned)])
	if text == "" {
		return ""
	}
	if slices.Contains(byType[secretType], key) {
		return "is secret by the type " + secretType
	}
	if name := formOf(text); name != "" {
		return "looks like " + name
	}
	if decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text)); err == nil {
		if name := formOf(string(decoded)); name != "" {
			return "looks like " + name + " in base64"
		}
	}
	word := joined(key)
	ends := func(t string) bool { return strings.HasSuffix(word, t) }
	holds := func(t string) bool { return strings.Contains(word, t) }
	switch {
	case text == "true" || text == "false":
	case slices.ContainsFunc(telling, ends) || slices.Contains(tellingWords, lastWord(key)) ||
		slices.Contains(tellingFiles, key):
		return "is secret by its key"
	case (slices.ContainsFunc(telling, holds) || ends("key") || ends("auth") || ends("salt")) && isRandom(text):
		return "looks random, under a key that tells a secret"
	}
	return ""
}

// formOf returns the name of the form that a text holds, or "".
func formOf(text string) string {
	for i, pattern := range compiled() {
		if pattern.MatchString(text) {
			return forms[i].name
		}
	}
	return ""
}

// ReasonTemplate is Reason for a value that a template makes: what of it stands in the template itself.
func ReasonTemplate(secretType, key, template string) string {
	text := actions().ReplaceAllLiteralString(template, gap)
	if text == template {
		return Reason(secretType, key, []byte(text))
	}
	return Reason("", "", []byte(text))
}

// joined returns the letters of a key in lower case, without digits at its end and what is between words.
func joined(key string) string {
	key = strings.TrimRightFunc(key, func(r rune) bool { return !unicode.IsLetter(r) })
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, key)
}

// lastWord returns the last word of a key in lower case: of what is between other characters than letters, and of
// camelCase.
func lastWord(key string) string {
	key = strings.TrimRightFunc(key, func(r rune) bool { return !unicode.IsLetter(r) })
	at := strings.LastIndexFunc(key, func(r rune) bool { return !unicode.IsLetter(r) }) + 1
	if word := key[at:]; strings.ToUpper(word) != word {
		at += max(strings.LastIndexFunc(word, unicode.IsUpper), 0)
	}
	return strings.ToLower(key[at:])
}

// A value looks random if it is one word of some length in which few letters repeat.
const (
	randomLength = 16
	randomBits   = 3.5
)

func isRandom(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) < randomLength || strings.ContainsAny(text, " \t\n") || strings.HasPrefix(text, "/") ||
		strings.Contains(text, "://") {
		return false
	}
	counts := map[rune]float64{}
	n := 0.0
	for _, r := range text {
		counts[r]++
		n++
	}
	bits := 0.0
	for _, count := range counts {
		bits -= count / n * math.Log2(count/n)
	}
	return bits >= randomBits
}
