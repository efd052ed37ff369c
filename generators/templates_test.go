package generators

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/templates"
	"github.com/secretwright/secretwright/schema"
)

// runOf makes the Secrets of a run, and returns what is told of them.
func runOf(ins []Input) []string {
	templates := &Templates{}
	var c report.Collector
	for i, in := range ins {
		in.Field = field.NewPath("secrets").Index(i)
		in.Templates = templates
		in.Now = time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC)
		Make(in, &c)
	}
	templates.Report(&c)
	var findings []string
	for _, f := range c.Findings() {
		findings = append(findings, string(f.Level())+" "+string(f.Code)+" "+f.Error())
	}
	return findings
}

// spellings are Secrets that could spell the first letter of a value, had what is wrong with each a finding of its own.
var spellings = map[string]func(letter string) (secretType string, data map[string]string){
	"a template fails": func(letter string) (string, map[string]string) {
		return "Opaque", map[string]string{"key": `{{ if hasPrefix "` + letter + `" .password }}{{ fail "it" }}{{ end }}`}
	},
	"a template is too long": func(letter string) (string, map[string]string) {
		return "Opaque", map[string]string{"key": `{{ if hasPrefix "` + letter +
			`" .password }}{{ indent 2000000 "" }}{{ end }}`}
	},
	"a template takes too much": func(letter string) (string, map[string]string) {
		return "Opaque", map[string]string{"key": `{{ if hasPrefix "` + letter +
			`" .password }}{{ range 9000000000 }}{{ end }}{{ end }}`}
	},
	"templates are in a circle": func(letter string) (string, map[string]string) {
		return "Opaque", map[string]string{"key": `{{ if hasPrefix "` + letter + `" .password }}{{ .key }}{{ end }}`}
	},
	"the Secret is too large": func(letter string) (string, map[string]string) {
		pad := `{{ if hasPrefix "` + letter + `" .password }}{{ indent 600000 "" }}{{ end }}`
		return "Opaque", map[string]string{"a": pad, "b": pad}
	},
	"a token has expired": func(letter string) (string, map[string]string) {
		return "bootstrap.kubernetes.io/token", map[string]string{
			"expiration": `{{ if hasPrefix "` + letter + `" .password }}2001-01-01T00:00:00Z{{ end }}`,
			"token-id":   "abcdef", "token-secret": "0123456789abcdef", "usage-bootstrap-signing": "true",
		}
	},
	"a user name ends with a new line": func(letter string) (string, map[string]string) {
		return "kubernetes.io/basic-auth", map[string]string{
			"username": `x{{ if hasPrefix "` + letter + `" .password }}{{ "\n" }}{{ end }}`}
	},
	"a certificate is not one": func(letter string) (string, map[string]string) {
		return "kubernetes.io/tls", map[string]string{
			"tls.crt": `{{ if hasPrefix "` + letter + `" .password }}{{ .password }}{{ end }}`, "tls.key": "{{ .password }}"}
	},
	"a key is locked": func(letter string) (string, map[string]string) {
		return "kubernetes.io/ssh-auth", map[string]string{"ssh-privatekey": `{{ if hasPrefix "` + letter +
			`" .password }}x{{ end }}`}
	},
	"a config.json is not one": func(letter string) (string, map[string]string) {
		return "kubernetes.io/dockerconfigjson", map[string]string{
			".dockerconfigjson": `{{ if hasPrefix "` + letter + `" .password }}x{{ else }}{"auths": {}}{{ end }}`}
	},
}

// TestOneBit makes 26 Secrets, one for each letter, for values of several first letters. What is told of the run must
// not depend on the letter.
func TestOneBit(t *testing.T) {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	for name, spelling := range spellings {
		t.Run(name, func(t *testing.T) {
			var want []string
			for i, first := range "amz" {
				var ins []Input
				for _, letter := range letters {
					ins = append(ins, spelled(spelling(string(letter))))
					ins[len(ins)-1].Data["password"] = []byte(string(first) + "-orrect horse")
				}
				got := runOf(ins)
				if i == 0 {
					want = got
				}
				if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
					t.Fatalf("what is told depends on the value (-%c +%c):\n%s", letters[0], first, diff)
				}
			}
		})
	}
}

func spelled(secretType string, templates map[string]string) Input {
	in := Input{Namespace: "kube-system", Data: map[string][]byte{}, Spec: schema.Secret{
		Name: "bootstrap-token-abcdef", Type: secretType, Data: map[string]schema.Value{"password": {From: "source"}},
	}}
	if secretType == "bootstrap.kubernetes.io/token" {
		in.Spec.Data = map[string]schema.Value{}
	}
	for key, text := range templates {
		in.Spec.Data[key] = schema.Value{Template: text}
	}
	return in
}

// TestReport is for what a run tells of templates that fail: the one that can, or all that can.
func TestReport(t *testing.T) {
	const fix = "; check the form of the values; where nobody else reads the output, `secretwright render --explain` says where it fails"
	const fails = "fails on the values it gets, or makes too much of them"
	in := func(templates ...string) Input { return Input{Spec: specOf(templates...), Data: values()} }
	for _, c := range []struct {
		name string
		ins  []Input
		want []string
	}{
		{"one that can fail among those that cannot", []Input{
			in("a", "{{ .username }}:{{ .password | urlquery }}", "b", "{{ atoi .password }}"),
			in("c", `{{ index . "pass-word" | b64enc | quote }}{{ $.a }}`, "a", "{{ get . `username` }}"),
		}, []string{"error template-failed secrets[0].data.b.template: it " + fails + fix}},
		{"its own words, and what may be meant", []Input{
			in("a", `{{ if eq .username "shop" }}{{ fail "no shops" }}{{ else }}{{ .pasword }}{{ end }}`),
		}, []string{"error template-failed secrets[0].data.a.template: it " + fails +
			`; its own words for that are "no shops"; it asks for "pasword", where "password" may be meant` + fix}},
		{"two that can", []Input{in("a", "{{ atoi .password }}", "b", "{{ atoi `1` }}"),
			in("c", "{{ b64dec .pass }}", "pass", "YQ=={{ .empty }}")},
			[]string{"error template-failed secrets: a template " + fails +
				", one of secrets[0].data.a.template, secrets[1].data.c.template" + fix}},
		{"none that fails", []Input{in("a", `{{ if .empty }}{{ fail "it" }}{{ end }}`)}, nil},
		{"one whose values are checked", []Input{{
			Spec: schema.Secret{Name: "a", Type: "kubernetes.io/basic-auth",
				Data: map[string]schema.Value{"username": {Template: "{{ .x }}\n"}, "x": {From: "s"}}},
			Data: map[string][]byte{"x": []byte("x")},
		}}, []string{"info template-untold secrets[0]: username is made by a template, so nothing is told of its value but whether it is accepted; " +
			"take it from a source for more, or run `secretwright render --explain` where nobody else reads the output"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, runOf(c.ins)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRunBudget has many Secrets that each stay below their own bound.
func TestRunBudget(t *testing.T) {
	var ins []Input
	for range 3 * templates.PerRun {
		ins = append(ins, Input{Spec: specOf("a", fmt.Sprintf("{{ range %d }}{{ end }}{{ .username }}",
			templates.MaxSteps/3)), Data: values()})
	}
	if findings := runOf(ins); len(findings) != 1 {
		t.Errorf("findings: %v", findings)
	}
}
