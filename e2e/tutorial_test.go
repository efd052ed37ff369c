package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/secretwright/secretwright/e2e/cluster"
)

// TestTutorial runs docs/tutorial.md as a reader would, in an empty folder, with an empty home, and holds what is printed to what the
// page shows. The cluster is an API server with the controllers of Deployments and ReplicaSets. It has no scheduler and no kubelet:
// the objects are accepted and pods are made, but none runs. So it is held to what a kubelet would need: that each variable of each pod
// names a Secret of its namespace, and a key in it.
func TestTutorial(t *testing.T) {
	setUp(t, "examples", "secretwright", "kustomize")
	unset(t, "SOPS_AGE_KEY_FILE")
	unset(t, "SECRETWRIGHT_EXAMPLE_KEY")
	unset(t, "XDG_CONFIG_HOME")
	c := cluster.Start(t)
	c.StartControllers(t)
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "KUBECONFIG": c.Kubeconfig, "PATH": filepath.Dir(c.KubectlPath()) + string(filepath.ListSeparator) + os.Getenv("PATH"),
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
		"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		t.Setenv(name, value)
	}
	steps := pageSteps(t, readFile(t, filepath.Join(root, "docs", "tutorial.md")))
	if len(steps) < 20 {
		t.Fatalf("the page has %d steps", len(steps))
	}
	for i, got := range runSteps(t, home, steps) {
		steps[i].hold(t, got)
	}
	podsCanRead(t, c, "shop")
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
	fence  = regexp.MustCompile("(?ms)^```(console|yaml)\n(.*?)^```$")
	status = regexp.MustCompile(`\s+# status (\d+)\b.*$`)
)

// pageSteps returns the steps of a page: the commands of its console blocks, and the YAML blocks whose first line says which file
// they are. Blocks in other languages are not steps.
func pageSteps(t *testing.T, page string) []step {
	t.Helper()
	var steps []step
	for _, block := range fence.FindAllStringSubmatch(page, -1) {
		if block[1] == "yaml" {
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
	return steps
}

// mark begins a line that ends the output of a step, and has its status.
const mark = "--- step ended with "

// runSteps runs steps in one shell, and returns what each printed, its status in the last line. It stops at one that ends with
// another status than the page says.
func runSteps(t *testing.T, dir string, steps []step) []string {
	t.Helper()
	var script strings.Builder
	script.WriteString("set -o pipefail; exec 2>&1\n")
	for _, s := range steps {
		if s.file != "" {
			fmt.Fprintf(&script, "cat > %s <<'END OF FILE'\n%sEND OF FILE\n", s.file, s.content)
		} else {
			script.WriteString(s.command + "\n")
		}
		fmt.Fprintf(&script, "status=$?; printf '\\n%s%%s\\n' $status; [ $status -eq %d ] || exit 9\n", mark, s.status)
	}
	stdout, _, err := try(t, dir, "", "bash", "-c", script.String())
	var outputs []string
	rest := stdout
	for range steps {
		output, after, found := strings.Cut(rest, "\n"+mark)
		if !found {
			t.Errorf("%v: the steps after %d did not run:\n%s", err, len(outputs), rest)
			return outputs
		}
		code, more, _ := strings.Cut(after, "\n")
		outputs, rest = append(outputs, output+"\n"+code), more
	}
	return outputs
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

// podsCanRead holds the pods of a namespace to the Secrets there: each key that a container has a variable from exists, and one
// container of each pod has some.
func podsCanRead(t *testing.T, c *cluster.Cluster, namespace string) {
	t.Helper()
	var secrets struct {
		Items []struct {
			Metadata struct{ Name string }
			Data     map[string][]byte
		}
	}
	var pods struct {
		Items []struct {
			Metadata struct {
				Name            string
				OwnerReferences []struct{ Kind string }
			}
			Spec struct {
				Containers []struct {
					Name string
					Env  []struct {
						ValueFrom struct{ SecretKeyRef struct{ Name, Key string } }
					}
				}
			}
		}
	}
	get(t, c, &secrets, "secrets", namespace)
	for deadline := time.Now().Add(time.Minute); len(pods.Items) < 2 && time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		get(t, c, &pods, "pods", namespace) // the second is made after what the last step waits for
	}
	data := map[string]map[string][]byte{}
	for _, secret := range secrets.Items {
		data[secret.Metadata.Name] = secret.Data
	}
	if len(data) != 2 || len(pods.Items) == 0 {
		t.Fatalf("there are %d Secrets, want the old one and the new one, and %d pods", len(data), len(pods.Items))
	}
	used := map[string]bool{}
	for _, pod := range pods.Items {
		if owners := pod.Metadata.OwnerReferences; len(owners) != 1 || owners[0].Kind != "ReplicaSet" {
			t.Errorf("no ReplicaSet made the pod %s", pod.Metadata.Name)
		}
		for _, container := range pod.Spec.Containers {
			if want := map[string]int{"app": 2}[container.Name]; len(container.Env) != want {
				t.Errorf("the container %s has %d variables, want %d", container.Name, len(container.Env), want)
			}
			for _, variable := range container.Env {
				ref := variable.ValueFrom.SecretKeyRef
				used[ref.Name] = true
				if value := data[ref.Name][ref.Key]; ref.Key == "username" && string(value) != "shop" || ref.Key == "password" && len(value) != 32 {
					t.Errorf("the key %s of the Secret %s holds %d bytes", ref.Key, ref.Name, len(value))
				}
			}
		}
	}
	if len(used) != 2 { // the new pods are not ready, so the old ones stay
		t.Errorf("the pods read %d Secrets, want the old one and the new one", len(used))
	}
}

// get reads all objects of a kind in a namespace.
func get(t *testing.T, c *cluster.Cluster, into any, kind, namespace string) {
	t.Helper()
	if err := json.Unmarshal([]byte(kubectl(t, c, "", "get", kind, "--namespace="+namespace, "--output=json")), into); err != nil {
		t.Fatal(err)
	}
}
