package sopsfile_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// secret is in every document of the hostile tests, and in none of their errors.
const secret = "hunter2-correct-horse"

// maxDocument is the largest document that anybody reads.
const maxDocument = 4 << 20

// opens opens a text and reads it in all ways. It returns what the whole document is, or the error. Nothing may panic,
// drive a terminal, or tell a secret.
func opens(t testing.TB, text string, format sopsfile.Format) (whole string, problem string) {
	t.Helper()
	doc, f := sopsfile.NewKeyring().Open(context.Background(), []byte(text), format)
	findings := []*report.Finding{f}
	if f == nil {
		var out []byte
		out, findings = readings(doc)
		whole = string(out)
	} else {
		problem = f.Error()
	}
	for _, f := range findings {
		if f.Code == "" {
			t.Errorf("no code: %v", f)
		}
		sopstest.TellsNothing(t, f.Error(), secret)
		for _, r := range f.Error() {
			if !unicode.IsPrint(r) {
				t.Errorf("a control character is in: %q", f.Error())
			}
		}
	}
	return whole, problem
}

// samples are one small document of each format, encrypted for the key of this machine.
func samples(t testing.TB) map[sopsfile.Format]string {
	t.Helper()
	return samplesFor(t, sopstest.WithAgeKey(t))
}

func samplesFor(t testing.TB, recipient string) map[sopsfile.Format]string {
	t.Helper()
	dir := t.TempDir()
	documents := map[sopsfile.Format]string{}
	for format, c := range map[sopsfile.Format][2]string{
		sopsfile.YAML: {"a.yaml", "password: " + secret + "\nport: 5432\nlist:\n    - " + secret +
			"\n    - b\nopen_unencrypted: z\n"},
		sopsfile.JSON: {"a.json", `{"password": "` + secret + `", "port": 5432, "list": ["` + secret +
			`", "b"], "open_unencrypted": "z"}`}, sopsfile.Dotenv: {"a.env", "password=" + secret + "\nport=5432\n"},
		sopsfile.INI:    {"a.ini", "[s]\npassword = " + secret + "\nport = 5432\n"},
		sopsfile.Binary: {"a.bin", secret + "\x00\xff"},
	} {
		documents[format] = string(sopstest.Encrypt(t, dir, c[0], c[1], "--age", recipient))
	}
	return documents
}

// TestTruncated cuts documents short at every byte. Every piece is an error, but for what misses no more than the new
// line at the end.
func TestTruncated(t *testing.T) {
	for format, text := range samples(t) {
		t.Run(string(format), func(t *testing.T) {
			want, _ := opens(t, text, format)
			for i := 1; i < len(text); i++ {
				got, problem := opens(t, text[:i], format)
				if problem == "" && strings.TrimSpace(text[i:]) != "" {
					t.Errorf("cut at byte %d of %d, it opens without %q", i, len(text), text[i:])
				}
				if problem == "" && got != want {
					t.Errorf("cut at byte %d of %d, it gives %q", i, len(text), got)
				}
			}
		})
	}
}

var ciphertexts = regexp.MustCompile(`ENC\[AES256_GCM,data:([^,]*),iv:([^,]*),tag:([^,]*),type:([a-z]*)\]`)

// TestFlippedBit changes one bit in each part of each ciphertext: its data, its IV, its tag, and the MAC's.
func TestFlippedBit(t *testing.T) {
	for format, text := range samples(t) {
		t.Run(string(format), func(t *testing.T) {
			places := ciphertexts.FindAllStringSubmatchIndex(text, -1)
			if len(places) < 2 {
				t.Fatal("there is no ciphertext")
			}
			for _, place := range places {
				for part := 1; part <= 3; part++ {
					from, to := place[2*part], place[2*part+1]
					raw, err := base64.StdEncoding.DecodeString(text[from:to])
					if err != nil {
						t.Fatal(err)
					}
					for _, i := range []int{0, len(raw) / 2, len(raw) - 1} {
						for _, bit := range []byte{1, 128} {
							changed := bytes.Clone(raw)
							changed[i] ^= bit
							got, problem := opens(t, text[:from]+base64.StdEncoding.EncodeToString(changed)+text[to:], format)
							if problem == "" {
								t.Errorf("%s with one bit changed gives %q", text[place[0]:place[1]], got)
							}
							sopstest.Holds(t, problem, "it was changed after SOPS wrote it")
						}
					}
				}
				// The type is not signed, but the MAC is over what it makes of the value: the text stays, its layout
				// may not.
				want, _ := opens(t, text, format)
				same := strings.NewReplacer(`"`, "", "5432.0", "5432").Replace
				for _, kind := range []string{"str", "int", "float", "bytes", "bool", "time", "comment", "nothing"} {
					got, problem := opens(t, text[:place[8]]+kind+text[place[9]:], format)
					if problem == "" && same(got) != same(want) {
						t.Errorf("as %s it gives %q, not %q", kind, got, want)
					}
				}
			}
		})
	}
}

// TestEdited takes keys away, doubles them and changes their order. What SOPS signed is the values in their order.
func TestEdited(t *testing.T) {
	documents := samples(t)
	lines := func(format sopsfile.Format) []string { return strings.SplitAfter(documents[format], "\n") }
	index := func(lines []string, prefix string) int {
		return slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), prefix) })
	}
	for format, first := range map[sopsfile.Format][2]string{
		sopsfile.YAML: {"password:", "port:"}, sopsfile.JSON: {`"password":`, `"port":`},
		sopsfile.Dotenv: {"password=", "port="}, sopsfile.INI: {"password", "port"},
	} {
		all := lines(format)
		a, b := index(all, first[0]), index(all, first[1])
		if a < 0 || b != a+1 {
			t.Fatalf("%s has no such lines", format)
		}
		for name, edited := range map[string][]string{
			"removed":   slices.Delete(slices.Clone(all), a, b),
			"doubled":   slices.Insert(slices.Clone(all), a, all[a]),
			"reordered": slices.Insert(slices.Delete(slices.Clone(all), a, b), b, all[a]),
		} {
			got, problem := opens(t, strings.Join(edited, ""), format)
			switch {
			case problem == "":
				t.Errorf("%s %s: it gives %q", format, name, got)
			case name == "doubled":
				sopstest.Holds(t, problem, `password" appears twice in it, first in line `+strconv.Itoa(a+1))
			default:
				sopstest.Holds(t, problem, "its MAC does not match: it was changed after SOPS wrote it")
			}
		}
	}

	// Values that are not encrypted are signed too.
	_, problem := opens(t, strings.Replace(documents[sopsfile.YAML], "open_unencrypted: z", "open_unencrypted: y", 1),
		sopsfile.YAML)
	sopstest.Holds(t, problem, "its MAC does not match")
}

// TestPlaintextInside finds values in the clear where SOPS would have encrypted, and names their paths.
func TestPlaintextInside(t *testing.T) {
	text := samples(t)[sopsfile.YAML]
	for with, says := range map[string]string{
		"password: plain-" + secret: "it has plaintext where SOPS would encrypt, at password",
		"password: 1":               "it has plaintext where SOPS would encrypt, at password",
		"password: {a: [b, true]}":  "it has plaintext where SOPS would encrypt, at password.a[0], password.a[1]",
		"password: ENC[not this]":   "its value at password does not decrypt",
		"1: a":                      "it has a key that is not text",
	} {
		edited := regexp.MustCompile(`(?m)^password: .*$`).ReplaceAllString(text, with)
		_, problem := opens(t, edited, sopsfile.YAML)
		sopstest.Holds(t, problem, says)
	}
	var many strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&many, "key-%d: plain\n", i)
	}
	_, problem := opens(t, many.String()+text, sopsfile.YAML)
	sopstest.Holds(t, problem, "key-0, key-1, ", "key-19, ...;")
}

// TestGarbage has sops blocks of wrong types, and bounds that are passed by far. SOPS is not made for them.
func TestGarbage(t *testing.T) {
	text := samples(t)[sopsfile.JSON]
	want, _ := opens(t, text, sopsfile.JSON)
	junk := []string{`null`, `0`, `-1`, `1e300`, `""`, `"x"`, `true`, `[]`, `[null]`, `[1]`, `[[]]`, `[{}]`, `{}`,
		`{"": {}}`, `{"x": [1]}`,
		`[{"recipient": 1, "enc": []}]`, `[{"recipient": "age1x", "enc": "x"}]`,
		`[{"arn": null, "context": {"a": null}, "created_at": "2024-01-01T00:00:00Z"}]`,
		`[{"arn": "x", "role": {}, "context": [], "created_at": "2024-01-01T00:00:00Z", "enc": "x"}]`,
		`[{"vault_url": 1, "vault_address": "", "resource_id": "x", "fp": "!", "created_at": "2024-01-01T00:00:00Z", "enc": "-----BEGIN"}]`,
		`[{"age": [{}], "pgp": null}, {"age": [{}]}, {}]`, `"2024-01-01T00:00:00Z"`, `"ENC[AES256_GCM,data:,iv:,tag:,type:]"`,
		`"ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]"`}
	for _, field := range []string{"", "kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "age", "pgp", "key_groups",
		"lastmodified", "mac", "version", "shamir_threshold",
		"unencrypted_suffix", "encrypted_suffix", "encrypted_regex", "unencrypted_regex", "encrypted_comment_regex",
		"mac_only_encrypted"} {
		for _, value := range junk {
			if slices.Contains([]string{"kms", "gcp_kms", "hckms", "azure_kv", "hc_vault"}, field) &&
				strings.Contains(value, "created_at") && !strings.Contains(value, `"context": {"a": null}`) {
				continue // this would be tried over the network
			}
			var document map[string]json.RawMessage
			if err := json.Unmarshal([]byte(text), &document); err != nil {
				t.Fatal(err)
			}
			if field == "" {
				document["sops"] = json.RawMessage(value)
			} else {
				var block map[string]json.RawMessage
				if err := json.Unmarshal(document["sops"], &block); err != nil {
					t.Fatal(err)
				}
				block[field] = json.RawMessage(value)
				if field == "key_groups" {
					delete(block, "age")
				}
				document["sops"], _ = json.Marshal(block)
			}
			// Keys in the order they had, since they are signed in it.
			ordered := "{"
			for _, key := range []string{"password", "port", "list", "open_unencrypted", "sops"} {
				ordered += fmt.Sprintf("%q: %s,", key, document[key])
			}
			got, problem := opens(t, strings.TrimSuffix(ordered, ",")+"}", sopsfile.JSON)
			if problem == "" && got != want {
				t.Errorf("sops.%s: %s: it gives %q", field, value, got)
			}
		}
	}
}

// TestBombs has documents that are made to exhaust time or memory.
func TestBombs(t *testing.T) {
	documents := samples(t)
	yamlWith := func(from, to string) string {
		edited := regexp.MustCompile(`(?m)`+from).ReplaceAllString(documents[sopsfile.YAML],
			strings.ReplaceAll(to, "$", "$$"))
		if edited == documents[sopsfile.YAML] {
			t.Fatalf("the document has no %s", from)
		}
		return edited
	}
	bomb := "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < 20; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	entry := regexp.MustCompile(`(?s)    age:\n(.*?)    lastmodified:`).FindStringSubmatch(documents[sopsfile.YAML])[1]
	for name, c := range map[string]struct {
		text   string
		format sopsfile.Format
		says   string
	}{
		"alias bomb": {bomb + documents[sopsfile.YAML], sopsfile.YAML,
			"its YAML aliases multiply to more than it could hold"},
		"alias of itself": {"a: &a [*a]\n" + documents[sopsfile.YAML], sopsfile.YAML, "its YAML aliases multiply"},
		"deep JSON": {`{"a":` + strings.Repeat("[", maxDocument-100), sopsfile.JSON,
			"its maps and lists are nested too deeply"},
		"deep JSON, closed": {`{"a":` + strings.Repeat("[", 2_000_000) + strings.Repeat("]", 2_000_000) + "}",
			sopsfile.JSON, "its maps and lists are nested too deeply"},
		"deep binary": {`{"a":` + strings.Repeat(`{"a":`, 500_000), sopsfile.Binary,
			"its maps and lists are nested too deeply"},
		"deep YAML":            {"a: " + strings.Repeat("[", 100_000), sopsfile.YAML, "it is not valid yaml"},
		"deep YAML, in blocks": {"a:\n  " + strings.Repeat("- ", 50_000) + "b\n", sopsfile.YAML, "it is not valid yaml"},
		"deep dotenv": {"sops_a" + strings.Repeat("__map_", 100_000) + "=1\n", sopsfile.Dotenv,
			"its sops block cannot be used: it has more than SOPS would write"},
		"long dotenv": {strings.Repeat("sops_x=\n", maxDocument/8), sopsfile.Dotenv, `"sops_x" appears twice in it`},
		"long dotenv list": {"sops_age__list_99999999999__map_enc=x\nsops_mac=x\n", sopsfile.Dotenv,
			"its sops block is malformed"},
		"thousands of keys": {strings.Replace(documents[sopsfile.YAML], entry, strings.Repeat(entry, 1500), 1),
			sopsfile.YAML, "its sops block cannot be used: it names 1500 keys; at most 100 are tried"},
		"hundreds of keys": {strings.Replace(documents[sopsfile.YAML], entry, strings.Repeat(entry, 101), 1),
			sopsfile.YAML, "its sops block cannot be used: it names 101 keys; at most 100 are tried"},
		"long regexp": {yamlWith("^    unencrypted_suffix: .*$", "    encrypted_regex: "+strings.Repeat("a", 2000)),
			sopsfile.YAML, "its sops block cannot be used: a regular expression is too long"},
		"large regexp": {yamlWith("^    unencrypted_suffix: .*$",
			"    encrypted_regex: "+strings.Repeat(".{1000}", 100)), sopsfile.YAML,
			"its sops block cannot be used: a regular expression is too large"},
		"broken regexp": {yamlWith("^    unencrypted_suffix: .*$", "    encrypted_regex: (a"), sopsfile.YAML,
			"its sops block cannot be used: a regular expression does not compile"},
		"backtracking regexp": {strings.Replace(yamlWith("^    unencrypted_suffix: .*$", "    encrypted_regex: ^(a+)+$"),
			"password:", strings.Repeat("a", 100_000)+"b:", 1), sopsfile.YAML, "it"},
		"no key": {strings.Replace(documents[sopsfile.YAML], "    age:\n"+entry, "    key_groups: [{}]\n", 1),
			sopsfile.YAML, "its sops block cannot be used: it names no key"},
		"control characters": {strings.Replace(documents[sopsfile.YAML], "password:", `"pass\e[31mword\n"`+":", 1),
			sopsfile.YAML, "its value at pass\ufffd[31mword\ufffd does not decrypt"},
		"long key":  {strings.Repeat("a", maxDocument-10) + ": b\n", sopsfile.YAML, "it is not valid yaml"},
		"new lines": {strings.Repeat("\n", 400_000), sopsfile.YAML, "it is not encrypted"},
		"comments":  {strings.Repeat("#\n", 400_000), sopsfile.YAML, "it is not encrypted"},
		"documents": {strings.Repeat("--- {}\n", 20_000), sopsfile.YAML, "it has too many values"},
		"flow":      {"a: [" + strings.Repeat("{b: c}, ", 20_000) + "]\n", sopsfile.YAML, "it is not encrypted"},
		"sections":  {strings.Repeat("[a]\n", 100_000), sopsfile.INI, `"a" appears twice in it, first in line 1`},
		"many keys": {manyKeys(20_000), sopsfile.YAML, "it is not encrypted"},
	} {
		t.Run(name, func(t *testing.T) {
			got, problem := opens(t, c.text, c.format)
			if problem == "" {
				t.Fatalf("it gives %d bytes", len(got))
			}
			sopstest.Holds(t, problem, c.says)
		})
	}
}

// TestRecipientForTerminals shows recipients in an error without what would drive a terminal.
func TestRecipientForTerminals(t *testing.T) {
	text := samples(t)[sopsfile.YAML]
	sopstest.NoKeys(t)
	edited := regexp.MustCompile(`recipient: .*`).ReplaceAllString(text, `recipient: "age1\e]0;owned\a\u202e"`)
	_, problem := opens(t, edited, sopsfile.YAML)
	sopstest.Holds(t, problem, "It is encrypted for age age1\ufffd]0;owned\ufffd\ufffd. Keys")
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "key-%d: value\n", i)
	}
	return b.String()
}
