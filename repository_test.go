package main

import (
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestDependabot holds the configuration of Dependabot to the modules of the repository.
func TestDependabot(t *testing.T) {
	files, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "go.mod",
		"**/go.mod").Output()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, file := range strings.Fields(string(files)) {
		// Those of versions are old on purpose.
		if dir := path.Dir("/" + file); !strings.HasPrefix(dir, "/e2e/versions/") {
			want = append(want, dir)
		}
	}
	text, err := os.ReadFile(".github/dependabot.yml")
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Updates []struct {
			Ecosystem   string `json:"package-ecosystem"`
			Directory   string
			Directories []string
		}
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range config.Updates {
		if u.Ecosystem != "gomod" {
			continue
		}
		if u.Directory != "" {
			got = append(got, u.Directory)
		}
		got = append(got, u.Directories...)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("Dependabot looks at %v; there are %v", got, want)
	}
}
