package adopt_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
)

const (
	ksopsHead     = "apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: {name: gen}\n"
	generatorHead = "apiVersion: goabout.com/v1beta1\nkind: SopsSecretGenerator\nmetadata: {name: gen}\n"
)

// TestFindings runs configurations that something is to be said of, in folders of recorded cases.
func TestFindings(t *testing.T) {
	useExampleKey(t)
	const ksops, generator = "ksops-v4.5.1/from-all", "SopsSecretGenerator-v1.6.0/files-win"
	for _, c := range []struct {
		name, folder, config string
		says                 []string // on standard error
		notes                []string // in the results alone
	}{
		{"typing mistakes", ksops,
			ksopsHead + "file: [a.txt]\nsecretForm: []\nsecretFrom:\n- metadata: {nam: a}\n  binaryFile: " +
				"[a.txt]\n", []string{
				"error: file: ksops has no such field, and ignores it; did you mean files? Else remove it",
				"error: secretForm: ksops has no such field, and ignores it; did you mean secretFrom? Else remove it",
				"error: secretFrom[0].metadata.nam: ksops has no such field, and ignores it; did you mean name? Else " +
					"remove it",
				"error: secretFrom[0].binaryFile: ksops has no such field, and ignores it; did you mean binaryFiles? " +
					"Else remove it",
			}, nil},
		{"another case", ksops, ksopsHead + "secretfrom:\n- metadata: {name: a}\n  binaryfiles: [a.txt]\n", []string{
			"warning: secretfrom: ksops reads this as secretFrom; write secretFrom",
			"warning: secretfrom[0].binaryfiles: ksops reads this as binaryFiles; write binaryFiles",
		}, nil},
		{"another case elsewhere", generator, generatorHead + "Envs: [a.env]\n", []string{
			"error: Envs: SopsSecretGenerator has no such field, and ignores it; did you mean envs? Else remove it",
		}, nil},
		{"unknown fields", ksops,
			ksopsHead + "fail-silently: true\nsecretFrom: [{metadata: {name: a}, immutable: true, envs: " +
				"[a.env]}]\n", []string{
				"warning: fail-silently: ksops has no such field; it is ignored, as there; remove it",
				"warning: secretFrom[0].immutable: ksops has no such field; it is ignored, as there; remove it",
			}, nil},
		{"wrong kinds", ksops,
			ksopsHead + "files: a\nsecretFrom:\n- metadata: {name: [a], labels: {a: [b]}}\n  files: [{}]\n- " +
				"a\n", []string{
				"files: it is not a list", "secretFrom[0].metadata.name: it is not " +
					"text", "secretFrom[0].metadata.labels.a: it is not text",
				"secretFrom[0].files[0]: it is not text", "secretFrom[1]: it is not a map",
			}, nil},
		{"wrong kinds elsewhere", generator, generatorHead + "disableNameSuffixHash: perhaps\nenvs: {a: b}\n", []string{
			"disableNameSuffixHash: it is not true or false", "envs: it is not a list",
		}, nil},
		{"a field twice", ksops, ksopsHead + "files: []\nfiles: []\n",
			[]string{"error: files: it stands twice; keep one of them"}, nil},
		{"a missing file", ksops, ksopsHead + "secretFrom: [{metadata: {name: a}, files: [k=absent, a.txt]}]\n",
			[]string{
				"error: secretFrom[0].files[0]: absent: there is no such file; paths are relative to the folder of " +
					"the kustomization that names this generator",
			}, nil},
		{"a file above", ksops, ksopsHead + "files: [../a.yaml]\n", []string{
			"error: files[0]: ../a.yaml: it leads out of the folder whose files Secretwright reads; move the file " +
				"inside, or set SECRETWRIGHT_ROOT to a folder that holds both, or to git",
		}, nil},
		{"an absolute path", ksops, ksopsHead + "files: [/etc/passwd]\n",
			[]string{"files[0]: /etc/passwd: it leads out of the folder"}, nil},
		{"a file that is not encrypted", ksops, ksopsHead + "files: [kustomization.yaml]\n", []string{
			"error: files[0]: kustomization.yaml: it is not encrypted: it has no sops block; encrypt it with " +
				"`sops encrypt -i`",
		}, nil},
		{"no manifest", ksops, ksopsHead + "files: [a.txt]\n", []string{
			"error: files[0]: a.txt: its document 1 is not a map; list files of values under secretFrom; files is " +
				"for encrypted manifests",
		}, nil},
		{"entries", ksops, ksopsHead + "secretFrom: [{metadata: {name: a}, files: [a=b=c, =a, a=, '']}]\n", []string{
			"files[0]: it has two equals signs", "files[1]: it has no key before the equals sign", "files[2]: it " +
				"names no file", "files[3]: it names no file",
		}, nil},
		{"behavior", generator, generatorHead + "behavior: merg\nenvs: [a.env]\n", []string{
			"warning: behavior: kustomize has no such behavior, and takes it for none; did you mean merge?",
		}, nil},
		{"a version", generator, strings.Replace(generatorHead, "v1beta1", "v2", 1) + "envs: [a.env]\n", []string{
			`error: apiVersion: SopsSecretGenerator has no version "goabout.com/v2"; write goabout.com/v1beta1`,
		}, nil},
		{"variables", generator, generatorHead + "envs: [a.txt]\n",
			[]string{"error: envs[0]: a.txt: its name says neither dotenv, YAML nor JSON"}, nil},
		{"keys that others have", ksops,
			ksopsHead + "secretFrom: [{metadata: {name: a}, files: [A=a.txt], binaryFiles: [A=b.txt], envs: " +
				"[a.env]}]\n", nil, []string{
				`b.txt: the key "A" is in files or envs too, which win in the cluster`,
				`path: secretFrom[0].binaryFiles[0]`, `a.env: the key "A" takes the place of an earlier one`,
				"this ksops is run as ksops v4.5.1 runs it; to have its Secrets checked and wired, go on to a " +
					"SecretSpec with `secretwright adopt`: docs/from-ksops.md shows it",
			}},
		{"what it is", generator, generatorHead + "envs: [a.env]\n", nil,
			[]string{"this SopsSecretGenerator is run as SopsSecretGenerator v1.6.0 runs it"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, c.folder)
			out, stderr, _ := onStdin(t, dir, c.config)
			sopstest.Holds(t, stderr, c.says...)
			for _, note := range c.notes {
				if !strings.Contains(strings.Join(strings.Fields(string(out)), " "), note) {
					t.Errorf("the results do not say %q:\n%s", note, out)
				}
			}
			if got, want := strings.Count(stderr, "\n"), len(c.says); got != want {
				t.Errorf("%d lines, not %d:\n%s", got, want, stderr)
			}
			sopstest.TellsNothing(t, stderr, "from files", "from binaryFiles", "from envs")
		})
	}
}

// folder writes the files of a recorded case.
func folder(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range unpack(t, filepath.Join("testdata", name+".txtar")) {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

// TestWithResources has a configuration among resources, as under `transformers:` and in kpt. Both tools fail there
// too.
func TestWithResources(t *testing.T) {
	useExampleKey(t)
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- apiVersion: v1\n  kind: " +
		"ConfigMap\n  metadata: {name: web}\n"
	config := "functionConfig:\n  " + strings.ReplaceAll(ksopsHead, "\n",
		"\n  ") + "secretFrom: [{metadata: {name: a}, envs: [a.env]}]\n"
	dir := folder(t, "ksops-v4.5.1/from-all")
	out, stderr, status := execute(t, dir, list+config)
	if status != 1 || len(items(t, out)) != 1 {
		t.Errorf("status %d\n%s", status, out)
	}
	sopstest.Holds(t, stderr, "the configuration of a generator came with a resource, ConfigMap web; "+
		"name the configuration under generators: of a kustomization, or write a SecretSpec")
}

// TestSeveral gives several configurations, without a functionConfig, as both tools take them: in the place of each
// item stand its resources, all of them sorted.
func TestSeveral(t *testing.T) {
	useExampleKey(t)
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	for _, name := range []string{"c", "a", "b"} {
		list += fmt.Sprintf("- apiVersion: goabout.com/v1beta1\n  kind: SopsSecretGenerator\n  metadata: {name: "+
			"%s}\n  envs: [a.env]\n", name)
	}
	out, stderr, status := execute(t, folder(t, "ksops-v4.5.1/from-all"), list)
	got := items(t, out)
	if status != 0 || len(got) != 3 {
		t.Fatalf("status %d, %d items\n%s", status, len(got), stderr)
	}
	for i, name := range []string{"a", "b", "c"} {
		if !strings.Contains(got[i], "name: "+name+"\n") {
			t.Errorf("item %d is not %s:\n%s", i, name, got[i])
		}
	}
}

// TestAlone gives a configuration as functionConfig alone, as `kpt fn eval` can.
func TestAlone(t *testing.T) {
	useExampleKey(t)
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n  " +
		strings.ReplaceAll(ksopsHead, "\n", "\n  ") + "secretFrom: [{metadata: {name: a}, envs: [a.env]}]\n"
	out, stderr, status := execute(t, folder(t, "ksops-v4.5.1/from-all"), list)
	if status != 0 || len(items(t, out)) != 1 {
		t.Errorf("status %d\n%s%s", status, stderr, out)
	}
}

// TestNoKey runs a configuration on a machine without keys.
func TestNoKey(t *testing.T) {
	useExampleKey(t)
	t.Setenv("SOPS_AGE_KEY_FILE", "")
	if err := os.Unsetenv("SOPS_AGE_KEY_FILE"); err != nil {
		t.Fatal(err)
	}
	_, stderr, status := onStdin(t, folder(t, "ksops-v4.5.1/from-all"),
		ksopsHead+"secretFrom: [{metadata: {name: a}, envs: [a.env]}]\n")
	if status != 1 || !strings.Contains(stderr, "secretFrom[0].envs[0]: a.env: ") {
		t.Errorf("status %d\n%s", status, stderr)
	}
}

// TestKeyless asks for redacted Secrets, which are those of SecretSpecs alone.
func TestKeyless(t *testing.T) {
	config := yaml.MustParse(ksopsHead + "files: []\n")
	filter := fn.Filter{FunctionConfig: config, Keyless: true}
	if _, err := filter.Filter(nil); err == nil || len(filter.Findings) != 1 ||
		!strings.Contains(filter.Findings[0].Error(),
			"a ksops cannot be run without keys; write a SecretSpec, or render it") {
		t.Errorf("%v, %v", err, filter.Findings)
	}
}

// TestTooMuch names one file again and again.
func TestTooMuch(t *testing.T) {
	dir := t.TempDir()
	sopstest.Encrypt(t, dir, "large", strings.Repeat("hunter2 ", 1<<18), "--age", sopstest.WithAgeKey(t))
	config := ksopsHead + "secretFrom:\n- metadata: {name: a}\n  binaryFiles:\n"
	for i := range 40 {
		config += fmt.Sprintf("  - k%d=large\n", i)
	}
	_, stderr, status := onStdin(t, dir, config)
	if status != 1 || strings.Count(stderr, "\n") != 1 {
		t.Errorf("status %d\n%s", status, stderr)
	}
	sopstest.Holds(t, stderr, "secretFrom[0].binaryFiles[32]: the files have more than 67108864 bytes together; "+
		"split the configuration into several")
}
