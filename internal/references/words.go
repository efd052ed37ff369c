package references

import (
	"slices"
	"strings"
	"unicode"
)

// words splits a key into its words in lower case: `clientTLSSecretName`, `client-tls-secret-name` and
// `client_tls_secretname` are client, tls, secret, name.
func words(key string) []string {
	var out []string
	runes := []rune(key)
	start := 0
	cut := func(end int) {
		if start < end {
			out = append(out, unglued(strings.ToLower(string(runes[start:end])))...)
		}
	}
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			cut(i)
			start = i + 1
		case unicode.IsUpper(r) && i > start:
			ends := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if !unicode.IsUpper(runes[i-1]) || ends && !isPlural(runes, i) {
				cut(i)
				start = i
			}
		}
	}
	cut(len(runes))
	return out
}

// isPlural reports whether the capital at i and the s after it end an abbreviation, as in `rootCAs` and
// `rootCAsSecret`.
func isPlural(runes []rune, i int) bool {
	return runes[i+1] == 's' && (i+2 == len(runes) || !unicode.IsLower(runes[i+2]))
}

// unglued takes "secret" out of a word that has been written as one with its neighbor: `secretname`, `pullsecret`.
func unglued(word string) []string {
	if rest, found := strings.CutPrefix(word, "secret"); found && slices.Contains(referenceTail, rest) {
		return []string{"secret", rest}
	}
	for _, secret := range []string{"secret", "secrets"} {
		if rest, found := strings.CutSuffix(word, secret); found && rest != "" {
			return []string{rest, secret}
		}
	}
	return []string{word}
}

// What may follow the word "secret" in a key that names a Secret, or whose `name` does.
var (
	referenceTail = []string{"ref", "refs", "reference", "references", "name", "names"}
	selectorTail  = append([]string{
		"key", "selector", "selectors", "object", "local", "source", "sources", "from", "target",
	}, referenceTail...)
)

// foreign are the words before "secret" that make it an object of another kind.
var foreign = []string{"external", "sealed"}

// written are the words before "secret" in the keys under which operators are told which Secret to write.
var written = []string{"destination", "generated", "managed", "output", "target"}

// shape is what a key says of the text below it, or of the `name` of the object below it.
type shape struct {
	// text reports that a text at the key names a Secret, object that the `name` of an object at the key does.
	text, object bool
	// output reports that it is the name of a Secret to write, not to read.
	output bool
}

// shapeOf reads a key. The last "secret" in it decides: `secretAccessKeySecretRef` names a Secret,
// `secretAccessKey` is a key in one.
func shapeOf(key string) shape {
	if key == "publishConnectionDetailsTo" {
		return shape{object: true, output: true}
	}
	if !strings.Contains(key, "ecret") && !strings.Contains(key, "ECRET") && !strings.HasSuffix(key, "Refs") {
		return shape{} // the common case, without splitting
	}
	split := words(key)
	last := -1
	for i, word := range split {
		if word == "secret" || word == "secrets" {
			last = i
		}
	}
	if last < 0 {
		// certificateRefs and credentialRefs are those of the Gateway API and of Envoy Gateway, whose kind is
		// Secret unless they say another.
		n := len(split)
		return shape{object: n > 1 && split[n-1] == "refs" && (split[n-2] == "certificate" || split[n-2] == "credential")}
	}
	before, after := split[:last], split[last+1:]
	if last > 0 && slices.Contains(foreign, split[last-1]) {
		return shape{}
	}
	is := func(words []string) func(string) bool {
		return func(word string) bool { return slices.Contains(words, word) }
	}
	// writeConnectionSecretToRef, connInfoSecretTarget
	if len(after) > 0 && after[0] == "to" || slices.Equal(after, []string{"target"}) {
		return shape{object: true, text: !slices.Contains(after, "namespace"), output: true}
	}
	return shape{
		text:   all(after, is(referenceTail)) || slices.Equal(after, []string{"key", "ref"}),
		object: all(after, is(selectorTail)),
		output: slices.ContainsFunc(before, is(written)),
	}
}

func all(words []string, ok func(string) bool) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !ok(word) })
}
