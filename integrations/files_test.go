package integrations_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/pinned"
)

// TestRenovate tries the preset's expressions on what they are to find.
func TestRenovate(t *testing.T) {
	var preset struct {
		CustomManagers []struct{ MatchStrings, ManagerFilePatterns []string }
	}
	read(t, "renovate/default.json", &preset)
	for i, want := range []struct{ file, text, version string }{
		{"shop/Kptfile", "pipeline:\n  mutators:\n  - image: ghcr.io/secretwright/secretwright:v1.2.3\n", "v1.2.3"},
		{".github/workflows/ci.yaml", "      with: {version: v1.2.3} # renovate: secretwright\n", "v1.2.3"},
	} {
		manager := preset.CustomManagers[i]
		text := regexp.MustCompile(strings.ReplaceAll(manager.MatchStrings[0], "(?<", "(?P<"))
		file := ""
		for _, pattern := range manager.ManagerFilePatterns {
			if regexp.MustCompile(strings.Trim(pattern, "/")).MatchString(want.file) {
				file = pattern
			}
		}
		got := ""
		if found := text.FindStringSubmatch(want.text); found != nil {
			got = found[text.SubexpIndex("currentValue")]
		}
		if file == "" || got != want.version {
			t.Errorf("%s: %s finds %q, want %q", want.file, text, got, want.version)
		}
	}
}

// TestSchemaStore holds the entry to what SchemaStore's catalog asks for, and to our schema.
func TestSchemaStore(t *testing.T) {
	var entry struct {
		Name, Description, URL string
		FileMatch              []string
	}
	read(t, "schemastore/catalog-entry.json", &entry)
	if entry.Name == "" || len(entry.Description) < 10 || strings.Contains(strings.ToLower(entry.Description), "schema") {
		t.Errorf("SchemaStore refuses the name or the description: %q, %q", entry.Name, entry.Description)
	}
	file, ours := strings.CutPrefix(entry.URL, "https://raw.githubusercontent.com/secretwright/secretwright/main/")
	if !ours || !json.Valid(readFile(t, filepath.Join(pinned.Root(), file))) {
		t.Errorf("%s is not our schema", entry.URL)
	}
	for _, name := range []string{"secretspec.yaml", "shop.secretspec.yaml"} {
		if !slices.ContainsFunc(entry.FileMatch, func(pattern string) bool {
			matched, err := filepath.Match(pattern, name)
			return matched && err == nil
		}) {
			t.Errorf("no pattern matches %s", name)
		}
	}
}
