package schema

import (
	"strings"

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
