package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

func parse(t *testing.T, body string) (*schema.SecretSpec, schema.Findings) {
	t.Helper()
	node := yaml.MustParse("apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: shop}\n" + body)
	before := node.MustString()
	spec, findings := schema.Parse(node)
	if diff := cmp.Diff(before, node.MustString()); diff != "" {
		t.Errorf("Parse changed its argument:\n%s", diff)
	}
	if (spec == nil) != findings.HasErrors() {
		t.Errorf("spec %v and findings %v", spec, findings)
	}
	return spec, findings
}

func TestParseIsStrict(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"an unknown field", `secret: []`, []string{"secret: there is no such field; did you mean secrets?"}},
		{"an unknown field, nested", `secrets: [{usedBy: [{volume: {mount: /a}}]}]`, []string{
			"secrets[0].usedBy[0].volume.mount: there is no such field; known fields are name, mountPath, subPath, readOnly, defaultMode, items"}},
		{"a field of another case", `secrets: [{usedBy: [{volume: {readonly: true}}]}]`, []string{"secrets[0].usedBy[0].volume.readonly: there is no such field; did you mean readOnly?"}},
		{"an unknown field with dots", `secrets: [{data: {tls.crt: {frm: a}}}]`, []string{`secrets[0].data["tls.crt"].frm: there is no such field; did you mean from?`}},
		{"a field twice", "sources: []\nsources: []\n", []string{"sources: this field is given twice; remove one of them"}},
		{"a key of a map twice", `secrets: [{data: {a: {value: x}, a: {value: y}}}]`, []string{"secrets[0].data.a: this field is given twice; remove one of them"}},
		{"a map for a list", `secrets: {name: a}`, []string{"secrets: this is a map, not a list"}},
		{"a list for a map", `secrets: [{data: []}]`, []string{"secrets[0].data: this is a list, not a map"}},
		{"text for a struct", `secrets: [{data: {a: b}}]`, []string{"secrets[0].data.a: this is text, not a map"}},
		{"a map for text", `secrets: [{name: {a: b}}]`, []string{"secrets[0].name: this is a map, not text"}},
		{"a number for text", `secrets: [{name: 1.10}]`, []string{"secrets[0].name: this is a number, not text; put it in quotes"}},
		{"a boolean for text", `secrets: [{labels: {a: true}}]`, []string{"secrets[0].labels.a: this is a boolean, not text; put it in quotes"}},
		{"text for a boolean", `secrets: [{immutable: "true"}]`, []string{"secrets[0].immutable: this is text, not true or false"}},
		{"a boolean of YAML 1.1", `secrets: [{immutable: yes}]`, []string{"secrets[0].immutable: this is text, not true or false"}},
		{"text for a number", `secrets: [{usedBy: [{volume: {defaultMode: "0400"}}]}]`, []string{"secrets[0].usedBy[0].volume.defaultMode: this is text, not a whole number"}},
		{"an alias", `secrets: [{data: {a: &a {value: x}, b: *a}}]`, []string{"secrets[0].data.b: a YAML alias stands here; write the value out: a SecretSpec has no aliases"}},
		{"all of it at once", "x: 1\nsecrets: [{immutable: 1, y: 2}]\n", []string{
			"x: there is no such field; known fields are ", "secrets[0].immutable: this is a number, not true or false", "secrets[0].y: there is no such field; known fields are "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, findings := parse(t, c.body)
			if len(findings) != len(c.want) {
				t.Fatalf("findings %v", findings)
			}
			for i, f := range findings {
				if !strings.HasPrefix(f.Error(), c.want[i]) {
					t.Errorf("got  %s\nwant %s", f.Error(), c.want[i])
				}
			}
		})
	}
}

// TestParseValue holds `value` to the text as it was written, whatever YAML would make of it.
func TestParseValue(t *testing.T) {
	for written, want := range map[string]string{
		"text": "text", `"quoted"`: "quoted", "''": "", "5432": "5432", "1.10": "1.10", "0644": "0644", "0x1F": "0x1F", "1e3": "1e3",
		"1_000": "1_000", "true": "true", "True": "True", "2026-11-24": "2026-11-24", "12:30:45": "12:30:45", ".inf": ".inf",
		`"a\tb\n"`: "a\tb\n", "'  a  '": "  a  ", "grüße": "grüße", "'#'": "#", "!!str 5": "5",
		"|\n    a\n     b\n":    "a\n b\n",
		">-\n    a\n    b\n":    "a b",
		"|2-\n      a\n    b\n": "  a\nb",
	} {
		spec, findings := parse(t, "secrets:\n- name: a\n  data:\n    k:\n     value: "+strings.ReplaceAll(written, "\n", "\n   ")+"\n")
		if len(findings) > 0 {
			t.Errorf("%q: %v", written, findings)
			continue
		}
		if diff := cmp.Diff(&want, spec.Secrets[0].Data["k"].Value); diff != "" {
			t.Errorf("%q (-want +got):\n%s", written, diff)
		}
	}
	if spec, _ := parse(t, `secrets: [{data: {k: {value: null}}}]`); spec.Secrets[0].Data["k"].Value != nil {
		t.Error("a null is a value")
	}
}

func TestParseNumbers(t *testing.T) {
	for _, written := range []string{"256", "0400", "0o400", "0x100"} {
		spec, findings := parse(t, `secrets: [{usedBy: [{volume: {defaultMode: `+written+`}}]}]`)
		if len(findings) > 0 {
			t.Errorf("%s: %v", written, findings)
			continue
		}
		if got := *spec.Secrets[0].UsedBy[0].Volume.DefaultMode; got != 256 {
			t.Errorf("%s: got %d", written, got)
		}
	}
}

// TestParseOldBooleans holds text that YAML 1.1 takes for a boolean to what was written, as value, key and name.
func TestParseOldBooleans(t *testing.T) {
	for _, word := range []string{"y", "n", "yes", "No", "on", "OFF"} {
		spec, findings := parse(t, "secrets: [{name: "+word+", labels: {"+word+": "+word+"}, data: {"+word+": {value: "+word+"}}, usedBy: [{kind: "+word+", containers: ["+word+"], env: {"+word+": "+word+"}}]}]\n")
		if len(findings) > 0 {
			t.Errorf("%s: %v", word, findings)
			continue
		}
		words := map[string]string{word: word}
		want := []schema.Secret{{Name: word, Labels: words, Data: map[string]schema.Value{word: {Value: &word}},
			UsedBy: []schema.Target{{Kind: word, Containers: []string{word}, Env: words}}}}
		if diff := cmp.Diff(want, spec.Secrets); diff != "" {
			t.Errorf("%s (-want +got):\n%s", word, diff)
		}
	}
}

func TestParseNumberTooLarge(t *testing.T) {
	_, findings := parse(t, `secrets: [{usedBy: [{volume: {defaultMode: 4294967296}}]}]`)
	if len(findings) != 1 || findings[0].Field != "secrets[0].usedBy[0].volume.defaultMode" || strings.Contains(findings[0].Message, "Go struct") {
		t.Errorf("findings %v", findings)
	}
}

func TestParseVersion(t *testing.T) {
	for version, want := range map[string]string{
		"secretwright.dev/v1alpha1": "",
		"secretwright.dev/v1":       `apiVersion: "secretwright.dev/v1" is not a version this Secretwright knows; write secretwright.dev/v1alpha1`,
	} {
		node := yaml.MustParse("apiVersion: " + version + "\nkind: SecretSpec\n")
		if !schema.IsSecretSpec(node) {
			t.Errorf("%s is no SecretSpec", version)
		}
		_, findings := schema.Parse(node)
		got := ""
		if len(findings) > 0 {
			got = findings[0].Error()
		}
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for _, other := range []string{"apiVersion: v1\nkind: SecretSpec\n", "apiVersion: secretwright.dev/v1alpha1\nkind: Secret\n", "kind: SecretSpec\n", "{}\n"} {
		if schema.IsSecretSpec(yaml.MustParse(other)) {
			t.Errorf("%q is a SecretSpec", other)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"mountPath", "subPath", "name", "readOnly"}
	for name, want := range map[string]string{
		"mountpath": "mountPath", "mountPth": "mountPath", "mount": "", "subpath": "subPath", "nam": "name", "naem": "name",
		"read-only": "readOnly", "volume": "", "x": "",
	} {
		if got := schema.Nearest(name, known); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := schema.Nearest("ab", []string{"aa", "bb"}); got != "aa" {
		t.Errorf("of two that are as near, %q", got)
	}
}

func TestFindings(t *testing.T) {
	var fs schema.Findings
	fs.Warn("a", "it is old", "")
	if fs.HasErrors() {
		t.Error("a warning is an error")
	}
	fs.Add(schema.FieldKey(schema.FieldKey("b", "c"), "d.e"), "it is wrong", "mend it")
	fs = append(fs, schema.Finding{Source: "a.yaml", Message: "it is broken", Fix: "mend it"})
	if !fs.HasErrors() {
		t.Error("an error is none")
	}
	var got []string
	for _, f := range fs {
		got = append(got, f.Error())
	}
	if diff := cmp.Diff([]string{"a: it is old", `b.c["d.e"]: it is wrong; mend it`, "a.yaml: it is broken; mend it"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAliasesMultiply(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 'b'; i < 'h'; i++ {
		bomb += string(i) + ": &" + string(i) + " [" + strings.Repeat("*"+string(i-1)+", ", 9) + "*" + string(i-1) + "]\n"
	}
	for text, want := range map[string]bool{"a: [b, c]\n": false, "a: &a {b: c}\nd: *a\n": false, bomb: true} {
		if got := schema.AliasesMultiply(yaml.MustParse(text).YNode(), 1000); got != want {
			t.Errorf("%.40q: %v", text, got)
		}
	}
	loop := &yaml.Node{Kind: yaml.SequenceNode}
	loop.Content = []*yaml.Node{{Kind: yaml.AliasNode, Alias: loop}}
	if !schema.AliasesMultiply(loop, 1000) {
		t.Error("a node in itself has an end")
	}
}
