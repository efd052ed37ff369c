package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/e2e/cluster"
)

// TestTroubleshooting makes each mistake of docs/troubleshooting.md, in the folder of the tutorial as it is before it
// is applied, and holds the messages of kustomize and kubectl to those that the page has.
func TestTroubleshooting(t *testing.T) {
	c := cluster.Start(t)
	home := newReader(t, "kustomize")
	addKubectl(t, c)
	var before []step
	for _, s := range pageSteps(t, "tutorial.md", 20) {
		before = append(before, s)
		if s.file == "kustomization.yaml" {
			break
		}
	}
	before = append(before, step{command: "git add --all && git commit --quiet --message first"})
	runSteps(t, home, append(before, pageSteps(t, "troubleshooting.md", 18)...))
}

// TestHelmPage runs docs/helm.md: up to the section on Helm 4 with Helm 3, and what comes before both sections with
// each.
func TestHelmPage(t *testing.T) {
	c := cluster.Start(t)
	home := newReader(t, "helm3", "helm4")
	addKubectl(t, c)
	steps := pageSteps(t, "helm.md", 16)
	isPlugin := func(s step) bool { return s.file == "secretwright-plugin/plugin.yaml" }
	four := slices.IndexFunc(steps, isPlugin)
	three := slices.IndexFunc(steps, func(s step) bool { return strings.HasPrefix(s.command, "helm install ") })
	if four < 0 || three < 0 || four < three {
		t.Fatalf("the page has Helm 3 at step %d and Helm 4 at %d", three, four)
	}
	for version, its := range [][]step{3: steps[:four], 4: slices.Concat(steps[:three], steps[four:])} {
		if its == nil {
			continue
		}
		version := fmt.Sprintf("helm%d", version)
		t.Run(version, func(t *testing.T) {
			dir := filepath.Join(home, version)
			if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(command(t, version), filepath.Join(dir, "bin", "helm")); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", filepath.Join(dir, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
			t.Setenv("HOME", dir) // each has plugins of its own
			runSteps(t, dir, its)
		})
	}
}

// TestKptPage runs docs/kpt.md with the real kpt.
func TestKptPage(t *testing.T) {
	runSteps(t, newReader(t, "kpt"), pageSteps(t, "kpt.md", 17))
}

// step is a command of a page, or a file that it shows.
type step struct {
	command string
	status  int
	want    []string // the lines that it prints: "..." stands for anything in a line, or for any lines
	file    string   // to be written before, with content
	content string
}

var (
	fence  = regexp.MustCompile("(?ms)^```(console|yaml|text)\n(.*?)^```$")
	status = regexp.MustCompile(`\s+# status (\d+)\b.*$`)
)

// pageSteps returns the steps of a page in docs, which are at least atLeast: the commands of its console blocks, and
// the YAML and text blocks whose first line says which file they are. Other blocks are not steps.
func pageSteps(t *testing.T, name string, atLeast int) []step {
	t.Helper()
	var steps []step
	for _, block := range fence.FindAllStringSubmatch(readFile(t, filepath.Join(root, "docs", name)), -1) {
		if block[1] != "console" {
			first, content, _ := strings.Cut(block[2], "\n")
			if name, is := strings.CutPrefix(first, "# file: "); is {
				steps = append(steps, step{file: name, content: content})
			}
			continue
		}
		for line := range strings.Lines(block[2]) {
			line = strings.TrimSuffix(line, "\n")
			command, is := strings.CutPrefix(line, "$ ")
			if !is {
				if len(steps) == 0 || steps[len(steps)-1].command == "" {
					t.Fatalf("the block does not begin with a command: %s", line)
				}
				last := &steps[len(steps)-1]
				last.want = append(last.want, line)
				continue
			}
			next := step{command: command}
			if found := status.FindStringSubmatch(command); found != nil {
				next.command = strings.TrimSuffix(command, found[0])
				next.status, _ = strconv.Atoi(found[1])
			}
			steps = append(steps, next)
		}
	}
	if len(steps) < atLeast {
		t.Fatalf("%s has %d steps, want at least %d", name, len(steps), atLeast)
	}
	return steps
}

// newReader gives a test the home of a reader who has Secretwright, the commands it names and Git, and nothing else: no
// key, and no settings.
func newReader(t *testing.T, commands ...string) (home string) {
	t.Helper()
	setUp(t, "examples", append(commands, "secretwright")...)
	for _, name := range []string{"SOPS_AGE_KEY_FILE", "SECRETWRIGHT_EXAMPLE_KEY", "XDG_CONFIG_HOME"} {
		unset(t, name)
	}
	home = t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "GIT_CONFIG_GLOBAL": os.DevNull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
		"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		t.Setenv(name, value)
	}
	return home
}

// addKubectl has the reader use a cluster with its own kubectl.
func addKubectl(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	t.Setenv("KUBECONFIG", c.Kubeconfig)
	t.Setenv("PATH", filepath.Dir(c.KubectlPath())+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

// mark begins a line that ends the output of a step, and has its status.
const mark = "--- step ended with "

// runSteps runs steps in one shell, and holds what each prints to what the page shows. It stops at one that ends with
// another status than the page says.
func runSteps(t *testing.T, dir string, steps []step) {
	t.Helper()
	var script strings.Builder
	script.WriteString("set -o pipefail; exec 2>&1\n")
	for _, s := range steps {
		if s.file != "" {
			fmt.Fprintf(&script, "mkdir -p $(dirname %[1]s); cat > %[1]s <<'END OF FILE'\n%[2]sEND OF FILE\n", s.file, s.content)
		} else {
			script.WriteString(s.command + "\n")
		}
		fmt.Fprintf(&script, "status=$?; printf '\\n%s%%s\\n' $status; [ $status -eq %d ] || exit 9\n", mark, s.status)
	}
	stdout, _, err := try(t, dir, "", "bash", "-c", script.String())
	rest := stdout
	for _, s := range steps {
		output, after, found := strings.Cut(rest, "\n"+mark)
		if !found {
			t.Fatalf("%v: this step and those after it did not run: %s%s\n%s", err, s.command, s.file, rest)
		}
		code, more, _ := strings.Cut(after, "\n")
		s.hold(t, output+"\n"+code)
		rest = more
	}
}

// hold holds what a step printed, and its status, to what the page shows.
func (s step) hold(t *testing.T, got string) {
	t.Helper()
	pattern := "(?s)^"
	for _, line := range s.want {
		if line == "..." {
			pattern += "(.*\n)?"
			continue
		}
		parts := strings.Split(line, "...")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		pattern += strings.Join(parts, `[^\n]*`) + "\n"
	}
	pattern += `\n*` + strconv.Itoa(s.status) + "$"
	if !regexp.MustCompile(pattern).MatchString(got) {
		t.Errorf("$ %s%s\nprints, and ends with:\n%s\nThe page has:\n%s", s.command, s.file, got, strings.Join(s.want, "\n"))
	}
}
