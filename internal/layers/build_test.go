package layers

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// builder builds trees in a folder. Builds run one after the other: a function inherits os.Stderr, which holds what it
// says of the one build that runs.
type builder struct {
	dir, function string
	stderr        *os.File
}

func newBuilder(t testing.TB, function string) *builder {
	t.Helper()
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stderr.Close() })
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &builder{dir: dir, function: function, stderr: stderr}
}

// write puts files into an empty folder and returns it.
func (b *builder) write(name string, content files) (string, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	for file, text := range content {
		file = filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// build is `kustomize build --enable-alpha-plugins --enable-exec` in process. said is what functions print.
func (b *builder) build(content files, top string) (out []byte, said string, err error) {
	dir, err := b.write("build", content)
	if err != nil {
		return nil, "", err
	}
	if err := b.stderr.Truncate(0); err != nil {
		return nil, "", err
	}
	if _, err := b.stderr.Seek(0, 0); err != nil {
		return nil, "", err
	}
	before := os.Stderr
	os.Stderr = b.stderr
	log.SetOutput(b.stderr) // kustomize warns of vars
	defer func() { os.Stderr = before; log.SetOutput(before) }()
	defer func() { // kustomize panics on some trees
		if failure := recover(); failure != nil {
			out, err = nil, fmt.Errorf("kustomize panics: %v", failure)
		}
	}()
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionLegacy // the command's default
	options.PluginConfig = types.EnabledPluginConfig(types.BploUseStaticallyLinked)
	options.PluginConfig.FnpLoadingOptions.EnableExec = true
	resources, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), filepath.Join(dir, top))
	said = b.said()
	if err != nil {
		return nil, said, err
	}
	out, err = resources.AsYaml()
	return out, said, err
}

// said returns what functions printed since the build began, without kustomize's own warnings.
func (b *builder) said() string {
	text, err := os.ReadFile(b.stderr.Name())
	if err != nil {
		return ""
	}
	var lines []string
	for line := range strings.Lines(string(bytes.ToValidUTF8(text, nil))) {
		if strings.HasPrefix(line, "secretwright: ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}
