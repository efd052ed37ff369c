package generators

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/templates"
)

// talkers try to have a finding spell a value.
var talkers = []string{
	`{{ fail .password }}`,
	`{{ fail (substr 0 1 .password) }}q Z 7 x K W v 9 J m 3 p Y h`,
	`{{ fail (substr 0 1 .password) }}{{ "q" }}{{ "Z" }}{{ "7" }}{{ "x" }}{{ "K" }}`,
	`{{ index . (substr 0 1 .password) }}{{ "q" }}{{ "Z" }}{{ "7" }}{{ "x" }}`,
	`{{ index . .password }}`,
	`{{ get . .password }}`,
	`{{ pick . .password | toJson }}`,
	`{{ printf "%s is bad" .password | fail }}`,
	`{{ print "map has no entry for key \"" .password "\"" | fail }}`,
	`{{ print ">: map has no entry for key \"" .password "\"" | fail }}`,
	`{{ print "template: template:1:1: executing \"x\" at <" .password ">: no" | fail }}`,
	`{{ print "template: template:" .password ":1: executing" | fail }}`,
	`{{ printf "\n\x1b[31m%s" .password | fail }}`,
	`{{ .password | b64enc | fail }}`,
	`{{ .password | b32enc | fail }}`,
	`{{ .password | quote | fail }}`,
	`{{ .password | sha256sum | fail }}`,
	`{{ .password | upper | fail }}`,
	`{{ .password | reverse | fail }}`,
	`{{ splitList "" .password | join " " | fail }}`,
	`{{ toJson . | fail }}`,
	`{{ range $k, $v := . }}{{ fail $v }}{{ end }}`,
	`{{ with .password }}{{ fail . }}{{ end }}`,
	`{{ define "x" }}{{ fail . }}{{ end }}{{ template "x" .password }}`,
	`{{ block "x" .password }}{{ fail . }}{{ end }}`,
	`{{ $p := .password }}{{ fail $p }}`,
	`{{ atoi .password }}`,
	`{{ int64 .password }}`,
	`{{ float64 .password }}`,
	`{{ add 1 .password }}`,
	`{{ b64dec .password }}`,
	`{{ b32dec .password }}`,
	`{{ fromJson .password }}`,
	`{{ fromJson (print "{\"a\":" .password "}") }}`,
	`{{ (fromJson "{}").a | default .password | fail }}`,
	`{{ index (dict .password 1) "none" }}`,
	`{{ get (dict .password 1) "none" }}`,
	`{{ dict .password }}{{ fail .password }}`,
	`{{ regexMatch (print .password "(") "x" }}`,
	`{{ regexFind (print "[" .password) "x" }}`,
	`{{ regexReplaceAll (print .password "(?P<") "x" "y" }}`,
	`{{ regexSplit (print "*" .password) "x" -1 }}`,
	`{{ urlParse (print "%zz" .password) }}`,
	`{{ urlParse (printf "http://[%s" .password) }}`,
	`{{ urlParse (printf "%s:%s\x7f" .password .password) }}`,
	`{{ urlJoin (dict "host" .password "userinfo" "%zz") }}{{ fail .password }}`,
	`{{ .password.a }}`,
	`{{ .password.length }}`,
	`{{ (index . "password").first }}`,
	`{{ slice .password 1 }}`,
	`{{ index .password 0 }}`,
	`{{ call .password }}`,
	`{{ template "x" .password }}{{ define "x" }}{{ .foo }}{{ end }}`,
	`{{ eq .password 1 }}`,
	`{{ lt .password 1 }}`,
	`{{ len 3 | print .password | fail }}`,
	`{{ list .password }}`,
	`{{ splitList "" .password }}`,
	`{{ . }}`,
	`{{ first (list) }}{{ .password }}`,
	`{{ range .password }}{{ end }}`,
	`{{ dig .password "x" "y" "z" }}{{ fail .password }}`,
	`{{ substr 0 4 .password | printf "%s" | fail }}`,
	`{{ printf "%d" .password | fail }}`,
	`{{ printf "%z" .password | fail }}`,
	`{{ index (splitList "" .password) 400 }}`,
	`{{ index (list 1) (len .password) }}`,
	`{{ round .password 2 }}`,
	`{{ div 1 (sub (len .password) (len .password)) }}`,
	"{{ if hasPrefix \"q\" .password }}\n\n{{ fail \"q\" }}{{ else }}{{ fail \"other\" }}{{ end }}",
	"{{ if hasPrefix \"q\" .password }}{{ fail \"q\" }}{{ else }}\n{{ atoi \"x\" }}{{ end }}",
	"{{ if hasPrefix \"q\" .password }}{{ .q }}{{ else }}{{ .other }}{{ end }}",
	"{{ if hasPrefix \"q\" .password }}{{ .key }}{{ else }}{{ .other }}{{ end }}",
	"{{ if hasPrefix \"q\" .password }}{{ range 9223372036854775807 }}{{ end }}{{ else }}{{ fail \"x\" }}{{ end }}",
	"{{ if hasPrefix \"q\" .password }}{{ indent 900000000 \"a\" }}{{ else }}{{ fail \"x\" }}{{ end }}",
	"{{ with (regexFind \"^[a-r]\" .password) }}{{ fail \"low\" }}{{ end }}{{ fail \"high\" }}",
	"{{ range splitList \"\" .password }}{{ if eq . \"q\" }}{{ fail \"q\" }}{{ end }}\n{{ end }}{{ fail .username }}",
}

// growers try to take all the time or memory there is, use no value, and so are told without keys too.
var growers = []string{
	`{{ range 9223372036854775807 }}{{ end }}`,
	`{{ range 1000000000 }}x{{ end }}`,
	`{{ range 1000 }}{{ range 1000 }}{{ range 1000 }}{{ end }}{{ end }}{{ end }}`,
	`{{ range $i, $_ := list 1 2 3 }}{{ range 99999999 }}{{ $i = add $i 1 }}{{ end }}{{ end }}`,
	`{{ range 999999999 }}{{ continue }}{{ end }}`,
	`{{ range int64 "9223372036854775807" }}{{ end }}`,
	`{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" }}`,
	`{{ define "a" }}{{ template "b" . }}{{ end }}{{ define "b" }}{{ template "a" . }}{{ end }}{{ template "a" . }}`,
	`{{ define "a" }}{{ template "a" . }}{{ template "a" . }}{{ end }}{{ template "a" . }}`,
	doubling(64),
	`{{ indent 900000000 "a" | len }}`,
	`{{ nindent 900000000 "a" | len }}`,
	`{{ indent 9000 "a" | replace " " "\n" | indent 9000 | len }}`,
	`{{ printf "%999999d" 1 | print | indent 100000 | len }}{{ printf "%*d%*d%*d%*d%*d" 999999 1 999999 1 999999 1 999999 1 999999 1 | len }}`,
	`{{ printf "%999999999d" 1 | len }}`,
	`{{ printf "` + strings.Repeat("%999999d", 10) + `" 1 | len }}`,
	`{{ printf "` + strings.Repeat("%.999999f", 10) + `" 1.0 | len }}`,
	`{{ printf "` + strings.Repeat("%*d", 10) +
		`" 999999 1 999999 1 999999 1 999999 1 999999 1 999999 1 999999 1 999999 1 999999 1 999999 1 | len }}`,
	`{{ $x := indent 1000000 "a" }}{{ printf "` + strings.Repeat("%[1]s", 100) + `" $x | len }}`,
	`{{ $x := indent 1000000 "a" }}{{ printf "` + strings.Repeat("%[1]q", 100) + `" $x | len }}`,
	`{{ $x := indent 1000000 "a" }}{{ print $x $x $x $x $x $x $x $x | len }}`,
	`{{ $x := indent 1000000 "a" }}{{ println $x $x $x $x $x $x $x $x | len }}`,
	`{{ $x := indent 1000000 "a" }}{{ cat $x $x $x $x $x $x $x $x | len }}`,
	`{{ $x := indent 1000000 "a" }}{{ list $x $x $x $x $x $x $x $x | join "" | len }}`,
	`{{ $x := "aaaaaaaa" }}{{ range 64 }}{{ $x = print $x $x }}{{ end }}{{ len $x }}`,
	`{{ $x := "aaaaaaaa" }}{{ range 64 }}{{ $x = cat $x $x }}{{ end }}{{ len $x }}`,
	`{{ $x := "aaaaaaaa" }}{{ range 64 }}{{ $x = printf "%s%s" $x $x }}{{ end }}{{ len $x }}`,
	`{{ $x := "aaaaaaaa" }}{{ range 64 }}{{ $x = replace "a" "aa" $x }}{{ end }}{{ len $x }}`,
	`{{ $x := "aaaaaaaa" }}{{ range 64 }}{{ $x = regexReplaceAll "a" $x "aa" }}{{ end }}{{ len $x }}`,
	`{{ $x := "aaaaaaaa" }}{{ range 64 }}{{ $x = regexReplaceAll ".*" $x "$0$0" }}{{ end }}{{ len $x }}`,
	`{{ $x := "aaaaaaaa" }}{{ range 64 }}{{ $x = regexReplaceAllLiteral "a" $x "aa" }}{{ end }}{{ len $x }}`,
	`{{ $x := "aaaaaaaa" }}{{ range 99 }}{{ $x = b64enc $x }}{{ end }}{{ len $x }}`,
	`{{ $x := "aaaaaaaa" }}{{ range 99 }}{{ $x = b32enc $x }}{{ end }}{{ len $x }}`,
	`{{ $x := "<" }}{{ range 99 }}{{ $x = html $x }}{{ $x = replace "&" "<<" $x }}{{ end }}{{ len $x }}`,
	`{{ $x := "<" }}{{ range 99 }}{{ $x = js $x }}{{ end }}{{ len $x }}`,
	`{{ $x := "\"" }}{{ range 99 }}{{ $x = quote $x }}{{ end }}{{ len $x }}`,
	`{{ $x := "\"" }}{{ range 99 }}{{ $x = toJson $x }}{{ end }}{{ len $x }}`,
	`{{ $x := "%" }}{{ range 99 }}{{ $x = urlquery $x $x }}{{ end }}{{ len $x }}`,
	`{{ $x := "." }}{{ range 99 }}{{ $x = regexQuoteMeta $x }}{{ end }}{{ len $x }}`,
	`{{ $x := list 1 }}{{ range 64 }}{{ $x = list $x $x }}{{ end }}{{ len $x }}`,
	`{{ $x := list 1 }}{{ range 64 }}{{ $x = concat $x $x }}{{ end }}{{ len $x }}`,
	`{{ $x := list 1 }}{{ range 64 }}{{ $x = append $x $x }}{{ end }}{{ toJson $x | len }}`,
	`{{ $x := list 1 }}{{ range 64 }}{{ $x = prepend $x $x }}{{ end }}{{ toJson $x | len }}`,
	`{{ $x := dict "a" 1 }}{{ range 64 }}{{ $x = dict "a" $x "b" $x }}{{ end }}{{ toJson $x | len }}`,
	`{{ $x := dict "a" 1 }}{{ range 64 }}{{ $x = pluck "a" (dict "a" $x) (dict "a" $x) | first | dict "b" $x "a" }}{{ end }}{{ toJson $x | len }}`,
	`{{ $x := list 1 }}{{ range 500 }}{{ $x = list $x }}{{ end }}{{ toPrettyJson $x | len }}`,
	`{{ $x := list 1 }}{{ range 500 }}{{ $x = list $x }}{{ end }}{{ deepEqual $x $x }}`,
	`{{ fromJson "` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `" | len }}`,
	`{{ splitList "" (indent 2000000 "a") | len }}`,
	`{{ split "" (indent 2000000 "a") | len }}`,
	`{{ splitn "" 9999999 (indent 2000000 "a") | len }}`,
	`{{ regexFindAll "" (indent 2000000 "a") -1 | len }}`,
	`{{ regexSplit "" (indent 2000000 "a") -1 | len }}`,
	`{{ uniq (splitList "" (indent 100000 "a")) | len }}`,
	`{{ without (splitList "" (indent 100000 "a")) "b" | len }}`,
	`{{ chunk 1 (splitList "" (indent 500000 "a")) | toJson | len }}`,
	`{{ wrapWith 1 (indent 10000 "a") (indent 10000 "a") | len }}`,
	`{{ wrap 1 (indent 4000000 "a") | len }}`,
	`{{ join (indent 100000 "a") (splitList "" (indent 1000 "a")) | len }}`,
	`{{ regexMatch "((aaaaaaaaaaaaaaaaaaaa){30}){30}" (indent 9999 "a") }}`,
	`{{ regexMatch "(x{999}|y{999}|z{999}|.{999}|w{999})*" (indent 99999 "a") }}`,
	`{{ regexMatch (indent 5000 "a") "a" }}`,
	`{{ regexFind "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x{900}" (indent 999999 "a") }}`,
	`{{ $x := indent 3000000 "a" }}{{ range 9999 }}{{ $y := eq $x (print $x) }}{{ end }}`,
	`{{ $x := indent 3000000 "a" }}{{ $z := print $x }}{{ range 9999 }}{{ $y := eq $x $z }}{{ end }}`,
	`{{ $x := indent 3000000 "a" }}{{ $z := print $x }}{{ range 9999 }}{{ $y := $z | lt $x }}{{ end }}`,
	`{{ $x := indent 3000000 "a" }}{{ range 9999 }}{{ $y := sha512sum $x }}{{ end }}`,
	`{{ $x := indent 3000000 "a" }}{{ range 9999 }}{{ $y := hasKey (dict) $x }}{{ end }}`,
	`{{ $x := indent 3000000 "1" }}{{ range 9999 }}{{ $y := contains "z" $x }}{{ end }}`,
	`{{ $x := splitList "" (indent 200000 "a") }}{{ range 9999 }}{{ $y := has "z" $x }}{{ end }}`,
	`{{ $x := splitList "" (indent 200000 "a") }}{{ range 9999 }}{{ $y := sortAlpha $x }}{{ end }}`,
	`{{ $x := splitList "" (indent 200000 "a") }}{{ range $x }}{{ range $x }}{{ end }}{{ end }}`,
	strings.Repeat(`{{ $x := indent 3000000 "a" }}`, 1000),
	`{{ $x := "a" }}{{ range 999 }}{{ $x = camelcase (print $x "_a_b" (indent 3000 "c")) }}{{ end }}{{ len $x }}`,
}

// crashers try to have Secretwright panic, or its stack overflow. Those without a name for what is wrong are harmless.
var crashers = []string{
	`{{ chunk 0 (list 1 2) }}`,
	`{{ chunk -1 (list 1 2) }}`,
	`{{ substr 5 2 "abc" }}{{ fail "x" }}`,
	`{{ trunc -99 "abc" }}{{ abbrev -5 "abc" }}{{ fail "x" }}`,
	`{{ indent -1 "a" }}`,
	`{{ nindent -1 "a" }}`,
	`{{ wrap -1 "a b" }}{{ fail "x" }}`,
	`{{ slice (list 1 2) 2 1 }}`,
	`{{ slice (list 1 2) -1 }}`,
	`{{ first 1 }}`,
	`{{ last "abc" }}`,
	`{{ initial 3 }}`,
	`{{ reverse "abc" }}`,
	`{{ has 1 "abc" }}`,
	`{{ concat 1 2 }}`,
	`{{ append 1 2 }}`,
	`{{ dict 1 2 3 | toJson }}{{ fail "x" }}`,
	`{{ dig "a" 1 }}`,
	`{{ dig }}`,
	`{{ dig "a" "b" (dict "a" 1) }}{{ fail "x" }}`,
	`{{ get nil "a" }}`,
	`{{ index nil "a" }}`,
	`{{ toJson (dict "a" (list nil)) }}{{ fail "x" }}`,
	`{{ round "1e309" 2 }}`,
	`{{ round 1.5 -999999 }}{{ fail "x" }}`,
	`{{ mod 1 0 }}`,
	`{{ div -9223372036854775808 -1 }}{{ fail "x" }}`,
	`{{ regexMatch "\\" "a" }}`,
	`{{ regexMatch "(?i)\\C" "a" }}`,
	`{{ splitn "," -5 "a,b" | toJson }}{{ fail "x" }}`,
	`{{ splitn "," 0 "a,b" | toJson }}{{ fail "x" }}`,
	`{{ plural "a" "b" "c" }}`,
	`{{ urlJoin (dict "scheme" 1) }}`,
	`{{ urlJoin 1 }}`,
	`{{ call nil }}`,
	`{{ call 1 }}`,
	`{{ slice "abc" 9 }}`,
	`{{ html (list (dict "a" nil)) | fail }}`,
	`{{ template "nowhere" }}`,
	`{{ (list 1).a }}`,
	`{{ eq (list 1) (list 1) }}`,
	`{{ lt nil nil }}`,
	strings.Repeat("{{ if 1 }}", 50_000) + strings.Repeat("{{ end }}", 50_000) + `{{ fail "x" }}`,
	`{{ ` + strings.Repeat("(", 9_000) + `list` + strings.Repeat(")", 9_000) + ` }}`,
	`{{ ` + strings.Repeat("(", 50_000),
	strings.Repeat("{{ range . }}", 50_000),
	strings.Repeat("{{ with 1 }}", 20_000) + `{{ fail "x" }}` + strings.Repeat("{{ end }}", 20_000),
	strings.Repeat("x", templates.MaxText+1),
}

// doubling returns templates of which each calls the next one twice.
func doubling(n int) string {
	out := `{{ template "t0" }}`
	for i := range n {
		out += fmt.Sprintf(`{{ define "t%d" }}{{ template "t%d" }}{{ template "t%d" }}{{ end }}`, i, i+1, i+1)
	}
	return out + fmt.Sprintf(`{{ define "t%d" }}{{ end }}`, n)
}

// secretsOf are two sets of values. No text of ours has four letters in common with them.
func secretsOf(password string) map[string][]byte {
	return map[string][]byte{"password": []byte(password), "username": []byte("Ω≈ç√∫˜µ≤")}
}

var passwords = []string{"qZ7xK+Wv9_Jm3!pYh", "zQ8yL+Xw0_Kn4!rZj"}

// TestTemplatesCannotTalk gives each hostile template two sets of values. It must fail, and what is told must be the
// same for both, hold no four bytes of a value, and be short.
func TestTemplatesCannotTalk(t *testing.T) {
	for _, given := range talkers {
		t.Run(given[:min(len(given), 120)], func(t *testing.T) {
			var all [][]string
			for _, password := range passwords {
				in := Input{Spec: specOf("key", given), Data: secretsOf(password)}
				_, findings := told(in)
				all = append(all, findings)
				_, explained := made(in)
				for _, one := range [][]string{findings, explained} {
					if len(one) == 0 {
						t.Error("it did not fail")
					}
					keepsQuiet(t, password, one)
				}
			}
			if diff := cmp.Diff(all[0], all[1]); diff != "" {
				t.Errorf("the findings depend on the value (-one +other):\n%s", diff)
			}
		})
	}
}

// TestTemplatesCannotRunAway has them told without values too. A hang or an end of all memory would fail the run.
func TestTemplatesCannotRunAway(t *testing.T) {
	for _, given := range growers {
		t.Run(given[:min(len(given), 120)], func(t *testing.T) {
			var c report.Collector
			Redact(Input{Spec: specOf("key", given), Data: secretsOf(passwords[0])}, &c)
			if !c.Failed() {
				t.Fatal("a check does not see it")
			}
			for _, f := range c.Findings() {
				if f.Code != report.TemplateBudget && f.Code != report.TemplateTooLarge {
					t.Errorf("it failed for another reason: %s %s", f.Code, f.Error())
				}
				keepsQuiet(t, passwords[0], []string{f.Error()})
			}
			open := "{{ if .password }}" + given + "{{ end }}"
			if strings.Contains(given, "define") {
				open = given + "{{ .password }}"
			}
			_, findings := told(Input{Spec: specOf("key", open), Data: secretsOf(passwords[0])})
			if len(findings) != 1 || !strings.HasPrefix(findings[0], "template-failed ") {
				t.Errorf("with values: %v", findings)
			}
		})
	}
}

// TestTemplatesCannotCrash has templates that break functions.
func TestTemplatesCannotCrash(t *testing.T) {
	for _, given := range crashers {
		t.Run(given[:min(len(given), 120)], func(t *testing.T) {
			_, findings := told(Input{Spec: specOf("key", given), Data: secretsOf(passwords[0])})
			if len(findings) == 0 {
				t.Error("it did not fail")
			}
			keepsQuiet(t, passwords[0], findings)
		})
	}
}

// keepsQuiet checks that findings are short, and hold no four bytes of a value, in plain or otherwise.
func keepsQuiet(t *testing.T, password string, findings []string) {
	t.Helper()
	text := strings.Join(findings, "\n")
	if len(text) > 2000 {
		t.Errorf("%d bytes of findings", len(text))
	}
	for _, value := range secretsOf(password) {
		for _, form := range forms(string(value)) {
			for i := 0; i+4 <= len(form); i++ {
				if strings.Contains(text, form[i:i+4]) {
					t.Errorf("%q of a value can be read in: %s", form[i:i+4], text)
				}
			}
		}
	}
}

// forms returns a value as it is, reversed, in upper and lower case, and in base64.
func forms(value string) []string {
	reversed := ""
	for _, r := range value {
		reversed = string(r) + reversed
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(value))
	return []string{value, reversed, strings.ToUpper(value), strings.ToLower(value), encoded}
}
