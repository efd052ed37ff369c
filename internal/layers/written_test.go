package layers

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/secretwright/secretwright/internal/pinned"
)

// recipient is somebody's public key. Nobody here decrypts what is encrypted for it.
const recipient = "age1d907c0yeaypvx8ftll6kr48g0kvj3vwpvdkczt4ly5m4u4sc2spq78rk3u"

// written are builds of files that were written by hand: what they print, or why they fail. SPEC(name) is the head of
// a SecretSpec, and USER a Deployment that takes all of the Secret db.
var written = []struct {
	name, files string
	// lines must be in the output, in this order; not must not be.
	lines, not []string
	// fails is a part of what a build that fails says, and says of one that does not.
	fails, says string
}{
	{name: "a merge takes labels, annotations, type and immutable, as under generators", files: `
-- base/kustomization.yaml --
resources: [USER]
secretGenerator: [{name: db, literals: [a=1, b=2], options: {labels: {app: x, tier: dev}, disableNameSuffixHash: true}}]
-- top/kustomization.yaml --
{resources: [../base], transformers: [s.yaml]}
-- top/s.yaml --
SPEC(shop)
secrets:
- {name: db, type: example.com/x, immutable: true, labels: {tier: prod}, data: {b: {value: '3', public: true}},
  annotations: {note: hi, kustomize.config.k8s.io/behavior: merge}}
`, lines: []string{"  a: MQ==", "  b: Mw==", "immutable: true", "    note: hi", "    app: x", "    tier: prod",
		"  name: db", "type: example.com/x"}, not: []string{"behavior", "tier: dev"}},
	{name: "a merge takes stringData along", files: `
-- base/kustomization.yaml --
resources: [USER, sec.yaml]
-- base/sec.yaml --
{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {password: old, user: shop}}
-- top/kustomization.yaml --
{resources: [../base], transformers: [s.yaml]}
-- top/s.yaml --
SPEC(shop)
secrets:
- {name: db, data: {password: {value: new, public: true}}, annotations: {kustomize.config.k8s.io/behavior: merge}}
`, lines: []string{"  password: bmV3", "  user: c2hvcA=="}, not: []string{"stringData"}},
	{name: "a replacement leaves no stringData", files: `
-- base/kustomization.yaml --
resources: [USER, sec.yaml]
-- base/sec.yaml --
{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {password: old, user: shop}}
-- top/kustomization.yaml --
{resources: [../base], transformers: [s.yaml]}
-- top/s.yaml --
SPEC(shop)
secrets:
- {name: db, data: {password: {value: new, public: true}}, annotations: {kustomize.config.k8s.io/behavior: replace}}
`, lines: []string{"  password: bmV3"}, not: []string{"stringData", "user"}},
	{name: "a merge renews the checksum", files: `
-- base/kustomization.yaml --
{resources: [USER], transformers: [s.yaml]}
-- base/s.yaml --
SPEC(shop)
secrets:
- {name: db, rollout: checksumAnnotation, data: {b: {value: '2', public: true}},
  usedBy: [{kind: Deployment, name: web, envFrom: {}}]}
-- top/kustomization.yaml --
{resources: [../base], transformers: [s.yaml]}
-- top/s.yaml --
SPEC(shop)
secrets:
- {name: db, data: {b: {value: '3', public: true}}, annotations: {kustomize.config.k8s.io/behavior: merge}}
`, lines: []string{"  b: Mw==", "        checksum.secretwright.dev/db: tdkhctcf7f"}},
	{name: "what is encrypted is not merged", files: `
-- base/kustomization.yaml --
resources: [USER]
secretGenerator: [{name: db, literals: [a=1]}]
-- top/kustomization.yaml --
{resources: [../base], transformers: [s.yaml]}
-- top/s.yaml --
SPEC(shop)
secrets:
- {name: db, data: {b: {value: hunter2, public: true}}, annotations: {kustomize.config.k8s.io/behavior: merge}}
output: {sops: {age: [RECIPIENT]}}
`, fails: "a Secret that goes out encrypted cannot be merged with another"},
	{name: "a Secret of another layer is not taken for the generator's", files: `
-- base/kustomization.yaml --
resources: [USER]
secretGenerator: [{name: db, literals: [old=1]}]
-- top/kustomization.yaml --
{resources: [../base], generators: [g.yaml], transformers: [s.yaml]}
-- top/g.yaml --
SPEC(shop)
secrets: [{name: mail, data: {b: {value: '1', public: true}}}]
-- top/s.yaml --
SPEC(shop)
secrets: [{name: db, data: {b: {value: '2', public: true}}}]
`, fails: "there is a Secret db among the resources already"},
	{name: "generators in a folder beside it", files: generatedBy("[../base]", "{resources: [s.yaml]}", ""),
		lines: []string{"  name: p-db-69d7mfm6kt", "            name: p-db-69d7mfm6kt"}},
	{name: "generators in a folder of a folder", files: generatedBy("[g]", "{resources: [s.yaml]}", `
-- top/g/kustomization.yaml --
resources: [../../base]
`), lines: []string{"  name: p-db-69d7mfm6kt", "            name: p-db-69d7mfm6kt"}},
	{name: "a generator that its folder renames", files: generatedBy("[../base]", "{resources: [s.yaml], namePrefix: x-}", ""),
		lines: []string{"  name: p-db-69d7mfm6kt", "            name: p-db-69d7mfm6kt"}},
	{name: "generators in a List", files: generatedBy("[l.yaml]", "{}", `
-- top/l.yaml --
apiVersion: v1
kind: List
items:
- apiVersion: secretwright.dev/v1alpha1
  kind: SecretSpec
  metadata: {name: shop, annotations: {config.kubernetes.io/function: 'exec: {path: "FUNCTION"}'}}
  secrets: [{name: db, data: {b: {value: '1', public: true}}}]
`), lines: []string{"  name: p-db-69d7mfm6kt", "            name: p-db-69d7mfm6kt"}},
	{name: "namespace and name in an annotation that kustomize knows", files: `
-- top/kustomization.yaml --
{resources: [i.yaml], namespace: shop, transformers: [s.yaml]}
-- top/i.yaml --
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations: {nginx.ingress.kubernetes.io/auth-secret: shop/db, nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/db}
-- top/s.yaml --
SPEC(shop)
secrets: [{name: db, data: {b: {value: '1', public: true}}}]
`, lines: []string{"    nginx.ingress.kubernetes.io/auth-secret: shop/db-69d7mfm6kt",
		"    nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/db-69d7mfm6kt"}},
	{name: "a user that has no namespace yet", files: `
-- base/kustomization.yaml --
{resources: [USER], transformers: [s.yaml]}
-- base/s.yaml --
SPEC(shop)
secrets:
- {name: db, namespace: auth, data: {b: {value: '1', public: true}},
  usedBy: [{kind: Deployment, name: web, env: {B: b}}]}
-- top/kustomization.yaml --
{resources: [../base]}
`, lines: []string{"  name: db-69d7mfm6kt", "  namespace: auth", "              name: db-69d7mfm6kt",
		"            name: db-69d7mfm6kt"}},
	{name: "a namespace that is filled in later", files: `
-- top/kustomization.yaml --
{resources: [c.yaml, USER], transformers: [s.yaml]}
-- top/c.yaml --
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
parameters:
  csi.storage.k8s.io/node-publish-secret-name: db
  csi.storage.k8s.io/node-publish-secret-namespace: ${pvc.namespace}
-- top/s.yaml --
SPEC(shop)
secrets: [{name: db, data: {b: {value: '1', public: true}}}]
`, lines: []string{"  csi.storage.k8s.io/node-publish-secret-name: db"}, not: []string{"\n  namespace:"},
		says: "StorageClass fast, field parameters.csi\\.storage\\.k8s\\.io/node-publish-secret-name, still has the name db"},
	{name: "a transformer in a folder beside it", files: strings.ReplaceAll(
		generatedBy("[../base]", "{resources: [s.yaml]}", ""), "generators", "transformers"),
		lines: []string{"  name: p-db-69d7mfm6kt", "            name: p-db-69d7mfm6kt"}},
}

// generatedBy has the SecretSpec under an entry of `generators:` in a kustomization with a prefix.
func generatedBy(entry, base, more string) string {
	return `
-- base/kustomization.yaml --
` + base + `
-- base/s.yaml --
SPEC(shop)
secrets: [{name: db, data: {b: {value: '1', public: true}}}]
-- top/kustomization.yaml --
{resources: [USER], namePrefix: p-, generators: ` + entry + `}
` + strings.TrimPrefix(more, "\n")
}

// TestLayersWritten holds builds of written files.
func TestLayersWritten(t *testing.T) {
	b := newBuilder(t, pinned.Command(t, "secretwright"))
	for _, test := range written {
		t.Run(test.name, func(t *testing.T) {
			out, said, err := b.build(b.unpack(test.files), "top")
			switch {
			case test.fails != "" && (err == nil || !strings.Contains(said, test.fails)):
				t.Fatalf("it does not say %q: %v\n%s%s", test.fails, err, said, out)
			case test.fails == "" && err != nil:
				t.Fatalf("%v\n%s", err, said)
			}
			if !strings.Contains(said, test.says) {
				t.Errorf("it does not say %q: %s", test.says, said)
			}
			rest := "\n" + string(out)
			for _, line := range test.lines {
				_, behind, found := strings.Cut(rest, "\n"+line+"\n")
				if !found {
					t.Fatalf("it has no line %q where it should\n%s", line, out)
				}
				rest = "\n" + behind
			}
			for _, text := range test.not {
				if strings.Contains(string(out), text) {
					t.Errorf("it has %q\n%s", text, out)
				}
			}
		})
	}
}

// TestLayersEncrypted has references follow Secrets that go out encrypted, wherever kustomize runs the SecretSpec.
func TestLayersEncrypted(t *testing.T) {
	b := newBuilder(t, pinned.Command(t, "secretwright"))
	for _, under := range []string{"generators: [s.yaml]", "transformers: [s.yaml]",
		"generators: [s.yaml], transformers: [s.yaml]"} {
		t.Run(under, func(t *testing.T) {
			out, said, err := b.build(b.unpack(`
-- base/kustomization.yaml --
{resources: [USER], namePrefix: p-, nameSuffix: -s, namespace: shop, `+under+`}
-- base/s.yaml --
SPEC(shop)
secrets: [{name: db, data: {b: {value: '1', public: true}}}]
output: {sops: {age: [RECIPIENT]}}
-- top/kustomization.yaml --
{resources: [../base], namePrefix: q-}
`), "top")
			if err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			var names []string
			for line := range strings.Lines(string(out)) {
				if name, is := strings.CutPrefix(strings.TrimSpace(line), "name: q-p-db-"); is {
					names = append(names, name)
				}
			}
			if len(names) != 2 || names[0] != names[1] {
				t.Errorf("Secret and reference are %v\n%s", names, out)
			}
		})
	}
}

// unpack returns the files of an archive, with what its words stand for.
func (b *builder) unpack(archive string) files {
	text := strings.NewReplacer("SPEC(shop)", "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\n"+
		"metadata: {name: shop, annotations: {config.kubernetes.io/function: 'exec: {path: \""+b.function+"\"}'}}",
		"FUNCTION", b.function, "RECIPIENT", recipient, "USER", "user.yaml").Replace(archive)
	out := files{}
	for _, file := range txtar.Parse([]byte(text)).Files {
		out[file.Name] = string(file.Data)
		if dir, name, _ := strings.Cut(file.Name, "/"); name == "kustomization.yaml" {
			out[dir+"/user.yaml"] = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n" +
				"      containers:\n      - {name: app, image: x, envFrom: [{secretRef: {name: db}}]}\n"
		}
	}
	return out
}
