package crypt

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// testKey is the data key of the values that tests encrypt.
var testKey = bytes.Repeat([]byte{7}, 32)

// compareCipher decrypts with both, and requires the same value or that both refuse.
func compareCipher(t *testing.T, text string, key []byte, path string) {
	t.Helper()
	want, wantErr := sopstest.Attempt(func() (any, error) { return aes.NewCipher().Decrypt(text, key, path) })
	for _, cipher := range []*Cipher{NewCipher(), NewRememberingCipher()} {
		got, err := cipher.Decrypt(text, key, path)
		if (err == nil) != (wantErr == nil) || err == nil && !sopstest.Same(got, want) {
			t.Fatalf("%q at %q: SOPS %#v %v; ours %#v %v", text, path, want, wantErr, got, err)
		}
		if err != nil && len(text) > 40 && strings.Contains(err.Error(), text[30:40]) {
			t.Fatalf("the error quotes the value: %v", err)
		}
	}
}

// TestCipherValues has each side read what the other wrote, for every type.
func TestCipherValues(t *testing.T) {
	values := []any{
		"", "x", "ü🎉\n", "\xff", strings.Repeat("long", 10_000), 0, -5, math.MaxInt64, 1.5, 8e12, math.Inf(1),
		math.NaN(), math.Copysign(0, -1), true, false,
		time.Date(2001, 2, 3, 4, 5, 6, 7, time.UTC), time.Date(2001, 2, 3, 4, 5, 6, 0, time.FixedZone("", 3600)),
		sops.Comment{Value: " c"},
		sops.Comment{}, []byte("x"), []byte{}, nil, uint64(7), int64(7), []any{},
		time.Date(-1, 1, 1, 1, 1, 1, 1, time.UTC),
	}
	for _, key := range [][]byte{testKey, testKey[:16], testKey[:24], testKey[:5], nil} {
		for _, value := range values {
			theirs, wantErr := sopstest.Attempt(func() (string, error) { return aes.NewCipher().Encrypt(value, key, "a:b:") })
			text, err := NewCipher().Encrypt(value, key, "a:b:")
			if (err == nil) != (wantErr == nil) {
				t.Fatalf("%#v: SOPS %v; ours %v", value, wantErr, err)
			}
			if err == nil {
				compareCipher(t, text, key, "a:b:")
				compareCipher(t, theirs, key, "a:b:")
				compareCipher(t, theirs, key, "a:c:")
			}
		}
	}
}

// TestCipherBroken compares ciphertexts that are not quite right.
func TestCipherBroken(t *testing.T) {
	random := sopstest.Seeded(t)
	text, err := aes.NewCipher().Encrypt("some value", testKey, "a:")
	if err != nil {
		t.Fatal(err)
	}
	for n := range text {
		compareCipher(t, text[:n], testKey, "a:")
	}
	for _, broken := range []string{
		text + "\r", text + "\n", text + "x", text + "]", text + "\n]", " " + text, text + text, "\n" + text,
		strings.Replace(text, "iv:", "iv:\n", 1),
		strings.Replace(text, "iv:", "iv:\r", 1), strings.Replace(text, "data:", "data:\r", 1),
		strings.Replace(text, "=", "", 1), "ENC[AES256_GCM,data:\r,iv:\r,tag:\r,type:str]",
		"ENC[AES256_GCM,data:,iv:,tag:,type:]", strings.Replace(text, "str]", "]", 1),
		strings.Replace(text, "str]", "str", 1), strings.Replace(text, "str]", "str]]", 1),
		strings.Replace(text, ",iv:", ",iv:AAAA,iv:", 1), strings.Replace(text, ",type:", ",type:str,type:", 1),
		strings.Replace(text, ",iv:", ",x,iv:", 1), "]", "",
	} {
		compareCipher(t, broken, testKey, "a:")
	}
	kinds := []string{
		"str", "int", "float", "bool", "bytes", "time", "comment", "nonsense", "Str", "str ", "str]x",
	}
	for _, kind := range kinds {
		for _, value := range []string{"1", "True", "1.5", "2001-02-03T04:05:06Z", "0x1", "nan", "t"} {
			other, _ := aes.NewCipher().Encrypt(value, testKey, "a:")
			compareCipher(t, strings.Replace(other, "type:str", "type:"+kind, 1), testKey, "a:")
		}
	}
	for range 20_000 {
		compareCipher(t, string(sopstest.Spoil(random, []byte(text))), testKey, "a:")
	}
}

// TestCipherNonces compares values with nonces, and tags, of other lengths than SOPS writes.
func TestCipherNonces(t *testing.T) {
	for _, size := range []int{1, 12, 16, 31, 32, 33, 64} {
		c := NewCipher()
		gcm, err := c.aead(testKey, size)
		if err != nil {
			t.Fatal(err)
		}
		iv := bytes.Repeat([]byte{3}, size)
		sealed := gcm.Seal(nil, iv, []byte("value"), []byte("a:"))
		b64 := base64.StdEncoding.EncodeToString
		for _, split := range []int{1, 5, len(sealed) - 1} {
			text := fmt.Sprintf("ENC[AES256_GCM,data:%s,iv:%s,tag:%s,type:str]",
				b64(sealed[:split]), b64(iv), b64(sealed[split:]))
			compareCipher(t, text, testKey, "a:")
			remembering := NewRememberingCipher()
			if value, err := remembering.Decrypt(text, testKey, "a:"); err != nil || value != "value" {
				t.Fatal(value, err)
			}
			if _, err := remembering.Encrypt("value", testKey, "a:"); err != nil { // SOPS panics on these
				t.Fatal(err)
			}
		}
	}
}

// TestCipherKeys has one cipher take turns with two keys.
func TestCipherKeys(t *testing.T) {
	cipher := NewCipher()
	for range 2 {
		for _, key := range [][]byte{testKey, testKey[:16]} {
			text, err := cipher.Encrypt("value", key, "a:")
			if err != nil {
				t.Fatal(err)
			}
			for _, reader := range []sops.Cipher{aes.NewCipher(), cipher} {
				if value, err := reader.Decrypt(text, key, "a:"); err != nil || value != "value" {
					t.Errorf("%v, %v", value, err)
				}
			}
		}
	}
}

// TestCipherRemembers keeps the ciphertext of what did not change, at its path only.
func TestCipherRemembers(t *testing.T) {
	for _, value := range []any{"x", 1, 1.5, math.NaN(), true, sops.Comment{Value: "c"}, time.Now().UTC(), time.Now()} {
		text, err := aes.NewCipher().Encrypt(value, testKey, "a:")
		if err != nil {
			t.Fatal(err)
		}
		cipher := NewRememberingCipher()
		if _, err := cipher.Decrypt(text, testKey, "a:"); err != nil {
			t.Fatal(err)
		}
		again, _ := cipher.Encrypt(value, testKey, "a:")
		elsewhere, _ := cipher.Encrypt(value, testKey, "b:")
		forgetful, _ := NewCipher().Encrypt(value, testKey, "a:")
		if again != text || elsewhere == text || forgetful == text {
			t.Errorf("%#v: %s\n%s\n%s\n%s", value, text, again, elsewhere, forgetful)
		}
	}
	// Encrypting True with the nonce of 1 would give the key stream away.
	one, _ := aes.NewCipher().Encrypt("1", testKey, "a:")
	cipher := NewRememberingCipher()
	value, err := cipher.Decrypt(strings.Replace(one, "type:str", "type:bool", 1), testKey, "a:")
	if err != nil || value != true {
		t.Fatal(value, err)
	}
	again, _ := cipher.Encrypt(true, testKey, "a:")
	if parts, _ := cutCiphertext([]byte(again)); bytes.Contains([]byte(one), parts.iv) {
		t.Error("the nonce was used for another text")
	}
}

func TestSame(t *testing.T) {
	a := sops.TreeBranches{{{Key: "a", Value: []any{1, math.NaN()}}}}
	b := sops.TreeBranches{{{Key: "a", Value: []any{1, math.NaN()}}}}
	c := sops.TreeBranches{{{Key: "a", Value: []any{1.0, math.NaN()}}}}
	if !sopstest.Same(a, b) || sopstest.Same(a, c) || reflect.DeepEqual(a, b) {
		t.Error("same does not tell trees apart")
	}
}

func FuzzCipher(f *testing.F) {
	for _, value := range []any{"x", 1, 1.5, true, sops.Comment{Value: "c"}} {
		text, err := NewCipher().Encrypt(value, testKey, "a:")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { compareCipher(t, text, testKey, "a:") })
}
