// Package dotenv reads dotenv text as kustomize and as godotenv read it. SOPS has a third reading, which
// internal/sopsfile has: the tools agree on KEY=value, and on little else.
package dotenv

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxValues is how many bytes all values of a text may have together. godotenv expands variables, so that a short text
// can ask for more than any machine has.
const MaxValues = 8 << 20

// An Entry is a variable of a dotenv text.
type Entry struct {
	Key, Value string
	// Line is where it begins; the first line is 1.
	Line int
	// Bare reports whether the line has no equals sign. The value is then empty.
	Bare bool
	// Inner reports whether it follows another one in its line, as the second of `A="b" C=d` does. Of text that SOPS
	// decrypted its key was a part of a value, and must be printed as little as one.
	Inner bool
}

// An Error reports what a reader does not accept. It never quotes the text.
type Error struct {
	Line   int
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Kustomize reads a text as kustomize's secretGenerator and `kubectl create secret --from-env-file` do: a variable a
// line, the value as it is after the first equals sign, with its quotes, backslashes and spaces. A key may occur more
// than once.
func Kustomize(text []byte) ([]Entry, error) {
	var entries []Entry
	number := 0
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for line := range bytes.Lines(text) {
		number++
		if !utf8.Valid(line) {
			return nil, &Error{number, "it is not UTF-8"}
		}
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		line = bytes.TrimLeftFunc(line, unicode.IsSpace)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		key, value, found := strings.Cut(string(line), "=")
		entries = append(entries, Entry{Key: key, Value: value, Line: number, Bare: !found})
	}
	return entries, nil
}

// Last leaves out the entries whose key comes again.
func Last(entries []Entry) []Entry {
	last := map[string]int{}
	for i, entry := range entries {
		last[entry.Key] = i
	}
	var kept []Entry
	for i, entry := range entries {
		if last[entry.Key] == i {
			kept = append(kept, entry)
		}
	}
	return kept
}
