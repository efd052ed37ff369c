package fn_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
)

// planted are the values of the sources of hostile runs. No run may tell a part of one.
var planted = []string{"xyzzy-hunter2-plugh", "correct-horse-battery"}

// attack is a hostile input: what is on standard input, and what is in the folder beside the encrypted
// database.enc.yaml.
type attack struct {
	class, name string
	// in is the ResourceList. Without it, it is made of spec (hostileSpec if that is empty too) and items.
	in, spec, items string
	files           map[string]string
	links           map[string]string
	env             map[string]string
	// harmless says that it may succeed without a word, as long as nothing leaks. What is not harmless has to fail.
	harmless bool
}

const hostileSpec = `apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: shop, namespace: shop}
sources:
- {name: database, file: database.enc.yaml}
secrets:
- name: database
  data:
    password: {from: database, key: password}
`

func (a attack) list(t *testing.T) []byte {
	t.Helper()
	if a.in != "" {
		return []byte(a.in)
	}
	spec := a.spec
	if spec == "" {
		spec = hostileSpec
	}
	items := "items: []\n"
	if a.items != "" {
		items = "items:\n" + a.items
	}
	return []byte("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n" + items + "functionConfig:\n  " +
		strings.ReplaceAll(strings.TrimRight(spec, "\n"), "\n", "\n  ") + "\n")
}

// TestHostile runs every hostile input of the table, and holds each run to the promises: nothing decrypted is told,
// nothing panics, a failure says why and leaves the items alone, and what must not pass does not.
func TestHostile(t *testing.T) {
	w := newWorkshop(t)
	w.encrypt("database.enc.yaml", "user: "+planted[1]+"\npassword: "+planted[0]+"\nother: {deep: ["+planted[1]+
		", b]}\nusers: [{name: anne, pin: \"1234\"}, {name: bert, pin: "+planted[1]+"}]\n")
	source := string(read(t, w.dir, "database.enc.yaml"))
	counts, failed := map[string]int{}, map[string]int{}
	var all []attack
	for _, table := range []func(source string) []attack{
		hostileNames, hostileSpecs, hostileTemplates, hostileKeys, hostileLists, hostileDocuments, hostilePaths, hostileRules,
		hostileKustomizations,
		hostileRecipients,
	} {
		all = append(all, table(source)...)
	}
	for i, a := range all {
		counts[a.class]++
		t.Run(fmt.Sprintf("%s/%d-%.40q", a.class, i, a.name), func(t *testing.T) {
			if w.attacked(t, a, source) {
				failed[a.class]++
			}
		})
	}
	t.Logf("%d hostile inputs by class: %v; refused: %v", len(all), counts, failed)
	if len(all) < 400 {
		t.Errorf("the table has %d inputs, and should have 400", len(all))
	}
}

// attacked runs one input in a folder of its own, and reports whether it was refused.
func (w *workshop) attacked(t *testing.T, a attack, source string) bool {
	t.Helper()
	dir := t.TempDir()
	for name, value := range a.env {
		t.Setenv(name, value)
	}
	a.makeFiles(t, dir, source)
	in := a.list(t)
	out, stderr, status := guarded(t, dir, in)
	tellsNoneOf(t, stderr, resultsText(out))
	switch {
	case status == 0 && !a.harmless:
		t.Errorf("it passes: %.300s\n%.600s\n%.600s", stderr, in, out)
	case status != 0 && !strings.Contains(stderr, "error: "):
		t.Errorf("it fails without a word: %q", stderr)
	case status != 0 && bytes.Contains(out, []byte("kind: Secret\n")) && !bytes.Contains(in, []byte("kind: Secret\n")):
		t.Errorf("it fails, and emits a Secret:\n%s", out)
	}
	return status != 0
}

// tellsNoneOf checks that what people and logs see is printable, is no panic, and tells no part of a value.
func tellsNoneOf(t *testing.T, stderr, results string) {
	t.Helper()
	if strings.Contains(stderr, "failed in a way it should not") {
		t.Errorf("it panics: %s", stderr)
	}
	for _, r := range stderr {
		if r != '\n' && !report.IsPrintable(r) {
			t.Fatalf("%U is printed: %.200q", r, stderr)
		}
	}
	if strings.Contains(stderr+results, "AGE-SECRET-KEY-1") {
		t.Errorf("a private key is told: %s", stderr)
	}
	for _, value := range planted {
		for _, form := range []string{value, base64.StdEncoding.EncodeToString([]byte(value)), value[:8],
			value[len(value)-6:]} {
			if strings.Contains(stderr+results, form) {
				t.Errorf("%q of a value is told: %.400s", form, stderr+results)
			}
		}
	}
}

// makeFiles fills the folder of a run.
func (a attack) makeFiles(t *testing.T, dir, source string) {
	t.Helper()
	files := map[string]string{"database.enc.yaml": source}
	for name, text := range a.files {
		files[name] = text
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range a.links {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// guarded runs the function. One that hangs ends the test, long after any that does not.
func guarded(t *testing.T, dir string, in []byte) (stdout []byte, stderr string, status int) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // read only
	var out, errs bytes.Buffer
	var done sync.WaitGroup
	ended := make(chan struct{})
	done.Go(func() { status = fn.Execute(t.Context(), bytes.NewReader(in), &out, &errs, root) })
	go func() {
		done.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(2 * time.Minute):
		t.Fatal("it hangs")
	}
	return out.Bytes(), errs.String(), status
}

// resultsText is the results of a ResourceList, which logs show; what cannot be read has none.
func resultsText(out []byte) string {
	node, err := yaml.Parse(string(out))
	if err != nil {
		return ""
	}
	results := node.Field("results")
	if results == nil {
		return ""
	}
	return results.Value.MustString()
}

// quoted is a text as a YAML scalar. JSON's escapes are YAML's, too.
func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(out)
}

// attacks makes a table of one class from names and texts, in turn.
func attacks(class string, of func(text string) attack, texts ...string) []attack {
	var all []attack
	for _, text := range texts {
		a := of(text)
		a.class, a.name = class, text
		all = append(all, a)
	}
	return all
}
