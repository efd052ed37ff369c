package schema_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// parse reads a SecretSpec, and sees that Parse fails with errors alone.
func parse(t *testing.T, body string) (*schema.SecretSpec, []*report.Finding) {
	t.Helper()
	node := yaml.MustParse("apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: shop}\n" + body)
	before := node.MustString()
	var c report.Collector
	spec := schema.Parse(node, &c)
	if diff := cmp.Diff(before, node.MustString()); diff != "" {
		t.Errorf("Parse changed its argument:\n%s", diff)
	}
	if (spec == nil) != c.Failed() {
		t.Errorf("spec %v and findings %v", spec, c.Findings())
	}
	return spec, c.Findings()
}

func TestParseIsStrict(t *testing.T) {
	const valueForm = "write {value: ...}, or {from: ..., key: ...} to take it from a source"
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"an unknown field", `secret: []`, []string{"unknown-field secret: there is no such field; did you mean secrets?"}},
		{"an unknown field, nested", `secrets: [{usedBy: [{volume: {mount: /a}}]}]`, []string{
			"unknown-field secrets[0].usedBy[0].volume.mount: there is no such field; known fields are name, mountPath, subPath, " +
				"readOnly, defaultMode, items"}},
		{"a field of another case", `secrets: [{usedBy: [{volume: {readonly: true}}]}]`, []string{
			"unknown-field secrets[0].usedBy[0].volume.readonly: there is no such field; did you mean readOnly?"}},
		{"an unknown field with dots", `secrets: [{data: {tls.crt: {frm: a}}}]`, []string{
			`unknown-field secrets[0].data["tls.crt"].frm: there is no such field; did you mean from?`}},
		{"a field twice", "sources: []\nsources: []\n",
			[]string{"duplicate-field sources: this field is given twice; remove one of them"}},
		{"a key of a map twice", `secrets: [{data: {a: {value: x}, a: {value: y}}}]`, []string{
			"duplicate-field secrets[0].data.a: this field is given twice; remove one of them"}},
		{"a map for a list", `secrets: {name: a}`,
			[]string{"wrong-kind secrets: this is a map, not a list; write [{name: ..., data: {...}}]"}},
		{"a list for a map", `secrets: [{data: []}]`, []string{
			"wrong-kind secrets[0].data: this is a list, not a map; write {NAME: {value: ...}}"}},
		{"text for a value", `secrets: [{data: {a: hunter2}}]`,
			[]string{"wrong-kind secrets[0].data.a: this is text, not a map; " + valueForm}},
		{"a number for a value", `secrets: [{data: {a: 5432}}]`,
			[]string{"wrong-kind secrets[0].data.a: this is a number, not a map; " + valueForm}},
		{"a block for a value", "secrets: [{data: {a: \"hunter2\\nhunter3\"}}]", []string{
			"wrong-kind secrets[0].data.a: this is text, not a map; " + valueForm}},
		{"text for a source", `sources: [database.enc.yaml]`, []string{
			"wrong-kind sources[0]: this is text, not a map; write {name: ..., file: ...}"}},
		{"text for a list of texts", `secrets: [{usedBy: [{containers: app}]}]`, []string{
			"wrong-kind secrets[0].usedBy[0].containers: this is text, not a list; write [...]"}},
		{"a map for text", `secrets: [{name: {a: b}}]`, []string{
			"wrong-kind secrets[0].name: this is a map, not text; write one text, without a list or a map"}},
		{"a number for text", `secrets: [{name: 1.10}]`,
			[]string{"wrong-kind secrets[0].name: this is a number, not text; put it in quotes"}},
		{"a boolean for text", `secrets: [{labels: {a: true}}]`, []string{
			"wrong-kind secrets[0].labels.a: this is a boolean, not text; put it in quotes"}},
		{"text for a boolean", `secrets: [{immutable: "true"}]`, []string{
			"wrong-kind secrets[0].immutable: this is text, not true or false; write true or false, without quotes"}},
		{"a boolean of YAML 1.1", `secrets: [{immutable: yes}]`, []string{
			"wrong-kind secrets[0].immutable: this is text, not true or false; write true or false, without quotes"}},
		{"text for a number", `secrets: [{usedBy: [{volume: {defaultMode: "0400"}}]}]`, []string{
			"wrong-kind secrets[0].usedBy[0].volume.defaultMode: this is text, not a whole number; write a whole number, without quotes"}},
		{"a number too large", `secrets: [{usedBy: [{volume: {defaultMode: 4294967296}}]}]`, []string{
			"wrong-kind secrets[0].usedBy[0].volume.defaultMode: this number is out of range; write a whole number of at most 32 bits"}},
		{"an alias", `secrets: [{data: {a: &a {value: x}, b: *a}}]`, []string{
			"alias-in-spec secrets[0].data.b: this is a YAML alias; write the value out: a SecretSpec has no aliases"}},
		{"an alias as a key", `secrets: [{name: &a b, data: {*a : {value: x}}}]`, []string{
			"alias-in-spec secrets[0].data: a key is a YAML alias; write the key out: a SecretSpec has no aliases"}},
		{"a map as a key", `secrets: [{data: {{a: b}: {value: x}}}]`, []string{
			"wrong-kind secrets[0].data: a key is a map, not text; write a name before the colon"}},
		{"all of it at once", "x: 1\nsecrets: [{immutable: 1, y: 2}]\n", []string{
			"unknown-field x: there is no such field; known fields are apiVersion, kind, metadata, sops, sources, secrets, output",
			"wrong-kind secrets[0].immutable: this is a number, not true or false; write true or false, without quotes",
			"unknown-field secrets[0].y: there is no such field; known fields are name, from, manifest, namespace, type, labels, annotations, immutable, rollout, " +
				"data, dataFrom, registries, serviceAccountName, path, usedBy"}},
		{"a field twice, the second of the wrong kind", `secrets: [{labels: {a: b}, labels: []}]`, []string{
			"wrong-kind secrets[0].labels: this is a list, not a map; write {NAME: ...}",
			"duplicate-field secrets[0].labels: this field is given twice; remove one of them"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, findings := parse(t, c.body)
			findings = slices.DeleteFunc(findings, func(f *report.Finding) bool { // Validate's, about what the case leaves out
				return f.Code == report.MissingField || f.Code == report.EmptySecret
			})
			if diff := cmp.Diff(c.want, coded(findings)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if text := strings.Join(coded(findings), "\n"); strings.Contains(text, "hunter") {
				t.Errorf("a value can be read in: %s", text)
			}
		})
	}
}

// coded returns the code and the text of each finding.
func coded(findings []*report.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, string(f.Code)+" "+f.Error())
	}
	return all
}

// TestParseReportsTheRest has fields that do not fit beside values that are wrong: both are told in one run, but
// nothing that follows from what does not fit.
func TestParseReportsTheRest(t *testing.T) {
	const sources = "sources: [{name: db, file: db.yaml}]\n"
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"in one Secret",
			sources + `secrets: [{name: a, data: {k: {from: db, ky: a}, j: {from: bd}}, usedBy: [{kind: Pod, envFrom: {}, env: {A: x}}]}]`,
			[]string{
				"unknown-field secrets[0].data.k.ky",
				"unknown-source secrets[0].data.j.from",
				"missing-key secrets[0].usedBy[0].env.A",
			}},
		{"in another Secret", sources +
			`secrets: [{name: a, dta: {k: {from: db}}}, {name: B, type: tls, data: {k: {from: db}}}]`,
			[]string{"unknown-field secrets[0].dta", "unknown-type secrets[1].type", "invalid-name secrets[1].name"}},
		{"a source without its name", "sources: [{nam: db, file: /db.yaml}]\nsecrets: [{name: A, data: {k: {from: db}}}]\n",
			[]string{"unknown-field sources[0].nam", "invalid-name secrets[0].name"}},
		{"data of the wrong kind", sources +
			`secrets: [{name: a, data: [], usedBy: [{kind: Pod, env: {A: x}}]}, {name: B, data: {}}]`,
			[]string{"wrong-kind secrets[0].data", "invalid-name secrets[1].name", "empty-secret secrets[1]"}},
		{"a value of the wrong kind", sources +
			`secrets: [{name: A, data: {k: hunter2}, usedBy: [{kind: Pod, env: {A: k, B: j}}]}]`,
			[]string{"wrong-kind secrets[0].data.k", "invalid-name secrets[0].name", "missing-key secrets[0].usedBy[0].env.B"}},
		{"a field of a volume",
			`secrets: [{name: A, data: {k: {value: x}}, usedBy: [{kind: Pod, volume: {mount: /a}}, {kind: ""}]}]`,
			[]string{
				"unknown-field secrets[0].usedBy[0].volume.mount", "invalid-name secrets[0].name",
				"missing-field secrets[0].usedBy[1].kind", "no-use secrets[0].usedBy[1]",
			}},
		{"at the top, where anything may be meant", `secretz: [{name: A}]`, []string{"unknown-field secretz"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, findings := parse(t, c.body)
			var got []string
			for _, f := range findings {
				got = append(got, string(f.Code)+" "+f.Path())
			}
			slices.Sort(got[1:])
			slices.Sort(c.want[1:])
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestParseValue holds `value` to the text as it was written, whatever YAML would make of it.
func TestParseValue(t *testing.T) {
	for written, want := range map[string]string{
		"text": "text", `"quoted"`: "quoted", "''": "", "5432": "5432", "1.10": "1.10", "0644": "0644", "0x1F": "0x1F",
		"1e3":   "1e3",
		"1_000": "1_000", "true": "true", "True": "True", "2026-11-24": "2026-11-24", "12:30:45": "12:30:45", ".inf": ".inf",
		`"a\tb\n"`: "a\tb\n", "'  a  '": "  a  ", "grüße": "grüße", "'#'": "#", "!!str 5": "5",
		"|\n    a\n     b\n":    "a\n b\n",
		">-\n    a\n    b\n":    "a b",
		"|2-\n      a\n    b\n": "  a\nb",
	} {
		spec, findings := parse(t, "secrets:\n- name: a\n  data:\n    k:\n     value: "+strings.ReplaceAll(written, "\n",
			"\n   ")+"\n")
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
		spec, findings := parse(t,
			"secrets: [{name: "+word+", labels: {"+word+": "+word+"}, data: {"+word+": {value: "+word+"}}, usedBy: [{kind: "+word+", containers: ["+word+"], env: {"+word+": "+word+"}}]}]\n")
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

// TestParseKeys holds keys to the text that was written.
func TestParseKeys(t *testing.T) {
	for _, key := range []string{"5432", "0x10", "true", "null", "1.10"} {
		spec, findings := parse(t, "secrets: [{data: {"+key+": {value: x}}}]\n")
		if len(findings) > 0 {
			t.Errorf("%s: %v", key, findings)
			continue
		}
		if _, is := spec.Secrets[0].Data[key]; !is {
			t.Errorf("%s: got %v", key, spec.Secrets[0].Data)
		}
	}
}

// TestParseBlocks holds random block texts to what YAML says they are.
func TestParseBlocks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	lines := []string{"", "x", "  two", "\ttab", " ", "y: z", "# c", "- a", "é", "\U0001F600", "end  ", "a\u2028b", "\""}
	for range 3000 {
		in := []string{">", "|", ">-", "|-", ">+", "|+", ">8", "!!str >"}[random.IntN(8)] + "\n"
		for range 1 + random.IntN(5) {
			in += "        " + lines[random.IntN(len(lines))] + "\n"
		}
		in = "secrets:\n- data:\n    k:\n      value: " + in + "- name: db\n"
		var want struct {
			Secrets []struct {
				Data map[string]struct{ Value string }
			}
		}
		if yaml.Unmarshal([]byte(in), &want) != nil {
			continue
		}
		spec, findings := parse(t, in)
		if len(findings) > 0 {
			t.Fatalf("%q: %v", in, findings)
		}
		if got := *spec.Secrets[0].Data["k"].Value; got != want.Secrets[0].Data["k"].Value {
			t.Fatalf("%q: %q, want %q", in, got, want.Secrets[0].Data["k"].Value)
		}
	}
}

func TestParseVersion(t *testing.T) {
	for version, want := range map[string]string{
		"secretwright.dev/v1alpha1": "",
		"secretwright.dev/v1":       `apiVersion: "secretwright.dev/v1" is not a version this Secretwright knows; write secretwright.dev/v1alpha1`,
	} {
		node := yaml.MustParse("apiVersion: " + version + "\nkind: SecretSpec\n")
		if !schema.IsSecretSpec(node) {
			t.Errorf("%s is not a SecretSpec", version)
		}
		var c report.Collector
		schema.Parse(node, &c)
		got := ""
		if c.Failed() {
			got = c.Findings()[0].Error()
		}
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for _, other := range []string{"apiVersion: v1\nkind: SecretSpec\n",
		"apiVersion: secretwright.dev/v1alpha1\nkind: Secret\n", "kind: SecretSpec\n", "{}\n"} {
		if schema.IsSecretSpec(yaml.MustParse(other)) {
			t.Errorf("%q is a SecretSpec", other)
		}
	}
}
