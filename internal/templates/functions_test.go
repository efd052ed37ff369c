package templates

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/report"
)

// calls has a use of every function, over the keys of callData, and what comes of it.
var calls = map[string][2]string{
	"abbrev":                 {`{{ abbrev 6 .text }}`, `cor...`},
	"add":                    {`{{ add 1 .number 3 }}`, `5436`},
	"add1":                   {`{{ add1 .number }}`, `5433`},
	"adler32sum":             {`{{ adler32sum "a" }}`, `6422626`},
	"all":                    {`{{ all 1 "" }}`, `false`},
	"any":                    {`{{ any 1 "" }}`, `true`},
	"append":                 {`{{ append (list 1) 2 | toJson }}`, `[1,2]`},
	"atoi":                   {`{{ atoi .number }}`, `5432`},
	"b32dec":                 {`{{ b32dec "ME======" }}`, `a`},
	"b32enc":                 {`{{ b32enc "a" }}`, `ME======`},
	"b64dec":                 {`{{ b64dec "YQ==" }}`, `a`},
	"b64enc":                 {`{{ b64enc "a" }}`, `YQ==`},
	"base":                   {`{{ base "a/b.c" }}`, `b.c`},
	"camelcase":              {`{{ camelcase "a_b" }}`, `AB`},
	"cat":                    {`{{ cat "a" "b" }}`, `a b`},
	"ceil":                   {`{{ ceil "1.5" }}`, `2`},
	"chunk":                  {`{{ chunk 1 (list 1 2) | toJson }}`, `[[1],[2]]`},
	"clean":                  {`{{ clean "a/../b" }}`, `b`},
	"coalesce":               {`{{ coalesce "" .text }}`, `correct horse`},
	"compact":                {`{{ compact (list 1 0 "") | toJson }}`, `[1]`},
	"concat":                 {`{{ concat (list 1) (list 2) | toJson }}`, `[1,2]`},
	"contains":               {`{{ contains "horse" .text }}`, `true`},
	"deepEqual":              {`{{ deepEqual (list 1) (list 1) }}`, `true`},
	"default":                {`{{ default "none" "" }}`, `none`},
	"dict":                   {`{{ dict "b" 1 "a" 2 | toJson }}`, `{"a":2,"b":1}`},
	"dig":                    {`{{ dig "a" "b" "none" (dict "a" (dict "b" "x")) }}`, `x`},
	"dir":                    {`{{ dir "a/b" }}`, `a`},
	"div":                    {`{{ div 7 2 }}`, `3`},
	"empty":                  {`{{ empty "" }}`, `true`},
	"ext":                    {`{{ ext "a.b" }}`, `.b`},
	"fail":                   {`{{ if empty .text }}{{ fail "no text" }}{{ end }}`, ``},
	"first":                  {`{{ first (splitList " " .text) }}`, `correct`},
	"float64":                {`{{ float64 "1.50" }}`, `1.5`},
	"floor":                  {`{{ floor 12345678.9 }}`, `12345678`},
	"fromJson":               {`{{ (fromJson .json).id }}`, `12345678901234567890`},
	"get":                    {`{{ get . "text" }}`, `correct horse`},
	"has":                    {`{{ has 1 (list 1 2) }}`, `true`},
	"hasKey":                 {`{{ hasKey . "text" }} {{ hasKey . "none" }}`, `true false`},
	"hasPrefix":              {`{{ hasPrefix "cor" .text }}`, `true`},
	"hasSuffix":              {`{{ hasSuffix "cor" .text }}`, `false`},
	"indent":                 {`{{ indent 2 "a" }}`, `  a`},
	"initial":                {`{{ initial (list 1 2) | toJson }}`, `[1]`},
	"int":                    {`{{ int "08" }}`, `8`},
	"int64":                  {`{{ int64 "8" }}`, `8`},
	"isAbs":                  {`{{ isAbs "/a" }}`, `true`},
	"join":                   {`{{ list "a" 1 | join "," }}`, `a,1`},
	"kebabcase":              {`{{ kebabcase "AB" }}`, `ab`},
	"kindIs":                 {`{{ kindIs "string" .text }}`, `true`},
	"kindOf":                 {`{{ kindOf .text }}`, `string`},
	"last":                   {`{{ last (list 1 2) }}`, `2`},
	"list":                   {`{{ list 1 "a" | toJson }}`, `[1,"a"]`},
	"lower":                  {`{{ lower "A" }}`, `a`},
	"max":                    {`{{ max 1 "3" 2 }}`, `3`},
	"min":                    {`{{ min 2 1 }}`, `1`},
	"mod":                    {`{{ mod 7 4 }}`, `3`},
	"mul":                    {`{{ mul 2 3 }}`, `6`},
	"nindent":                {`{{ nindent 1 "a" }}`, "\n a"},
	"nospace":                {`{{ nospace .text }}`, `correcthorse`},
	"omit":                   {`{{ omit (dict "a" 1 "b" 2) "a" | toJson }}`, `{"b":2}`},
	"pick":                   {`{{ pick . "text" | toJson }}`, `{"text":"correct horse"}`},
	"pluck":                  {`{{ pluck "a" (dict "a" 1) (dict "a" 2) | toJson }}`, `[1,2]`},
	"plural":                 {`{{ plural "one" "many" 2 }}`, `many`},
	"prepend":                {`{{ prepend (list 1) 2 | toJson }}`, `[2,1]`},
	"quote":                  {`{{ quote .text }}`, `"correct horse"`},
	"regexFind":              {`{{ regexFind "h.r" .text }}`, `hor`},
	"regexFindAll":           {`{{ regexFindAll "r." .text -1 | join "," }}`, `rr,rs`},
	"regexMatch":             {`{{ regexMatch "^c" .text }}`, `true`},
	"regexQuoteMeta":         {`{{ regexQuoteMeta "a.b" }}`, `a\.b`},
	"regexReplaceAll":        {`{{ regexReplaceAll "(h.)" .text "<$1>" }}`, `correct <ho>rse`},
	"regexReplaceAllLiteral": {`{{ regexReplaceAllLiteral "r+" .text "$1" }}`, `co$1ect ho$1se`},
	"regexSplit":             {`{{ regexSplit "[ ]" .text -1 | join "," }}`, `correct,horse`},
	"replace":                {`{{ .text | replace " " "_" }}`, `correct_horse`},
	"rest":                   {`{{ rest (list 1 2) | toJson }}`, `[2]`},
	"reverse":                {`{{ reverse (list 1 2) | toJson }}`, `[2,1]`},
	"round":                  {`{{ round 3.14159 2 }}`, `3.14`},
	"sha1sum":                {`{{ sha1sum "" }}`, `da39a3ee5e6b4b0d3255bfef95601890afd80709`},
	"sha256sum":              {`{{ sha256sum "" | trunc 8 }}`, `e3b0c442`},
	"sha512sum":              {`{{ sha512sum "" | trunc 8 }}`, `cf83e135`},
	"slice":                  {`{{ slice (list 1 2 3) 1 2 | toJson }}`, `[2]`},
	"snakecase":              {`{{ snakecase "AbCd" }}`, `ab_cd`},
	"sortAlpha":              {`{{ list "b" "a" | sortAlpha | join "," }}`, `a,b`},
	"split":                  {`{{ (split " " .text)._1 }}`, `horse`},
	"splitList":              {`{{ index (splitList " " .text) 1 }}`, `horse`},
	"splitn":                 {`{{ (splitn "r" 2 .text)._1 }}`, `rect horse`},
	"squote":                 {`{{ squote "a" }}`, `'a'`},
	"sub":                    {`{{ sub .number 1 }}`, `5431`},
	"substr":                 {`{{ substr 0 2 .text }}`, `co`},
	"swapcase":               {`{{ swapcase "aB" }}`, `Ab`},
	"ternary":                {`{{ ternary "yes" "no" (eq .number "5432") }}`, `yes`},
	"title":                  {`{{ title .text }}`, `Correct Horse`},
	"toJson": {`{{ toJson . }}`,
		`{"json":"{\"id\":12345678901234567890}","number":"5432","text":"correct horse"}`},
	"toPrettyJson": {`{{ toPrettyJson (list 1) }}`, "[\n  1\n]"},
	"toRawJson":    {`{{ toRawJson "<" }}`, `"<"`},
	"toString":     {`{{ toString 1 }}`, `1`},
	"toStrings":    {`{{ toStrings (list 1) | join "" }}`, `1`},
	"trim":         {`{{ trim " a " }}`, `a`},
	"trimAll":      {`{{ trimAll "/" "/a/" }}`, `a`},
	"trimPrefix":   {`{{ trimPrefix "a" "ab" }}`, `b`},
	"trimSuffix":   {`{{ trimSuffix "b" "ab" }}`, `a`},
	"trunc":        {`{{ trunc 2 .text }}`, `co`},
	"typeOf":       {`{{ typeOf .text }}`, `string`},
	"uniq":         {`{{ uniq (list 1 1) | toJson }}`, `[1]`},
	"untitle":      {`{{ untitle "AB" }}`, `aB`},
	"upper":        {`{{ upper "a" }}`, `A`},
	"urlJoin":      {`{{ dict "scheme" "https" "host" "a" "path" "/b" | urlJoin }}`, `https://a/b`},
	"urlParse":     {`{{ (urlParse "https://a:1/b").hostname }}`, `a`},
	"without":      {`{{ without (list 1 2) 1 | toJson }}`, `[2]`},
	"wrap":         {`{{ wrap 7 .text }}`, "correct\nhorse"},
	"wrapWith":     {`{{ wrapWith 7 "|" .text }}`, `correct|horse`},

	// Go's own that are changed
	"index":    {`{{ index . "text" }} {{ index (list (dict "a" 1)) 0 "a" }}`, `correct horse 1`},
	"urlquery": {`{{ urlquery "a b+c/d" }}`, `a%20b%2Bc%2Fd`},
}

func callData() map[string]any {
	return map[string]any{"text": "correct horse", "number": "5432", "json": `{"id":12345678901234567890}`}
}

// expandOne expands a template over callData.
func expandOne(t *testing.T, text string) (string, error) {
	t.Helper()
	e := expansion{
		Collector: &report.Collector{}, in: &Input{Run: &Run{}}, templates: map[string]*source{},
	}
	if e.parse("key", text); e.Failed() {
		t.Fatalf("%s: %v", text, e.Findings())
	}
	return e.execute("key", callData())
}

// TestEveryFunction runs each function twice, the second time with another environment: time zone, working directory
// and variables. Names that are not in the table, or that sprig's own list of what is not hermetic has, fail.
func TestEveryFunction(t *testing.T) {
	listed := slices.Sorted(slices.Values(append([]string{"index", "urlquery"}, hermetic...)))
	if diff := cmp.Diff(listed, slices.Sorted(maps.Keys(calls))); diff != "" {
		t.Errorf("functions (-listed +tried):\n%s", diff)
	}
	repeatable := sprig.HermeticTxtFuncMap()
	for _, name := range hermetic {
		if repeatable[name] == nil {
			t.Errorf("sprig has no repeatable function %s", name)
		}
	}
	run := func() map[string]string {
		out := map[string]string{}
		for name, call := range calls {
			if !strings.Contains(call[0], name) {
				t.Errorf("%s is not called in %s", name, call[0])
			}
			value, err := expandOne(t, call[0])
			if err != nil {
				t.Errorf("%s: %v", call[0], err)
			}
			if value != call[1] {
				t.Errorf("%s: got %q, want %q", call[0], value, call[1])
			}
			out[name] = value
		}
		return out
	}
	first := run()
	t.Chdir(t.TempDir()) // before the variable changes that says where it is
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		t.Setenv(name, "changed")
	}
	t.Setenv("TZ", "Pacific/Kiritimati")
	if diff := cmp.Diff(first, run()); diff != "" {
		t.Errorf("what comes of a function depends on more than its arguments (-first +second):\n%s", diff)
	}
}

// TestNothingElseCanBeCalled holds for all the rest of sprig: clock, environment, network, random numbers and key
// generation among them. A template that calls one does not parse, and is told which it was.
func TestNothingElseCanBeCalled(t *testing.T) {
	refused := 0
	for name := range sprig.TxtFuncMap() {
		if slices.Contains(hermetic, name) {
			continue
		}
		refused++
		var c report.Collector
		in := Input{Templates: map[string]string{"key": "{{ " + name + " }}"}, Keys: []string{"key"}, Run: &Run{}}
		in.Check(&c)
		want := `data.key.template: line 1: function "` + name + `" not defined; ` +
			"write it as Go's text/template, with the functions that docs/secretspec.md lists"
		if found := c.Findings(); len(found) != 1 || found[0].Code != report.TemplateSyntax || found[0].Error() != want {
			t.Errorf("%s: %v", name, found)
		}
	}
	for _, name := range []string{"env", "expandenv", "now", "date", "dateInZone", "ago", "toDate", "unixEpoch",
		"randAlpha", "randAlphaNum", "randAscii",
		"randNumeric", "randBytes", "randInt", "shuffle", "uuidv4", "genPrivateKey", "genCA", "genSelfSignedCert",
		"genSignedCert", "bcrypt", "htpasswd",
		"encryptAES", "getHostByName", "osBase", "keys", "values", "set", "unset", "merge", "repeat", "until", printer,
		stepper, opener, closer, reader} {
		if _, err := template.New("").Funcs(functions()).Parse("{{ " + name + " }}"); err == nil {
			t.Errorf("%s can be called", name)
		}
	}
	if refused < 80 {
		t.Errorf("sprig has %d functions that are refused; it used to have more", refused)
	}
}

// TestDocumentedFunctions holds the list in docs/secretspec.md to the code.
func TestDocumentedFunctions(t *testing.T) {
	text, err := os.ReadFile("../../docs/secretspec.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)<!-- functions -->\n(.*?)<!-- /functions -->").FindSubmatch(text)
	if m == nil {
		t.Fatal("docs/secretspec.md has no list of functions")
	}
	var documented []string
	for _, name := range regexp.MustCompile("`([a-zA-Z0-9]+)`").FindAllSubmatch(m[1], -1) {
		documented = append(documented, string(name[1]))
	}
	slices.Sort(documented)
	if diff := cmp.Diff(slices.Sorted(slices.Values(hermetic)), documented); diff != "" {
		t.Errorf("functions (-code +docs):\n%s", diff)
	}
}
