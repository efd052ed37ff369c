package sopsfile_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

const specText = `apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata:
    name: shop
secrets:
    - data:
        MAC:
            value: ` + secret + `
        other:
            value: ` + secret + `2
      name: shop
`

// encryptedSpec returns a SecretSpec encrypted for the key of this machine.
func encryptedSpec(t *testing.T) []byte {
	t.Helper()
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	sopstest.Write(t, dir, ".sops.yaml", []byte("creation_rules: [{age: "+recipient+"}]\n"))
	out, f := sopsfile.NewKeyring().EncryptSpec(context.Background(), []byte(specText),
		filepath.Join(dir, "secretspec.yaml"))
	if f != nil {
		t.Fatal(f)
	}
	return out
}

// TestSpec encrypts, opens and formats a SecretSpec.
func TestSpec(t *testing.T) {
	text := encryptedSpec(t)
	if bytes.Contains(text, []byte(secret)) {
		t.Fatalf("it is not encrypted:\n%s", text)
	}
	node := yaml.MustParse(string(text))
	opened, recipients, f := sopsfile.NewKeyring().OpenSpec(context.Background(), nil, node)
	if f != nil || recipients == nil {
		t.Fatal(f)
	}
	if got := opened.MustString(); strings.Count(got, "value: "+secret) != 2 || strings.Contains(got, "sops:") {
		t.Errorf("it is\n%s", got)
	}
	if inspected, _, f := sopsfile.InspectSpec(node); f != nil || strings.Contains(inspected.MustString(), secret) {
		t.Errorf("without a key it is\n%s, %v", inspected.MustString(), f)
	}
	out, f := sopsfile.NewKeyring().FormatSpec(context.Background(), text, "secretspec.yaml")
	if f != nil || !bytes.Equal(out, text) {
		t.Errorf("formatted, it is\n%s, %v", out, f)
	}
}

// TestSpecFolded opens a SecretSpec with a folded text beside what is encrypted. The MAC covers it.
func TestSpecFolded(t *testing.T) {
	dir := t.TempDir()
	sopstest.Write(t, dir, ".sops.yaml", []byte("creation_rules: [{age: "+sopstest.WithAgeKey(t)+"}]\n"))
	text := specText + "    - name: folded\n      data:\n        t:\n            template: >\n                x\n" +
		"                  two\n"
	sealed, f := sopsfile.NewKeyring().EncryptSpec(context.Background(), []byte(text),
		filepath.Join(dir, "secretspec.yaml"))
	if f != nil {
		t.Fatal(f)
	}
	opened, _, f := sopsfile.NewKeyring().OpenSpec(context.Background(), nil, yaml.MustParse(string(sealed)))
	if f != nil {
		t.Fatal(f)
	}
	var got struct {
		Secrets []struct {
			Data map[string]struct{ Template string }
		}
	}
	if err := opened.YNode().Decode(&got); err != nil || got.Secrets[1].Data["t"].Template != "x\n  two\n" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestSpecTampered tells a change of the order, which kustomize makes, from a change of a value, whatever the path of
// the value is.
func TestSpecTampered(t *testing.T) {
	text := encryptedSpec(t)
	for name, c := range map[string]struct {
		edited []byte
		code   report.Code
		sorted bool
	}{
		"the value at a path with MAC in it": {
			edited: regexp.MustCompile(`(MAC:\n\s+value: ENC\[AES256_GCM,data:)....`).ReplaceAll(text, []byte("${1}AAAA")),
			code:   report.NotDecryptable,
		},
		"a value in the clear at a path with MAC in it": {
			edited: regexp.MustCompile(`(MAC:\n\s+value: ).*`).ReplaceAll(text, []byte("${1}plain")),
			code:   report.PlaintextInDocument,
		},
		"the order": {
			edited: regexp.MustCompile(`(?s)( +MAC:\n[^\n]*\n)( +other:\n[^\n]*\n)`).ReplaceAll(text, []byte("$2$1")),
			code:   report.MACMismatch, sorted: true,
		},
	} {
		if bytes.Equal(c.edited, text) {
			t.Fatalf("%s: nothing is changed", name)
		}
		_, _, f := sopsfile.NewKeyring().OpenSpec(context.Background(), nil, yaml.MustParse(string(c.edited)))
		if f == nil || f.Code != c.code {
			t.Errorf("%s: it is %v", name, f)
			continue
		}
		if says := strings.Contains(f.Error(), "kustomize sorted its keys"); says != c.sorted ||
			errors.Is(f, sopsfile.ErrMAC) != c.sorted {
			t.Errorf("%s: it says %v", name, f)
		}
		sopstest.TellsNothing(t, f.Error(), secret)
	}
}

// TestSpecRefused has what cannot be encrypted as a SecretSpec.
func TestSpecRefused(t *testing.T) {
	text := encryptedSpec(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "secretspec.yaml")
	encrypt := func(text string) *report.Finding {
		_, f := sopsfile.NewKeyring().EncryptSpec(context.Background(), []byte(text), path)
		return f
	}
	if f := encrypt(specText); f == nil || f.Code != report.NoRuleFile {
		t.Errorf("it is %v", f)
	}
	sopstest.Write(t, dir, ".sops.yaml", []byte("creation_rules: [{path_regex: other, age: age1x}]\n"))
	if f := encrypt(specText); f == nil || f.Code != report.NoCreationRule {
		t.Errorf("it is %v", f)
	}
	sopstest.Write(t, dir, ".sops.yaml",
		[]byte("creation_rules: [{age: age1d907c0yeaypvx8ftll6kr48g0kvj3vwpvdkczt4ly5m4u4sc2spq78rk3u}]\n"))
	for text, code := range map[string]report.Code{
		string(text):                      report.AlreadyEncrypted,
		specText + "---\na: b\n":          report.NotOneDocument,
		specText + "value: {a: b}\n":      report.MisplacedEncryption,
		"a: [b":                           report.NotOneDocument,
		specText + "list: [{value: 1}]\n": report.MisplacedEncryption,
	} {
		if f := encrypt(text); f == nil || f.Code != code {
			t.Errorf("%s: it is %v", code, f)
		}
	}
}

var outputField = field.NewPath("output", "sops")

// TestRecipients reports each recipient that is not one, and looks for creation rules inside the root only.
func TestRecipients(t *testing.T) {
	var c report.Collector
	got := keyring.Listed(&c, outputField, keyring.KeyNames{
		Age: []string{"age1x", "age1d907c0yeaypvx8ftll6kr48g0kvj3vwpvdkczt4ly5m4u4sc2spq78rk3u"}, AzureKV: []string{"x"},
		HCVault: []string{"x"},
	})
	var fields []string
	for _, f := range c.Findings() {
		fields = append(fields, f.Path())
	}
	want := "output.sops.age[0] output.sops.azure_kv[0] output.sops.hc_vault[0]"
	if got != nil || strings.Join(fields, " ") != want {
		t.Errorf("%v, %v", got, fields)
	}

	above := t.TempDir()
	dir := filepath.Join(above, "root")
	rule := []byte("creation_rules: [{path_regex: '.*enc.*', age: age1d907c0yeaypvx8ftll6kr48g0kvj3vwpvdkczt4ly5m4u4sc2spq78rk3u}]\n")
	sopstest.Write(t, above, ".sops.yaml", rule)
	sopstest.Write(t, dir, "shop/.sops.yaml", rule)
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	if r, f := keyring.Ruled(root, "shop/base/a.enc.yaml"); f != nil || r == nil {
		t.Error(f)
	}
	if _, f := keyring.Ruled(root, "shop/base/a.yaml"); f == nil || f.Code != report.NoCreationRule {
		t.Error(f)
	}
	if _, f := keyring.Ruled(root, "a.enc.yaml"); f == nil || f.Code != report.NoRuleFile {
		t.Error(f)
	}
	if _, f := keyring.Ruled(nil, "a.enc.yaml"); f == nil || f.Code != report.NoFileSystem {
		t.Error(f)
	}
}
