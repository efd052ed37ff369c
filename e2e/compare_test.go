package e2e

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sigs.k8s.io/kustomize/kyaml/kio"
)

// BenchmarkCompare measures whole processes on the same content, each in turn, and prints medians and ratios to ours.
// With KSOPS set to a ksops binary, that takes part. docs/benchmarks.md says how to repeat it, and what came out.
func BenchmarkCompare(b *testing.B) {
	b.Setenv("SOPS_AGE_KEY_FILE", keyFile("examples"))
	for _, n := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("documents=%d", n), func(b *testing.B) { compareDocuments(b, n) })
	}
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprintf("kustomize,documents=%d", n), func(b *testing.B) { compareKustomize(b, n) })
	}
	for _, n := range []int{500, 5000} {
		b.Run(fmt.Sprintf("values=%d", n), func(b *testing.B) {
			dir := b.TempDir()
			prepare(b, dir, n/5)
			compare(b, dir, []contestant{rendering(b, "large.yaml"), {"sops -d",
				[]call{{path: command(b, "sops"), args: []string{"-d", "large.enc.yaml"}}}}})
		})
	}
	for _, n := range []int{10_000, 50_000} {
		for _, secrets := range []int{1, 100} {
			b.Run(fmt.Sprintf("resources=%d,secrets=%d", n, secrets), func(b *testing.B) { compareResources(b, n, secrets) })
		}
	}
	b.Run("files=5000", func(b *testing.B) { compareFiles(b, 5000) })
}

// compareDocuments has a number of documents of five values each.
func compareDocuments(b *testing.B, n int) {
	dir := b.TempDir()
	prepare(b, dir, n)
	each := contestant{name: "sops -d, each"}
	for i := range min(n, 100) { // of a thousand, a hundred: they only add up
		each.calls = append(each.calls, call{path: command(b, "sops"), args: []string{"-d", fmt.Sprintf("%d.enc.yaml", i)}})
	}
	all := []contestant{
		rendering(b, "spec.yaml"), each,
		{"secretGenerator, in the clear", []call{{path: command(b, "kustomize"), args: []string{"build", "plain"}}}},
	}
	if ksops := os.Getenv("KSOPS"); ksops != "" {
		config := ksopsConfig(n, "ksops")
		writeFile(b, filepath.Join(dir, "taken.yaml"), taken(n, "metadata: {name: all}\n"))
		writeFile(b, filepath.Join(dir, "ksops.yaml"),
			"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n"+
				indented("  ", config)+"items:\n"+indented("- ", config)) // ksops reads it from the items, where kustomize puts it too
		encryptManifests(b, dir, n)
		all = append(all, contestant{"ksops", []call{{path: ksops, stdin: "ksops.yaml"}}},
			contestant{"its configuration, ours", []call{{path: command(b, "secretwright"), stdin: "ksops.yaml"}}},
			rendering(b, "taken.yaml"))
	}
	compare(b, dir, all)
}

// compareKustomize has a number of documents behind `kustomize build`, which starts the function: with a SecretSpec,
// and, with KSOPS set, with ksops and its configuration, which we read too.
func compareKustomize(b *testing.B, n int) {
	dir := b.TempDir()
	encryptManifests(b, dir, n)
	building := func(name, config string) contestant {
		folder := strings.ReplaceAll(name, " ", "-")
		writeFile(b, filepath.Join(dir, folder, "config.yaml"), config)
		writeFile(b, filepath.Join(dir, folder, "kustomization.yaml"), "generators: [config.yaml]\n")
		for i := range n {
			document := fmt.Sprintf("%d.manifest.yaml", i)
			writeFile(b, filepath.Join(dir, folder, document), readFile(b, filepath.Join(dir, document)))
		}
		args := []string{"build", "--enable-alpha-plugins", "--enable-exec", folder}
		return contestant{name, []call{{path: command(b, "kustomize"), args: args}}}
	}
	ours := command(b, "secretwright")
	all := []contestant{building("secretwright", taken(n, metadata(ours)))}
	if ksops := os.Getenv("KSOPS"); ksops != "" {
		all = append(all, building("ksops", ksopsConfig(n, ksops)), building("its configuration ours", ksopsConfig(n, ours)))
	}
	compare(b, dir, all)
}

// metadata has kustomize start a program as the function.
func metadata(path string) string {
	return "metadata:\n  name: all\n  annotations:\n    config.kubernetes.io/function: |\n      exec:\n        path: " +
		path + "\n"
}

// ksopsConfig is a generator of ksops with a number of encrypted Secrets.
func ksopsConfig(n int, path string) string {
	var config strings.Builder
	config.WriteString("apiVersion: viaduct.ai/v1\nkind: ksops\n" + metadata(path) + "files:\n")
	for i := range n {
		fmt.Fprintf(&config, "- %d.manifest.yaml\n", i)
	}
	return config.String()
}

// taken is a SecretSpec with the same Secrets, under the names that they have.
func taken(n int, metadata string) string {
	var sources, secrets strings.Builder
	for i := range n {
		fmt.Fprintf(&sources, "- {name: s%d, file: %d.manifest.yaml}\n", i, i)
		fmt.Fprintf(&secrets, "- {from: s%d, rollout: none}\n", i)
	}
	return "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\n" + metadata + "sources:\n" + sources.String() +
		"secrets:\n" + secrets.String()
}

// encryptManifests writes encrypted Secrets of five values.
func encryptManifests(b *testing.B, dir string, n int) {
	for i := range n {
		var manifest strings.Builder
		fmt.Fprintf(&manifest, "apiVersion: v1\nkind: Secret\nmetadata:\n  name: secret-%d\nstringData:\n", i)
		for k := range 5 {
			fmt.Fprintf(&manifest, "  KEY_%d: a value of some length, number %d of document %d\n", k, k, i)
		}
		path := filepath.Join(dir, fmt.Sprintf("%d.manifest.yaml", i))
		writeFile(b, path, manifest.String())
		encryptInPlace(b, path, "--encrypted-regex", "^(data|stringData)$")
	}
}

// indented moves text two columns to the right, with a start of two characters.
func indented(start, text string) string {
	return start + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}

// compareResources has a ResourceList, and Secrets each used by a hundred of its resources.
func compareResources(b *testing.B, n, secrets int) {
	dir := b.TempDir()
	prepare(b, dir, 1)
	var list strings.Builder
	list.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  apiVersion: secretwright.dev/v1alpha1\n" +
		"  kind: SecretSpec\n  metadata: {name: all}\n  sources: [{name: s, file: 0.enc.yaml}]\n  secrets:\n")
	for i := range secrets {
		fmt.Fprintf(&list, "  - {name: secret-%d, dataFrom: [{from: s}], usedBy: [{kind: Pod, labelSelector: group=%d, envFrom: {}}]}\n", i, i)
	}
	list.WriteString("items:\n")
	for i := range n {
		fmt.Fprintf(&list, "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: pod-%d\n    namespace: default\n    labels: {group: \"%d\"}\n"+
			"  spec:\n    containers:\n    - name: app\n      image: example.com/app:1\n      ports:\n      - containerPort: 8080\n", i, i/100)
	}
	writeFile(b, filepath.Join(dir, "list.yaml"), list.String())
	compare(b, dir, []contestant{
		{"secretwright", []call{{path: command(b, "secretwright"), stdin: "list.yaml"}}},
		{"kyaml, read and written", []call{{path: os.Args[0], stdin: "list.yaml", env: bareEnv + "=1"}}},
	})
}

// compareFiles has files on the command line, one of which uses the Secret.
func compareFiles(b *testing.B, n int) {
	dir := b.TempDir()
	prepare(b, dir, 1)
	for i := range n {
		writeFile(b, filepath.Join(dir, "manifests", fmt.Sprintf("%d.yaml", i)),
			fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d, namespace: default}\ndata: {a: b}\n", i))
	}
	compare(b, dir, []contestant{rendering(b, "spec.yaml", "manifests")})
}

const bareEnv = "SECRETWRIGHT_BARE_KYAML"

// init has the test binary read and write a ResourceList with kyaml alone, if it was started for that.
func init() {
	if os.Getenv(bareEnv) == "" {
		return
	}
	debug.SetGCPercent(400)
	rw := &kio.ByteReadWriter{Reader: os.Stdin, Writer: os.Stdout}
	if err := (kio.Pipeline{Inputs: []kio.Reader{rw}, Outputs: []kio.Writer{rw}}).Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// contestant is one way to the same end: processes that run one after the other.
type contestant struct {
	name  string
	calls []call
}

type call struct {
	path  string
	args  []string
	stdin string
	env   string
}

func rendering(b *testing.B, args ...string) contestant {
	return contestant{"secretwright", []call{{path: command(b, "secretwright"),
		args: append([]string{"render"}, args...)}}}
}

// cost is what a contestant took: processor time of all its processes, wall time, and the memory of the largest.
type cost struct {
	cpu, wall time.Duration
	memory    int64
}

// compare runs contestants in turn, so that what else the machine does falls on all of them, and prints medians.
func compare(b *testing.B, dir string, contestants []contestant) {
	costs := make([][]cost, len(contestants))
	for b.Loop() {
		for i, c := range contestants {
			costs[i] = append(costs[i], c.run(b, dir))
		}
	}
	var first cost
	for i, c := range contestants {
		m := median(costs[i])
		if i == 0 {
			first = m
		}
		b.Logf("%-32s %8.1f ms CPU %8.1f ms %6.0f MiB; ours is %.2f, %.2f, %.2f of it", c.name,
			milliseconds(m.cpu), milliseconds(m.wall), float64(m.memory)/1024,
			float64(first.cpu)/float64(m.cpu), float64(first.wall)/float64(m.wall), float64(first.memory)/float64(m.memory))
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func median(costs []cost) cost {
	middle := func(value func(cost) int64) int64 {
		var all []int64
		for _, c := range costs {
			all = append(all, value(c))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return cost{
		cpu:    time.Duration(middle(func(c cost) int64 { return int64(c.cpu) })),
		wall:   time.Duration(middle(func(c cost) int64 { return int64(c.wall) })),
		memory: middle(func(c cost) int64 { return c.memory }),
	}
}

func (c contestant) run(b *testing.B, dir string) (total cost) {
	start := time.Now()
	for _, call := range c.calls {
		cmd := exec.Command(call.path, call.args...)
		cmd.Dir, cmd.Stdout = dir, io.Discard
		if call.env != "" {
			cmd.Env = append(os.Environ(), call.env)
		}
		if call.stdin != "" {
			in, err := os.Open(filepath.Join(dir, call.stdin))
			if err != nil {
				b.Fatal(err)
			}
			cmd.Stdin = in
			defer in.Close() //nolint:errcheck // nothing was written
		}
		if err := cmd.Run(); err != nil {
			b.Fatalf("%s: %v: %v", c.name, cmd.Args, err)
		}
		total.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			total.memory = max(total.memory, usage.Maxrss)
		}
	}
	total.wall = time.Since(start)
	return total
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
	writeFile(b, filepath.Join(dir, "large.yaml"),
		head+"sources: [{name: large, file: large.enc.yaml}]\nsecrets: [{name: large, dataFrom: [{from: large}]}]\n")
	writeFile(b, filepath.Join(dir, "plain", "kustomization.yaml"), "secretGenerator:\n"+generators.String())
	for i := range n {
		encryptInPlace(b, filepath.Join(dir, fmt.Sprintf("%d.enc.yaml", i)))
	}
	encryptInPlace(b, filepath.Join(dir, "large.enc.yaml"))
}

func encryptInPlace(b *testing.B, path string, options ...string) {
	args := append([]string{"encrypt", "-i", "--age", publicKey(b)}, options...)
	out, err := exec.Command(command(b, "sops"), append(args, path)...).CombinedOutput()
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
