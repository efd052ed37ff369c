package cli_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/cli"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice/splicetest"
)

// containers are the ways in which the pods of TestRenderRandom are written.
var containers = []string{
	"spec:\n  containers:\n  - name: app\n",
	"spec: # of the pod\n    containers:\n        -   image:   \"web\" # c\n            name: 'app'\n\n",
	"spec:\n  containers:\n    # the one\n\n    - name: app\n      args: [ a,\n        b ]\n# below\n",
	"spec: {containers: [{name: app}]}\n",
	"spec: {\n  containers: [\n    {name: app,  image: web}, # c\n  ]\n}\n",
	"spec: &spec\n  containers:\n  - &app\n    name: app\n  other: &x {a:   b}\n  more: *x\n",
	"\"spec\":\n  containers: !!seq\n  - {\"name\": \"app\"}\n",
	"spec:\n  containers:\n  -\n    name: app\n    command:\n    - sh\n    - |\n      echo   a\n\n      b\n",
}

// TestRenderRandom renders random manifests in place, with a Secret that none, one or many of their pods use. A file in
// which nothing uses it stays byte for byte; in any other, each pod that uses it has one insertion, and all else stays.
// A second run changes nothing.
func TestRenderRandom(t *testing.T) {
	seeds := uint64(150)
	if testing.Short() {
		seeds = 20
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 7))
		dir := t.TempDir()
		documents := map[string][]string{}
		users := []string{"none", "p0", ".*"}[seed%3]
		pods := 0
		for f := range 3 {
			var file []string
			for range 1 + r.IntN(4) {
				head := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
				tail := ""
				if r.IntN(2) == 0 {
					head = fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\n", pods)
					tail = containers[r.IntN(len(containers))]
					pods++
				}
				text := head + splicetest.Fields(r.Uint64()) + tail
				if r.IntN(2) == 0 {
					text = head + tail + splicetest.Fields(r.Uint64())
				}
				if r.IntN(5) == 0 {
					text += "...\n"
				}
				file = append(file, "---\n"+text)
			}
			if r.IntN(2) == 0 {
				file[0] = strings.TrimPrefix(file[0], "---\n")
			}
			if r.IntN(4) == 0 {
				for i := range file {
					file[i] = strings.ReplaceAll(file[i], "\n", "\r\n")
				}
			}
			documents[fmt.Sprintf("f%d.yaml", f)] = file
		}
		for name, file := range documents {
			write(t, filepath.Join(dir, "d", name), strings.Join(file, ""))
		}
		write(t, filepath.Join(dir, "spec.yaml"),
			"apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: s}\n"+
				"secrets:\n- name: zzz\n  rollout: none\n  data: {a: {value: x}}\n"+
				"  usedBy: [{kind: Pod, name: \""+users+"\", optional: true, envFrom: {}}]\n")
		render(t, dir)
		for name, file := range documents {
			checkInsertions(t, fmt.Sprintf("seed %d, %s", seed, name), file, read(t, filepath.Join(dir, "d", name)), users)
		}
		once := map[string]string{}
		for name := range documents {
			once[name] = read(t, filepath.Join(dir, "d", name))
		}
		render(t, dir)
		for name, text := range once {
			if got := read(t, filepath.Join(dir, "d", name)); got != text {
				t.Errorf("seed %d: a second run changes %s from\n%s\nto\n%s", seed, name, text, got)
			}
		}
	}
}

// checkInsertions compares the documents of a file with its text after a run.
func checkInsertions(t *testing.T, what string, before []string, after, users string) {
	t.Helper()
	file, err := manifests.Parse([]byte(after))
	if err != nil || len(file.Documents) != len(before) {
		t.Fatalf("%s: %d documents, %v:\n%s", what, len(before), err, after)
	}
	for i, d := range file.Documents {
		text := string(d.Text)
		isUsed := strings.Contains(before[i], "kind: Pod") &&
			(users == ".*" || strings.Contains(before[i], "metadata: {name: "+users+"}"))
		if !isUsed {
			if text != before[i] {
				t.Errorf("%s: a document that does not use the Secret changed from\n%s\nto\n%s", what, before[i], text)
			}
			continue
		}
		same := 0
		for same < len(before[i]) && same < len(text) && before[i][same] == text[same] {
			same++
		}
		rest := before[i][same:]
		if len(text) <= len(before[i]) || !strings.HasSuffix(text, rest) || !strings.Contains(text, "zzz") {
			t.Errorf("%s: more than one insertion, from\n%s\nto\n%s", what, before[i], text)
		}
	}
}

func render(t *testing.T, dir string) {
	t.Helper()
	t.Chdir(dir)
	var out, errs bytes.Buffer
	if status := cli.Main(t.Context(), []string{"render", "--plaintext", "-o", "d", "spec.yaml", "d"}, nil, &out,
		&errs); status != 0 {
		t.Fatalf("status %d: %s", status, errs.String())
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
