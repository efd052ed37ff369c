package fn_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/pinned"
)

const outputSpec = `apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: shop, namespace: shop}
output: {sops: {}}
sources:
- {name: database, file: database.enc.yaml}
secrets:
- name: database
  labels: {app: shop}
  data:
    user: {from: database, key: user}
    password: {from: database, key: password}
`

// workshop is a folder with a key, real sops, and one encrypted source.
type workshop struct {
	t   *testing.T
	dir string
}

func newWorkshop(t *testing.T) *workshop {
	w := &workshop{t: t, dir: t.TempDir()}
	setEnv(t, w.dir)
	w.write(".sops.yaml", "creation_rules:\n- path_regex: both\n  age: "+publicKey(t, "test")+","+publicKey(t,
		"other")+"\n- path_regex: other\n  age: "+publicKey(t, "other")+"\n- age: "+publicKey(t, "test")+"\n")
	w.encrypt("database.enc.yaml", "user: shop\npassword: correct horse\n")
	return w
}

func (w *workshop) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workshop) encrypt(name, text string) {
	w.t.Helper()
	w.write(name, text)
	w.sops("encrypt", "-i", name)
}

func (w *workshop) sops(args ...string) string {
	w.t.Helper()
	cmd := exec.Command(pinned.Command(w.t, "sops"), args...)
	cmd.Dir = w.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("sops %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// render runs the function on a SecretSpec and the Secrets of a former run, and returns the Secrets, as text.
func (w *workshop) render(spec string, former ...string) (secrets []string, stderr string, status int) {
	w.t.Helper()
	node, err := yaml.Parse(spec)
	if err != nil {
		w.t.Fatal(err)
	}
	var in bytes.Buffer
	list := kio.ByteWriter{Writer: &in, WrappingKind: kio.ResourceListKind, WrappingAPIVersion: kio.ResourceListAPIVersion,
		FunctionConfig: node}
	nodes := []*yaml.RNode{yaml.MustParse("apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n")}
	for _, text := range former {
		nodes = append(nodes, yaml.MustParse(text))
	}
	if err := list.Write(nodes); err != nil {
		w.t.Fatal(err)
	}
	out, errs, status := execute(w.t, w.dir, in.Bytes())
	rw := &kio.ByteReadWriter{Reader: bytes.NewReader(out), OmitReaderAnnotations: true}
	items, err := rw.Read()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, item := range items {
		if item.GetKind() == "Secret" {
			secrets = append(secrets, item.MustString())
		}
	}
	return secrets, string(errs), status
}

func (w *workshop) one(spec string, former ...string) string {
	w.t.Helper()
	secrets, stderr, status := w.render(spec, former...)
	if status != 0 || len(secrets) != 1 {
		w.t.Fatalf("status %d, %d Secrets\n%s", status, len(secrets), stderr)
	}
	return secrets[0]
}

func publicKey(t *testing.T, name string) string {
	t.Helper()
	data := string(read(t, filepath.Join(pinned.Root(), "testdata", "keys"), name+".age"))
	_, after, _ := strings.Cut(data, "public key: ")
	line, _, _ := strings.Cut(after, "\n")
	return line
}

// linesIn are the lines of b that a has not, without what follows the first word.
func linesIn(a, b string) []string {
	var out []string
	for line := range strings.Lines(b) {
		if !strings.Contains("\n"+a, "\n"+line) {
			key, _, _ := strings.Cut(strings.TrimSpace(line), ":")
			out = append(out, key)
		}
	}
	return out
}

func TestOutputIsASOPSDocument(t *testing.T) {
	w := newWorkshop(t)
	w.write("secret.yaml", w.one(outputSpec))
	opened := w.sops("-d", "secret.yaml")
	for _, want := range []string{"name: database-", "namespace: shop", "app: shop", "password: Y29ycmVjdCBob3JzZQ==",
		"user: c2hvcA=="} {
		if !strings.Contains(opened, want) {
			t.Errorf("sops -d has no %q:\n%s", want, opened)
		}
	}
}

func TestOutputWithoutChurn(t *testing.T) {
	w := newWorkshop(t)
	first := w.one(outputSpec)
	if diff := cmp.Diff(first, w.one(outputSpec, first)); diff != "" {
		t.Errorf("a second run changes something (-first +second):\n%s", diff)
	}

	w.sops("set", "database.enc.yaml", `["password"]`, `"another horse"`)
	second := w.one(outputSpec, first)
	if diff := cmp.Diff([]string{"name", "password", "mac"}, slicesWithout(linesIn(first, second),
		"lastmodified")); diff != "" {
		t.Errorf("lines that changed with one value (-want +got):\n%s", diff)
	}
	w.write("secret.yaml", second)
	if opened := w.sops("-d", "secret.yaml"); !strings.Contains(opened, "password: YW5vdGhlciBob3JzZQ==") {
		t.Errorf("the new value is not there:\n%s", opened)
	}

	relabelled := strings.Replace(outputSpec, "app: shop", "app: store", 1)
	if diff := cmp.Diff([]string{"app"}, linesIn(second, w.one(relabelled, second))); diff != "" {
		t.Errorf("lines that changed with a label (-want +got):\n%s", diff)
	}
}

func slicesWithout(list []string, drop string) []string {
	var out []string
	for _, s := range list {
		if s != drop {
			out = append(out, s)
		}
	}
	return out
}

func TestOutputForNewRecipients(t *testing.T) {
	w := newWorkshop(t)
	first := w.one(outputSpec)
	both := strings.Replace(outputSpec, "sops: {}", "sops: {age: ["+publicKey(t, "test")+", "+publicKey(t, "other")+"]}",
		1)
	second := w.one(both, first)
	if !strings.Contains(second, publicKey(t, "other")) {
		t.Errorf("the new recipient is not there:\n%s", second)
	}
	value := regexp.MustCompile(`password: (\S+)`)
	if value.FindString(first) == value.FindString(second) {
		t.Error("a new recipient got the old data key")
	}
}

func TestOutputNamesTellNothing(t *testing.T) {
	w := newWorkshop(t)
	name := regexp.MustCompile(`name: (database-\S+)`)
	plain := name.FindString(w.one(strings.Replace(outputSpec, "output: {sops: {}}\n", "", 1)))
	one, two := name.FindString(w.one(outputSpec)), name.FindString(w.one(outputSpec))
	if one == plain || one == two {
		t.Errorf("the names %s and %s can be computed from the content (%s)", one, two, plain)
	}
}

func TestOutputRecipients(t *testing.T) {
	w := newWorkshop(t)
	w.encrypt("both.enc.yaml", "token: tttttt\n")
	t.Setenv("SOPS_AGE_KEY", testKey(t))
	two := strings.NewReplacer(
		"- {name: database, file: database.enc.yaml}",
		"- {name: database, file: database.enc.yaml}\n- {name: both, file: both.enc.yaml}",
		"    user: {from: database, key: user}", "    token: {from: both, key: token}").Replace(outputSpec)
	secret := w.one(two)
	if !strings.Contains(secret, publicKey(t, "test")) || strings.Contains(secret, publicKey(t, "other")) {
		t.Errorf("it is not for those who can read both sources:\n%s", secret)
	}

	rules := strings.Replace(outputSpec, "sops: {}", "sops: {creationRules: true}", 1)
	if secret := w.one(rules); !strings.Contains(secret, publicKey(t, "test")) {
		t.Errorf("it is not for the recipient of .sops.yaml:\n%s", secret)
	}

	none := "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: shop}\noutput: {sops: {}}\nsecrets:\n- {name: a, data: {b: {value: c}}}\n"
	_, stderr, status := w.render(none)
	if want := "secrets[0]: no encrypted source says for whom to encrypt the Secret; list the recipients in output.sops"; status != 1 || !strings.Contains(stderr, want) {
		t.Errorf("status %d, stderr %q, want %q", status, stderr, want)
	}
}

func TestOutputWithNobodyInCommon(t *testing.T) {
	w := newWorkshop(t)
	w.encrypt("other.enc.yaml", "token: tttttt\n")
	other := read(t, filepath.Join(pinned.Root(), "testdata", "keys"), "other.age")
	t.Setenv("SOPS_AGE_KEY", testKey(t)+"\n"+string(regexp.MustCompile(`AGE-SECRET-KEY-\S+`).Find(other)))
	two := strings.NewReplacer(
		"- {name: database, file: database.enc.yaml}",
		"- {name: database, file: database.enc.yaml}\n- {name: other, file: other.enc.yaml}",
		"    user: {from: database, key: user}", "    token: {from: other, key: token}").Replace(outputSpec)
	_, stderr, status := w.render(two)
	if want := "nobody can open all of database.enc.yaml, other.enc.yaml"; status != 1 || !strings.Contains(stderr, want) {
		t.Errorf("status %d, stderr %q, want %q", status, stderr, want)
	}
}

// TestOutputSurvivesKustomize has the real kustomize prefix, label, move and sort what came out; sops opens it all the
// same.
func TestOutputSurvivesKustomize(t *testing.T) {
	w := newWorkshop(t)
	w.write("secret.yaml", w.one(outputSpec))
	w.write("kustomization.yaml",
		"namePrefix: prod-\nnamespace: elsewhere\nlabels: [{pairs: {team: a}}]\nresources: [secret.yaml]\n")
	build := exec.Command(pinned.Command(t, "kustomize"), "build", w.dir)
	out, err := build.Output()
	if err != nil {
		t.Fatal(err)
	}
	w.write("built.yaml", string(out))
	opened := w.sops("-d", "built.yaml")
	for _, want := range []string{"name: prod-database-", "namespace: elsewhere", "team: a", "user: c2hvcA=="} {
		if !strings.Contains(opened, want) {
			t.Errorf("sops -d has no %q:\n%s", want, opened)
		}
	}
}

// TestFluxRules holds the output to what Flux's kustomize-controller decrypts: a Secret a document, with data that is
// base64 once it is open, and nothing but data encrypted.
func TestFluxRules(t *testing.T) {
	w := newWorkshop(t)
	secret := w.one(outputSpec)
	for line := range strings.Lines(secret) {
		if strings.Contains(line, "ENC[") && !regexp.MustCompile(`^  (user|password|mac): `).MatchString(line) {
			t.Errorf("something else than data is encrypted: %s", line)
		}
	}
	if !strings.Contains(secret, "encrypted_regex: ^(data|stringData)$") {
		t.Errorf("the encrypted_regex is another:\n%s", secret)
	}
}

// TestOutputPlanted has somebody who knows the recipients, but no key, put a document of his own in the place of the
// last output: its data key, which he knows, is not the one that the next is encrypted with.
func TestOutputPlanted(t *testing.T) {
	w := newWorkshop(t)
	w.write("planted.yaml",
		"apiVersion: v1\nkind: Secret\nmetadata:\n  name: database-aaaaaaaaaa\n  namespace: shop\n  annotations:\n    secretwright.dev/secret: shop/database\ntype: Opaque\ndata:\n  user: eA==\n")
	w.sops("encrypt", "-i", "--encrypted-regex", "^(data|stringData)$", "planted.yaml")
	planted := string(read(t, w.dir, "planted.yaml"))
	secrets, stderr, status := w.render(outputSpec, planted)
	if status != 0 || len(secrets) != 1 || !strings.Contains(stderr,
		"does not prove that it was made from these sources") {
		t.Fatalf("status %d, %d Secrets\n%s", status, len(secrets), stderr)
	}
	header := regexp.MustCompile(`(?m)^ *YWdl.*$`) // of the data key, encrypted by age: it has a nonce of its own
	if header.FindString(planted) == header.FindString(secrets[0]) {
		t.Error("the planted data key was taken")
	}
}
