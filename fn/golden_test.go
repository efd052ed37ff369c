package fn_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/pinned"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden runs the function over every folder of testdata that has an in.yaml, with that folder as the root:
//
//	in.yaml    the ResourceList on standard input
//	out.yaml   what comes out on standard output
//	stderr     what people see; absent when there is nothing
//	env        variables to set, a line each; the key of testdata/keys/test.age is set unless it says otherwise
//	plain/     what is encrypted: plain/x.yaml becomes x.yaml, by the real sops command, when -update finds it missing
//
// A case fails (exit status 1) where out.yaml has a result of severity error. Beside the golden files, every case is
// held to what Secretwright promises of every run.
func TestGolden(t *testing.T) {
	for _, dir := range cases(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			encryptMissing(t, dir)
			setEnv(t, dir)
			in := read(t, dir, "in.yaml")
			out, stderr, status := execute(t, dir, in)
			golden(t, filepath.Join(dir, "out.yaml"), out)
			golden(t, filepath.Join(dir, "stderr"), stderr)

			failed := strings.Contains(string(out), "severity: error")
			if failed != (status == 1) {
				t.Errorf("exit status %d, but results that say otherwise", status)
			}
			if failed {
				itemsAsTheyCame(t, in, out)
				tellsNothing(t, dir, stderr, withoutItems(t, out))
				return
			}
			tellsNothing(t, dir, stderr, resultsOf(t, out))
			again, _, _ := execute(t, dir, out)
			if diff := cmp.Diff(items(t, out), items(t, again)); diff != "" {
				t.Errorf("a second run changes something (-first +second):\n%s", diff)
			}
		})
	}
}

func cases(t testing.TB) []string {
	ins, err := filepath.Glob(filepath.Join(pinned.Root(), "testdata", "*", "in.yaml"))
	if err != nil || len(ins) == 0 {
		t.Fatalf("no golden cases: %v", err)
	}
	var dirs []string
	for _, in := range ins {
		dirs = append(dirs, filepath.Dir(in))
	}
	return dirs
}

func execute(t *testing.T, dir string, in []byte) (stdout, stderr []byte, status int) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // read only
	var out, errs bytes.Buffer
	status = fn.Execute(t.Context(), bytes.NewReader(in), &out, &errs, root)
	return out.Bytes(), errs.Bytes(), status
}

// setEnv gives a case the environment of a machine with one age key and nothing else.
func setEnv(t testing.TB, dir string) {
	for _, name := range []string{"SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
		"SOPS_AGE_SSH_PRIVATE_KEY_CMD", "SOPS_KEYSERVICE", "SOPS_DECRYPTION_ORDER", "GNUPGHOME", "VAULT_TOKEN",
		"VAULT_ADDR", "SECRETWRIGHT_ALLOWED_SERVERS", "SECRETWRIGHT_ACCEPT_RECIPIENTS", "SECRETWRIGHT_EXAMPLE_KEY"} {
		t.Setenv(name, "") // restores it afterwards
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", "/nowhere")
	t.Setenv("XDG_CONFIG_HOME", "/nowhere/.config")
	t.Setenv("SOPS_AGE_KEY", testKey(t))
	env, err := os.ReadFile(filepath.Join(dir, "env"))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(env)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if value == "" {
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Setenv(name, value)
	}
}

func testKey(t testing.TB) string {
	data := read(t, filepath.Join(pinned.Root(), "testdata", "keys"), "test.age")
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "AGE-SECRET-KEY-") {
			return strings.TrimSpace(line)
		}
	}
	t.Fatal("testdata/keys/test.age has no key")
	return ""
}

// encryptMissing makes the encrypted files of a case that are not there, when the golden files are written anew. Those
// that are there stay: encrypting again would change every line.
func encryptMissing(t *testing.T, dir string) {
	if !*update {
		return
	}
	plain := filepath.Join(dir, "plain")
	_ = filepath.WalkDir(plain, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil
		}
		name, _ := filepath.Rel(plain, path)
		target := filepath.Join(dir, name)
		if _, err := os.Stat(target); err == nil {
			return nil
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		sops := exec.Command(pinned.Command(t, "sops"), "--config", filepath.Join(pinned.Root(), "testdata", ".sops.yaml"),
			"encrypt", "--filename-override", target, "--output", target, path)
		if out, err := sops.CombinedOutput(); err != nil {
			t.Fatalf("sops encrypt %s: %v\n%s", path, err, out)
		}
		return nil
	})
}

func read(t testing.TB, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// golden holds what came out to a file. No file stands for nothing.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		_ = os.Remove(path)
		if len(got) > 0 {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	want, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", filepath.Base(path), diff)
	}
}

func list(t *testing.T, data []byte) *kio.ByteReadWriter {
	t.Helper()
	rw := &kio.ByteReadWriter{Reader: bytes.NewReader(data), OmitReaderAnnotations: true}
	if _, err := rw.Read(); err != nil {
		t.Fatal(err)
	}
	return rw
}

func items(t *testing.T, data []byte) string {
	t.Helper()
	node, err := yaml.Parse(string(data))
	if err != nil {
		t.Fatal(err)
	}
	found := node.Field("items")
	if found == nil {
		return ""
	}
	text, err := found.Value.String()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func resultsOf(t *testing.T, data []byte) []byte {
	t.Helper()
	results := list(t, data).Results
	if results == nil {
		return nil
	}
	text, err := results.String()
	if err != nil {
		t.Fatal(err)
	}
	return []byte(text)
}

func withoutItems(t *testing.T, data []byte) []byte {
	t.Helper()
	return append(resultsOf(t, data), []byte("\n")...)
}

func itemsAsTheyCame(t *testing.T, in, out []byte) {
	t.Helper()
	if diff := cmp.Diff(items(t, in), items(t, out)); diff != "" {
		t.Errorf("the run failed, but the items changed (-in +out):\n%s", diff)
	}
}

// tellsNothing checks that nothing of what is secret in a case is in what people and logs see.
func tellsNothing(t *testing.T, dir string, shown ...[]byte) {
	t.Helper()
	for _, secret := range secrets(t, dir) {
		for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), fmt.Sprintf("%q", secret)} {
			for _, text := range shown {
				if strings.Contains(string(text), form) {
					t.Errorf("a decrypted value can be read in:\n%s", text)
				}
			}
		}
	}
}

// secrets are the values in the plain files of a case: what stands behind a colon or an equals sign, or on a line of
// its own, where it is long enough to be told from chance.
func secrets(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	_ = filepath.WalkDir(filepath.Join(dir, "plain"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil
		}
		for line := range strings.Lines(string(read(t, "", path))) {
			line = strings.TrimSpace(line)
			if line == "kind: Secret" {
				continue
			}
			if i := strings.IndexAny(line, ":="); i >= 0 {
				line = line[i+1:]
			}
			if line = strings.Trim(line, `"', {}[]|`); len(line) >= 6 {
				found = append(found, line)
			}
		}
		return nil
	})
	return found
}
