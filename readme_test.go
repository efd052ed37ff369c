package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadmeClaims holds every sentence, row and block of README.md to the list of claims, and sees that the tests that
// it names exist.
func TestReadmeClaims(t *testing.T) {
	defined := testFunctions(t)
	var listed []string
	for entry := range strings.SplitSeq(strings.TrimSpace(claims), "\n\n") {
		text, tests, _ := strings.Cut(entry, "\n\t")
		listed = append(listed, strings.Join(strings.Fields(text), " "))
		for named := range strings.SplitSeq(tests, ",") {
			named = strings.Join(strings.Fields(named), " ")
			dir, name, _ := strings.Cut(named, " ")
			name, subtest, _ := strings.Cut(name, "/")
			if !slices.Contains(defined[name], dir) || subtest != "" && !hasSubtest(t, dir, subtest) {
				t.Errorf("%q is tested by %q, which does not exist", text, named)
			}
		}
	}
	if diff := cmp.Diff(listed, units(readText(t, "README.md"))); diff != "" {
		t.Errorf("README.md and its claims in readme_test.go differ (-claims +README.md):\n%s", diff)
	}
}

// TestReadmeFacts holds README.md and docs/dependencies.md to go.mod, and README.md to the licence.
func TestReadmeFacts(t *testing.T) {
	out, err := exec.Command("go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var module struct {
		Module  struct{ Path string }
		Go      string
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	readme, dependencies := readText(t, "README.md"), readText(t, "docs/dependencies.md")
	version := strings.Join(strings.Split(module.Go, ".")[:2], ".")
	for _, fact := range []string{"With Go " + version + ",", "go install " + module.Module.Path + "@latest\n"} {
		if !strings.Contains(readme, fact) {
			t.Errorf("README.md does not say %q", fact)
		}
	}
	if !strings.HasPrefix(strings.TrimSpace(readText(t, "LICENSE")), "Apache License\n") {
		t.Error("the licence is not the one that README.md names")
	}
	for _, required := range module.Require {
		if !required.Indirect && !strings.Contains(dependencies, "`"+required.Path+"`") {
			t.Errorf("docs/dependencies.md does not say why %s is there", required.Path)
		}
	}
}

var (
	marks       = regexp.MustCompile("\\*\\*|`")
	sentenceEnd = regexp.MustCompile(`[.?!] [A-Z]`)
	tableLine   = regexp.MustCompile(`^\|[-| ]+\|$`)
)

// units returns what a page says: the first line of each block, each row of a table, and each sentence, without marks.
func units(page string) []string {
	var found []string
	page = fence.ReplaceAllStringFunc(page, func(block string) string {
		lines := strings.SplitN(block, "\n", 3)
		return lines[0] + " " + lines[1] + "\n"
	})
	page = markLink.ReplaceAllString(page, "]")
	page = regexp.MustCompile(`(?m)^(- |\||#)`).ReplaceAllString(page, "\n$1") // each item and row on its own
	for paragraph := range strings.SplitSeq(page, "\n\n") {
		paragraph = strings.TrimSpace(paragraph)
		switch {
		case paragraph == "", strings.HasPrefix(paragraph, "#"), tableLine.MatchString(paragraph):
			continue
		case strings.HasPrefix(paragraph, "```"):
			found = append(found, clean(paragraph))
			continue
		case strings.HasPrefix(paragraph, "|"):
			found = append(found, clean(strings.Trim(paragraph, "| ")))
			continue
		}
		paragraph = clean(strings.TrimPrefix(paragraph, "- "))
		for {
			end := sentenceEnd.FindStringIndex(paragraph)
			if end == nil {
				break
			}
			found = append(found, paragraph[:end[0]+1])
			paragraph = paragraph[end[1]-1:]
		}
		found = append(found, paragraph)
	}
	return found
}

// clean returns text without the marks of Markdown, on one line.
func clean(text string) string {
	text = strings.NewReplacer("[", "", "]", "").Replace(marks.ReplaceAllString(text, ""))
	return strings.Join(strings.Fields(text), " ")
}

// testFunctions returns the folders with a test of each name.
func testFunctions(t *testing.T) map[string][]string {
	t.Helper()
	defined := map[string][]string{}
	declaration := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, match := range declaration.FindAllSubmatch(source, -1) {
			defined[string(match[1])] = append(defined[string(match[1])], filepath.ToSlash(filepath.Dir(path)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return defined
}

// hasSubtest reports whether a subtest is a script, a folder of testdata, or named in the tests of a folder.
func hasSubtest(t *testing.T, dir, name string) bool {
	t.Helper()
	for _, path := range []string{filepath.Join(dir, "testdata", "script", name+".txtar"),
		filepath.Join("testdata", name)} {
		if _, err := os.Stat(path); err == nil {
			return true
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		return strings.Contains(readText(t, file), `"`+name+`"`)
	})
}
