package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/secretwright/secretwright/internal/pinned"
)

const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec:\n  containers:\n  - name: app\n"

// manyPods is a folder with a SecretSpec that all pods in the folder d use.
func manyPods(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	spec := "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: shop}\nsecrets:\n" +
		"- name: db\n  data: {a: {value: x}}\n  usedBy: [{kind: Pod, name: .*, envFrom: {}}]\n"
	err := errors.Join(os.Mkdir(filepath.Join(dir, "d"), 0o755), os.WriteFile(filepath.Join(dir, "spec.yaml"),
		[]byte(spec), 0o600))
	for i := range n {
		name := filepath.Join(dir, "d", fmt.Sprintf("p%d.yaml", i))
		err = errors.Join(err, os.WriteFile(name, fmt.Appendf(nil, pod, i), 0o644)) //nolint:gosec // as manifests are
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// secretwright returns the command, in a folder. The test binary is secretwright when it is called by that name.
func secretwright(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Args[0], cmd.Dir = "secretwright", dir
	return cmd
}

// contents returns the files in a folder by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil && !errors.Is(err, syscall.EISDIR) {
			t.Fatal(err)
		}
		found[entry.Name()] = string(data)
	}
	return found
}

// TestKilled ends runs at random moments. Every file is then the old or the new one, whole; after SIGINT and SIGTERM
// nothing else is left, and after SIGKILL the next run removes what is.
func TestKilled(t *testing.T) {
	const pods = 30
	args := []string{"render", "--plaintext", "-o", "d", "spec.yaml", "d"}
	whole := manyPods(t, pods)
	before := contents(t, filepath.Join(whole, "d"))
	start := time.Now()
	if out, err := secretwright(t, whole, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	took := time.Since(start)
	after := contents(t, filepath.Join(whole, "d"))
	ended := 0
	for i := range 24 {
		signal := []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT}[i%3]
		dir := manyPods(t, pods)
		cmd := secretwright(t, dir, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(took/4 + rand.N(took))
		_ = cmd.Process.Signal(signal) // which fails if it has ended by itself
		err := cmd.Wait()
		changed := 0
		for name, content := range contents(t, filepath.Join(dir, "d")) {
			switch {
			case strings.HasPrefix(name, ".secretwright-") && signal == syscall.SIGKILL:
			case content == after[name] && content != before[name]:
				changed++
			case content != before[name]:
				t.Errorf("%v: %s holds %q", signal, name, content)
			}
		}
		if err != nil {
			ended++
		}
		if signal != syscall.SIGKILL && err != nil {
			if got := cmd.ProcessState.ExitCode(); got != 128+int(signal) && got != -1 {
				t.Errorf("%v: exit status %d", signal, got) // -1: before it could be caught
			}
			if changed != 0 && changed != len(after) {
				t.Errorf("%v: %d of %d files changed", signal, changed, len(after))
			}
		}
		if out, err := secretwright(t, dir, args...).CombinedOutput(); err != nil {
			t.Errorf("after %v: %v: %s", signal, err, out)
		}
		if got := contents(t, filepath.Join(dir, "d")); fmt.Sprint(got) != fmt.Sprint(after) {
			t.Errorf("after %v and another run: %v", signal, got)
		}
	}
	t.Logf("%d of 24 runs were ended", ended)
}

// TestInterrupted ends a run that waits for standard input.
func TestInterrupted(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT} {
		cmd := secretwright(t, manyPods(t, 1), "render", "spec.yaml", "-")
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := in.Write([]byte(strings.Repeat("#\n", 1<<16))); err != nil { // it reads, once this is more than a pipe holds
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != 128+int(signal) || out.Len() > 0 {
			t.Errorf("%v: exit status %d, output %q", signal, got, out.String())
		}
	}
}

// TestAdoptSignal ends adopt while kustomize builds what Flux would build: the kustomization is as it was.
func TestAdoptSignal(t *testing.T) {
	dir, bin := t.TempDir(), t.TempDir()
	const kustomization = "secretGenerator: [{name: db, envs: [db.env]}]\n"
	err := errors.Join(os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(kustomization), 0o600),
		os.WriteFile(filepath.Join(dir, "db.env"), []byte("a=b\n"), 0o600),
		os.WriteFile(filepath.Join(bin, "kustomize"), []byte("#!/bin/sh\n: > "+bin+"/started\nexec sleep 10\n"), 0o700))
	if err != nil {
		t.Fatal(err)
	}
	const recipient = "age1faylnuq73etc3zz679mtdxsrtxtzz5hsmvt5ssvfxtsnd39h53nqx9dp2d" // of examples/age.key
	out, err := exec.Command(pinned.Command(t, "sops"), "encrypt", "--age", recipient, "-i",
		filepath.Join(dir, "db.env")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := secretwright(t, dir, "adopt", "--write")
	cmd.Env = append(os.Environ(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"SOPS_AGE_KEY_FILE="+filepath.Join(pinned.Root(), "examples", "age.key"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		if _, err := os.Stat(filepath.Join(bin, "started")); err == nil {
			break
		}
		if i > 200 {
			t.Fatal("kustomize was not started")
		}
		time.Sleep(50 * time.Millisecond)
	}
	if now := contents(t, dir)["kustomization.yaml"]; !strings.Contains(now, "a=secretwright-") {
		t.Errorf("kustomize builds %s", now)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
	if now := contents(t, dir)["kustomization.yaml"]; now != kustomization {
		t.Errorf("the kustomization is %s", now)
	}
}
