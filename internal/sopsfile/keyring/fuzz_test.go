package keyring

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// FuzzRecipients reads sops blocks and lists of keys as people without a key can write them. None may panic, and what
// a document says of its recipients survives being compared with itself.
func FuzzRecipients(f *testing.F) {
	files, err := filepath.Glob("../../../testdata/type-*/*.enc.yaml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no documents to start from: %v", err)
	}
	for _, file := range files[:min(len(files), 20)] {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "https://vault.example:8200/v1/sops/keys/a")
	}
	f.Add("sops:\n  version: 3.10.0\n  key_groups: [{age: [{recipient: a}]}, {hc_vault: [{vault_address: //, engine_path: a, key_name: b}]}]\n", "age1")
	f.Add("sops: {version: 3.10.0, kms: [{arn: 'arn:aws:kms:x:1:key/', role: r, context: {a: b}}], azure_kv: [{vault_url: a, name: b}]}\n", "arn:aws:kms")
	f.Fuzz(func(t *testing.T, text, name string) {
		var c report.Collector
		names := []string{name}
		Listed(&c, report.Field("output", "sops"), KeyNames{Age: names, PGP: names, KMS: names, GCPKMS: names,
			AzureKV: names, HCVault: names})
		node, err := yaml.Parse(text)
		if err != nil || node.YNode().Kind != yaml.MappingNode {
			return
		}
		r := OfNode(node)
		if r == nil {
			return
		}
		if both, ok := r.Intersect(r); !ok || !r.Equal(both) || len(r.Unlisted(r)) > 0 {
			t.Error("recipients differ from themselves")
		}
		_ = addressable(r)
		if one, two := Proof([]byte("key"), []byte("witness"), r), Proof([]byte("key"), []byte("witness"),
			&Recipients{}); one == two {
			t.Error("a proof does not tell recipients from none")
		}
	})
}

// FuzzRuleFile reads any .sops.yaml. None may panic, and none gives recipients that cannot be named.
func FuzzRuleFile(f *testing.F) {
	for _, file := range []string{"../../../testdata/.sops.yaml", "../../../examples/.sops.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("creation_rules: [{path_regex: '(', age: a}, {key_groups: [{age: [a], merge: [{pgp: [b]}]}], shamir_threshold: 9}]\n"))
	f.Add([]byte("creation_rules: &a [{age: *a}]\nstores: {yaml: {indent: -1}}\n"))
	f.Add([]byte("creation_rules: [{hc_vault_transit_uri: 'http://[::1'}, {kms: 'a+b|c:d', aws_profile: x}]\n"))
	dir := f.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, ".sops.yaml"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		r, finding := Ruled(root, "secret.yaml")
		switch {
		case finding != nil && finding.Code == "":
			t.Error("no code")
		case finding == nil && r.String() == "":
			t.Error("recipients without a name")
		}
		_, finding = RuleFor(filepath.Join(dir, "secret.yaml"))
		if finding != nil {
			if out, err := json.Marshal(finding.Text()); err != nil || strings.Contains(string(out), `\u001b`) {
				t.Errorf("%v: %q", err, out)
			}
		}
	})
}
