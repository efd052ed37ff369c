package sopsfile_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// layouts are SecretSpecs with @ in the place of each value that is encrypted, and the values as they are written.
var layouts = map[string]struct {
	text   string
	values []string
	want   []string // what the values are
}{
	"block": {
		text: `# A licence.

apiVersion: secretwright.dev/v1alpha1   # and why
kind: SecretSpec
metadata: {name: shop, labels: {tier: backend}}

secrets:
# of the shop
- name: shop
  usedBy: [{kind: Deployment, name: web, env: {PIN: pin}}]
  data:
    pin: {value: @}
    under: { value: @ , }
    "exponent":
      # of the exponent
      value:   @   # behind it
    version: {value: @}
    on: {value: @}
    none: {value: @}
    quoted:
        value: @
    template: {template: "{{ .pin }}"}
    empty: {value: ""}
    key:
        value: @
    folded:
        value: @
    lines:
        value: @

    last: {value: @} # the last
# the end
`,
		values: []string{"0123456", "12345_54321", "8e12", "1.10", "on", `"null"`, `'it''s'`,
			"|\n          one\n          two",
			">-\n            one\n            two", "one\n          two", "2001-01-01"},
		want: []string{"0123456", "12345_54321", "8e12", "1.10", "on", "null", "it's", "one\ntwo\n", "one two", "one two",
			"2001-01-01"},
	},
	"registries": {
		text: "kind: SecretSpec\nmetadata:\n    name: r\nsecrets:\n    - registries:\n        - server: a.example.com\n" +
			"          username: {value: @}\n          password:\n            value: @\n      name: r\n",
		values: []string{"bob", "hunter2"}, want: []string{"bob", "hunter2"},
	},
	"CRLF": {
		text:   "kind: SecretSpec\r\nsecrets:\r\n- data:\r\n    a:\r\n      value: @ # c\r\n  name: shop\r\n",
		values: []string{"0644"}, want: []string{"0644"},
	},
	"marked": {
		text:   "---\nkind: SecretSpec\nsecrets: [{data: {a: {value: @}}}]",
		values: []string{"yes"}, want: []string{"yes"},
	},
}

var sealedValue = regexp.MustCompile(`["']?ENC\[AES256_GCM,[^\]]*\]["']?`)

func fill(text string, values []string) string {
	for _, value := range values {
		text = strings.Replace(text, "@", value, 1)
	}
	return text
}

// encryptIn encrypts a SecretSpec in a folder with a .sops.yaml.
func encryptIn(t *testing.T, dir, recipient, text string) (string, *report.Finding) {
	t.Helper()
	sopstest.Write(t, dir, ".sops.yaml", []byte("creation_rules: [{age: "+recipient+"}]\n"))
	out, f := sopsfile.NewKeyring().EncryptSpec(context.Background(), []byte(text), filepath.Join(dir, "spec.yaml"))
	return string(out), f
}

// valuesOf returns the values of the SecretSpec that a node is, in the order of the file.
func valuesOf(t *testing.T, node *yaml.RNode) (values []string) {
	t.Helper()
	var walk func(node *yaml.Node)
	walk = func(node *yaml.Node) {
		for i, child := range node.Content {
			if node.Kind == yaml.MappingNode && i%2 == 1 && node.Content[i-1].Value == "value" && child.Value != "" {
				values = append(values, child.Value)
			}
			walk(child)
		}
	}
	walk(node.YNode())
	return values
}

// TestEncryptInPlace changes nothing but the values, and appends the sops block. The values come back as the text they
// were written as, from us, and from sops, which can edit the file.
func TestEncryptInPlace(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	for name, c := range layouts {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			out, f := encryptIn(t, dir, recipient, fill(c.text, c.values))
			if f != nil {
				t.Fatal(f)
			}
			layout, block, found := strings.Cut(out, "sops:")
			if !found || strings.Count(layout, "ENC[") != len(c.values) {
				t.Fatalf("it is\n%s", out)
			}
			want, got := c.text, sealedValue.ReplaceAllString(layout, "@")
			if !strings.HasSuffix(c.text, "\n") {
				want += "\n"
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !strings.Contains(block, "mac_only_encrypted: true") {
				t.Errorf("the block is\n%s", block)
			}
			opened, _, f := sopsfile.NewKeyring().OpenSpec(context.Background(), nil, yaml.MustParse(out))
			if f != nil {
				t.Fatal(f)
			}
			if diff := cmp.Diff(c.want, valuesOf(t, opened)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			sopstest.Write(t, dir, "spec.yaml", []byte(out))
			clear := sopstest.SOPS(t, dir, "decrypt", "spec.yaml")
			if diff := cmp.Diff(c.want, valuesOf(t, yaml.MustParse(string(clear)))); diff != "" {
				t.Errorf("sops (-want +got):\n%s", diff)
			}
			sopstest.SOPS(t, dir, "set", "spec.yaml", `["added_unencrypted"]`, `"x"`)
			edited, err := os.ReadFile(filepath.Join(dir, "spec.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if _, _, f := sopsfile.NewKeyring().OpenSpec(context.Background(), nil, yaml.MustParse(string(edited))); f != nil {
				t.Errorf("edited by sops: %v", f)
			}
		})
	}
}

// TestEncryptRefused names the field that SOPS would not keep.
func TestEncryptRefused(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	for text, want := range map[string]struct {
		code  report.Code
		field string
	}{
		"secrets: [{data: {a: {value: !!binary aGVsbG8=}}}]\n":        {report.NotEncryptable, "secrets[0].data.a.value"},
		"secrets: [{data: {a: {value: &a x}, b: {value: *a}}}]\n":     {report.AliasInSpec, "secrets[0].data.a.value"},
		"secrets: [{data: {a: {value: 'ENC[AES256_GCM,data:x]'}}}]\n": {report.AlreadyEncrypted, "secrets[0].data.a.value"},
		"secrets: [{data: {value: {value: x}}}]\n":                    {report.MisplacedEncryption, "secrets[0].data.value"},
		"secrets: [{data: {a: {value: [x]}}}]\n": {report.MisplacedEncryption,
			"secrets[0].data.a.value"},
		"metadata: {labels: {value: x}}\n": {report.MisplacedEncryption, "metadata.labels.value"},
		"a: 1\na: 2\n":                     {report.NotOneDocument, ""},
	} {
		out, f := encryptIn(t, t.TempDir(), recipient, text)
		if f == nil || f.Code != want.code || !strings.Contains(f.Error(), want.field) {
			t.Errorf("%s: %q, %v", text, out, f)
		}
	}
}

// TestSignedOrder opens a SecretSpec whose keys kustomize has sorted, by the order of its file.
func TestSignedOrder(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	plain := "kind: SecretSpec\nmetadata: {name: shop}\nsecrets:\n- name: shop\n  data:\n    b: {value: one}\n    a: {value: two}\n"
	dir := t.TempDir()
	out, f := encryptIn(t, dir, recipient, plain)
	if f != nil {
		t.Fatal(f)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	handed := yaml.MustParse(out)
	data, err := handed.Pipe(yaml.Lookup("secrets", "0", "data"))
	if err != nil {
		t.Fatal(err)
	}
	content := data.YNode().Content
	data.YNode().Content = append(append([]*yaml.Node{}, content[2:]...), content[:2]...)
	handed.SetAnnotations(map[string]string{"config.kubernetes.io/index": "0", "config.kubernetes.io/local-config": "true"}) //nolint:errcheck // it is a map
	open := func(node *yaml.RNode) *report.Finding {
		opened, _, f := sopsfile.NewKeyring().OpenSpec(context.Background(), root, node)
		if f == nil {
			if diff := cmp.Diff([]string{"two", "one"}, valuesOf(t, opened)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
		return f
	}
	if f := open(handed); f == nil || f.Code != report.MACMismatch {
		t.Errorf("without a kustomization: %v", f)
	}
	sopstest.Write(t, dir, "functions/spec.yaml", []byte("# first\nkind: Other\n---\n"+out))
	for _, kustomization := range []string{
		"transformers: [gone.yaml, functions/spec.yaml]\n", "generators: [functions]\n",
		"transformers:\n- |\n  " + strings.ReplaceAll(out, "\n", "\n  ") + "\n",
	} {
		sopstest.Write(t, dir, "functions/kustomization.yaml", []byte("resources: [spec.yaml]\n"))
		sopstest.Write(t, dir, "kustomization.yaml", []byte(kustomization))
		if f := open(handed); f != nil {
			t.Errorf("%s: %v", kustomization, f)
		}
	}
	// One of other values stays refused.
	changed := yaml.MustParse(strings.Replace(handed.MustString(), "a: {value", "c: {value", 1))
	if f := open(changed); f == nil || f.Code != report.NotDecryptable {
		t.Errorf("changed: %v", f)
	}
	other, f := encryptIn(t, dir, recipient, plain)
	if f != nil {
		t.Fatal(f)
	}
	sopstest.Write(t, dir, "functions/spec.yaml", []byte(other))
	sopstest.Write(t, dir, "kustomization.yaml", []byte("transformers: [functions/spec.yaml]\n"))
	if f := open(handed); f == nil || f.Code != report.MACMismatch {
		t.Errorf("of another file: %v", f)
	}
	if bytes.Contains([]byte(out), []byte("one")) {
		t.Error("it is not encrypted")
	}
}
