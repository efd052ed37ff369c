package sources_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// configMapOf is a ConfigMap as kustomize hands it over: its name now, the names before, and its fields.
func configMapOf(t *testing.T, name, before string, fields map[string]map[string]string) *yaml.RNode {
	t.Helper()
	object := map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name}}
	if before != "" {
		object["metadata"].(map[string]any)["annotations"] = map[string]any{"internal.config.kubernetes.io/previousNames": before}
	}
	for field, entries := range fields {
		object[field] = entries
	}
	text, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return yaml.MustParse(string(text))
}

// TestConfigMap reads documents from ConfigMaps among the resources, without any file system.
func TestConfigMap(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	asJSON := string(sopstest.Encrypt(t, dir, "a.enc.json", `{"password": "hunter2"}`, "--age", recipient))
	binary := sopstest.Encrypt(t, dir, "a.bin", "\xff\x00", "--age", recipient)
	no := false
	items := []*yaml.RNode{
		yaml.MustParse("apiVersion: v1\nkind: Secret\nmetadata: {name: encrypted}\n"),
		yaml.MustParse("apiVersion: example.com/v1\nkind: ConfigMap\nmetadata: {name: encrypted}\n"),
		configMapOf(t, "pre-encrypted-7g2h", "encrypted,pre-encrypted",
			map[string]map[string]string{"data": {"a.enc.json": asJSON, "plain.yaml": "password: plain\n",
				"big": strings.Repeat("x", sources.MaxDocument+1)}}),
		configMapOf(t, "folded", "",
			map[string]map[string]string{"binaryData": {"a.enc.json": base64.StdEncoding.EncodeToString([]byte(asJSON))[:76] +
				"\n" + base64.StdEncoding.EncodeToString([]byte(asJSON))[76:], "a.bin": base64.StdEncoding.EncodeToString(binary),
				"broken": "!"}}), configMapOf(t, "twice", "", nil),
		configMapOf(t, "twice", "", nil),
		configMapOf(t, "renamed", "now", nil),
		configMapOf(t, "now", "", map[string]map[string]string{"data": {"a.enc.json": asJSON}}),
		yaml.MustParse("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: empty}\ndata: null\n"),
	}
	opener := rootless()
	openItem := func(name, key string, encrypted *bool) (*sources.Set, []*report.Finding) {
		source := schema.Source{Name: "it", ConfigMap: &schema.ConfigMapKey{Name: name, Key: key}, Encrypted: encrypted}
		return openAll(opener, specOf(source), sources.Origin{Items: items})
	}
	for _, c := range []struct {
		name, key string
		encrypted *bool
		value     schema.Value
		want      string
	}{
		{"encrypted", "a.enc.json", nil, schema.Value{Key: "password"}, "hunter2"},
		{"pre-encrypted", "a.enc.json", nil, schema.Value{Key: "password"}, "hunter2"},
		{"pre-encrypted-7g2h", "a.enc.json", nil, schema.Value{Key: "password"}, "hunter2"},
		{"encrypted", "plain.yaml", &no, schema.Value{Key: "password"}, "plain"},
		{"encrypted", "plain.yaml", &no, schema.Value{}, "password: plain\n"},
		{"folded", "a.enc.json", nil, schema.Value{Key: "password"}, "hunter2"},
		{"folded", "a.bin", nil, schema.Value{}, "\xff\x00"},
		{"now", "a.enc.json", nil, schema.Value{Key: "password"}, "hunter2"},
	} {
		set, findings := openItem(c.name, c.key, c.encrypted)
		if len(findings) > 0 {
			t.Errorf("%s/%s: %v", c.name, c.key, findings)
			continue
		}
		c.value.From = "it"
		if out, f := set.Value(here, c.value); f != nil || string(out) != c.want {
			t.Errorf("%s/%s: %q, %v", c.name, c.key, out, f)
		}
	}
	for _, c := range []struct{ name, key, says string }{
		{"encryptd", "a.enc.json",
			`sources[0].configMap.name: ConfigMap encryptd/a.enc.json: there is no such ConfigMap among the resources; did you mean encrypted?`},
		{"nothing-like-it", "a",
			"there is no such ConfigMap among the resources; there are empty, encrypted, folded, now, twice"},
		{"encrypted", "a.enc.jso",
			`sources[0].configMap.key: ConfigMap encrypted/a.enc.jso: the ConfigMap has no such key; did you mean a.enc.json?`},
		{"empty", "a.json", "sources[0].configMap.key: ConfigMap empty/a.json: the ConfigMap has no such key; add the document to it"},
		{"twice", "a.json", "2 ConfigMaps among the resources have this name; give each its own name"},
		{"folded", "broken", "sources[0].configMap.key: ConfigMap folded/broken: its binaryData is not base64"},
		{"encrypted", "big", fmt.Sprintf("sources[0].configMap: ConfigMap encrypted/big: it has %d bytes",
			sources.MaxDocument+1)},
		{"encrypted", "plain.yaml",
			"sources[0]: ConfigMap encrypted/plain.yaml: it is not encrypted: it has no sops block; encrypt it with `sops encrypt -i`, or say encrypted: false if it is no secret"},
	} {
		_, findings := openItem(c.name, c.key, nil)
		if len(findings) != 1 {
			t.Errorf("%s/%s: %v", c.name, c.key, findings)
			continue
		}
		sopstest.Holds(t, findings[0].Error(), c.says)
	}
}

// TestInline reads documents that stand in the SecretSpec. Two of them are two documents.
func TestInline(t *testing.T) {
	recipient := sopstest.WithAgeKey(t)
	dir := t.TempDir()
	one := string(sopstest.Encrypt(t, dir, "one.yaml", "password: hunter2\n", "--age", recipient))
	two := string(sopstest.Encrypt(t, dir, "two.yaml", "password: hunter3\n", "--age", recipient))
	env := string(sopstest.Encrypt(t, dir, "env.env", "PASSWORD=hunter4\n", "--age", recipient))
	opener := rootless()
	spec := specOf(
		schema.Source{Name: "one", Inline: one},
		schema.Source{Name: "two", Inline: two},
		schema.Source{Name: "env", Inline: env, Format: schema.Dotenv},
	)
	set, findings := openAll(opener, spec, sources.Origin{})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for _, c := range []struct{ from, key, want string }{{"one", "password", "hunter2"}, {"two", "password", "hunter3"},
		{"env", "PASSWORD", "hunter4"}} {
		if out, f := set.Value(here, schema.Value{From: c.from, Key: c.key}); f != nil || string(out) != c.want {
			t.Errorf("%s: %q, %v", c.from, out, f)
		}
	}
	_, f := set.Value(field.NewPath("secrets").Index(0).Child("data", "password"),
		schema.Value{From: "two", Key: "pasword"})
	sopstest.Holds(t, f.Error(),
		`secrets[0].data.password: the inline source two: there is no key "pasword"; did you mean password?`)

	// The same name in another SecretSpec of the run is another document.
	set, findings = openAll(opener, specOf(schema.Source{Name: "one", Inline: two}), sources.Origin{})
	if out, f := set.Value(here, schema.Value{From: "one", Key: "password"}); len(findings) > 0 || f != nil ||
		string(out) != "hunter3" {
		t.Errorf("%q, %v", out, f)
	}
	sopstest.Holds(t, refused(t, dir, schema.Source{Name: "plain", Inline: "password: hunter5\n"}, "hunter5").Error(),
		"sources[0]: the inline source plain: it is not encrypted")
	sopstest.Holds(t, refused(t, dir, schema.Source{Name: "big", Inline: strings.Repeat("a",
		sources.MaxDocument+1)}).Error(),
		"sources[0].inline: the inline source big: it has 4194305 bytes; a source may have 4194304")
}

// TestUnused does not read what nothing uses, and says so.
func TestUnused(t *testing.T) {
	spec := specOf(schema.Source{Name: "gone", File: "gone.yaml"})
	spec.Secrets[0].DataFrom = nil
	_, findings := openAll(rootless(), spec, sources.Origin{})
	if len(findings) != 1 || findings[0].Level() != report.Warning {
		t.Fatal(findings)
	}
	sopstest.Holds(t, findings[0].Error(),
		`sources[0]: nothing uses the source "gone", so it was not read; remove it, or name it in a from`)
}

// TestBrokenTwice blames a document that cannot be opened under every source that names it, in every SecretSpec.
func TestBrokenTwice(t *testing.T) {
	opener := newOpener(t, t.TempDir())
	for range 2 {
		_, findings := openAll(opener, specOf(schema.Source{File: "gone.yaml"}, schema.Source{File: "gone.yaml"}),
			sources.Origin{})
		if len(findings) != 2 || findings[0].Path() != "sources[0].file" || findings[1].Path() != "sources[1].file" {
			t.Error(findings)
		}
	}
}

// TestDir reads a file beside the SecretSpec, wherever that stands under the root.
func TestDir(t *testing.T) {
	sopstest.NoKeys(t)
	dir := t.TempDir()
	sopstest.Write(t, dir, "shop/base/a.yaml", []byte("password: beside\n"))
	sopstest.Write(t, dir, "shop/a.yaml", []byte("password: above\n"))
	no := false
	for name, want := range map[string]string{"a.yaml": "beside", "../a.yaml": "above"} {
		set, findings := openAll(newOpener(t, dir), specOf(schema.Source{Name: "it", File: name, Encrypted: &no}),
			sources.Origin{Dir: "shop/base"})
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		if out, f := set.Value(here, schema.Value{From: "it", Key: "password"}); f != nil || string(out) != want {
			t.Errorf("%s: %q, %v", name, out, f)
		}
	}
}

// TestSharedProblem has one document that cannot be opened, named by several sources with other fields: what is said
// of one does not change what is said of another.
func TestSharedProblem(t *testing.T) {
	sopstest.NoKeys(t)
	dir := t.TempDir()
	sopstest.Write(t, dir, "a.yaml", []byte("password: plain\n"))
	opener := newOpener(t, dir)
	_, first := openAll(opener, specOf(schema.Source{Name: "a", File: "a.yaml"}), sources.Origin{})
	_, second := openAll(opener, specOf(schema.Source{Name: "x", Inline: "y: z"},
		schema.Source{Name: "a", File: "./a.yaml"}), sources.Origin{})
	if len(first) != 1 || len(second) != 2 || first[0].Path() != "sources[0]" || second[1].Path() != "sources[1]" {
		t.Fatal(first, second)
	}
	if first[0].Code != report.NotEncrypted || first[0].Text() != second[1].Text() {
		t.Error(first, second)
	}
}

// TestOutsideRoot tells what leads out of the root from names that only speak of it.
func TestOutsideRoot(t *testing.T) {
	sopstest.NoKeys(t)
	dir := filepath.Join(t.TempDir(), "root")
	sopstest.Write(t, dir, "path escapes from parent", []byte("a: b\n"))
	if err := os.Symlink("../outside", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	no := false
	for name, code := range map[string]report.Code{
		"../a.yaml":                         report.OutsideRoot,
		"link":                              report.OutsideRoot,
		"link/a.yaml":                       report.OutsideRoot,
		"/etc/passwd":                       report.OutsideRoot,
		"path escapes from parent/a.yaml":   report.UnreadableFile,
		"no path escapes from parent":       report.NoSuchFile,
		"path escapes from parent\x00.yaml": report.UnreadableFile,
	} {
		if f := refused(t, dir, schema.Source{File: name, Encrypted: &no}); f.Code != code {
			t.Errorf("%q: %s: %v", name, f.Code, f)
		}
	}
}
