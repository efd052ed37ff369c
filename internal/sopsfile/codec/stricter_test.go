package codec

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/cmd/sops/formats"
	"github.com/getsops/sops/v3/config"

	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// twice is the error for a key that appears twice.
func twice(line, first int, path ...any) Error {
	return Error{Kind: ErrDuplicateKey, Line: line, First: first, Path: path}
}

// TestStricter names what we refuse and SOPS reads, and what the error says of it.
func TestStricter(t *testing.T) {
	deep := strings.Repeat("[", 300) + strings.Repeat("]", 300)
	for _, test := range []struct {
		name   string
		format Format
		text   string
		want   Error
	}{
		{"duplicate key in a second YAML document", YAML, "a: 1\n---\nb: 1\nb: 2\n", twice(4, 3, "b")},
		{"duplicate key in YAML", YAML, "a:\n- b: 1\n  b: 2\n", twice(3, 2, "a", 0, "b")},
		{"duplicate key by alias", YAML, "x: &k b\ny:\n  b: 1\n  *k : 2\n", twice(4, 3, "y", "b")},
		{"duplicate key in JSON", JSON, "{\"a\":{\n\"b\":1,\n\"b\":2}}", twice(3, 2, "a", "b")},
		{"duplicate key in dotenv", Dotenv, "A=\n#\nA=x\n", twice(3, 1, "A")},
		{"duplicate key in INI", INI, "[s]\na=1\na=2\n", twice(3, 2, "s", "a")},
		{"duplicate section in INI", INI, "[s]\na=1\n[t]\n[s]\n", twice(4, 1, "s")},
		{"default section twice", INI, "a=1\n[DEFAULT]\nb=2\n", twice(2, 1, "DEFAULT")},
		{"duplicate key in a JSON list", JSON, `{"a":[0,{"b":1,"b":2}]}`, twice(1, 1, "a", 1, "b")},
		{"empty JSON", JSON, " \n", Error{Kind: ErrEmpty}},
		{"JSON text cut short", JSON, `"x`, Error{Kind: ErrTruncated, Line: 1}},
		{"JSON cut short", JSON, `{"a":1`, Error{Kind: ErrTruncated, Line: 1}},
		{"lines after JSON", JSON, "{}\nx\n\n", Error{Kind: ErrSyntax, Line: 2}},
		{"metadata twice in JSON", JSON, `{"sops":1,"sops":2}`, Error{Kind: ErrJoined, Line: 1, First: 1}},
		{"sops twice below in JSON", JSON, `{"a":{"sops":1,"sops":2}}`, twice(1, 1, "a", "sops")},
		{"other key twice in JSON", JSON, `{"a":1,"a":2}`, twice(1, 1, "a")},
		{"metadata twice in dotenv", Dotenv, "sops_mac=x\nsops_mac=y\n", Error{Kind: ErrJoined, Line: 2, First: 1}},
		{"metadata twice in INI", INI, "[sops]\n[sops]\n", Error{Kind: ErrJoined, Line: 2, First: 1}},
		{"key twice beside metadata in YAML", YAML, "a: 1\na: 2\nsops: {}\n", twice(2, 1, "a")},
		{"text after JSON", JSON, "{}\nx", Error{Kind: ErrSyntax, Line: 2}},
		{"JSON that is not UTF-8", JSON, "{\"a\":\n\"\xe9\"}", Error{Kind: ErrSyntax, Line: 2, Path: Path{"a"}}},
		{"half of a character in JSON", JSON, "{\"a\":\n\"x\\ud83d\\ufffd\"}", Error{Kind: ErrSyntax, Line: 2, Path: Path{"a"}}},
		{"half of a character after a backslash", JSON, `{"a":"\\ufffd\ud83d"}`, Error{Kind: ErrSyntax, Line: 1}},
		{"a key in JSON that is not UTF-8", JSON, "{\n\"\xe9\":1}", Error{Kind: ErrSyntax, Line: 2}},
		{"joined JSON", JSON, "{}\n{}", Error{Kind: ErrJoined, Line: 2}},
		{"deep JSON", JSON, `{"a":` + deep + `}`, Error{Kind: ErrTooDeep, Line: 1}},
		{"deep YAML", YAML, "a: " + deep, Error{Kind: ErrTooDeep, Line: 1}},
		{"anchor in itself", YAML, "a: 1\n---\na: &a [*a]\n", Error{Kind: ErrAliases, Line: 3}},
		{"value that does not fit its tag", YAML, "a: 1\n---\na: !!int x\n", Error{Kind: ErrSyntax, Line: 3}},
		{"merge of text", YAML, "a: 1\n---\n<<: b\n", Error{Kind: ErrSyntax, Line: 3}},
		{"map as key", YAML, "a: 1\n---\n{a: b}: c\n", Error{Kind: ErrKeyType, Line: 3}},
		{"CRLF in dotenv", Dotenv, "A=1\nB=2\r\n", Error{Kind: ErrCRLF, Line: 2}},
		{"byte order mark in dotenv", Dotenv, "\ufeffA=1\n", Error{Kind: ErrBOM, Line: 1}},
		{"byte order mark of UTF-16 in INI", INI, "\xff\xfea=1\n", Error{Kind: ErrBOM, Line: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ours(test.format).LoadPlain([]byte(test.text))
			var got *Error
			if !errors.As(err, &got) || !errors.Is(err, test.want.Kind) {
				t.Fatalf("%v", err)
			}
			if got.Line != test.want.Line || got.First != test.want.First ||
				test.want.Path != nil && got.Path.String() != test.want.Path.String() {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestDefaultSection reads a header of the default section if nothing came before it.
func TestDefaultSection(t *testing.T) {
	for text, want := range map[string]error{
		"[DEFAULT]\na=1\n": nil, "; c\n[DEFAULT]\na=1\n": nil, "[s]\n[DEFAULT]\na=1\n": nil,
		"a=1\n[DEFAULT]\na=1\n": ErrDuplicateKey,
	} {
		if _, err := ours(INI).LoadPlain([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestKinds decides by the kind of error what happened to a SOPS document.
func TestKinds(t *testing.T) {
	texts := map[Format]string{
		YAML: "a: x\nb: [y]\n", JSON: `{"a":"x","b":["y"]}`, Dotenv: "a=x\nb=y\n", INI: "[s]\na=x\nb=y\n", Binary: "x",
	}
	notJSON := each(ErrNoMetadata)
	notJSON[Binary] = ErrSyntax
	for format, text := range texts {
		sealed := sealText(t, format, text)
		crlf := bytes.ReplaceAll(sealed, []byte("\n"), []byte("\r\n"))
		open := func(data []byte) error {
			d, err := ours(format).LoadEncrypted(data)
			if err == nil {
				_, err = d.Open(testKey, crypt.NewCipher())
			}
			return err
		}
		for name, test := range map[string]struct {
			data []byte
			want map[Format]error
		}{
			"whole": {sealed, nil},
			"CRLF":  {crlf, map[Format]error{Dotenv: ErrCRLF}},
			"BOM": {append([]byte(utf8BOM), sealed...),
				map[Format]error{JSON: ErrBOM, Dotenv: ErrBOM, Binary: ErrBOM}},
			"joined":    {append(append([]byte(nil), sealed...), sealed...), each(ErrJoined)},
			"no sops":   {[]byte(text), notJSON},
			"other mac": {bytes.Replace(sealed, []byte("2024-05-06"), []byte("2024-05-07"), 1), each(ErrMAC)},
			"CRLF, other mac": {bytes.Replace(crlf, []byte("2024-05-06"), []byte("2024-05-07"), 1),
				map[Format]error{YAML: ErrMAC, JSON: ErrMAC, Binary: ErrMAC, Dotenv: ErrCRLF, INI: ErrCRLF}},
			"value":     {bytes.Replace(sealed, []byte("type:str"), []byte("type:int"), 1), each(ErrValue)},
			"version":   {bytes.Replace(sealed, []byte("3.13.3"), []byte("3.13"), 1), each(ErrMetadata)},
			"plaintext": {bytes.Replace(sealed, []byte("ENC[AES"), []byte("NOT[AES"), 1), each(ErrPlaintext)},
		} {
			t.Run(string(format)+"/"+name, func(t *testing.T) {
				err := open(test.data)
				if want := test.want[format]; !errors.Is(err, want) {
					t.Errorf("%v", err)
				}
			})
		}
	}
}

func each(kind error) map[Format]error {
	return map[Format]error{YAML: kind, JSON: kind, Dotenv: kind, INI: kind, Binary: kind}
}

func sealText(t testing.TB, format Format, text string) []byte {
	t.Helper()
	d, err := ours(format).LoadPlain([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal(format, d.Tree.Branches, newMetadata(nil))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// TestLiterals keeps how numbers, booleans and dates are written.
func TestLiterals(t *testing.T) {
	d, err := ours(YAML).LoadPlain([]byte("- 0\n"))
	if !errors.Is(err, ErrNotMap) {
		t.Fatal(d, err)
	}
	for _, format := range []Format{YAML, JSON} {
		d, err := ours(format).LoadPlain([]byte(`{"a": [1.10, 8e12, true, "1", null, -0, {}]}`))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"1.10", "8e12", "true", "", "", "-0", "", ""} {
			if got, ok := d.Literal(0, Path{"a", i}); got != want || ok != (want != "") {
				t.Errorf("%s %d: %q %v", format, i, got, ok)
			}
		}
	}
	d, err = ours(YAML).LoadPlain([]byte("a: &a 0123456\nb: *a\nc: 2001-01-01\nd: 1_000\ne: !!str 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, branch := range []int{-1, len(d.places)} {
		if got, ok := d.Literal(branch, Path{"a"}); got != "" || ok {
			t.Errorf("document %d has %q", branch, got)
		}
	}
	for key, want := range map[string]string{"a": "0123456", "b": "0123456", "c": "2001-01-01", "d": "1_000", "e": ""} {
		if got, _ := d.Literal(0, Path{key}); got != want {
			t.Errorf("%s: %q", key, got)
		}
	}
}

// TestWithLiterals has a Literal in place of what is not text: JSON's numbers are as long as they are written.
func TestWithLiterals(t *testing.T) {
	for format, number := range map[Format]any{YAML: 1.1, JSON: json.Number("1.10")} {
		d, err := ours(format).LoadPlain([]byte(`{"a": [1.10, true, "1"]}`))
		if err != nil {
			t.Fatal(err)
		}
		want := []any{Literal{"1.10", number}, Literal{"true", true}, "1"}
		if got := d.WithLiterals()[0][0].Value; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v", format, got)
		}
	}
}

// TestIndent compares how far documents are indented.
func TestIndent(t *testing.T) {
	tree := sops.TreeBranches{{{Key: "a", Value: sops.TreeBranch{{Key: "b", Value: "c"}}}}}
	for indent := -2; indent < 6; indent++ {
		theirs := config.NewStoresConfig()
		theirs.JSON.Indent, theirs.YAML.Indent = indent, indent
		own := StoresConfig{JSON: IndentConfig{indent}, YAML: IndentConfig{indent}}
		for _, format := range []Format{YAML, JSON} {
			want, wantErr := sopstest.Attempt(func() ([]byte, error) {
				return common.StoreForFormat(formats.FormatFromString(string(format)), theirs).EmitPlainFile(tree)
			})
			got, err := NewStore(format, own).EmitPlain(tree)
			if (err == nil) != (wantErr == nil) || !bytes.Equal(got, want) {
				t.Errorf("%s, %d: SOPS %q %v; ours %q %v", format, indent, want, wantErr, got, err)
			}
		}
	}
}

// TestEmitCiphertext compares text that is written as it is if it is ciphertext, and what is only like it.
func TestEmitCiphertext(t *testing.T) {
	for _, text := range []string{
		"ENC[AES256_GCM,data:a+/=,type:str]", "ENC[AES256_GCM,\xff]", "ENC[AES256_GCM,\n]", "ENC[AES256_GCM,",
	} {
		compareEmit(t, YAML, sops.TreeBranches{{{Key: "a", Value: text}}})
	}
}

// TestHasMetadata tells what is encrypted already.
func TestHasMetadata(t *testing.T) {
	for format, want := range map[Format][3]bool{
		YAML: {true, false, false}, JSON: {true, false, false}, INI: {true, false, false}, Dotenv: {false, true, false},
		Binary: {true, false, false},
	} {
		for i, key := range []string{"sops", "sops_mac", "a"} {
			if got := ours(format).HasMetadata(sops.TreeBranch{{Key: key}}); got != want[i] {
				t.Errorf("%s %s: %v", format, key, got)
			}
			if got := oracle(format).HasSopsTopLevelKey(sops.TreeBranch{{Key: key}}); got != want[i] {
				t.Errorf("SOPS, %s %s: %v", format, key, got)
			}
		}
	}
}

// TestErrorText says all that an error knows, and nothing that it does not.
func TestErrorText(t *testing.T) {
	long := strings.Repeat("k", 100)
	for want, e := range map[string]Error{
		"empty":                                  {Kind: ErrEmpty},
		"line 1: empty":                          {Kind: ErrEmpty, Line: 1, Column: 2},
		"a.b[0].c: empty":                        {Kind: ErrEmpty, Path: Path{"a", "b", 0, "c"}},
		"[1]: empty":                             {Kind: ErrEmpty, Path: Path{1}},
		"empty: why":                             {Kind: ErrEmpty, Detail: "why"},
		"empty, first in line 1":                 {Kind: ErrEmpty, First: 1},
		"line 3: a: empty, first in line 2: why": {Kind: ErrEmpty, Line: 3, Path: Path{"a"}, First: 2, Detail: "why"},
		long + ": empty":                         {Kind: ErrEmpty, Path: Path{long}},
		long + "...: empty":                      {Kind: ErrEmpty, Path: Path{long + "k"}},
		"a\ufffdb: empty":                        {Kind: ErrEmpty, Path: Path{"a\x1bb"}},
	} {
		if got := e.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestNoValues holds errors to quoting nothing that could be a value.
func TestNoValues(t *testing.T) {
	const secret = "hunter2"
	for _, format := range allFormats {
		for _, text := range []string{
			"a: !!int hunter2", "a: *hunter2", `{"a":hunter2}`, "hunter2", "[hunter2", "a: 'hunter2", "- hunter2",
			`"hunter2"`, "a=\"\"\"hunter2",
		} {
			for _, load := range []func([]byte) (*Document, error){ours(format).LoadPlain, ours(format).LoadEncrypted} {
				if _, err := load([]byte(text)); err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("%s: %v", format, err)
				}
			}
		}
	}
}

// TestUnencrypted finds what is in the clear, without a key.
func TestUnencrypted(t *testing.T) {
	sealed := sealText(t, YAML, "a: x\nb: [y]\nc_unencrypted: z\n")
	d, err := ours(YAML).LoadEncrypted(append([]byte("added: {text: [hunter2, '']}\n"), sealed...))
	if err != nil {
		t.Fatal(err)
	}
	found := d.Unencrypted()
	if len(found) != 1 || found[0].Path.String() != "added.text[0]" {
		t.Errorf("%v", found)
	}
	var e *Error
	_, err = d.Open(testKey, crypt.NewCipher())
	if !errors.As(err, &e) || !errors.Is(err, ErrPlaintext) || e.Line != 1 || e.Path.String() != "added.text[0]" {
		t.Errorf("%v", err)
	}
}

// TestBounds refuses documents made to take memory or time.
func TestBounds(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 10) + "]\n"
	}
	many := "[" + strings.Repeat("0,", maxNodes) + "0]"
	keys := make([]string, 101)
	for i := range keys {
		keys[i] = `{"recipient":"r","enc":"e"}`
	}
	one := `"age":[{"recipient":"r","enc":"e"}],`
	metadata := `"lastmodified":"2024-05-06T07:08:09Z","version":"3.13.3","mac":"x","age":[`
	for _, test := range []struct {
		format Format
		text   string
		want   error
	}{
		{YAML, bomb, ErrAliases},
		{YAML, "a: " + many, ErrTooLarge},
		{YAML, strings.Repeat("---\n", maxNodes/perDocument+1), ErrTooLarge},
		{JSON, `{"a":` + many + `}`, ErrTooLarge},
		{Dotenv, strings.Repeat("#\n", maxNodes+1), ErrTooLarge},
		{INI, strings.Repeat("#\n", maxNodes+1), ErrTooLarge},
		{JSON, strings.Repeat(" ", maxSize+1), ErrTooLarge},
		{JSON, `{"sops":{` + metadata + strings.Join(keys, ",") + `]}}`, ErrMetadata},
		{JSON, `{"sops":{"encrypted_regex":"(",` + one + metadata[:len(metadata)-8] + `}}`, ErrMetadata},
		{JSON, `{"sops":{"encrypted_regex":"((a{99}){99}){9}",` + one + metadata[:len(metadata)-8] + `}}`, ErrMetadata},
		{Dotenv, "sops_a" + strings.Repeat("__map_a", 1000) + "=x\n", ErrMetadata},
	} {
		if _, err := ours(test.format).LoadEncrypted([]byte(test.text)); !errors.Is(err, test.want) {
			t.Errorf("%.40s: %v", test.text, err)
		}
	}
}

// TestRepeats lets a key of a dotenv document appear more than once where that is asked for, unless one of its values
// is empty, or it is SOPS's own.
func TestRepeats(t *testing.T) {
	for text, want := range map[string]error{
		"A=1\nB=2\nA=3\n":           nil,
		"A=1\nA=\n":                 ErrDuplicateKey,
		"A=\nA=1\n":                 ErrDuplicateKey,
		"A=1\nA=2\nA=\n":            ErrDuplicateKey,
		"sops_x=1\nA=2\nsops_x=1\n": ErrDuplicateKey,
	} {
		store := ours(Dotenv)
		store.Repeats = true
		if _, err := store.LoadPlain([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
