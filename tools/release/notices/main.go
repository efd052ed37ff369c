// Command notices writes the licence notices of everything that a build of secretwright contains: of the Go standard
// library, and of every module that some of the targets named by its arguments (linux/amd64 …) needs. It fails on a
// module without a licence, and on a licence that does not let us pass the module on within an Apache-2.0 program.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	classifier "github.com/google/licenseclassifier/v2"
	"github.com/google/licenseclassifier/v2/assets"
)

// accepted are the licences that ask for no more than that their text is passed on; of MPL-2.0 modules the source is
// at the address that names them.
var accepted = []string{
	"Apache-2.0", "BSD-2-Clause", "BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0",
	"Unlicense",
}

// isNotice matches the names of files with a licence or a notice.
var isNotice = regexp.MustCompile(`(?i)^(LICEN[CS]E|COPYING|NOTICE|PATENTS)([.-].*)?$`)

// A module is a piece of software that a build contains, and where its files are.
type module struct{ path, version, dir string }

func main() {
	if err := run(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, targets []string) error {
	modules, err := modulesOf(targets)
	if err != nil {
		return err
	}
	known, err := assets.DefaultClassifier()
	if err != nil {
		return err
	}
	var text bytes.Buffer
	text.WriteString("Secretwright contains the software below. These are its licences and notices.\n")
	var errs []error
	for _, m := range modules {
		errs = append(errs, m.write(&text, known))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	_, err = text.WriteTo(out)
	return err
}

// modulesOf returns what builds for the targets contain, sorted by path. The standard library comes first.
func modulesOf(targets []string) ([]module, error) {
	found := map[module]bool{}
	for _, target := range targets {
		system, arch, ok := strings.Cut(target, "/")
		if !ok {
			return nil, fmt.Errorf("%q is not a target, such as linux/amd64", target)
		}
		const format = "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}"
		list := exec.Command("go", "list", "-deps", "-f", format, ".")
		list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+arch)
		list.Stderr = os.Stderr
		lines, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", target, err)
		}
		for line := range strings.Lines(string(lines)) {
			if fields := strings.Fields(line); len(fields) == 3 {
				found[module{fields[0], fields[1], fields[2]}] = true
			} else if len(fields) > 0 {
				return nil, fmt.Errorf("go list says %q", line)
			}
		}
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	sorted := slices.SortedFunc(maps.Keys(found), func(a, b module) int { return cmp.Compare(a.path, b.path) })
	return append([]module{{"the Go standard library", runtime.Version(), strings.TrimSpace(string(root))}}, sorted...),
		nil
}

// write writes the licences and notices of a module.
func (m module) write(out *bytes.Buffer, known *classifier.Classifier) error {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return err
	}
	var licences []string
	var texts bytes.Buffer
	for _, entry := range entries {
		if entry.IsDir() || !isNotice.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.dir, entry.Name()))
		if err != nil {
			return err
		}
		for _, match := range known.Match(text).Matches {
			if match.MatchType == "License" {
				licences = append(licences, match.Name)
			}
		}
		fmt.Fprintf(&texts, "\n%s\n", bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
	}
	slices.Sort(licences)
	licences = slices.Compact(licences)
	if len(licences) == 0 {
		return fmt.Errorf("%s %s: no licence that is known was found in %s", m.path, m.version, m.dir)
	}
	for _, licence := range licences {
		if !slices.Contains(accepted, licence) {
			return fmt.Errorf("%s %s: the licence %s is not one of those accepted: %s",
				m.path, m.version, licence, strings.Join(accepted, ", "))
		}
	}
	fmt.Fprintf(out, "\n%s\n%s %s (%s)\n%s", strings.Repeat("=", 80), m.path, m.version, strings.Join(licences, ", "),
		&texts)
	return nil
}
