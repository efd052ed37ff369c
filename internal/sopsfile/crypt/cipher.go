package crypt

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strconv"
	"time"

	"github.com/getsops/sops/v3"
)

// Prefix is how every ciphertext begins.
const Prefix = "ENC[AES256_GCM,"

// nonceSize is how long SOPS's nonces are. It reads others too.
const nonceSize = 32

// errBytes is the error for a value of type bytes, which SOPS has no use for: it panics on one.
var errBytes = errors.New("values of type bytes are not supported")

var (
	errFormat       = errors.New("not SOPS's ciphertext")
	errType         = errors.New("the value does not fit its type")
	errNotAuthentic = errors.New("the value is not authentic")
)

// Cipher encrypts and decrypts single values as SOPS's AES cipher does. It implements sops.Cipher. It is not safe for
// concurrent use.
type Cipher struct {
	nonces map[remembered][]byte // nil where it remembers nothing

	key  string
	gcm  cipher.AEAD // for the key, and nonces of nonceSize
	raw  []byte      // scratch, as are those below
	text []byte
	aad  []byte
	iv   [nonceSize]byte
}

var _ sops.Cipher = (*Cipher)(nil)

// remembered is a value at a path, as text.
type remembered struct{ path, kind, text string }

// NewCipher returns a cipher that remembers nothing.
func NewCipher() *Cipher { return &Cipher{} }

// NewRememberingCipher returns a cipher that remembers the nonce of every value it decrypts, so that encrypting the
// same value at the same path again gives the same ciphertext.
func NewRememberingCipher() *Cipher { return &Cipher{nonces: map[remembered][]byte{}} }

// aead returns the cipher of a key. The last key's is kept.
func (c *Cipher) aead(key []byte, size int) (cipher.AEAD, error) {
	if c.gcm != nil && size == nonceSize && string(key) == c.key {
		return c.gcm, nil
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errors.New("the data key has a wrong size")
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, size)
	if size == nonceSize {
		c.gcm, c.key = gcm, string(key)
	}
	return gcm, err
}

// Decrypt implements sops.Cipher. Its errors quote nothing.
func (c *Cipher) Decrypt(ciphertext string, key []byte, path string) (any, error) {
	c.aad = append(c.aad[:0], path...)
	return c.open(ciphertext, key, c.aad)
}

func (c *Cipher) open(ciphertext string, key, path []byte) (any, error) {
	if ciphertext == "" {
		return "", nil
	}
	c.raw = append(c.raw[:0], ciphertext...)
	parts, ok := cutCiphertext(c.raw)
	if !ok {
		return nil, errFormat
	}
	var err error
	text, size := c.text[:0], 0
	for i, part := range [][]byte{parts.iv, parts.data, parts.tag} {
		if text, err = base64.StdEncoding.AppendDecode(text, part); err != nil {
			return nil, errFormat
		}
		if i == 0 {
			size = len(text)
		}
	}
	c.text = text
	gcm, err := c.aead(key, size)
	if err != nil {
		return nil, err
	}
	opened, err := gcm.Open(text[size:size], text[:size], text[size:], path)
	if err != nil {
		return nil, errNotAuthentic
	}
	value, err := typed(opened, parts.kind)
	if err != nil {
		return nil, err
	}
	if c.nonces != nil && size == nonceSize {
		// A value that would be encrypted from other text than it came from must not get its nonce again.
		if kind, again, err := valueText(nil, value); err == nil && bytes.Equal(again, opened) {
			c.nonces[remembered{string(path), kind, string(again)}] = append([]byte(nil), text[:size]...)
		}
	}
	return value, nil
}

// ciphertextParts are the parts of ENC[AES256_GCM,data:...,iv:...,tag:...,type:...].
type ciphertextParts struct{ data, iv, tag, kind []byte }

// cutCiphertext finds the parts. SOPS uses a greedy regular expression, in which a part may contain the separator after
// it. Such a part is not base64, so it fails there too. What follows the last ] of the first line does not count.
func cutCiphertext(text []byte) (p ciphertextParts, ok bool) {
	text, _, _ = bytes.Cut(text, []byte("\n"))
	end := max(bytes.LastIndexByte(text, ']'), 0)
	rest, ok := bytes.CutPrefix(text[:end], []byte(Prefix+"data:"))
	if !ok {
		return p, false
	}
	for _, part := range []struct {
		into *[]byte
		next string
	}{{&p.data, ",iv:"}, {&p.iv, ",tag:"}, {&p.tag, ",type:"}} {
		*part.into, rest, ok = bytes.Cut(rest, []byte(part.next))
		if !ok || len(*part.into) == 0 {
			return p, false
		}
	}
	p.kind = rest
	return p, true
}

// typed returns a decrypted value in its type.
func typed(text, kind []byte) (any, error) {
	var value any
	var err error
	switch string(kind) {
	case "str":
		return string(text), nil
	case "comment":
		return sops.Comment{Value: string(text)}, nil
	case "int":
		value, err = strconv.Atoi(string(text))
	case "float":
		value, err = strconv.ParseFloat(string(text), 64)
	case "bool":
		value, err = strconv.ParseBool(string(text))
	case "time":
		var at time.Time
		err = at.UnmarshalText(text)
		value = at
	case "bytes":
		return nil, errBytes
	default:
		return nil, errType
	}
	if err != nil {
		return nil, errType
	}
	return value, nil
}

// valueText appends the text that a value is encrypted as, and returns the name of its type.
func valueText(to []byte, value any) (kind string, text []byte, err error) {
	switch value := value.(type) {
	case string:
		return "str", append(to, value...), nil
	case sops.Comment:
		return "comment", append(to, value.Value...), nil
	case int:
		return "int", strconv.AppendInt(to, int64(value), 10), nil
	case float64:
		return "float", strconv.AppendFloat(to, value, 'f', -1, 64), nil
	case bool:
		return "bool", append(to, boolText(value)...), nil
	case time.Time:
		text, err := value.AppendText(to)
		if err != nil {
			return "", to, errType
		}
		return "time", text, nil
	case []byte:
		if len(value) > 0 {
			return "", to, errBytes
		}
		return "bytes", to, nil
	}
	return "", to, errType
}

// Encrypt implements sops.Cipher. Empty text stays empty.
func (c *Cipher) Encrypt(value any, key []byte, path string) (string, error) {
	kind, text, err := valueText(c.raw[:0], value)
	if err != nil {
		return "", err
	}
	c.raw = text
	if len(c.raw) == 0 {
		return "", nil
	}
	gcm, err := c.aead(key, nonceSize)
	if err != nil {
		return "", err
	}
	iv := c.nonce(path, kind)
	c.aad = append(c.aad[:0], path...)
	c.text = gcm.Seal(c.text[:0], iv, c.raw, c.aad)
	split := len(c.text) - gcm.Overhead()
	out := append(c.raw[:0], Prefix+"data:"...)
	out = base64.StdEncoding.AppendEncode(out, c.text[:split])
	out = base64.StdEncoding.AppendEncode(append(out, ",iv:"...), iv)
	out = base64.StdEncoding.AppendEncode(append(out, ",tag:"...), c.text[split:])
	c.raw = append(append(append(out, ",type:"...), kind...), ']')
	return string(c.raw), nil
}

// nonce returns the nonce that the value in c.raw had at the path, or a new one.
func (c *Cipher) nonce(path, kind string) []byte {
	if c.nonces != nil {
		if iv, ok := c.nonces[remembered{path, kind, string(c.raw)}]; ok {
			return iv
		}
	}
	_, _ = rand.Read(c.iv[:]) // which never fails: it ends the program instead
	return c.iv[:]
}

// boolText is a boolean as SOPS has encrypted them since it was written in Python.
func boolText(value bool) string {
	if value {
		return "True"
	}
	return "False"
}
