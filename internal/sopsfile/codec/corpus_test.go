package codec

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getsops/sops/v3"

	"github.com/secretwright/secretwright/internal/pinned"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// documents are what people write, and what they had better not, by format.
var documents = map[Format][]string{
	YAML: {
		"", "\n", "---\n", "# only a comment\n", "a: 1", "a: b\n", "a:\n", "a: ''\n", "a: ~\nb: null\nc: Null\n",
		"a: {}\nb: []\nc: [[], {}, [{}]]\nd: {e: {}}\n", "[a, b]\n", "text\n", "- a\n- b\n", "42\n", "{}\n",
		"{a: 1, b: [2, three]}\n",
		"i: 0123456\nj: 1_000\nk: 0x1F\nl: 0b101\nm: 0o17\nn: 8e12\no: 1.10\np: -0\nq: +12\n" +
			"r: 12345_54321\ns: 1e400\n",
		"t: 2001-12-14t21:59:43.10-05:00\nu: 2002-12-14\nv: 2001-12-14 21:59:43.10 -5\nw: !!str 2001-01-01\n",
		"a: .inf\nb: -.Inf\nc: .NaN\nd: yes\ne: No\nf: on\ng: true\nh: FALSE\ni: y\nj: 190:20:30\n",
		"big: 9223372036854775807\nmin: -9223372036854775808\n", "big: 9223372036854775808\n",
		"big: 18446744073709551616\n",
		"a: !!binary aGVsbG8=\nb: !!binary '!'\n", "a: !!int x\n", "a: !custom text\nb: !custom {c: d}\n",
		"a: !!float 3\nb: !!str 4\nc: !!bool yes\n",
		"# head\n\n# before a\na: 1 # after a\n# before b\nb:\n  # in b\n  c: 2 # after c\n  # foot of c\n\n# foot\n",
		"a: # on the key\n  b: 1\nlist: # on the list\n  # before x\n  - x # after x\n" +
			"  # between\n  - y\n  # last\n\n# end\n",
		"#\n# \n#nospace\na: [1, # one\n 2] # two\n", "list:\n  #\n  - a\n",
		"# a\n---\n# b\na: 1\n# c\n...\n# d\n---\nb: 2\n# e\n",
		"a: 1\n---\nb: 2\n---\n---\nc: 3\n", "a: 1\n...\n", "%YAML 1.1\n---\na: 1\n", "--- # why\na: 1\n",
		"a: 1\n---\n- b\n", "a: 1\n---\n2\n",
		"base: &b {x: 1, y: [1, 2]}\nuse: *b\nmore: [*b, *b]\n", "base: &b\n  x: 1 # one\nuse:\n  <<: *b\n  z: 2\n",
		"a: &a 1\nb: *a\n? *a\n: c\n", "a: &a [*a]\n", "a: &a {b: *a}\n", "a: *missing\n",
		"a: &x 1\nb: &x 2\nc: *x\n", "<<: 1\n", "a: {<<: [1]}\n",
		"a: 1\n---\nb: &c {d: *c}\n", "x: &x {a: 1}\ny: {<<: [*x, {b: 2}]}\n", "'<<': 1\n",
		"? a\n: b\n", "? [a]\n: b\n", "1: a\n2: b\n", "true: a\n", "~: a\n", "? {a: b}\n: c\n", "a: 1\n---\n1: 2\n",
		"x: {? [a] : b}\n", "a: 1\n---\n? [a]\n: b\n",
		"a: 1\na: 2\n", "x:\n  a: 1\n  b: {c: 1, c: 2}\n", "a: 1\n'a': 2\n", "1: a\n'1': b\n",
		"a: 1\n---\nb: 1\nb: 2\n", "1: a\n0x1: b\n",
		"lit: |\n  one\n  two\nfold: >-\n  one\n  two\n\n  three\nkeep: |+\n  x\n\nind: |2\n    x\n",
		"a: \"x\\ty\\u00e9\\n\"\nb: 'it''s'\n",
		"ключ: значение\n\"\\u263a\": ☺\nemoji: 🎉\nrtl: שלום\n", "a: \"\\0\"\n", "a: \u0085b\n",
		"a: b\r\nc: |\r\n  d\r\n  e\r\n", "\ufeffa: b\n",
		"a: \"" + strings.Repeat("long text ", 2000) + "\"\n", "a: '" + strings.Repeat("x", 5000) + "'\n",
		"a: b: c\n", "a:\n\tb: 1\n", "a: [1, 2\n", "a: 'b\n", "a: \"\\xff\"\n",
		"a_unencrypted: 1\nb: {c_unencrypted: [1, {d: 2}]}\n", "sops: {x: 1}\na: 2\n", "sops: 1\n", "a: 1\nsops:\n",
		"a: ENC[AES256_GCM,data:x]\n", "a: 'ENC[]'\n",
		"apiVersion: v1\nkind: Secret\nmetadata:\n    name: x\n    annotations: null\n" +
			"stringData:\n    password: hunter2\n    port: \"5432\"\ntype: Opaque\n",
		"a:\n    - b: 1\n      # comment\n      c: 2\n    -\n      - d\n    - # inline\n      e\n", "a: b #c\n#d\n",
		"a: >\n  x # no comment\n", "? |\n  k\n: v\n",
		"a: " + strings.Repeat("[", 150) + strings.Repeat("]", 150) + "\n",
		"a: " + strings.Repeat("[", 300) + strings.Repeat("]", 300) + "\n",
		"password: &p hunter2\nagain: *p\nlist: [*p, *p] # twice\n", "multi: 'a\n  b'\nm2: \"c\n  d\"\nm3: e\n  f\n",
		"a: !!null ''\nb: !!null x\n", "a: |\n\n  x\n",
		"s:\n    # one\n    # two\n    a: 1\n",
	},
	JSON: {
		"", " ", "{}", "{\n}\n", `{"a": 1}`, `{"a": {"b": [1, 2.5, "x", true, false, null, [], {}, [[{}]]]}}`, `[1]`,
		`"x"`, `1`, `null`, `{"a"}`, `{"a":}`, `{"a":1,}`,
		`{"a":[1,]}`, `{"a":1 "b":2}`, `{"a":1`, `{"a":[1`, `{"a":{"b":1}`, `{"a":"x`, `{`, `{"a":1}}`,
		`{"a":1} {"b":2}`, `{"a":1} x`, `{"a":1}` + "\n\n", `{"a":1}{"a":1}`,
		`{"a":1,"a":2}`, `{"x":{"a":1,"b":2,"a":3}}`, `{"a":1,"\u0061":2}`, `{"":1}`,
		`{"a":"\ud83d\ude00\u0000\"\\\/"}`, "{\"a\":\"\xff\"}", "{\"\xff\":1}", `{"a":"\ud800"}`,
		`{"a":12345678901234567890,"b":9223372036854775807,"c":-0,"d":1e3,"e":1.0}`,
		`{"f":0.1,"g":1E-7,"h":123456789012345678}`,
		`{"a":1e999}`, `{"a":01}`, `{"a":+1}`, `{"a":.5}`, `{"a":NaN}`,
		"{\r\n\"a\": 1,\r\n\"b\": \"x\\r\\ny\"\r\n}\r\n", "\ufeff{\"a\":1}", "{\t\"a\" :\n 1 , \"b\"\n:[ 1 ,2]}",
		`{"a":"\ufffd \\ufffd \uFFFD �"}`,
		`{"a":"\ufffd","b":"�","c":"\\ufffd"}`, `{"a":<>&}`, `{"a":"<>&\u2028"}`, "{\"a\":\"\u2028é🎉\"}",
		`{"a":` + strings.Repeat("[", 150) + strings.Repeat("]", 150) + "}",
		`{"a":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + "}",
		`{"a":"` + strings.Repeat("x", 70000) + `"}`,
		`{"sops":1}`, `{"sops":{}}`, `{"sops":null,"a":1}`, `{"a_unencrypted":1,"b":{"c_unencrypted":{"d":[1]}}}`,
		`{"data":"x"}`, `{"data":1}`, `{'a':1}`, `{"a":1}//`, "{\"a\":\"\n\"}",
	},
	Dotenv: {
		"", "\n", "A=1\n", "A=1", "A=\n", "A\n", "=x\n", "A=b=c\n", "# c\nA=1\n\n#\n#d", " A = 1 \n", "export A=1\n",
		"A='q'\nB=\"x # y\"\n", `A=a\nb\\n` + "\n",
		"A=1\r\nB=2\r\n", "A=1\r\n", "#c\r\nA=1\n", "\r\n",
		"\ufeffA=1\n", "A=1\nA=2\n", "A=1\nB=2\nA=3\n", "É=é🎉\n",
		"A=\xff\n", "A=1\x00\n", "sops_x=1\nA=1\n", "A_unencrypted=x\nB=y\n",
		"A=" + strings.Repeat("x", 70000) + "\n", "A=ENC[AES256_GCM,data:x]\n", "A\\nB=1\n", "A=1\n B\n", "#=\n=\n",
		"A=\t\n",
	},
	INI: {
		"", "\n", "a=1\n", "a = 1\n[s]\nb : 2\n", "[s]\na=1\n[t]\na=1\n", "[s]\na=1\n[s]\nb=2\n", "[s]\na=1\na=2\n",
		"[]\na=1\n", "[s\n", "[a]b]\nx=1\n", "a\n", "=1\n", "a=\n[s]\nb=\n",
		"; c\n# d\n[s] ; e\n; f\n\n# g\na=1 ; h\n;end\n", "#\n#x\n[s]\na=1\n", "[s]\n#\n\n#y\na=1\n",
		"a=x#y\nb='x#y'\nc=\"x;y\"\nd=`x;y`\ne=\"\"\"x#\ny\"\"\" # z\nf=1\n", "a=\"\"\"x\ny\n", "a=`x\ny`\n",
		"a=x\\\ny\\\n  z\nb=1\n", "a=x\\\n", "a=x\\", "\"a=b\"=1\n`c:d`=2\n\"\"\"e\"f\"\"\"=3\n\"g=1\n",
		"-=1\n-=2\n[s]\n-=3\n", "[DEFAULT]\na=1\n", "a=1\n[DEFAULT]\nb=2\n", "[DEFAULT]\na=1\n[DEFAULT]\nb=2\n",
		"[s]\n[DEFAULT]\na=1\n", "[default]\na=1\n", "a=1\r\n[s]\r\nb=2\r\n", "a=\"\"\"x\r\ny\"\"\"\r\n",
		"\ufeffa=1\n", "\xfe\xffa=1\n", "[é]\nü=🎉\n", "a=\xff\n", "[s]\nlonger=1\nk=2\nv\"q=3\nw`e=4\n",
		"[s]\na=' x '\nb=\" y \"\nc='it's'\nd=\"\n", "[s]\na=%(b)s\nb=1\n", "[s.t]\na=1\n[s]\nb=2\n",
		"[sops]\nx=1\n[s]\na=1\n", "[s]\na_unencrypted=1\nb=2\n", "a=1\nsops=2\n", "[s]\na=x\\ny\n", "a==b\nc=:d\n",
		"[s]# c\na=1\n", "[s]; c\na=1\n", "\"\"\"abc\n", "\"\"\"a=b\n", "\"\"\"\"\"\"\n", "\"\"=b\n", "\"a\"=b\n", "\"a\"b\n", "a=\"\"\"\n",
		"a=\"\"\"", "a=\"\"\"x\ny\"\"\"#z\nb=1\n", "\"\"\"a=b", "\"\"\"\"\"\"=1\n", "\"\"\"a\"\"\"=1\n",
		"[ s ]\na=1\n", "  [s]\n  a=1\n", "a=\"\"\"\"\"\"\n", "a=\"\"\"\nx\n\"\"\" \\\nb\"\"\"\n", "``=1\n",
		"a=\u00a0x\u00a0\n", "[s]\na=" + strings.Repeat("x", 9000) + "\n", "a=''\nb=\"\"\nc='\n", "[s] x # y\na=1\n",
		"a=1 # c1\n# c2\nb=2\n# c3 ; c4\n[x] # c5\n", "a=`x` ; y\n", "a=#\n", "[s]\n;  ; ;x\na=1\n", "#; x\na=1\n",
	},
	Binary: {"", "x", "\x00\xff\r\n", "{\"data\":1}", "\ufeffx", strings.Repeat("y", 50000)},
}

// selectors are the ways to say what is encrypted.
var selectors = map[string]func(*sops.Metadata){
	"default":             nil,
	"mac only encrypted":  func(m *sops.Metadata) { m.EncryptedRegex, m.MACOnlyEncrypted = "^(data|a|s)$", true },
	"encrypted regex":     func(m *sops.Metadata) { m.EncryptedRegex = "[bcs]" },
	"unencrypted regex":   func(m *sops.Metadata) { m.UnencryptedRegex = "^[abs]" },
	"encrypted suffix":    func(m *sops.Metadata) { m.EncryptedSuffix = "a" },
	"unencrypted suffix":  func(m *sops.Metadata) { m.UnencryptedSuffix = "b" },
	"encrypted comment":   func(m *sops.Metadata) { m.EncryptedCommentRegex = "[abcx]" },
	"unencrypted comment": func(m *sops.Metadata) { m.UnencryptedCommentRegex = "^ ?(a|b|c|one)\\b" },
	"everything":          func(m *sops.Metadata) { m.UnencryptedSuffix = "\x00" },
	"two rules":           func(m *sops.Metadata) { m.UnencryptedSuffix, m.EncryptedRegex = "a", "a|b" },
}

// TestDocuments compares every document in the clear, and encrypted in every way.
func TestDocuments(t *testing.T) {
	for _, format := range allFormats {
		for i, text := range documents[format] {
			t.Run(fmt.Sprintf("%s/%d", format, i), func(t *testing.T) {
				compareAll(t, format, []byte(text))
			})
		}
	}
}

func compareAll(t *testing.T, format Format, data []byte) {
	t.Helper()
	if comparePlain(t, format, data) == nil {
		compareEncrypted(t, format, data)
		return
	}
	read := func() sops.TreeBranches {
		d, err := ours(format).LoadPlain(data)
		if err != nil {
			t.Fatal(err)
		}
		return d.Tree.Branches
	}
	for name, edit := range selectors {
		t.Run(name, func(t *testing.T) { compareSealed(t, format, read, edit) })
	}
}

// TestBroken compares encrypted documents that were cut short, or changed in a byte, or had values exchanged.
func TestBroken(t *testing.T) {
	random := sopstest.Seeded(t)
	for _, format := range allFormats {
		text := map[Format]string{
			YAML:   "# c\na: 1\nb: {c: [x, 2.5, true], d_unencrypted: z}\ne: |\n  f\n---\ng: 2001-01-01\n",
			JSON:   `{"a":1,"b":{"c":["x",2.5,true],"d_unencrypted":"z"},"e":"f\n"}`,
			Dotenv: "# c\nA=1\nB_unencrypted=z\nC=x\n", INI: "; c\n[s]\na=1\nb_unencrypted=z ; d\n[t]\nc=x\n",
			Binary: "text",
		}[format]
		branches, err := oracle(format).LoadPlainFile([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := seal(format, branches, newMetadata(nil))
		if err != nil || !compareEncrypted(t, format, sealed) {
			t.Fatalf("%s: %v\n%s", format, err, sealed)
		}
		for n := range sealed {
			compareEncrypted(t, format, sealed[:n])
		}
		for range 3000 {
			compareEncrypted(t, format, sopstest.Spoil(random, sealed))
		}
		for i, line := range strings.SplitAfter(string(sealed), "\n") {
			lines := strings.SplitAfter(string(sealed), "\n")
			other := random.IntN(len(lines))
			lines[i], lines[other] = lines[other], line
			compareEncrypted(t, format, []byte(strings.Join(lines, "")))
		}
	}
}

// TestRepository compares every document of testdata and examples.
func TestRepository(t *testing.T) {
	count := 0
	for _, folder := range []string{"testdata", "examples"} {
		folder = filepath.Join(pinned.Root(), folder)
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			count++
			format := FormatForPath(path)
			if comparePlain(t, format, data) != nil {
				compareEncrypted(t, format, data)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if count < 100 {
		t.Fatalf("only %d documents", count)
	}
}
