package manifests

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/secretwright/secretwright/internal/yamltext"
)

// YAMLOfJSON returns JSON without the two escapes that YAML does not have: `\/`, and a character as a pair of `\u`, as
// Python writes an emoji. It returns nil if a text is not JSON, or has none of them.
func YAMLOfJSON(text []byte) []byte {
	if !hasEscapes(text) {
		return nil
	}
	return unescaped(text, false)
}

func hasEscapes(text []byte) bool {
	return (bytes.Contains(text, []byte(`\/`)) || bytes.Contains(text, []byte(`\u`))) &&
		json.Valid(bytes.TrimPrefix(text, []byte(yamltext.BOM)))
}

// unescaped is YAMLOfJSON for what is JSON. It can keep each text in its column, with spaces behind the one before.
func unescaped(text []byte, inColumns bool) []byte {
	out := make([]byte, 0, len(text))
	inText, left, changed := false, 0, false
	for at := 0; at < len(text); {
		size := 1
		if inText && text[at] == '\\' {
			size = 2
		}
		char, long := escape(text[at:])
		switch {
		case inText && long > 0:
			out, at, left, changed = utf8.AppendRune(out, char), at+long, left+long-1, true
			continue
		case text[at] == '"' && inText && inColumns:
			out = append(append(out, '"'), bytes.Repeat([]byte(" "), left)...)
		default:
			out = append(out, text[at:at+size]...)
		}
		if text[at] == '"' {
			inText, left = !inText, 0
		}
		at += size
	}
	if !changed {
		return nil
	}
	return out
}

// escape returns the character that a text begins with, and the length of its escape, if YAML does not have it.
func escape(text []byte) (char rune, size int) {
	const pair = len(`\ud83d\ude00`)
	switch {
	case bytes.HasPrefix(text, []byte(`\/`)):
		return '/', 2
	case len(text) < pair || text[0] != '\\' || text[1] != 'u' || text[6] != '\\' || text[7] != 'u':
		return 0, 0
	}
	high, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	low, lowErr := strconv.ParseUint(string(text[8:pair]), 16, 16)
	char = utf16.DecodeRune(rune(high), rune(low))
	if err != nil || lowErr != nil || char == utf8.RuneError {
		return 0, 0
	}
	return char, pair
}
