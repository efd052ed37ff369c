package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestTekton holds the Task to the rules of Tekton's own admission webhook, and runs its step on an example.
func TestTekton(t *testing.T) {
	setUp(t, "examples", "secretwright")
	validate := command(t, "tekton-validate")
	text := readFile(t, filepath.Join(root, "integrations", "tekton", "secretwright-check.yaml"))
	if _, stderr, err := try(t, root, text, validate); err != nil {
		t.Errorf("Tekton refuses the Task: %v\n%s", err, stderr)
	}
	if _, _, err := try(t, root, strings.Replace(text, "$(params.spec)", "$(params.spc)", 1), validate); err == nil {
		t.Error("Tekton takes a parameter that does not exist")
	}

	var task struct {
		Spec struct {
			Steps []struct{ Command, Args []string }
		}
	}
	if err := yaml.Unmarshal([]byte(text), &task); err != nil {
		t.Fatal(err)
	}
	step := task.Spec.Steps[0]
	if len(step.Command) != 1 || step.Command[0] != "/usr/local/bin/secretwright" {
		t.Errorf("the step runs %v, which is not in the image", step.Command)
	}
	for paths, works := range map[string]bool{"deployment.yaml": true, "kustomization.yaml": false} {
		var args []string
		for _, arg := range step.Args {
			args = append(args, strings.NewReplacer("$(params.spec)", "secretspec.yaml", "$(params.paths[*])",
				paths).Replace(arg))
		}
		stdout, stderr, err := try(t, filepath.Join(root, "examples/kustomize/base"), "", command(t, "secretwright"), args...)
		if (err == nil) != works {
			t.Errorf("%v: %v\n%s%s", args, err, stdout, stderr)
		}
	}
}
