package main

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/secretwright/secretwright/"

// mayImport is who imports whom among Secretwright's own packages. Data flows one way: fn reads the spec (schema),
// opens the sources, which sopsfile decrypts, hands values to generators, and hands the Secrets to wiring; sources,
// generators and wiring never see one another.
var mayImport = map[string][]string{
	".":        {"internal/cli"},
	"examples": {}, // tests alone
	"fn": {
		"schema", "internal/adopt", "internal/apply", "internal/host", "internal/manifests",
		"internal/report", "internal/sopsfile", "internal/sopsfile/keyring", "internal/splice",
		"internal/yamlnode",
	},
	"generators":   {"schema", "internal/report", "internal/templates", "internal/yamlnode"},
	"integrations": {}, // tests alone
	"internal/adopt": {
		"internal/disk", "internal/dotenv", "internal/report", "internal/sopsfile", "internal/yamlnode",
	},
	"internal/apply": {
		"generators", "schema", "internal/former", "internal/host", "internal/references", "internal/report",
		"internal/secrecy", "internal/sopsfile", "internal/sopsfile/keyring", "internal/sources",
		"internal/wiring",
	},
	"internal/author": {
		"fn", "schema", "internal/disk", "internal/manifests", "internal/report", "internal/secrecy",
		"internal/sopsfile", "internal/sopsfile/keyring", "internal/sources", "internal/splice",
		"internal/yamlnode",
	},
	"internal/builtin": {},
	"internal/check":   {"fn", "schema", "internal/disk", "internal/render", "internal/report", "internal/repository"},
	"internal/cli": {
		"fn", "schema", "internal/author", "internal/check", "internal/disk", "internal/dotenv",
		"internal/generate", "internal/manifests", "internal/migrate", "internal/printers",
		"internal/render", "internal/report", "internal/sopsfile", "internal/terminal", "internal/yamlnode",
	},
	"internal/disk":     {"internal/report"},
	"internal/dotenv":   {},
	"internal/generate": {},
	"internal/host": {
		"schema", "internal/manifests", "internal/references", "internal/report", "internal/wiring",
		"internal/yamlnode",
	},
	"internal/former":    {"schema", "internal/wiring"},
	"internal/hostile":   {"internal/report"}, // for tests alone
	"internal/layers":    {},                  // tests alone
	"internal/manifests": {"internal/disk", "internal/yamlnode", "internal/yamltext"},
	"internal/migrate": {
		"fn", "internal/adopt", "internal/disk", "internal/dotenv", "internal/manifests", "internal/plain", "internal/proof",
		"internal/render", "internal/report", "internal/repository", "internal/sopsfile", "internal/sopsfile/keyring",
		"internal/splice", "internal/terminal", "internal/usedby", "internal/yamlnode",
	},
	"internal/pinned":     {},
	"internal/plain":      {"internal/manifests", "internal/splice", "internal/yamlnode"},
	"internal/podenv":     {"internal/yamlnode"},
	"internal/printers":   {"fn", "internal/report"},
	"internal/proof":      {"internal/report"},
	"internal/references": {"schema", "internal/yamlnode"},
	"internal/render": {
		"fn", "schema", "internal/disk", "internal/manifests", "internal/report", "internal/repository",
		"internal/splice", "internal/terminal", "internal/yamlnode",
	},
	"internal/report": {},
	"internal/repository": {
		"schema", "internal/disk", "internal/manifests", "internal/references", "internal/report",
		"internal/yamlnode",
	},
	"internal/secrecy": {},
	"internal/sopsfile": {
		"internal/disk", "internal/manifests", "internal/report", "internal/sopsfile/codec",
		"internal/sopsfile/crypt", "internal/sopsfile/keyring", "internal/splice", "internal/yamlnode",
	},
	"internal/sopsfile/codec": {"internal/sopsfile/crypt", "internal/yamlnode"},
	"internal/sopsfile/crypt": {"internal/report"},
	"internal/sopsfile/keyring": {
		"internal/disk", "internal/report", "internal/sopsfile/codec", "internal/sopsfile/rulefile",
	},
	"internal/sopsfile/rulefile": {"internal/report", "internal/sopsfile/codec", "internal/yamlnode"},
	"internal/sopsfile/sopstest": {"internal/pinned"},
	"internal/sources": {
		"schema", "internal/disk", "internal/dotenv", "internal/report", "internal/sopsfile",
		"internal/sopsfile/keyring", "internal/yamlnode",
	},
	"internal/splice":            {"internal/manifests", "internal/yamlnode", "internal/yamltext"},
	"internal/splice/splicetest": {"internal/yamltext"}, // for tests alone
	"internal/templates":         {"internal/report"},
	"internal/terminal":          {"fn", "internal/report"},
	"internal/usedby":            {"schema", "internal/references", "internal/report", "internal/wiring", "internal/yamlnode"},
	"internal/wiring": {
		"schema", "internal/builtin", "internal/podenv", "internal/references", "internal/report",
		"internal/yamlnode",
	},
	"internal/yamlnode": {},
	"internal/yamltext": {"internal/yamlnode"},
	"schema":            {"internal/report", "internal/yamlnode"},
}

// TestArchitecture holds the imports to the table, and every package to having its sentence in a comment.
func TestArchitecture(t *testing.T) {
	for dir, allowed := range mayImport {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: no files (%v)", dir, err)
		}
		documented := dir == "examples" || dir == "integrations" || dir == "internal/layers"
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
	err := filepath.WalkDir(".", func(dir string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil && dir != "." {
			return fs.SkipDir // a module of its own
		}
		goFiles, _ := filepath.Glob(filepath.Join(dir, "*.go"))
		if _, known := mayImport[filepath.ToSlash(dir)]; !known && len(goFiles) > 0 {
			t.Errorf("%s is a package the architecture does not know", dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSizes keeps packages and files to what one can have in mind.
func TestSizes(t *testing.T) {
	files, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.go").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]int{}
	for _, file := range slices.Compact(strings.Fields(string(files))) { // twice in the middle of a merge
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // in Git's index, but removed
		}
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(string(text), "\n")
		if lines > 400 {
			t.Errorf("%s has %d lines, more than 400", file, lines)
		}
		if !strings.HasSuffix(file, "_test.go") {
			packages[path.Dir(file)] += lines
		}
	}
	for dir, lines := range packages {
		if lines > 2500 {
			t.Errorf("%s has %d lines, more than 2,500", dir, lines)
		}
	}
}

// TestDependencies keeps out of the binary what makes every start dear, or is there for what we never do: SOPS's own
// configuration and formats bring `sops publish`, and with it the clients of several clouds' storage.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, "github.com/getsops/sops/v3/stores") {
		t.Fatal("this does not list the dependencies")
	}
	for _, dep := range deps {
		for _, unwanted := range []string{
			"github.com/getsops/sops/v3/config", "github.com/getsops/sops/v3/publish", "github.com/getsops/sops/v3/cmd/",
			"github.com/getsops/sops/v3/stores/", "github.com/getsops/sops/v3/version", "github.com/getsops/sops/v3/aes",
			"github.com/urfave/cli", "cloud.google.com/go/storage",
			"github.com/aws/aws-sdk-go-v2/service/s3",
		} {
			if strings.HasPrefix(dep+"/", strings.TrimSuffix(unwanted, "/")+"/") && dep+"/" != unwanted {
				t.Errorf("the binary depends on %s", dep)
			}
		}
	}
}

// TestNothingCompiledAtStart holds regular expressions to being compiled when they are first used: a program that is
// started for every build has no time for them before.
func TestNothingCompiledAtStart(t *testing.T) {
	for dir := range mayImport {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, declared := range parsed.Decls {
				if general, ok := declared.(*ast.GenDecl); ok && general.Tok == token.VAR {
					ast.Inspect(general, func(node ast.Node) bool {
						if selector, ok := node.(*ast.SelectorExpr); ok && selector.Sel.Name == "MustCompile" {
							t.Errorf("%s compiles a regular expression at start", file)
						}
						_, isFunction := node.(*ast.FuncLit) // which runs later
						return !isFunction
					})
				}
			}
		}
	}
}
