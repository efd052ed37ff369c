package sources_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

const withMergeKeys = `
base: &base
  user: shop
  password: base
  port: "1"
more: &more
  <<: *base
  port: "2"
  host: db
own:
  <<: *base
  password: own
below:
  password: own
  <<: *base
several:
  <<: [*more, *base]
  extra: x
list:
- <<: *more
  name: first
deep:
  in:
    <<: *more
empty:
  <<: {}
`

// TestMergeKeys holds documents with merge keys to what a reader of YAML has, encrypted and in the clear.
func TestMergeKeys(t *testing.T) {
	dir := t.TempDir()
	text := withMergeKeys
	sopstest.Encrypt(t, dir, "it.yaml", text, "--age", sopstest.WithAgeKey(t))
	sopstest.Write(t, dir, "clear.yaml", []byte(text))
	var want map[string]any
	if err := yaml.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	clear := false
	for _, source := range []schema.Source{{File: "it.yaml"}, {File: "clear.yaml", Encrypted: &clear}} {
		value := open(t, dir, source)
		whole, f := value(schema.Value{As: schema.AsJSON})
		if f != nil {
			t.Fatal(f)
		}
		var got map[string]any
		if err := json.Unmarshal(whole, &got); err != nil {
			t.Fatalf("%v\n%s", err, whole)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-a reader of YAML +got):\n%s", source.File, diff)
		}
		for path, want := range map[string]string{"own.user": "shop", "own.password": "own", "below.password": "own",
			"several.port": "2", "several.host": "db", "list.[name=first].user": "shop", "deep.in.password": "base"} {
			if got, f := value(schema.Value{Key: path}); f != nil || string(got) != want {
				t.Errorf("%s: %s: %q, %v", source.File, path, got, f)
			}
		}
		source.Name = "it"
		set, _ := openAll(newOpener(t, dir), specOf(source), sources.Origin{})
		all, findings := scalars(set, schema.DataFrom{From: "it", Key: "own"})
		var keys []string
		for _, scalar := range all {
			keys = append(keys, scalar.Key)
		}
		if diff := cmp.Diff([]string{"user", "port", "password"}, keys); diff != "" || len(findings) > 0 {
			t.Errorf("%s: dataFrom (-want +got):\n%s%v", source.File, diff, findings)
		}
	}
}

// TestMergeKeysAreOfYAML has the key in JSON, where it is one like any other.
func TestMergeKeysAreOfYAML(t *testing.T) {
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "it.json", `{"a": {"<<": {"b": "c"}}}`, "--age", sopstest.WithAgeKey(t))
	value := open(t, dir, schema.Source{File: "it.json"})
	if got, f := value(schema.Value{Key: "a.<<.b"}); f != nil || string(got) != "c" {
		t.Errorf("JSON has no merge keys: %q, %v", got, f)
	}
	if _, f := value(schema.Value{Key: "a.b"}); f == nil || f.Code != report.NoSuchPath {
		t.Errorf("%v", f)
	}
}
