package generators

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// specOf is a Secret with templates: key, template, key, template, ...
func specOf(templates ...string) schema.Secret {
	spec := schema.Secret{Name: "sesame", Type: "Opaque", Data: map[string]schema.Value{}}
	for i := 0; i < len(templates); i += 2 {
		spec.Data[templates[i]] = schema.Value{Template: templates[i+1]}
	}
	return spec
}

// made makes a Secret, and returns the code and the text of each finding. Failures are explained.
func made(in Input) (*Secret, []string) {
	in.Templates = &Templates{Explain: true}
	return told(in)
}

// told makes a Secret as for a log that anyone may read.
func told(in Input) (*Secret, []string) {
	in.Field = field.NewPath("secrets").Index(0)
	var c report.Collector
	secret := Make(in, &c)
	var findings []string
	for _, f := range c.Findings() {
		findings = append(findings, string(f.Code)+" "+f.Error())
	}
	return secret, findings
}

const password = "correct horse/battery+staple"

// values are what the templates of the tests stand beside.
func values() map[string][]byte {
	return map[string][]byte{
		"username": []byte("shop"), "password": []byte(password), "tls.crt": []byte("certificate"),
		"pass-word": []byte(password),
		"json":      []byte(`{"user": "shop", "port": 5432, "none": null, "hosts": ["a", "b"]}`), "empty": nil,
	}
}

func TestTemplate(t *testing.T) {
	for _, c := range []struct{ name, template, want string }{
		{"fields", `{{ .username }}:{{ $.username }}`, "shop:shop"},
		{"a key that is no name", `{{ index . "tls.crt" }} {{ get . "tls.crt" }}`, "certificate certificate"},
		{"a URL", `postgres://{{ .username | urlquery }}:{{ .password | urlquery }}@db`,
			"postgres://shop:correct%20horse%2Fbattery%2Bstaple@db"},
		{"numbers as they were written", `{{ (fromJson .json).port }} {{ add (fromJson .json).port 1 }} {{ 1e6 }}`,
			"5432 5433 1000000"},
		{"a list", `{{ range $i, $host := (fromJson .json).hosts }}{{ $i }}{{ $host }} {{ end }}`, "0a 1b "},
		{"all there is, sorted", `{{ range $key, $_ := . }}{{ $key }} {{ end }}`,
			"empty json pass-word password tls.crt username "},
		{"a template in a template", `{{ define "user" }}{{ .username }}{{ end }}{{ template "user" . }}`, "shop"},
		{"a condition", `{{ if hasKey . "none" }}{{ .none }}{{ else if .empty }}{{ else }}{{ with .username }}{{ . }}{{ end }}{{ end }}`, "shop"},
		{"a variable", `{{ $u := .username }}{{ $u = upper $u }}{{ $u }}`, "SHOP"},
		{"a value that may be missing", `{{ dig "none" "-" . }}{{ dig "x" "-" (fromJson .json) }}`, "--"},
		{"nothing", `{{/* nothing */}}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			secret, findings := made(Input{Spec: specOf("key", c.template), Data: values()})
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			if got := string(secret.data["key"]); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestTemplateOrder expands templates that use others, however they are named and however they ask.
func TestTemplateOrder(t *testing.T) {
	names := []string{"k1", "k2", "k3", "k4", "k5"}
	want := map[string]string{}
	for shift := range names {
		n := slices.Concat(names[shift:], names[:shift])
		in := Input{Data: values(), Spec: specOf(
			n[0], `{{ .username }}-0`,
			n[1], `{{ .`+n[0]+` }}-1`,
			n[2], `{{ $.`+n[1]+` }}{{ index . "`+n[0]+`" }}{{ printf "%s" "`+n[3]+`" }}`,
			n[3], `{{ define "x" }}{{ get . (printf "%s" "`+n[2]+`") }}{{ end }}{{ with . }}{{ template "x" $ }}{{ end }}`,
			n[4], `{{ range $key, $_ := . }}{{ $key }},{{ end }}{{ .`+n[0]+` }}`, // all that are no templates, and none that it did not ask for
		)}
		secret, findings := made(in)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		got := map[string]string{}
		for i, name := range n {
			got[names[i]] = strings.ReplaceAll(string(secret.data[name]), n[0]+",", "")
		}
		got["k3"] = strings.TrimSuffix(got["k3"], n[3])
		got["k4"] = strings.TrimSuffix(got["k4"], n[3])
		if shift == 0 {
			want = got
			if want["k3"] != "shop-0-1shop-0" || want["k4"] != want["k3"] ||
				want["k5"] != "empty,json,pass-word,password,tls.crt,username,shop-0" {
				t.Errorf("got %v", want)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-first +this):\n%s", n, diff)
		}
	}
}

// TestTemplateRules breaks every rule. The findings name the field and the place in the template, and tell no value.
func TestTemplateRules(t *testing.T) {
	const keys = "; the Secret's keys are empty, json, pass-word, password, tls.crt, username"
	const form = "; check the value's form against what the function takes"
	const docs = "; write it as Go's text/template, with the functions that docs/secretspec.md lists"
	for _, c := range []struct{ name, template, want string }{
		{"syntax", "{{ .username }}\n{{ if }}", "template-syntax line 2: missing value for if" + docs},
		{"no end", "{{ if .username }}", "template-syntax line 1: unexpected EOF" + docs},
		{"no such function", "{{ .username | uper }}", `template-syntax line 1: function "uper" not defined` + docs},
		{"the environment", `{{ env "HOME" }}`, `template-syntax line 1: function "env" not defined` + docs},
		{"a missing key", "{{ .pasword }}", `template-missing-key there is no key "pasword" at 1:3; did you mean password?`},
		{"a missing key, far from all", "a\n{{ .token }}", `template-missing-key there is no key "token" at 2:3` + keys},
		{"by $", "{{ range list 1 }}{{ $.pasword }}{{ end }}",
			"template-missing-key a key is not there at 1:22, in <$.pasword>; correct the key, or the source"},
		{"by index", `{{ index . "tls.key" }}`,
			`template-missing-key there is no key "tls.key" at 1:3; did you mean tls.crt?`},
		{"by get", `{{ get . "pass_word" }}`,
			`template-missing-key there is no key "pass_word" at 1:3; did you mean pass-word?`},
		{"by pick", `{{ pick . "username" "pasword" | toJson }}`,
			`template-missing-key there is no key "pasword" at 1:3; did you mean password?`},
		{"in a template", `{{ define "x" }}{{ .pasword }}{{ end }}{{ template "x" . }}`,
			`template-missing-key there is no key "pasword" at 1:19; did you mean password?`},
		{"in JSON", `{{ (fromJson .json).pasword }}`,
			"template-missing-key a key is not there at 1:13, in <.json>; correct the key, or the source"},
		{"even if it is tested", `{{ if .token }}{{ end }}`, `template-missing-key there is no key "token" at 1:6` + keys},
		{"even with a default", `{{ .token | default "x" }}`, `template-missing-key there is no key "token" at 1:3` + keys},
		{"a key made from a value", `{{ index . .password }}`,
			"template-missing-key a key is not there at 1:3, in <index . .password>; correct the key, or the source"},
		{"a field of text", `{{ .username.first }}`, "template-failed it fails at 1:12, in <.username.first>" + form},
		{"null", `{{ (fromJson .json).none }}`,
			"template-failed there is nothing to print at 1:3; use default, or correct the source"},
		{"the first of none", `{{ first (list) }}`,
			"template-failed there is nothing to print at 1:3; use default, or correct the source"},
		{"a list", `{{ splitList "/" .password }}`,
			"template-failed a map or a list is printed at 1:3; pick a value in it, or write it with toJson or join"},
		{"a map", `x {{ . }}`,
			"template-failed a map or a list is printed at 1:5; pick a value in it, or write it with toJson or join"},
		{"a map in a template", `{{ define "x" }}{{ . }}{{ end }}{{ template "x" . }}`,
			"template-failed a map or a list is printed at 1:19; pick a value in it, or write it with toJson or join"},
		{"not base64", `{{ .password | b64dec }}`,
			"template-failed what is decoded is not base64 at 1:15; leave the decoding out, or correct the source"},
		{"not base32", `{{ .password | b32dec }}`,
			"template-failed what is decoded is not base32 at 1:15; leave the decoding out, or correct the source"},
		{"not JSON", `{{ (fromJson .password).user }}`,
			"template-failed what fromJson reads is not JSON at 1:4; correct the source"},
		{"two JSON documents", `{{ fromJson "1 2" }}`,
			"template-failed what fromJson reads is not JSON at 1:3; correct the source"},
		{"not a number", `{{ atoi .password }}`,
			"template-failed text that is not a number is calculated with at 1:3; correct the source"},
		{"added to a number", `{{ add 1 .password }}`,
			"template-failed text that is not a number is calculated with at 1:3; correct the source"},
		{"a fraction", `{{ int "1.5" }}`,
			"template-failed text that is not a number is calculated with at 1:3; correct the source"},
		{"too many arguments", `{{ atoi 1 2 }}`, "template-failed it fails at 1:3, in <atoi 1 2>" + form},
		{"divided by zero", `{{ div 1 0 }}`, "template-failed it fails at 1:3, in <div 1 0>" + form},
		{"an expression that does not parse", `{{ regexMatch .password .username }}{{ regexMatch "(" .password }}`,
			"template-failed a regular expression does not parse at 1:39; correct it"},
		{"a panic of sprig", `{{ urlParse (printf "%s:%s\x7f" .password .password) }}`,
			"template-failed it fails at 1:3, in <urlParse (printf \"%s:%s\\x7f\" .password .password)>" + form},
		{"past the end", `{{ index (splitList "/" .password) 7 }}`,
			"template-failed the list has no such element at 1:3; count from 0"},
		{"not a list", `{{ index .password 0 }}`,
			"template-failed index looks into something that is neither a map nor a list at 1:3; read it with fromJson or splitList first"},
		{"a list by text", `{{ index (splitList "/" .password) .password }}`,
			"template-failed the index of a list is not a whole number at 1:3; count from 0"},
		{"a map by a number", `{{ index . 1 }}`, "template-failed the key of a map is not text at 1:3; put it in quotes"},
		{"fail, in the template's words", `{{ fail "no password" }}`,
			"template-failed no password at 1:3; correct the source"},
		{"fail, with a value", `{{ fail .password }}`, "template-failed it fails at 1:3, in <fail .password>" + form},
		{"fail, with a value in words", `{{ printf "%s is bad" .password | fail }}`,
			"template-failed it fails at 1:34, in <fail>" + form},
		{"fail, as if a key were missing", `{{ printf "map has no entry for key %q" .password | fail }}`,
			"template-failed it fails at 1:52, in <fail>" + form},
		{"no end of itself", `{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}`,
			"template-budget its templates call one another more than 100 deep at 1:16; make the template simpler, or split the Secret"},
		{"too long", `{{ define "x" }}` + strings.Repeat("x", 4096) + `{{ end }}` +
			strings.Repeat(`{{ template "x" . }}`, 300),
			"template-too-large it expands to more than a Secret holds; shorten it"},
		{"itself", `{{ .key }}`, "template-circle the template uses itself; break the circle"},
		{"itself, in a template of its own", `{{ define "x" }}{{ index . "key" }}{{ end }}{{ template "x" . }}`,
			"template-circle the template uses itself; break the circle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			secret, findings := made(Input{Spec: specOf("key", c.template), Data: values()})
			code, text, _ := strings.Cut(c.want, " ")
			want := []string{code + " secrets[0].data.key.template: " + text}
			if diff := cmp.Diff(want, findings); diff != "" || secret != nil {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if text := fmt.Sprint(findings); strings.Contains(text, "battery") ||
				strings.Contains(text, base64.StdEncoding.EncodeToString([]byte("battery"))) {
				t.Errorf("a value can be read in: %s", text)
			}
		})
	}
}

// TestTemplatesTogether has what goes wrong between templates: one finding for each cause, and none for what follows.
func TestTemplatesTogether(t *testing.T) {
	for _, c := range []struct {
		name      string
		templates []string
		want      []string
	}{
		{"a circle, and one that uses it", []string{"one", "{{ .two }}", "two", "{{ .one }}", "three", "{{ .one }}"},
			[]string{"template-circle secrets[0].data.one.template: the templates one, two use one another; break the circle"}},
		{"a circle reached from outside", []string{"a", "{{ .b }}", "b", "{{ .c }}", "c", "{{ .b }}"},
			[]string{"template-circle secrets[0].data.b.template: the templates b, c use one another; break the circle"}},
		{"one that fails, and one that uses it", []string{"a", "{{ .b }}", "b", "{{ atoi .password }}"},
			[]string{"template-failed secrets[0].data.b.template: text that is not a number is calculated with at 1:3; correct the source"}},
		{"two that fail", []string{"a", "{{ .b }}{{ .none }}", "b", "x", "c.d", "{{ fail }}"},
			[]string{
				`template-missing-key secrets[0].data.a.template: there is no key "none" at 1:11; the Secret's keys are b, c.d, empty, json, pass-word, password, tls.crt, username`,
				`template-failed secrets[0].data["c.d"].template: it fails at 1:3, in <fail>; check the value's form against what the function takes`,
			}},
		{"two that do not parse", []string{"a", "{{", "b", "{{ end }}"},
			[]string{
				`template-syntax secrets[0].data.a.template: line 1: unclosed action; write it as Go's text/template, with the functions that docs/secretspec.md lists`,
				`template-syntax secrets[0].data.b.template: line 1: unexpected {{end}}; write it as Go's text/template, with the functions that docs/secretspec.md lists`,
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, findings := made(Input{Spec: specOf(c.templates...), Data: values()})
			if diff := cmp.Diff(c.want, findings); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzTemplate looks for templates that panic, that come to different results, or whose findings tell a value.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{
		`{{ abbrev 6 .text }}`, `{{ add 1 .number 3 }}`, `{{ atoi .number }}`, `{{ b64dec "YQ==" }}`, `{{ .text | b64enc }}`,
		`{{ chunk 1 (list 1 2) | toJson }}`, `{{ dict "a" 1 | toPrettyJson }}`, `{{ dig "a" "b" "c" (dict) }}`,
		`{{ (fromJson .json).id }}`, `{{ hasKey (dict "a" 1) "a" }}`, `{{ indent 2 .text }}`, `{{ join "," (list 1 2) }}`,
		`{{ printf "%s:%d" .text 1 }}`, `{{ regexReplaceAll "a(.)" .text "$1" }}`, `{{ sha256sum .text }}`,
		`{{ splitList " " .text | first }}`, `{{ substr 0 2 .text }}`, `{{ ternary 1 2 true }}`,
		`{{ trunc 3 .text | upper }}`,
		`{{ urlquery .text }}`, `{{ wrap 3 .text }}`, `{{ index . "text" }}`,
		`{{ range $i, $c := splitList "" .text }}{{ $i }}{{ end }}`,
	} {
		f.Add(seed, "correct horse", `{{ .key }}`)
	}
	f.Add(`{{ index . .text }}{{ .other }}`, "staple", "{{ .text }}")
	f.Add(`{{ fail .text }}`, "staple", "{{ index . `key` }}")
	f.Fuzz(func(t *testing.T, given, text, other string) {
		const mark = "⁂" // of a value, and of nothing else
		if strings.Contains(given+other, mark) || large.MatchString(given+" "+text+" "+other) {
			t.Skip()
		}
		in := Input{
			Spec: specOf("key", given, "other", other),
			Data: map[string][]byte{"text": []byte(mark + text + mark), "number": []byte("5432"),
				"json": []byte(`{"id":12345678901234567890}`)},
		}
		first, findings := made(in)
		second, again := made(in)
		if diff := cmp.Diff(findings, again); diff != "" {
			t.Errorf("findings differ:\n%s", diff)
		}
		if (first == nil) != (second == nil) || first != nil && !maps.EqualFunc(first.data, second.data, bytes.Equal) {
			t.Error("Secrets differ")
		}
		if told := fmt.Sprint(findings); strings.Contains(told, mark) || strings.Contains(told, `\u2042`) ||
			strings.Contains(told, base64.StdEncoding.EncodeToString([]byte(mark))) {
			t.Errorf("%q can be read in: %v", text, findings)
		}
	})
}

// large is a number that makes indent, printf or range take their time and memory, which is no discovery.
var large = regexp.MustCompile(`[0-9][0-9a-zA-Z_.+-]{3}`)
