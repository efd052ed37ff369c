package sopstest

// HardYAML is everything that a reader of YAML is likely to bend: the tests look each leaf up.
const HardYAML = `# a comment of the document
text: plain
empty: ""
spaces: "  padded  "
non-ascii: "Grüße, 世界 🔑"
looks-like-number: "007"
looks-like-boolean: "yes"
looks-like-null: "null"
escapes: "tab\tquote\"backslash\\nul\0bell\a"
crlf: "one\r\ntwo\r\n"
block: |
    one
    two
block-kept: |+
    one


block-stripped: |-
    one
    two
folded: >
    one
    two

    three
integer: 42
negative: -17
zero: 0
octal: 0644
large: 9223372036854775807
float: 3.14
float-whole: 1.0
float-large: 1.5e+300
float-small: 1e-7
boolean: true
boolean-off: false
date: 2024-02-29
time: 2024-02-29T12:34:56.789Z
binary: !!binary /wD+gA==
tls.crt: with a dot
a key with spaces: "1"
ключ: non-ASCII key
nested:
    # a comment inside
    map:
        deep: bottom
        tls.key: with a dot, deep
    list:
        # a comment before the first element
        - first
        - 2
        - true
        - {name: bob, token: of bob}
        - [inner, list]
merged: &anchor
    user: anchored
again: *anchor
`

// HardJSON is what a reader of JSON is likely to bend.
const HardJSON = `{
	"text": "plain", "empty": "", "non-ascii": "Grüße, 世界 🔑", "escaped": "\u00e9\ud83d\udd11\/<&>",
	"crlf": "one\r\ntwo\r\n", "trailing": "one\n\n", "nul": "a\u0000b",
	"integer": 42, "negative": -17, "zero": 0, "large": 9007199254740993,
	"float": 3.14, "float-whole": 1.0, "float-large": 1.5e300, "float-small": 1e-7,
	"boolean": true, "boolean-off": false, "tls.crt": "with a dot", "a key with spaces": "1",
	"nested": {"map": {"deep": "bottom", "tls.key": "with a dot, deep"},
		"list": ["first", 2, true, {"name": "bob", "token": "of bob"}, ["inner", "list"]]}
}`

// HardDotenv is what a reader of dotenv files is likely to bend.
const HardDotenv = `# a comment
TEXT=plain
EMPTY=
SPACES=  padded
QUOTED="quotes stay"
EQUALS=a=b=c
NON_ASCII=Grüße, 世界 🔑
NUMBER=007
BOOLEAN=True
LINES=one\ntwo\n
CRLF=one\r
with.dot=dotted
`

// HardINI is what a reader of INI is likely to bend.
const HardINI = `; a comment
top = without a section

[section]
text     = plain
empty    =
number   = 007
boolean  = True
equals   = a=b=c
non-ascii = Grüße, 世界 🔑
quoted   = "with ; and # in it"
with.dot = dotted

[other.section]
text = plain too
`
