package integrations_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/internal/pinned"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

// An action is what action.yml says.
type action struct {
	Inputs map[string]struct{ Description, Default string }
	Runs   struct {
		Steps []struct {
			ID, If, Run, Shell, Uses string
			WorkingDirectory         string `json:"working-directory"`
			Env                      map[string]string
		}
	}
}

func readAction(t *testing.T) (a action) {
	t.Helper()
	read(t, filepath.Join(pinned.Root(), "action.yml"), &a)
	return a
}

// step runs a step's script as a runner of GitHub does that has checked out into dir, and returns what it printed.
func (a action) step(t *testing.T, id, dir string, inputs map[string]string) (output string, err error) {
	t.Helper()
	for _, step := range a.Runs.Steps {
		if step.ID != id {
			continue
		}
		value := func(text string) string {
			expression := strings.TrimSuffix(strings.TrimPrefix(text, "${{ "), " }}")
			input, isInput := strings.CutPrefix(expression, "inputs.")
			given, isGiven := inputs[input]
			switch {
			case isInput && isGiven:
				return given
			case isInput:
				return a.Inputs[input].Default
			case expression == "github.action_path":
				return pinned.Root()
			case text == "":
				return "" // a step without a folder
			}
			t.Fatalf("this test does not know %s", text)
			return ""
		}
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
		cmd.Dir = filepath.Join(dir, value(step.WorkingDirectory))
		cmd.Env = append(os.Environ(), "GITHUB_WORKSPACE="+dir)
		for name, text := range step.Env {
			cmd.Env = append(cmd.Env, name+"="+value(text))
		}
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	t.Fatalf("the action has no step %s", id)
	return "", nil
}

// runner sets up what a runner of GitHub gives an action, with our command on the PATH and the key of the examples.
func runner(t *testing.T) (temp string) {
	t.Helper()
	temp = t.TempDir()
	bin := filepath.Dir(pinned.Command(t, "secretwright"))
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Setenv("RUNNER_TEMP", temp)
	t.Setenv("GITHUB_PATH", filepath.Join(temp, "path"))
	sopstest.NoKeys(t)
	t.Setenv("SOPS_AGE_KEY_FILE", filepath.Join(pinned.Root(), "examples", "age.key"))
	t.Setenv("SECRETWRIGHT_EXAMPLE_KEY", "1")
	return temp
}

// repository is a Git repository with a copy of an example, with all of it committed.
func repository(t *testing.T, example string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(pinned.Root(), "examples", example))); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--all"},
		{"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "a"}} {
		sopstest.Run(t, dir, exec.Command("git", args...))
	}
	return dir
}

// TestActionScripts holds the scripts to taking inputs from the environment alone: an expression in a script is a way
// to inject commands.
func TestActionScripts(t *testing.T) {
	a := readAction(t)
	text := ""
	for _, step := range a.Runs.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("the script of %s has an expression", step.ID)
		}
		if (step.Run == "") == (step.Uses == "") || step.Run != "" && step.Shell != "bash" {
			t.Errorf("the step %q runs %q by %q and uses %q", step.ID, step.Run, step.Shell, step.Uses)
		}
		text += step.If + step.WorkingDirectory + fmt.Sprint(step.Env)
	}
	for name, input := range a.Inputs {
		if input.Description == "" || !strings.Contains(text, "inputs."+name) {
			t.Errorf("the input %s is not described, or not used", name)
		}
	}
}

func TestActionCheck(t *testing.T) {
	temp := runner(t)
	a := readAction(t)
	dir := repository(t, "kustomize/base")
	inputs := map[string]string{"paths": "deployment.yaml\n\n"}
	out, err := a.step(t, "check", dir, inputs)
	if err != nil || !strings.Contains(out, "::notice title=readable-by,file=secretspec.yaml,line=") {
		t.Errorf("%v:\n%s", err, out)
	}
	sopstest.Write(t, dir, "secretspec.yaml", bytes.Replace(readFile(t, filepath.Join(dir, "secretspec.yaml")),
		[]byte("containers: [app]"), []byte("containers: [ap]"), 1))
	out, err = a.step(t, "check", dir, inputs)
	if err == nil || !strings.Contains(out, "::error title=no-container,file=deployment.yaml,line=") {
		t.Errorf("%v:\n%s", err, out)
	}
	if out, err = a.step(t, "sarif", dir, inputs); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
	var log struct {
		Runs []struct{ Results []struct{ RuleID string } }
	}
	read(t, filepath.Join(temp, "secretwright.sarif"), &log)
	if len(log.Runs) != 1 || !slices.ContainsFunc(log.Runs[0].Results, func(r struct{ RuleID string }) bool {
		return r.RuleID == "no-container"
	}) {
		t.Errorf("the SARIF has not the finding: %v", log)
	}
}

// TestActionWorkingDirectory has the action work in a folder of the repository. What it says about a file, GitHub finds
// from the top of the repository.
func TestActionWorkingDirectory(t *testing.T) {
	temp := runner(t)
	a := readAction(t)
	dir := repository(t, "gitops")
	inputs := map[string]string{"working-directory": "flux", "paths": "deploy", "output": "rendered"}
	if out, err := a.step(t, "verify", dir, inputs); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
	deployment := filepath.Join(dir, "flux", "deploy", "deployment.yaml")
	sopstest.Write(t, filepath.Dir(deployment), "deployment.yaml",
		bytes.Replace(readFile(t, deployment), []byte("name: app"), []byte("name: ap"), 1))
	out, err := a.step(t, "check", dir, inputs)
	if err == nil || !strings.Contains(out, "::error title=no-container,file=flux/deploy/deployment.yaml,line=") {
		t.Errorf("%v:\n%s", err, out)
	}
	if out, err := a.step(t, "sarif", dir, inputs); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
	log := readFile(t, filepath.Join(temp, "secretwright.sarif"))
	if !bytes.Contains(log, []byte(`"uri": "flux/deploy/deployment.yaml"`)) {
		t.Errorf("the SARIF has the path from another folder:\n%s", log)
	}
	sopstest.Write(t, filepath.Dir(deployment), "deployment.yaml",
		bytes.Replace(readFile(t, deployment), []byte("name: ap\n"), []byte("name: app\n"), 1))
	sopstest.SOPS(t, filepath.Join(dir, "flux"), "set", "database.enc.yaml", `["app"]["password"]`, `"quite another one"`)
	out, err = a.step(t, "verify", dir, inputs)
	if err == nil || !strings.Contains(out, "M flux/rendered/secret_database.yaml") {
		t.Errorf("%v:\n%s", err, out)
	}
}

func TestActionVerify(t *testing.T) {
	runner(t)
	a := readAction(t)
	dir := repository(t, "gitops/flux")
	inputs := map[string]string{"paths": "deploy", "output": "rendered"}
	if out, err := a.step(t, "verify", dir, inputs); err != nil {
		t.Fatalf("what is committed is not what is rendered: %v\n%s", err, out)
	}
	sopstest.SOPS(t, dir, "set", "database.enc.yaml", `["app"]["password"]`, `"quite another one"`)
	out, err := a.step(t, "verify", dir, inputs)
	if err == nil || !strings.Contains(out, "M rendered/secret_database.yaml") ||
		!strings.Contains(out, "::error title=not-rendered::") {
		t.Errorf("%v:\n%s", err, out)
	}
	sopstest.TellsNothing(t, out, "quite another one")
}

// TestActionInstall installs a release that a server has, whose archive is verified.
func TestActionInstall(t *testing.T) {
	temp := runner(t)
	a := readAction(t)
	out, err := a.step(t, "install", temp, nil)
	if err != nil || !strings.Contains(out, "secretwright") || exists(filepath.Join(temp, "path")) {
		t.Errorf("what is on the PATH was not taken: %v\n%s", err, out)
	}
	name := fmt.Sprintf("secretwright_1.2.3_%s_%s.tar.gz", runtime.GOOS, runtime.GOARCH)
	archive := archived(t, readFile(t, pinned.Command(t, "secretwright")))
	sums := fmt.Sprintf("%x  %s\n", sha256.Sum256(archive), name)
	changed := append(bytes.Clone(archive), 0)
	var isChanged atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/download/v1.2.3/" + name:
			if isChanged.Load() {
				_, _ = w.Write(changed)
			} else {
				_, _ = w.Write(archive)
			}
		case "/download/v1.2.3/checksums.txt":
			_, _ = w.Write([]byte(sums))
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	t.Setenv("BASE_URL", server.URL)
	out, err = a.step(t, "install", temp, map[string]string{"version": "v1.2.3"})
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	dir := strings.TrimSpace(string(readFile(t, filepath.Join(temp, "path"))))
	sopstest.Run(t, temp, exec.Command(filepath.Join(dir, "secretwright"), "version"))
	isChanged.Store(true)
	if out, err := a.step(t, "install", temp, map[string]string{"version": "v1.2.3"}); err == nil {
		t.Errorf("an archive that was changed is installed:\n%s", out)
	}
}

func archived(t *testing.T, binary []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	header := &tar.Header{Name: "secretwright", Mode: 0o755, Size: int64(len(binary))}
	err := w.WriteHeader(header)
	if err == nil {
		_, err = w.Write(binary)
	}
	if err = errors.Join(err, w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestGitLab runs the component's script, with inputs put in as GitLab does.
func TestGitLab(t *testing.T) {
	runner(t)
	header, body, _ := strings.Cut(string(readFile(t, "gitlab/secretwright.yml")), "\n---\n")
	var spec struct {
		Spec struct {
			Inputs map[string]struct{ Default *string }
		}
	}
	unmarshal(t, header, &spec)
	given := map[string]string{"paths": "deployment.yaml"}
	body = regexp.MustCompile(`\$\[\[ inputs\.(\w+) \]\]`).ReplaceAllStringFunc(body, func(text string) string {
		name := strings.TrimSuffix(strings.TrimPrefix(text, "$[[ inputs."), " ]]")
		if value, ok := given[name]; ok {
			return value
		}
		return *spec.Spec.Inputs[name].Default
	})
	var jobs map[string]struct {
		Variables    map[string]string
		BeforeScript []string `json:"before_script"`
		Script       []string
		Artifacts    struct{ Reports map[string]string }
	}
	unmarshal(t, body, &jobs)
	job := jobs["secretwright"]
	dir := repository(t, "kustomize/base")
	run := func() (string, error) {
		cmd := exec.Command("sh", "-ec", strings.Join(append(slices.Clone(job.BeforeScript), job.Script...), "\n"))
		cmd.Dir, cmd.Env = dir, os.Environ()
		for name, value := range job.Variables {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run(); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
	sopstest.Write(t, dir, "secretspec.yaml", bytes.Replace(readFile(t, filepath.Join(dir, "secretspec.yaml")),
		[]byte("containers: [app]"), []byte("containers: [ap]"), 1))
	if out, err := run(); err == nil || !strings.Contains(out, `no container "ap"`) {
		t.Errorf("%v:\n%s", err, out)
	}
	report := string(readFile(t, filepath.Join(dir, job.Artifacts.Reports["junit"])))
	if !strings.Contains(report, `<failure type="no-container"`) {
		t.Errorf("the report has not the finding:\n%s", report)
	}
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	unmarshal(t, string(readFile(t, file)), into)
}

func unmarshal(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func kpt(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	return exec.Command(pinned.Command(t, "kpt"), args...)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
