package examples_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/internal/pinned"
)

var update = flag.Bool("update", false, "write the golden files anew")

// setUp gives a test the examples' key and no other, and our commands on the PATH.
func setUp(t *testing.T) {
	t.Helper()
	pinned.Command(t, "secretwright")
	pinned.Command(t, "kustomize")
	t.Setenv("PATH", pinned.Bin()+string(filepath.ListSeparator)+os.Getenv("PATH"))
	for _, name := range []string{"SOPS_AGE_KEY", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
		"SOPS_AGE_SSH_PRIVATE_KEY_CMD", "SOPS_KEYSERVICE", "SOPS_ENABLE_LOCAL_KEYSERVICE", "SOPS_DECRYPTION_ORDER"} {
		t.Setenv(name, "") // restores it afterwards
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SOPS_AGE_KEY_FILE", absolute(t, "age.key"))
	t.Setenv("SECRETWRIGHT_EXAMPLE_KEY", "1")
}

// TestCommandLine runs the example of the command line.
func TestCommandLine(t *testing.T) {
	setUp(t)
	out := run(t, "cli", "secretwright", "render", "secretspec.yaml", "deploy")
	golden(t, "cli/expected.yaml", out)
	m := read(t, out)
	if got, want := names(m.secrets), []string{"database-*", "mail"}; !cmp.Equal(got, want) {
		t.Errorf("Secrets %v, want %v", got, want)
	}
	holdTogether(t, m)
	if m.deployments[0].Spec.Template.Annotations["checksum.secretwright.dev/mail"] == "" {
		t.Error("the pods have no checksum of the Secret mail")
	}
	in, err := os.ReadFile("cli/deploy/web.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(in)) {
		if !bytes.Contains(out, []byte(line)) {
			t.Errorf("the line %q of the Deployment is gone or rewritten", line)
		}
	}
}

// TestDemo runs what `make demo` does when it has built the binary.
func TestDemo(t *testing.T) {
	setUp(t)
	t.Setenv("SOPS_AGE_KEY_FILE", "/nowhere") // it has to bring its own
	out := string(run(t, ".", "./demo.sh"))
	for _, want := range []string{
		"ENC[AES256_GCM,",                        // what goes in
		"kind: SecretSpec",                       // ...
		"kind: Secret\n",                         // what comes out
		"password: c0rrect/horse+battery\n",      // ... to be read
		"shop:c0rrect%2Fhorse%2Bbattery@db:5432", // ...
		"\n    +        - name: DATABASE_URL\n",  // what changed
		"\n    @@ -",                             // ... as a diff
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the demo does not show %q", want)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Error("the demo has colours though no terminal reads it")
	}
	t.Run("fails", func(t *testing.T) {
		t.Setenv("SECRETWRIGHT", "/bin/false")
		if out, err := exec.Command("./demo.sh").CombinedOutput(); err == nil {
			t.Errorf("the binary fails, but not the demo:\n%s", out)
		}
	})
}

// TestReadme runs the commands of every README, line by line as a reader would, in a copy of the examples.
func TestReadme(t *testing.T) {
	for _, dir := range []string{"kustomize", "kpt", "one-file", "cli"} {
		t.Run(dir, func(t *testing.T) {
			pinned.Command(t, "kpt")
			setUp(t)
			t.Setenv("SOPS_AGE_KEY_FILE", "/nowhere") // the README says where it is
			work := copied(t)
			// Before any real kubectl: no test speaks to a cluster.
			kubectl := filepath.Join(work, "bin", "kubectl")
			if err := os.Mkdir(filepath.Dir(kubectl), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(kubectl, []byte("#!/bin/sh\nexec cat\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", filepath.Dir(kubectl)+string(filepath.ListSeparator)+os.Getenv("PATH"))
			text, err := os.ReadFile(filepath.Join(dir, "README.md"))
			if err != nil {
				t.Fatal(err)
			}
			script := "set -euo pipefail\n"
			for _, command := range regexp.MustCompile(`(?m)^\$ (.*)$`).FindAllSubmatch(text, -1) {
				script += string(command[1]) + "\n"
			}
			if out := run(t, filepath.Join(work, dir), "bash", "-c", script); !bytes.Contains(out, []byte("kind: Secret\n")) {
				t.Errorf("the commands print no Secret:\n%s%s", script, out)
			}
		})
	}
}

// run runs a command and returns what it printed; it must succeed.
func run(t *testing.T, dir, command string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(command, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(cmd.Args, " "), err, out, &stderr)
	}
	return out
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// copied is a folder with a copy of the examples, for what writes into them.
func copied(t *testing.T) string {
	t.Helper()
	work := t.TempDir()
	if err := os.CopyFS(work, os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	return work
}

// golden holds what came out to a file.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// manifests are what came out, as a cluster would read it.
type manifests struct {
	deployments []appsv1.Deployment
	secrets     []corev1.Secret
}

func read(t *testing.T, stream []byte) manifests {
	t.Helper()
	var m manifests
	for _, text := range strings.Split(string(stream), "\n---\n") {
		var kind struct{ Kind string }
		if err := yaml.Unmarshal([]byte(text), &kind); err != nil {
			t.Fatal(err)
		}
		var err error
		switch kind.Kind {
		case "Deployment":
			m.deployments = append(m.deployments, appsv1.Deployment{})
			err = yaml.UnmarshalStrict([]byte(text), &m.deployments[len(m.deployments)-1])
		case "Secret":
			m.secrets = append(m.secrets, corev1.Secret{})
			err = yaml.UnmarshalStrict([]byte(text), &m.secrets[len(m.secrets)-1])
		}
		if err != nil {
			t.Fatalf("%v in:\n%s", err, text)
		}
	}
	if len(m.deployments) != 1 || len(m.secrets) == 0 {
		t.Fatalf("%d Deployments and %d Secrets came out", len(m.deployments), len(m.secrets))
	}
	return m
}

// holdTogether checks that the Deployment refers to Secrets, to these and to no others, in its own namespace.
func holdTogether(t *testing.T, m manifests) {
	t.Helper()
	var refers []string
	pod := m.deployments[0].Spec.Template.Spec
	for _, container := range pod.Containers {
		for _, env := range container.Env {
			if env.ValueFrom != nil && env.ValueFrom.SecretKeyRef != nil {
				refers = append(refers, env.ValueFrom.SecretKeyRef.Name)
			}
		}
		for _, from := range container.EnvFrom {
			if from.SecretRef != nil {
				refers = append(refers, from.SecretRef.Name)
			}
		}
	}
	for _, volume := range pod.Volumes {
		if volume.Secret != nil {
			refers = append(refers, volume.Secret.SecretName)
		}
	}
	slices.Sort(refers)
	var made []string
	for _, secret := range m.secrets {
		made = append(made, secret.Name)
		if secret.Namespace != m.deployments[0].Namespace {
			t.Errorf("the Secret %s is in the namespace %q, the Deployment in %q", secret.Name, secret.Namespace,
				m.deployments[0].Namespace)
		}
	}
	slices.Sort(made)
	if diff := cmp.Diff(made, slices.Compact(refers)); diff != "" {
		t.Errorf("what is made and what is referred to (-made +referred):\n%s", diff)
	}
}

var hashed = regexp.MustCompile(`^(.*)-([bcdfghkmt2456789]{10})$`)

// names are the names of the Secrets, with a star for the hash.
func names(secrets []corev1.Secret) []string {
	var out []string
	for _, secret := range secrets {
		out = append(out, hashed.ReplaceAllString(secret.Name, "$1-*"))
	}
	return out
}

// hash is the hash at the end of the Secret's name.
func hash(t *testing.T, secret corev1.Secret) string {
	t.Helper()
	m := hashed.FindStringSubmatch(secret.Name)
	if m == nil {
		t.Fatalf("the Secret's name %s has no hash", secret.Name)
	}
	return m[2]
}
