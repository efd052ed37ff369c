package generators_test

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// now is the clock of the tests.
var now = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)

// rule is one thing a type of Secret is held to: what is given, and every finding about it.
type rule struct {
	name  string
	given generators.Input
	want  []string
}

// holds makes a Secret of each rule, compares the findings, and sees that none of them tells a value.
func holds(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Helper()
			var c report.Collector
			secret, findings := generators.Make(r.given, &c), c.Findings()
			if diff := cmp.Diff(r.want, texts(findings), cmp.Transformer("lines",
				func(s []string) string { return strings.Join(s, "\n") })); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if (secret == nil) != c.Failed() {
				t.Errorf("a Secret was made: %v", secret != nil)
			}
			hasCodes(t, findings)
			tellsNothing(t, r.given, findings)
		})
	}
}

func texts(findings []*report.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, string(f.Level())+": "+f.Error())
	}
	return all
}

// hasCodes checks that every finding has a code that has a rule.
func hasCodes(t *testing.T, findings []*report.Finding) {
	t.Helper()
	for _, f := range findings {
		if !slices.ContainsFunc(report.Rules(), func(r report.Rule) bool { return r.Code == f.Code }) {
			t.Errorf("%s has the code %q, which has no rule", f.Error(), f.Code)
		}
	}
}

// tellsNothing checks that no line of a value is in a finding, nor the value in base64.
func tellsNothing(t *testing.T, in generators.Input, findings []*report.Finding) {
	t.Helper()
	values := slices.Collect(maps.Values(in.Data))
	for _, registry := range in.Registries {
		values = append(values, slices.Collect(maps.Values(registry))...)
	}
	for _, value := range values {
		for line := range strings.Lines(string(value)) {
			line = strings.Trim(line, " \t\r\n{}\"")
			for _, f := range findings {
				if len(line) >= 6 && (strings.Contains(f.Error(), line) || strings.Contains(f.Error(),
					base64.StdEncoding.EncodeToString([]byte(line)))) {
					t.Errorf("a value can be read in: %s", f.Error())
				}
			}
		}
	}
}

// secret is the input for a Secret of a type, whose data all comes from a source.
func secret(secretType string, data map[string]string) generators.Input {
	in := generators.Input{
		Field: field.NewPath("secrets").Index(0),
		Spec:  schema.Secret{Name: "sesame", Type: secretType, Data: map[string]schema.Value{}},
		Data:  map[string][]byte{},
		Now:   now,
	}
	for key, value := range data {
		in.Spec.Data[key] = schema.Value{From: "source", Key: key}
		in.Data[key] = []byte(value)
	}
	return in
}

func with(in generators.Input, change func(*generators.Input)) generators.Input {
	change(&in)
	return in
}

// manifest is what Kubernetes reads of a Secret that must be made.
func manifest(t *testing.T, in generators.Input) corev1.Secret {
	t.Helper()
	var c report.Collector
	made := generators.Make(in, &c)
	if findings := c.Findings(); len(findings) > 0 {
		t.Fatalf("findings: %v", texts(findings))
	}
	text, err := made.Manifest(in.Spec.Name, in.Namespace, nil, nil).String()
	if err != nil {
		t.Fatal(err)
	}
	var out corev1.Secret
	if err := yaml.UnmarshalStrict([]byte(text), &out); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return out
}
