package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkCompare measures whole processes on the same content, a number of encrypted documents of five values each: ours, the
// sops command run on each, and kustomize's own secretGenerator on the same values in the clear. docs/benchmarks.md says how to
// repeat it, and what came out.
func BenchmarkCompare(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000} {
		dir := b.TempDir()
		prepare(b, dir, n)
		b.Setenv("SOPS_AGE_KEY_FILE", keyFile("examples"))
		sops, kustomize, secretwright := command(b, "sops"), command(b, "kustomize"), command(b, "secretwright")
		for _, c := range []struct {
			name string
			cmds func() []*exec.Cmd
		}{
			{"secretwright", func() []*exec.Cmd {
				return []*exec.Cmd{{Path: secretwright, Args: []string{"secretwright", "render", "spec.yaml"}}}
			}},
			{"secretwright-one-file", func() []*exec.Cmd {
				return []*exec.Cmd{{Path: secretwright, Args: []string{"secretwright", "render", "large.yaml"}}}
			}},
			{"sops", func() []*exec.Cmd {
				var cmds []*exec.Cmd
				for i := range n {
					cmds = append(cmds, &exec.Cmd{Path: sops, Args: []string{"sops", "-d", fmt.Sprintf("%d.enc.yaml", i)}})
				}
				return cmds
			}},
			{"sops-one-file", func() []*exec.Cmd { return []*exec.Cmd{{Path: sops, Args: []string{"sops", "-d", "large.enc.yaml"}}} }},
			{"secretGenerator-in-the-clear", func() []*exec.Cmd {
				return []*exec.Cmd{{Path: kustomize, Args: []string{"kustomize", "build", "plain"}}}
			}},
		} {
			if n == 1000 && c.name == "sops" {
				continue // a thousand processes: ten times a hundred
			}
			b.Run(fmt.Sprintf("%d/%s", n, c.name), func(b *testing.B) { measure(b, dir, c.cmds) })
		}
	}
}

// measure runs the commands, one after the other, and reports the processor time of all and the memory of the largest.
func measure(b *testing.B, dir string, cmds func() []*exec.Cmd) {
	var cpu time.Duration
	var memory int64
	for b.Loop() {
		for _, cmd := range cmds() {
			cmd.Dir = dir
			if err := cmd.Run(); err != nil {
				b.Fatalf("%v: %v", cmd.Args, err)
			}
			cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
				memory = max(memory, usage.Maxrss)
			}
		}
	}
	b.ReportMetric(float64(cpu.Milliseconds())/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(memory)/1024, "MiB")
}

// prepare writes the documents, and what each command needs to read them.
func prepare(b *testing.B, dir string, n int) {
	var sources, secrets, generators, large strings.Builder
	for i := range n {
		var plain strings.Builder
		for k := range 5 {
			fmt.Fprintf(&plain, "KEY_%d: a value of some length, number %d of document %d\n", k, k, i)
			fmt.Fprintf(&large, "KEY_%d_%d: a value of some length, number %d of document %d\n", i, k, k, i)
		}
		writeFile(b, filepath.Join(dir, fmt.Sprintf("%d.enc.yaml", i)), plain.String())
		writeFile(b, filepath.Join(dir, "plain", fmt.Sprintf("%d.env", i)), strings.ReplaceAll(plain.String(), ": ", "="))
		fmt.Fprintf(&sources, "- {name: s%d, file: %d.enc.yaml}\n", i, i)
		fmt.Fprintf(&secrets, "- {name: secret-%d, dataFrom: [{from: s%d}]}\n", i, i)
		fmt.Fprintf(&generators, "- {name: secret-%d, envs: [%d.env]}\n", i, i)
	}
	writeFile(b, filepath.Join(dir, "large.enc.yaml"), large.String())
	const head = "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: all}\n"
	writeFile(b, filepath.Join(dir, "spec.yaml"), head+"sources:\n"+sources.String()+"secrets:\n"+secrets.String())
	writeFile(b, filepath.Join(dir, "large.yaml"), head+"sources: [{name: large, file: large.enc.yaml}]\nsecrets: [{name: large, dataFrom: [{from: large}]}]\n")
	writeFile(b, filepath.Join(dir, "plain", "kustomization.yaml"), "secretGenerator:\n"+generators.String())
	for i := range n {
		encryptInPlace(b, filepath.Join(dir, fmt.Sprintf("%d.enc.yaml", i)))
	}
	encryptInPlace(b, filepath.Join(dir, "large.enc.yaml"))
}

func encryptInPlace(b *testing.B, path string) {
	out, err := exec.Command(command(b, "sops"), "encrypt", "-i", "--age", publicKey(b), path).CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
}

func publicKey(b *testing.B) string {
	for line := range strings.Lines(readFile(b, keyFile("examples"))) {
		if key, found := strings.CutPrefix(strings.TrimSpace(line), "# public key: "); found {
			return key
		}
	}
	b.Fatal("examples/age.key has no public key")
	return ""
}
