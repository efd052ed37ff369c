package report

import (
	"fmt"
	"slices"
	"strings"
)

// Nearest returns the known name that the fewest typing mistakes lead to, or "" where none is near.
func Nearest(name string, known []string) string { return within(len(name)/3+1, name, known) }

// Misspelt returns the known name that a name is most likely a misspelling of, or "": one of at most one mistake, or
// two in a long name.
func Misspelt(name string, known []string) string { return within(1+len(name)/8, name, known) }

// within returns the nearest known name that is at most some mistakes away, or "".
func within(mistakes int, name string, known []string) string {
	best, bestDistance := "", mistakes
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d <= bestDistance && (best == "" || d < bestDistance) {
			best, bestDistance = k, d
		}
	}
	return best
}

// DidYouMean returns a way out that proposes the nearest known name, or otherwise where none is near.
func DidYouMean(name string, known []string, otherwise string) string {
	if near := Nearest(name, known); near != "" && near != name {
		return "did you mean " + near + "?"
	}
	return otherwise
}

// maxListed is how many names a list for people holds.
const maxListed = 20

// List returns names as a list for people, which stops where nobody reads on.
func List(names []string) string {
	if len(names) > maxListed {
		names = append(names[:maxListed:maxListed], "...")
	}
	return strings.Join(names, ", ")
}

// Namespaces lists namespaces for people; "" is that of resources without one.
func Namespaces(namespaces []string) string {
	var texts []string
	for _, namespace := range namespaces {
		if namespace == "" {
			texts = append(texts, "resources without a namespace")
		} else {
			texts = append(texts, "the namespace "+namespace)
		}
	}
	return strings.Join(texts, " and ")
}

// distance returns the Levenshtein distance: insertions, deletions and substitutions of bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		previous := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := previous
			if a[i] != b[j] {
				cost = min(previous, row[j], row[j+1]) + 1
			}
			previous, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// ShellWord returns a text as one word for a shell. Whatever is said to be run is pasted, and $(command) in a name
// would be too.
func ShellWord(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("-_./+@%=:,", r) &&
			!isAlphanumeric(r)
	}) {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}

func isAlphanumeric(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// Count returns a number of things: `1 error`, `2 errors`.
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
