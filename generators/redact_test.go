package generators_test

import (
	"encoding/base64"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/hasher"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// TestRedact makes a Secret without its values: all keys are there, computed ones too, and what needs no value is
// checked.
func TestRedact(t *testing.T) {
	in := login(secret(dockerConfigJSON, map[string]string{"password": "correct horse"}), "quay.io", "shop",
		"correct horse", "")
	in.Spec.Data["url"] = schema.Value{Template: "{{ .password }}"}
	var c report.Collector
	made := generators.Redact(in, &c)
	if findings := c.Findings(); len(findings) > 0 {
		t.Fatal(findings)
	}
	got := made.Manifest("registry", "", nil, nil).MustString()
	want := `apiVersion: v1
kind: Secret
metadata:
  name: registry
  annotations:
    secretwright.dev/redacted: "true"
type: kubernetes.io/dockerconfigjson
data:
  .dockerconfigjson: UkVEQUNURUQ=
  password: UkVEQUNURUQ=
  url: UkVEQUNURUQ=
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}

	c = report.Collector{}
	generators.Redact(with(secret("kubernetes.io/tls", map[string]string{"tls.crt": "x"}), func(in *generators.Input) {
		in.Spec.Data["note"] = schema.Value{Template: "{{ now }}"}
	}), &c)
	wantFindings := []string{
		`error: secrets[0].data.note.template: line 1: function "now" not defined; write it as Go's text/template, with the functions that docs/secretspec.md lists`,
		"error: secrets[0].data: it lacks tls.key, which the type kubernetes.io/tls must have; add it to data",
	}
	if diff := cmp.Diff(wantFindings, texts(c.Findings())); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// TestDigest is for the name of a Secret whose content others must not be able to guess.
func TestDigest(t *testing.T) {
	digest := func(value, key string) string {
		var c report.Collector
		made := generators.Make(secret("Opaque", map[string]string{"password": value}), &c)
		if findings := c.Findings(); len(findings) > 0 {
			t.Fatal(findings)
		}
		digest, err := made.Digest([]byte(key))
		if err != nil {
			t.Fatal(err)
		}
		if hash, err := made.Hash(); err != nil || len(hash) != len(digest) || hash == digest {
			t.Errorf("hash %q, digest %q, %v", hash, digest, err)
		}
		return digest
	}
	first := digest("correct horse", "key")
	if first != digest("correct horse", "key") {
		t.Error("it is another each time")
	}
	if first == digest("battery staple", "key") || first == digest("correct horse", "another key") {
		t.Error("it is the same for other content, or under another key")
	}
}

// TestMakeUnusable has no value of a Secret be base64, and its hash be that of what goes out.
func TestMakeUnusable(t *testing.T) {
	var c report.Collector
	made := generators.Redact(secret("Opaque", map[string]string{"password": "correct horse"}), &c)
	made.MakeUnusable()
	manifest := made.Manifest("db", "", nil, nil)
	for key, value := range manifest.GetDataMap() {
		if _, err := base64.StdEncoding.DecodeString(value); err == nil {
			t.Errorf("%s: %q is base64, which an API server takes", key, value)
		}
	}
	want, err := (&hasher.Hasher{}).Hash(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := made.Hash(); got != want || err != nil {
		t.Errorf("the hash is %q, %v; kustomize has %q", got, err, want)
	}
}
