package generators_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

func ExampleMake() {
	in := generators.Input{
		Field: field.NewPath("secrets").Index(0),
		Spec: schema.Secret{
			Name: "database",
			Type: "Opaque",
			Data: map[string]schema.Value{
				"password": {From: "database", Key: "app.password"},
				"url":      {Template: "postgres://shop:{{ .password | urlquery }}@db:5432/shop"},
			},
		},
		Data: map[string][]byte{"password": []byte("correct horse")},
	}
	var c report.Collector
	secret := generators.Make(in, &c)
	fmt.Println(c.Findings())
	fmt.Println(secret.Manifest("database", "shop", nil, nil).MustString())
	// Output:
	// []
	// apiVersion: v1
	// kind: Secret
	// metadata:
	//   name: database
	//   namespace: shop
	// type: Opaque
	// data:
	//   password: Y29ycmVjdCBob3JzZQ==
	//   url: cG9zdGdyZXM6Ly9zaG9wOmNvcnJlY3QlMjBob3JzZUBkYjo1NDMyL3Nob3A=
}

// TestOpaque holds any Secret to the rules of ValidateSecret that are there for all of them.
func TestOpaque(t *testing.T) {
	mebibyte := strings.Repeat("x", 1<<20)
	holds(t, []rule{
		{name: "any keys", given: secret("Opaque", map[string]string{"a": "1", "b.c-d_E": ""})},
		{name: "a type of one's own", given: secret("example.com/licence", map[string]string{"key": "1"})},
		{name: "a full mebibyte", given: secret("Opaque", map[string]string{"a": mebibyte})},
		{
			name: "more than a mebibyte",
			given: secret("Opaque", map[string]string{
				"store.p12": mebibyte[:700_000], "dump": mebibyte[:600_000], "url": "x", "cert": mebibyte[:100],
				"ca": mebibyte[:100],
			}),
			want: []string{"error: secrets[0]: the values have 1300201 bytes together; a Secret holds 1048576. The largest are store.p12 (700000), dump (600000), ca (100); split it into several Secrets"},
		},
		{
			name: "a key of dataFrom that is no key of a Secret",
			given: with(secret("Opaque", map[string]string{"a": "1"}), func(in *generators.Input) {
				in.Spec.DataFrom = []schema.DataFrom{{From: "source"}}
				in.Data["a key"] = []byte("1")
				in.Data[".."] = []byte("1")
			}),
			want: []string{
				`error: secrets[0].dataFrom: ".." cannot be a key of a Secret: must not be '..'; rename it in the source, or take it in data under another key`,
				`error: secrets[0].dataFrom: "a key" cannot be a key of a Secret: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+'); rename it in the source, or take it in data under another key`,
			},
		},
	})
}

// TestManifest checks that Kubernetes reads what was given, whatever YAML would make of it.
func TestManifest(t *testing.T) {
	in := secret("Opaque", map[string]string{"null": "\xd7\x6d\xf8", "true": "\xd5\xe7\x9e", "1": "", "plain": "text"}) // base64: 1234, 1e+e
	in.Namespace = "shop"
	in.Spec.Immutable = true
	in.Spec.Labels = map[string]string{"on": "yes", "version": "1.10", "y": "Off"}
	in.Spec.Annotations = map[string]string{"note": "# not: a comment"}
	immutable := true
	want := corev1.Secret{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{
			Name: "sesame", Namespace: "shop",
			Labels:      map[string]string{"on": "yes", "version": "1.10", "y": "Off"},
			Annotations: map[string]string{"note": "# not: a comment"},
		},
		Type:      corev1.SecretTypeOpaque,
		Immutable: &immutable,
		Data:      in.Data,
	}
	if diff := cmp.Diff(want, manifest(t, in)); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
}

// TestMakeLeavesItsInputAlone is for callers that make a Secret twice.
func TestMakeLeavesItsInputAlone(t *testing.T) {
	in := secret("kubernetes.io/service-account-token", map[string]string{"extra": "1"})
	in.Spec.ServiceAccountName = "robot"
	in.Spec.Data["url"] = schema.Value{Template: "{{ .extra }}"}
	in.Spec.Annotations = map[string]string{"note": "1"}
	var c report.Collector
	if generators.Make(in, &c); c.Failed() {
		t.Fatal(c.Findings())
	}
	if len(in.Data) != 1 || len(in.Spec.Annotations) != 1 {
		t.Errorf("Make changed its input: %v, %v", in.Data, in.Spec.Annotations)
	}
}
