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

// TestCompatibilityVersions holds the versions that docs name to those that the tests build.
func TestCompatibilityVersions(t *testing.T) {
	compatibility, gitops := readText(t, "docs/compatibility.md"), readText(t, "docs/gitops.md")
	for _, pin := range []struct{ file, module, name string }{
		{"e2e/controllers/flux/go.mod", "github.com/fluxcd/kustomize-controller", "kustomize-controller "},
		{"e2e/controllers/argocd/go.mod", "github.com/argoproj/argo-cd/v2", ""},
		{"e2e/helm/go.mod", "helm.sh/helm/v3", ""},
		{"e2e/helm/go.mod", "helm.sh/helm/v4", ""},
		{"e2e/tekton/go.mod", "github.com/tektoncd/pipeline", "Tekton Pipelines "},
		{"e2e/editor/package.json", `"yaml-language-server":`, "yaml-language-server "},
	} {
		_, version, ok := strings.Cut(readText(t, pin.file), pin.module+" ")
		if !ok {
			t.Fatalf("%s does not have %s", pin.file, pin.module)
		}
		version = pin.name + strings.Trim(strings.Fields(version)[0], `",`)
		if !strings.Contains(compatibility, version) {
			t.Errorf("docs/compatibility.md does not say %q", version)
		}
		if strings.Contains(pin.file, "/controllers/") && !strings.Contains(gitops, version) {
			t.Errorf("docs/gitops.md does not say %q", version)
		}
	}
}
