package generate

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Part is one value that a recipe gives, for a key of a Secret.
type Part struct {
	Key   string
	Value []byte
}

// maker makes the values of one kind of recipe. The arguments are what follows the kind, between colons.
type maker struct {
	// usage is how the recipe is written.
	usage string
	make  func(key string, args []string) ([]Part, error)
}

// makers are the recipes by their kind.
var makers = map[string]maker{
	"password":    {"password[:LENGTH[:ALPHABET]]", password},
	"hex":         {"hex[:BYTES]", encoded(hex.EncodeToString)},
	"base64":      {"base64[:BYTES]", encoded(base64.StdEncoding.EncodeToString)},
	"uuid":        {"uuid", newUUID},
	"ssh-ed25519": {"ssh-ed25519", sshEd25519},
	"rsa":         {"rsa[:BITS]", rsaKey},
	"htpasswd":    {"htpasswd:USER", htpasswd},
	"tls":         {"tls:HOST[,HOST...]", certificate},
}

// Usages returns how each recipe is written, sorted.
func Usages() []string {
	var usages []string
	for _, m := range makers {
		usages = append(usages, m.usage)
	}
	slices.Sort(usages)
	return usages
}

// Make makes the values that a recipe gives for a key: most give one, for the key itself. A pair of keys gives the
// private one for the key, and the public one for the key with .pub; tls gives KEY.crt and KEY.key; htpasswd gives the
// password for KEY.password too. Errors do not quote values.
func Make(key, recipe string) ([]Part, error) {
	kind, rest, found := strings.Cut(recipe, ":")
	m, known := makers[kind]
	if !known {
		return nil, fmt.Errorf("%q is not a recipe; write one of %s", recipe, strings.Join(Usages(), ", "))
	}
	var args []string
	if found {
		args = []string{rest}
		if kind == "password" {
			args = strings.Split(rest, ":")
		}
	}
	parts, err := m.make(key, args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; write %s", recipe, err, m.usage)
	}
	return parts, nil
}

func one(key, value string) []Part { return []Part{{key, []byte(value)}} }

// The alphabets of passwords.
const (
	lower   = "abcdefghijklmnopqrstuvwxyz"
	upper   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
	symbols = "!#$%&()*+,-./:;<=>?@[]^_{|}~"
)

// alphabets are what passwords are made of, by name. url needs no escape anywhere in a URL.
var alphabets = map[string]string{
	"alnum":   upper + lower + digits,
	"alpha":   upper + lower,
	"lower":   lower + digits,
	"digits":  digits,
	"url":     upper + lower + digits + "-._~",
	"symbols": upper + lower + digits + symbols,
}

// The lengths of values that are random text.
const (
	passwordLength = 32
	randomBytes    = 32
	maxLength      = 4096
	// minBits is how many random bits a value has at least: what can be tried in a lifetime has fewer.
	minBits = 64
)

// password makes LENGTH characters of an alphabet, each as likely as the others.
func password(key string, args []string) ([]Part, error) {
	length, name := passwordLength, "alnum"
	if len(args) > 2 {
		return nil, errors.New("it has more than a length and an alphabet")
	}
	if len(args) > 1 {
		name = args[1]
	}
	alphabet, known := alphabets[name]
	if !known {
		var names []string
		for name := range alphabets {
			names = append(names, name)
		}
		slices.Sort(names)
		return nil, fmt.Errorf("the alphabets are %s", strings.Join(names, ", "))
	}
	if len(args) > 0 {
		least := int(math.Ceil(minBits / math.Log2(float64(len(alphabet)))))
		var err error
		if length, err = number(args[0], least, maxLength); err != nil {
			return nil, err
		}
	}
	return one(key, random(length, alphabet)), nil
}

// random returns characters of an alphabet of at most 256, each as likely as the others.
func random(length int, alphabet string) string {
	out := make([]byte, 0, length)
	limit := 256 - 256%len(alphabet) // a byte from here on would favour the first characters
	var buffer [64]byte
	for len(out) < length {
		_, _ = rand.Read(buffer[:]) // which never fails: it ends the program instead
		for _, b := range buffer {
			if int(b) < limit && len(out) < length {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out)
}

// number reads a number within bounds.
func number(text string, least, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%q is not a number from %d to %d", text, least, most)
	}
	return n, nil
}

// encoded makes random bytes as text.
func encoded(encode func([]byte) string) func(key string, args []string) ([]Part, error) {
	return func(key string, args []string) ([]Part, error) {
		length := randomBytes
		if len(args) > 0 {
			var err error
			if length, err = number(args[0], minBits/8, maxLength); err != nil {
				return nil, err
			}
		}
		data := make([]byte, length)
		_, _ = rand.Read(data) // which never fails: it ends the program instead
		return one(key, encode(data)), nil
	}
}

func newUUID(key string, args []string) ([]Part, error) {
	if len(args) > 0 {
		return nil, errors.New("a UUID has no length")
	}
	id, err := uuid.NewRandom()
	return one(key, id.String()), err
}
