package generators_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// parsed are the types of Secret whose values are parsed, and the keys these are at: config.json and .dockercfg, PEM
// with certificates and keys, SSH keys, the fields of tokens.
var parsed = []struct {
	secretType string
	keys       [3]string
}{
	{"kubernetes.io/dockerconfigjson", [3]string{".dockerconfigjson"}},
	{"kubernetes.io/dockercfg", [3]string{".dockercfg"}},
	{"kubernetes.io/tls", [3]string{"tls.crt", "tls.key", "ca.crt"}},
	{"kubernetes.io/ssh-auth", [3]string{"ssh-privatekey"}},
	{"kubernetes.io/basic-auth", [3]string{"username", "password"}},
	{"bootstrap.kubernetes.io/token", [3]string{"token-id", "token-secret", "expiration"}},
}

// given is the input that fuzzed values make.
func given(kind uint8, values ...[]byte) generators.Input {
	p := parsed[int(kind)%len(parsed)]
	in := generators.Input{
		Field: field.NewPath("secrets").Index(0),
		Spec:  schema.Secret{Name: "it", Type: p.secretType, Data: map[string]schema.Value{}},
		Data:  map[string][]byte{}, Namespace: "kube-system", Now: now,
	}
	for i, key := range p.keys {
		if key != "" {
			in.Spec.Data[key], in.Data[key] = schema.Value{From: "source", Key: "k"}, values[i]
		}
	}
	return in
}

// FuzzTypes looks for values that make a type of Secret panic, that come to different results, or that a finding
// quotes. It starts from the values of the golden cases.
func FuzzTypes(f *testing.F) {
	files, err := filepath.Glob("../testdata/type-*/plain/*")
	if err != nil || len(files) == 0 {
		f.Fatalf("no values to start from: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var values []string
		var fields map[string]any
		if yaml.Unmarshal(text, &fields) == nil {
			for _, value := range fields {
				if text, ok := value.(string); ok {
					values = append(values, text)
				}
			}
		}
		values = append(values, string(text), "", "")
		for kind := range parsed {
			f.Add(uint8(kind), []byte(values[0]), []byte(values[1]), []byte(values[2])) //nolint:gosec // a handful
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, first, second, third []byte) {
		var before []string
		for range 2 {
			var c report.Collector
			in := given(kind, first, second, third)
			secret := generators.Make(in, &c)
			found := texts(c.Findings())
			if (secret == nil) != c.Failed() {
				t.Fatalf("a Secret was made: %v, though it says %q", secret != nil, found)
			}
			hasCodes(t, c.Findings())
			for _, value := range in.Data {
				for _, word := range strings.Fields(string(value)) {
					if len(word) >= 16 && strings.Contains(strings.Join(found, "\n"), word) {
						t.Fatalf("a finding quotes %q: %q", word, found)
					}
				}
			}
			if before != nil && !slices.Equal(before, found) {
				t.Fatalf("it comes to different results: %s", cmp.Diff(before, found))
			}
			before = append([]string{}, found...)
		}
	})
}
