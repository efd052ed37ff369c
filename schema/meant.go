package schema

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/secretwright/secretwright/internal/report"
)

// group is the API group of a SecretSpec.
const group = "secretwright.dev"

// IsMeant reports whether a resource of a kind and apiVersion is a SecretSpec, or was most likely meant to be one: its
// group is nearly that of a SecretSpec; or its kind is that but for case, or nearly that and there is no group.
func IsMeant(kind, apiVersion string) bool {
	found, _, _ := strings.Cut(apiVersion, "/")
	return LikeVersion(apiVersion) || strings.EqualFold(bare(kind), Kind) ||
		!strings.Contains(found, ".") && LikeKind(kind) // a kind of others may be near, such as SecretSync
}

// LikeKind reports whether a kind is nearly that of a SecretSpec.
func LikeKind(kind string) bool { return report.Misspelt(bare(kind), []string{Kind}) != "" }

// LikeVersion reports whether the group of an apiVersion is nearly that of a SecretSpec.
func LikeVersion(apiVersion string) bool {
	found, _, _ := strings.Cut(apiVersion, "/")
	return report.Misspelt(found, []string{group}) != ""
}

func bare(kind string) string { return strings.NewReplacer("-", "", "_", "", " ", "").Replace(kind) }

// allowed returns a way out that proposes a text like another that a check allows, or "" where there is none.
func allowed(value string, check func(string) []string) string {
	if strings.Contains(value, "${") {
		return "write what the variable stands for: Flux puts that in later"
	}
	cleaned := func(r rune) rune {
		if r < utf8.RuneSelf && (r == '.' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '_'
	}
	mixed := strings.Trim(strings.Map(cleaned, value), "-_.")
	lower := strings.ToLower(mixed)
	for _, text := range []string{mixed, lower, strings.ReplaceAll(lower, "_", "-"),
		strings.NewReplacer("_", "-", ".", "-").Replace(lower)} {
		if text != "" && text != value && len(check(text)) == 0 {
			return "write " + text
		}
	}
	return ""
}
