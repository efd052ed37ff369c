package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/secretwright/secretwright/"

// mayImport is who imports whom among Secretwright's own packages. Data flows one way: fn reads the spec (schema), opens
// the sources, hands values to generators, and hands the Secrets to wiring; these three never see one another.
var mayImport = map[string][]string{
	".":          {"cli"},
	"cli":        {"fn", "schema"},
	"examples":   {}, // tests alone
	"fn":         {"schema", "sources", "generators", "wiring"},
	"generators": {"schema"},
	"schema":     {},
	"sources":    {"schema"},
	"wiring":     {"schema"},
}

// TestArchitecture holds the imports to the table, and every package to having its sentence in a comment.
func TestArchitecture(t *testing.T) {
	for dir, allowed := range mayImport {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: no files (%v)", dir, err)
		}
		documented := dir == "examples"
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			documented = documented || parsed.Doc != nil
			for _, spec := range parsed.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if name, ours := strings.CutPrefix(path, module); ours && !slices.Contains(allowed, name) {
					t.Errorf("%s imports %s; %s may import only %v", file, name, dir, allowed)
				}
			}
		}
		if !documented {
			t.Errorf("%s has no package comment", dir)
		}
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		goFiles, _ := filepath.Glob(filepath.Join(entry.Name(), "*.go"))
		_, noModule := os.Stat(filepath.Join(entry.Name(), "go.mod"))
		if entry.IsDir() && len(goFiles) > 0 && noModule != nil { // e2e and tools are modules of their own
			if _, known := mayImport[entry.Name()]; !known {
				t.Errorf("%s is a package the architecture does not know", entry.Name())
			}
		}
	}
}
