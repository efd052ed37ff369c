package report

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/findings.md anew")

const root = "../.."

// TestFindingsPage holds docs/findings.md to the rules.
func TestFindingsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Findings

All that Secretwright says is a finding: with a stable code, a severity, the field of the SecretSpec, the place in a file, the
message and the way out. ` + "`check -o json` and `check -o sarif`" + ` carry the code, and so do the results of the KRM function, as a
tag. In text a finding is one line that editors and CI understand:

` + "```" + `
secretspec.yaml:12:7: error: secrets[0].usedBy[0].containers[0]: Deployment web has no container "ap"; did you mean app?
` + "```" + `

This page is made from the code by ` + "`make generate`" + `; a test holds it to it.

`)
	for _, rule := range Rules() {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n```\n%s\n```\n\n%s\n\n", rule.Code, rule.Meaning, rule.Example, rule.Fix)
	}
	want := strings.TrimSuffix(b.String(), "\n")
	page := filepath.Join(root, "docs", "findings.md")
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/findings.md is not what `make generate` writes (-want +got):\n%s", diff)
	}
}

// TestEveryCodeHasARule holds the constants and the rules to each other, and every code to being used.
func TestEveryCodeHasARule(t *testing.T) {
	ruled := map[Code]bool{}
	for _, rule := range Rules() {
		ruled[rule.Code] = true
	}
	codes := declared(t)
	used := usedNames(t)
	for name, code := range codes {
		if !ruled[code] {
			t.Errorf("%s (%s) has no rule", name, code)
		}
		if !used[name] {
			t.Errorf("%s (%s) is used nowhere", name, code)
		}
	}
	if len(codes) != len(ruled) {
		t.Errorf("%d codes, %d rules", len(codes), len(ruled))
	}
}

// declared returns the constants of type Code.
func declared(t *testing.T) map[string]Code {
	files, err := filepath.Glob("codes_*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files with codes: %v", err)
	}
	codes := map[string]Code{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
				codes[spec.Names[0].Name] = Code(strings.Trim(literal.Value, `"`))
			}
			return true
		})
	}
	return codes
}

// usedNames returns every name that the rest of the code takes from this package.
func usedNames(t *testing.T) map[string]bool {
	used := map[string]bool{}
	selector := regexp.MustCompile(`\breport\.([A-Z]\w*)`)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root:
			return fs.SkipDir
		case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range selector.FindAllSubmatch(text, -1) {
			used[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}
