package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPrinted is how many bytes of one text are printed: a hostile name may have megabytes.
const maxPrinted = 16 << 10

// commands are how CI systems begin a command in the middle of a line of their log: GitHub's and Azure's runners, and
// TeamCity. Those that only count at the beginning of a line never do: Secretwright begins every line itself.
var commands = strings.NewReplacer("##[", "#\uFFFD[", "##vso[", "#\uFFFDvso[", "##teamcity[", "#\uFFFDteamcity[")

// Printable returns text that is safe on a terminal and in a log: keys, names and recipients are part of findings, and
// must neither drive a terminal, reorder or hide what is beside them, forge a line, nor give a CI system a command.
// Every text that is printed goes through it. What is not printable becomes U+FFFD.
func Printable(text string) string {
	if len(text) > maxPrinted {
		end := maxPrinted
		for end > 0 && !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end] + "..."
	}
	return commands.Replace(strings.Map(func(r rune) rune {
		if IsPrintable(r) {
			return r
		}
		return unicode.ReplacementChar
	}, withoutIdentities(text)))
}

// identity is how age's private keys begin. People paste one where its public half belongs.
const identity = "AGE-SECRET-KEY-"

// withoutIdentities returns text with the private keys of age cut short.
func withoutIdentities(text string) string {
	before, rest, found := strings.Cut(text, identity)
	if !found {
		return text
	}
	isKey := func(r rune) bool { return r == '-' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' }
	return before + identity + "..." + withoutIdentities(strings.TrimLeftFunc(rest, isKey))
}

// IsPrintable reports whether a rune shows as something, in its place. Control and format characters (escape
// sequences, line ends, bidirectional controls, zero-width characters) do not, and neither do the letters and marks
// that Unicode has readers ignore.
func IsPrintable(r rune) bool {
	return unicode.IsPrint(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// FileName returns the name of a file as it is printed. One that would begin a line with a command of GitHub's runner
// is named from its folder.
func FileName(name string) string {
	name = Printable(name)
	if strings.HasPrefix(strings.TrimSpace(name), "::") {
		return "./" + name
	}
	return name
}
