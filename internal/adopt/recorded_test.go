package adopt_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/pinned"
)

// TestRecorded gives Secretwright what ksops and SopsSecretGenerator were given, on standard input and through
// kustomize, and holds it to what they made. testdata/README.md says how that was recorded, and what is said where we
// differ.
func TestRecorded(t *testing.T) {
	archives, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(archives) < 100 {
		t.Fatalf("%d archives: %v", len(archives), err)
	}
	useExampleKey(t)
	for _, archive := range archives {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(archive, "testdata/"), ".txtar"), func(t *testing.T) {
			files := unpack(t, archive)
			dir := t.TempDir()
			for name, text := range files {
				if !strings.HasPrefix(name, "want/") && !strings.HasPrefix(name, "secretwright/") {
					write(t, filepath.Join(dir, name), text)
				}
			}
			t.Run("stdin", func(t *testing.T) {
				out, stderr, status := onStdin(t, dir, string(files["generator.yaml"]))
				if want, ok := wanted(t, files, "stdin", status != 0, stderr); ok {
					compare(t, inOneStyle(t, items(t, want)), inOneStyle(t, items(t, out)))
				}
			})
			t.Run("build", func(t *testing.T) {
				out, stderr, err := build(t, dir, string(files["generator.yaml"]))
				if want, ok := wanted(t, files, "build", err != nil, stderr); ok {
					compare(t, string(want), string(out))
				}
			})
		})
	}
}

// wanted returns what is to come out, if anything, after it has held a failure to what is recorded.
func wanted(t *testing.T, files map[string][]byte, what string, failed bool, stderr string) (want []byte, ok bool) {
	t.Helper()
	want, makes := files["want/"+what+".yaml"]
	says, refuses := files["secretwright/says"]
	ours, differs := files["secretwright/"+what+".yaml"]
	switch {
	case differs && bytes.Equal(ours, want):
		t.Error("the tool makes the same: this is not a difference")
	case differs:
		want, makes = ours, true
	case refuses:
		if text := strings.TrimSpace(string(says)); !strings.Contains(stderr, text) {
			t.Errorf("it does not say %q:\n%s", text, stderr)
		}
		makes = false
	}
	if failed == makes {
		t.Errorf("it fails: %v, but should: %v\n%s", failed, !makes, stderr)
	}
	return want, makes && !failed
}

func compare(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +secretwright):\n%s", diff)
	}
}

func unpack(t *testing.T, archive string) map[string][]byte {
	t.Helper()
	parsed, err := txtar.ParseFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, file := range parsed.Files {
		files[file.Name] = file.Data
	}
	return files
}

// useExampleKey makes this a machine with the key of the examples, and no other.
func useExampleKey(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "/nowhere")
	t.Setenv("GNUPGHOME", "/nowhere")
	t.Setenv("SOPS_AGE_KEY", "")
	t.Setenv("SOPS_AGE_KEY_FILE", filepath.Join(pinned.Root(), "examples", "age.key"))
}

// onStdin runs the function in a folder as kustomize does with a generator: it is the functionConfig and the only item.
func onStdin(t *testing.T, dir, generator string) (stdout []byte, stderr string, status int) {
	t.Helper()
	indented := "  " + strings.ReplaceAll(strings.TrimSuffix(generator, "\n"), "\n", "\n  ") + "\n"
	list := "apiVersion: config.kubernetes.io/v1\nkind: " +
		"ResourceList\nitems:\n-\n" + indented + "functionConfig:\n" + indented
	return execute(t, dir, list)
}

func execute(t *testing.T, dir, list string) (stdout []byte, stderr string, status int) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // read only
	var out, errs bytes.Buffer
	status = fn.Execute(context.Background(), strings.NewReader(list), &out, &errs, root)
	return out.Bytes(), errs.String(), status
}

// build builds the kustomization of a folder with Secretwright in place of the tool.
func build(t *testing.T, dir, generator string) (stdout []byte, stderr string, err error) {
	t.Helper()
	for _, path := range []string{"path: ksops\n", "path: SopsSecretGenerator\n"} {
		generator = strings.Replace(generator, path, "path: secretwright\n", 1)
	}
	write(t, filepath.Join(dir, "generator.yaml"), []byte(generator))
	kustomize := exec.Command(pinned.Command(t, "kustomize"), "build", "--enable-alpha-plugins", "--enable-exec", ".")
	kustomize.Dir = dir
	kustomize.Env = append(os.Environ(), "PATH="+filepath.Dir(pinned.Command(t, "secretwright"))+":"+os.Getenv("PATH"))
	var errs bytes.Buffer
	kustomize.Stderr = &errs
	out, err := kustomize.Output()
	return out, errs.String(), err
}

// items are the items of a ResourceList, each as text: with its comments, the order of its keys, and its quotes.
func items(t *testing.T, list []byte) []string {
	t.Helper()
	parsed, err := yaml.Parse(string(list))
	if err != nil {
		t.Fatalf("%v\n%s", err, list)
	}
	var all []string
	if field := parsed.Field("items"); field != nil {
		for _, item := range field.Value.Content() {
			text, err := yaml.NewRNode(item).String()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, text)
		}
	}
	return all
}

// inOneStyle writes resources in one style, without aliases: what is added to a list is written in that of
// Secretwright.
func inOneStyle(t *testing.T, resources []string) []string {
	t.Helper()
	var all []string
	for _, resource := range resources {
		node := yaml.MustParse(resource)
		sameStyle(node.YNode())
		if err := node.DeAnchor(); err != nil {
			t.Fatal(err)
		}
		all = append(all, node.MustString())
	}
	return all
}

func sameStyle(node *yaml.Node) {
	isText := node.Kind == yaml.ScalarNode && node.ShortTag() == yaml.NodeTagString
	if node.Style = 0; isText {
		node.Style = yaml.DoubleQuotedStyle
	}
	for _, child := range node.Content {
		sameStyle(child)
	}
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
