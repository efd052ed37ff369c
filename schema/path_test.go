package schema_test

import (
	"strings"
	"testing"

	"github.com/secretwright/secretwright/schema"
)

// TestExpandPath holds the template for a file to text, fields and if: none of these templates may be executed, since
// some of them would never end.
func TestExpandPath(t *testing.T) {
	const kinds = "it can use {{ .Name }}, {{ .Namespace }}, {{ .SecretSpec }}, and {{ if }} with one of them, " +
		"and nothing else"
	const hides = "it has a line end or another character that does not show"
	for _, tt := range []struct{ text, want, err string }{
		{"{{ .SecretSpec }}/{{.Namespace}}/{{- .Name -}} .yaml", "shop/prod/db.yaml", ""},
		{"{{ if .Namespace }}{{ .Namespace }}/{{ else }}all/{{ end }}{{/* why */}}x.yml", "prod/x.yml", ""},
		{"{{ if .Name }}{{ if .Namespace }}a{{ end }}{{ end }}.yaml", "a.yaml", ""},

		{"{{ range 9223372036854775807 }}{{ end }}x.yaml", "", kinds},
		{"{{ if .Name }}{{ else }}{{ range 9223372036854775807 }}{{ end }}{{ end }}x.yaml", "", kinds},
		{`{{ printf "%999999999s" .Name }}.yaml`, "", kinds},
		{`{{ if eq .Name "db" }}a{{ end }}.yaml`, "", kinds},
		{`{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}.yaml`, "", kinds},
		{"{{ $a := .Name }}{{ .Name }}.yaml", "", kinds},
		{"{{ with .Name }}{{ . }}{{ end }}.yaml", "", kinds},
		{"{{ .Nme }}.yaml", "", kinds},
		{"{{ .Name.Length }}.yaml", "", kinds},

		{"{{", "", "it is not a valid template"},
		{"", "", `"" is not a path inside the folder`},
		{"../a.yaml", "", `"../a.yaml" is not a path inside the folder`},
		{"a.json", "", `"a.json" does not end in .yaml or .yml`},
		{".a/b.yaml", "", `".a/b.yaml" is hidden, so that the next run would not find it`},
		{"x\ny.yaml", "", hides},
		{"\u202e.yaml", "", hides},
		{"a\x00.yaml", "", hides},

		{strings.Repeat("x", 250) + ".yaml", strings.Repeat("x", 250) + ".yaml", ""},
		{strings.Repeat("x", 251) + ".yaml", "", "a name in the path is longer than 255 bytes"},
		{strings.Repeat("{{.Name}}{{.Name}}/", 200) + "x.yaml", strings.Repeat("dbdb/", 200) + "x.yaml", ""},
		{strings.Repeat("{{.SecretSpec}}/{{.Namespace}}/", 131) + "x.yaml", strings.Repeat("shop/prod/", 131) + "x.yaml", ""},
		{strings.Repeat("/", 4092) + ".yaml", "", "it is longer than 4096 bytes"},
	} {
		got, err := schema.ExpandPath(tt.text, schema.PathData{Name: "db", Namespace: "prod", SecretSpec: "shop"})
		if message := ""; err != nil {
			if message = err.Error(); message != tt.err {
				t.Errorf("%.60q: error %q, want %q", tt.text, message, tt.err)
			}
		} else if got != tt.want || tt.err != "" {
			t.Errorf("%.60q: %q, want %q and error %q", tt.text, got, tt.want, tt.err)
		}
	}
	long := schema.PathData{Name: strings.Repeat("n/", 100)}
	if _, err := schema.ExpandPath(strings.Repeat("{{.Name}}", 100)+"x.yaml", long); err == nil {
		t.Error("a path of 20,000 bytes is accepted")
	}
}
