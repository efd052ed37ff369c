package fn_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/pinned"
)

// TestExecuteRefuses has what is not a ResourceList, and so has no items to hand back.
func TestExecuteRefuses(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", "standard input is not a ResourceList; run `secretwright render SPEC [FILE-or-DIR ...]` for plain manifests"},
		{"a manifest", "apiVersion: v1\nkind: Pod\n",
			"standard input is not a ResourceList; run `secretwright render SPEC [FILE-or-DIR ...]` for plain manifests"},
		{"a List", "apiVersion: v1\nkind: List\nitems: []\n",
			"standard input is not a ResourceList; run `secretwright render SPEC [FILE-or-DIR ...]` for plain manifests"},
		{"no YAML", "kind: [ResourceList\nitems: hunter2\n",
			"the ResourceList on standard input cannot be read: line 1: it is not valid YAML"},
		{"aliases that multiply", "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- {kind: A, a: &a [" +
			strings.Repeat("x,", 3000) + "],\n  b: &b [" +
			strings.Repeat("*a,", 3000) + "],\n  c: [" + strings.Repeat("*b,", 3000) + "]}\n",
			"the ResourceList on standard input cannot be read: line 1, column 1: the YAML aliases of the document multiply to more than it could hold"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, stderr, status := execute(t, t.TempDir(), []byte(c.in))
			if status != 1 || len(out) > 0 {
				t.Errorf("exit status %d and output %q", status, out)
			}
			if !strings.HasPrefix(string(stderr), "secretwright: error: "+c.want) ||
				strings.Contains(string(stderr), "hunter2") {
				t.Errorf("got  %swant secretwright: error: %s", stderr, c.want)
			}
		})
	}
}

// specList is a ResourceList with nothing but a SecretSpec of one Secret, whose fields are given.
func specList(fields string) []byte {
	return []byte(`apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: []
functionConfig:
  apiVersion: secretwright.dev/v1alpha1
  kind: SecretSpec
  metadata: {name: shop}
  sources: [{name: file, file: file}]
  secrets:
  - {name: database, rollout: none, ` + fields + `}
`)
}

// TestTooMuch keeps a Secret under the 1 MiB that the API server allows.
func TestTooMuch(t *testing.T) {
	const limit = 1 << 20
	value := func(size int) string { return "{value: " + strings.Repeat("x", size) + "}" }
	for _, c := range []struct{ name, data, want string }{
		{"as much as there may be", "data: {a: " + value(limit/2) + ", b: " + value(limit/2) + "}", ""},
		{"a byte more", "data: {a: " + value(limit/2) + ", b: " + value(limit/2+1) + ", c: {value: ''}}",
			"secretwright: SecretSpec shop: error: secrets[0]: the values have 1048577 bytes together; a Secret holds 1048576. The largest are b (524289), a (524288), c (0); split it into several Secrets\n"},
		{"a template of too much", "data: {a: " + value(limit/2+1) + ", b: {template: '{{ .a }}{{ .a }}'}}",
			"secretwright: SecretSpec shop: error: secrets[0].data.b.template: it fails on the values it gets, or makes too much of them; check the form of the values; " +
				"where nobody else reads the output, `secretwright render --explain` says where it fails\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, stderr, _ := execute(t, t.TempDir(), specList(c.data))
			var errors string
			for line := range strings.Lines(string(stderr)) {
				if !strings.Contains(line, "nothing uses") && !strings.Contains(line, "nothing in it comes from a source") {
					errors += line
				}
			}
			if diff := cmp.Diff(c.want, errors); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTruncated cuts encrypted files short everywhere. What is left makes the whole Secret, where no more is gone than
// the end of the metadata and the MAC still holds, or none, and never tells what it was.
func TestTruncated(t *testing.T) {
	const secret = "correct horse/battery staple"
	from := filepath.Join(pinned.Root(), "testdata", "fail-truncated")
	for name, format := range map[string]string{
		"whole.enc.yaml": "yaml", "whole.enc.json": "json", "whole.enc.env": "dotenv", "whole.enc.ini": "ini",
		"whole.enc": "binary",
	} {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			setEnv(t, dir)
			whole := bytes.TrimRight(read(t, from, name), "\n ")
			in := bytes.Replace(specList("data: {password: {from: file}}"), []byte("file: file"),
				[]byte("file: file, format: "+format), 1)
			cut := func(size int) (out, stderr []byte, status int) {
				if err := os.WriteFile(filepath.Join(dir, "file"), whole[:size], 0o600); err != nil {
					t.Fatal(err)
				}
				return execute(t, dir, in)
			}
			want, stderr, status := cut(len(whole))
			if status != 0 {
				t.Fatalf("the whole file fails: %s", stderr)
			}
			for size := len(whole) - 1; size >= 0; size -= 13 {
				out, stderr, status := cut(size)
				if status == 0 && !bytes.Equal(want, out) {
					t.Errorf("%d of %d bytes make another Secret:\n%s", size, len(whole), out)
				}
				if bytes.Contains(append(out, stderr...), []byte(secret)) {
					t.Errorf("%d of %d bytes: a decrypted value can be read in: %s", size, len(whole), stderr)
				}
			}
		})
	}
}

// TestResultsBefore keeps the results of the functions that ran before.
func TestResultsBefore(t *testing.T) {
	const before = "results:\n- message: of another function\n  severity: warning\n"
	for _, fields := range []string{"data: {a: {value: x}}", "data: {a: {from: file}}"} {
		out, _, _ := execute(t, t.TempDir(), append(specList(fields), before...))
		if got := list(t, out).Results; got == nil || len(got.Content()) < 1 ||
			!strings.HasPrefix("results:\n"+got.MustString(), before) {
			t.Errorf("%s: the results are %v", fields, got)
		}
	}
}

// TestExecuteKeeps holds what comes out to what came in but for the edits, in forms that a YAML printer would change.
func TestExecuteKeeps(t *testing.T) {
	const config = `"functionConfig": {"apiVersion": "secretwright.dev/v1alpha1", "kind": "SecretSpec",
   "metadata": {"name": "shop"}, "secrets": [{"name": "db", "rollout": "none", "data": {"a": {"value": "x"}},
   "usedBy": [{"kind": "Pod", "fieldPaths": ["spec.key.name"]}]}]}`
	for _, c := range []struct{ name, in, out string }{
		{"JSON",
			"{\"apiVersion\": \"config.kubernetes.io/v1\", \"kind\": \"ResourceList\",\n \"items\": [\n" +
				"  {\"apiVersion\": \"v1\",  \"kind\":\"Service\"},\n" +
				"  {\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"key\":  {\"name\": \"db-old\"}}}],\n " + config + "}\n",
			"{\"apiVersion\": \"config.kubernetes.io/v1\", \"kind\": \"ResourceList\",\n \"items\": [\n" +
				"  {\"apiVersion\": \"v1\",  \"kind\":\"Service\"},\n" +
				"  {\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"key\":  {\"name\": \"db\"}}},\n" +
				"  {\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \"db\", \"annotations\": " +
				"{\"secretwright.dev/secret\": \"shop/db\"}}, \"type\": \"Opaque\", \"data\": {\"a\": \"eA==\"}}],\n " +
				config + "}\n"},
		{"null annotations, CRLF, an anchor and no newline at the end",
			"apiVersion: config.kubernetes.io/v1\r\nkind: ResourceList\r\nitems:\r\n" +
				"- apiVersion: v1\r\n  kind: Pod\r\n  metadata: {name: web, labels: , annotations: }\r\n" +
				"  spec: &spec {key:   {name: db-old}}\r\n" +
				"- {apiVersion: v1, kind: Pod, spec: *spec} # same\r\n" +
				strings.ReplaceAll(config, "\n", "\r\n"),
			"apiVersion: config.kubernetes.io/v1\r\nkind: ResourceList\r\nitems:\r\n" +
				"- apiVersion: v1\r\n  kind: Pod\r\n  metadata: {name: web, labels: , annotations: }\r\n" +
				"  spec: &spec {key:   {name: db}}\r\n" +
				"- {apiVersion: v1, kind: Pod, spec: *spec} # same\r\n" +
				"- apiVersion: v1\r\n  kind: Secret\r\n  metadata:\r\n    name: db\r\n    annotations:\r\n" +
				"      secretwright.dev/secret: shop/db\r\n  type: Opaque\r\n  data:\r\n    a: eA==\r\n" +
				strings.ReplaceAll(config, "\n", "\r\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, stderr, status := execute(t, t.TempDir(), []byte(c.in))
			before, results, _ := strings.Cut(string(out), "results")
			if diff := cmp.Diff(c.out, before); diff != "" || status != 0 {
				t.Errorf("status %d, %s (-want +got):\n%s\n%s", status, stderr, diff, results)
			}
		})
	}
}
