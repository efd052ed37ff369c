package schema_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// level is where the fields of a rule's case stand.
type level string

const (
	inSpec   level = "spec"
	inSecret level = "secrets[0]"
	inUse    level = "secrets[0].usedBy[0]"
	inVolume level = "secrets[0].usedBy[0].volume"
)

// made is a valid SecretSpec with some fields, in flow-style YAML, put in at a level.
func made(t *testing.T, at level, fields string) *schema.SecretSpec {
	t.Helper()
	given := map[string]any{}
	if err := sigsyaml.Unmarshal([]byte(fields), &given); err != nil {
		t.Fatalf("%v in: %s", err, fields)
	}
	volume := map[string]any{"mountPath": "/etc/db"}
	use := map[string]any{"kind": "Deployment", "envFrom": map[string]any{}}
	secret := map[string]any{"name": "database", "data": map[string]any{"password": map[string]any{"value": "x"}}}
	spec := map[string]any{"metadata": map[string]any{"name": "shop"},
		"sources": []any{map[string]any{"name": "db", "file": "db.yaml"}}}
	switch at {
	case inVolume:
		maps.Copy(volume, given)
		use["volume"] = volume
		secret["usedBy"] = []any{use}
	case inUse:
		maps.Copy(use, given)
		secret["usedBy"] = []any{use}
	case inSecret:
		maps.Copy(secret, given)
	}
	spec["secrets"] = []any{secret}
	if at == inSpec {
		maps.Copy(spec, given)
	}
	text, err := sigsyaml.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	var out schema.SecretSpec
	if err := sigsyaml.UnmarshalStrict(text, &out); err != nil {
		t.Fatalf("%v in: %s", err, text)
	}
	return &out
}

func validate(spec *schema.SecretSpec) []*report.Finding {
	var c report.Collector
	schema.Validate(spec, &c)
	return c.Findings()
}

// TestValidate breaks each rule once, and keeps it once. `@` in what is wanted is the level.
func TestValidate(t *testing.T) {
	long := strings.Repeat("a", 242)
	for _, c := range []struct {
		at        level
		good, bad string
		want      string // the first finding, or how it begins
	}{
		{inSpec, `metadata: {name: a.b-c}`, `metadata: {name: A}`,
			`metadata.name: "A" is not allowed: a lowercase RFC 1123 subdomain`},
		{inSpec, `metadata: {name: a-b}`, `metadata: {name: "${APP}-b"}`,
			`metadata.name: "${APP}-b" is not allowed: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric ` +
				`characters, '-' or '.', and must start and end with an alphanumeric character; write what the variable stands for`},
		{inSpec, `metadata: {name: a}`, `metadata: {}`, `metadata.name: it is missing`},
		{inSpec, `metadata: {name: a, namespace: b}`, `metadata: {name: a, namespace: b.c}`,
			`metadata.namespace: "b.c" is not allowed`},
		{inSpec, `output: {sops: {age: [age1]}}`, `output: {sops: {age: [age1], creationRules: true}}`,
			`output.sops: it lists recipients`},
		{inSpec, `output: {sops: {creationRules: true}}`, `secrets: []`,
			`secrets: there is none; describe at least one Secret`},
		{inSpec, `secrets: [{name: a, data: {k: {value: x}}}, {name: b, data: {k: {value: x}}}]`,
			`secrets: [{name: a, data: {k: {value: x}}}, {name: a, data: {k: {value: x}}}]`,
			`secrets[1].name: "a" is the name of secrets[0] already`},

		{inSpec, `output: {dir: rendered, manifests: [deploy]}`, `output: {manifests: [deploy]}`,
			"output.manifests: it goes with dir"},
		{inSpec, `output: {dir: .}`, `output: {dir: /a}`, `output.dir: "/a" is an absolute path`},
		{inSpec, `output: {dir: a, manifests: [.]}`, `output: {dir: a, manifests: [/b]}`,
			`output.manifests[0]: "/b" is an absolute path`},
		{inSpec, `output: {dir: a, manifests: [b]}`, `output: {dir: a, manifests: [b, ""]}`,
			"output.manifests[1]: it is empty; write ."},
		{inSpec, `sources: [{name: a, file: f}]`, `sources: [{file: f}]`,
			"sources[0].name: it is missing; give the source a name that `from` can use"},
		{inSpec, `sources: [{name: a, file: f}, {name: b, file: f}]`, `sources: [{name: a, file: f}, {name: a, file: g}]`,
			`sources[1].name: "a" is the name of sources[0] already`},
		{inSpec, `sources: [{name: a, file: f, format: dotenv}]`, `sources: [{name: a, file: f, format: env}]`,
			`sources[0].format: "env" is not known; write yaml, json, dotenv, ini or binary`},
		{inSpec, `sources: [{name: a, file: f.env, dialect: godotenv}]`, `sources: [{name: a, file: f.env, dialect: dotenv}]`,
			`sources[0].dialect: "dotenv" is not known; write sops, kustomize or godotenv`},
		{inSecret, `dataFrom: [{from: db, overlap: keep}, {from: db, overlap: replace}]`,
			`dataFrom: [{from: db, overlap: merge}]`,
			`@.dataFrom[0].overlap: "merge" is not known; write replace or keep`},
		{inSpec, `sources: [{name: a, configMap: {name: b, key: c}}]`, `sources: [{name: a, configMap: {name: b}}]`,
			`sources[0].configMap: it needs a name and a key`},
		{inSpec, `sources: [{name: a, inline: "sops: {}"}]`, `sources: [{name: a}]`,
			`sources[0]: it says nowhere what to read; write file, configMap, secret or inline`},
		{inSpec, `sources: [{name: a, file: f}]`, `sources: [{name: a, file: f, inline: x}]`,
			`sources[0]: file and inline are given at once; keep one of them`},
		{inSpec, `sources: [{name: a, file: a/../b}]`, `sources: [{name: a, file: /a/b}]`,
			`sources[0].file: "/a/b" is an absolute path`},

		{inSecret, `name: a.b`, `name: a_b`, `@.name: "a_b" is not allowed`},
		{inSecret, `name: a`, `name: ""`, `@.name: it is missing`},
		{inSecret, `name: ` + long, `name: a` + long,
			`@.name: 243 characters leave no room for the hash; shorten it to 242, or set rollout: none`},
		{inSecret, `{rollout: none, name: a` + long + `}`, `rollout: never`,
			`@.rollout: "never" is not known; write nameSuffixHash, checksumAnnotation or none`},
		{inSecret, `{rollout: checksumAnnotation, name: ` + long[:63] + `}`, `{rollout: checksumAnnotation, name: ` + long[:64] + `}`, `@.name: `}, // it is the name part of an annotation's key
		{inSecret, `{rollout: nameSuffixHash, immutable: true}`, `{rollout: none, immutable: true}`,
			`@.immutable: the API server refuses to change an immutable Secret`},
		{inSecret, `labels: {example.com/a: b}`, `labels: {/a: b}`, `@.labels["/a"]: "/a" is not allowed`},
		{inSecret, `labels: {a: ""}`, `labels: {a: b c}`, `@.labels.a: "b c" is not allowed`},
		{inSecret, `annotations: {example.com/A: any text}`, `annotations: {a b: c}`,
			`@.annotations["a b"]: "a b" is not allowed`},
		{inSecret, `annotations: {secretwright.dev/own: a}`, `annotations: {secretwright.dev/secret: a}`,
			`@.annotations["secretwright.dev/secret"]: this annotation is Secretwright's own; remove it`},
		{inSecret, `data: {tls.crt: {value: x}}`, `data: {a/b: {value: x}}`, `@.data["a/b"]: "a/b" is not allowed`},
		{inSecret, `{data: null, dataFrom: [{from: db}]}`, `data: {}`, `@: it holds nothing; fill data or dataFrom`},
		{inSecret, `{type: example.com/own, data: {}}`, `dataFrom: [{}]`, `@.dataFrom[0].from: it is missing; name a source`},
		{inSecret, `dataFrom: [{from: db}]`, `dataFrom: [{from: bd}]`,
			`@.dataFrom[0].from: there is no source "bd"; add it to sources`},

		{inSecret, `data: {k: {from: db}}`, `data: {k: {from: dbx}}`,
			`@.data.k.from: there is no source "dbx"; did you mean db?`},
		{inSecret, `data: {k: {value: ""}}`, `data: {k: {}}`,
			`@.data.k: it says nowhere what the value is; write from, value or template`},
		{inSecret, `data: {k: {template: x}}`, `data: {k: {value: x, template: x}}`,
			`@.data.k: value and template are given at once; keep one of them`},
		{inSecret, `data: {k: {from: db, key: a}}`, `data: {k: {value: x, key: a}}`,
			`@.data.k: key, as and decode belong to a value from a source`},
		{inSecret, `data: {k: {from: db, key: a, as: yaml}}`, `data: {k: {from: db, as: toml}}`,
			`@.data.k.as: "toml" is not known; write json or yaml`},
		{inSecret, `data: {k: {from: db, key: a, decode: base64}}`, `data: {k: {from: db, decode: hex}}`,
			`@.data.k.decode: "hex" is not known; write base64`},
		{inSecret, `data: {k: {from: db, as: json}}`, `data: {k: {from: db, as: json, decode: base64}}`,
			`@.data.k: as and decode are both given`},

		{inSecret, `{type: kubernetes.io/dockerconfigjson, data: {}, registries: [{server: a, username: {value: u}, password: {value: p}}]}`,
			`registries: [{server: a, username: {value: u}, password: {value: p}}]`,
			`@.registries: a Secret of type Opaque has no registries; set type: kubernetes.io/dockerconfigjson`},
		{inSecret, `{type: kubernetes.io/dockercfg, registries: [{server: a, username: {value: u}, password: {from: db, key: p}}]}`,
			`{type: kubernetes.io/dockercfg, registries: [{username: {value: u}, password: {value: p}}]}`,
			`@.registries[0].server: it is missing`},
		{inSecret, `{type: kubernetes.io/dockercfg, registries: [{server: a, username: {value: u}, password: {value: p}}, {server: b, username: {value: u}, password: {value: p}}]}`,
			`{type: kubernetes.io/dockercfg, registries: [{server: a, username: {value: u}, password: {value: p}}, {server: a, username: {value: u}, password: {value: p}}]}`,
			`@.registries[1].server: "a" is the server of registries[0] already`},
		{inSecret, `{type: kubernetes.io/dockercfg, registries: [{server: a, username: {value: u}, password: {value: p}, email: {value: e}}]}`,
			`{type: kubernetes.io/dockercfg, registries: [{server: a, username: {value: u}, password: {template: p}}]}`,
			`@.registries[0].password.template: credentials of a registry cannot be templates`},
		{inSecret, `{type: kubernetes.io/service-account-token, serviceAccountName: a, data: {}}`,
			`{type: kubernetes.io/service-account-token, data: {}}`, `@.serviceAccountName: it is missing`},
		{inSecret, `{type: kubernetes.io/service-account-token, serviceAccountName: a.b}`, `serviceAccountName: a`,
			`@.serviceAccountName: a Secret of type Opaque is for no ServiceAccount`},
		{inSecret, `{type: kubernetes.io/service-account-token, serviceAccountName: a}`,
			`{type: kubernetes.io/service-account-token, serviceAccountName: A}`, `@.serviceAccountName: "A" is not allowed`},
		{inSecret, `{type: kubernetes.io/service-account-token, serviceAccountName: a, immutable: false}`,
			`{type: kubernetes.io/service-account-token, serviceAccountName: a, rollout: nameSuffixHash, immutable: true}`,
			`@.immutable: Kubernetes itself writes the token into it`},
		{inSecret, `{type: bootstrap.kubernetes.io/token, rollout: none}`,
			`{type: bootstrap.kubernetes.io/token, rollout: nameSuffixHash}`,
			`@.rollout: a bootstrap token is found by its name`},

		{inUse, `kind: Own`, `kind: ""`, `@.kind: it is missing`},
		{inUse, `name: a|b.*`, `name: "*a"`, `@.name: "*a" is not a regular expression`},
		{inUse, `name: "[a-z]{100}"`, `name: "(?:[a-z]?){1000}"`, `@.name: it is too large a regular expression`},
		{inUse, `namespace: a|b`, `namespace: "a("`, `@.namespace: "a(" is not a regular expression`},
		{inUse, `labelSelector: "a in (b,c),!d"`, `labelSelector: a in b`,
			`@.labelSelector: "a in b" is not a label selector`},
		{inUse, `{envFrom: null, fieldPaths: [spec.a]}`, `envFrom: null`, `@: it does not say how the Secret is used`},
		{inUse, `containers: [a, b]`, `{envFrom: null, fieldPaths: [spec.a], containers: [a]}`,
			`@.containers: no container sees the Secret by what is said here`},
		{inUse, `containers: ["*"]`, `containers: [a, "*"]`, `@.containers[1]: "*" is listed beside other names`},
		{inUse, `env: {A_b.c-d: password}`, `env: {"A=": password}`, `@.env["A="]: "A=" is not allowed`},
		{inUse, `env: {A: password}`, `env: {A: pasword}`,
			`@.env.A: the Secret database has no key "pasword"; did you mean password?`},
		{inUse, `envFrom: {prefix: a_}`, `envFrom: {prefix: a=}`, `@.envFrom.prefix: "a=" is not allowed`},
		{inUse, `optional: true`, `imagePullSecret: true`, `@.imagePullSecret: a Secret of type Opaque cannot pull images`},
		{inUse, `apiVersion: apps`, `tls: {hosts: [a.example.com]}`, `@.tls: the Secret has no tls.crt and tls.key`},

		{inVolume, `name: a-b`, `name: a.b`, `@.name: "a.b" is not allowed`},
		{inVolume, `mountPath: /`, `mountPath: etc`,
			`@.mountPath: "etc" is not an absolute path without a colon; write the folder the files appear in: /etc/database`},
		{inVolume, `mountPath: /a b`, `mountPath: "/a:b"`, `@.mountPath: "/a:b" is not an absolute path without a colon`},
		{inVolume, `mountPath: /a`, `mountPath: ""`, `@.mountPath: "" is not an absolute path`},
		{inVolume, `subPath: a/b`, `subPath: a/../b`, `@.subPath: "a/../b" is not a relative path without ..`},
		{inVolume, `subPath: a..b`, `subPath: /a`, `@.subPath: "/a" is not a relative path without ..`},
		{inVolume, `defaultMode: 511`, `defaultMode: 512`,
			`@.defaultMode: 512 (octal 01000) is not a file mode; write 0 to 0777, in octal with a leading 0`},
		{inVolume, `defaultMode: 0`, `defaultMode: -1`, `@.defaultMode: -1 (octal -01) is not a file mode`},
		{inVolume, `items: {password: a/b}`, `items: {a: password}`,
			`@.items.a: the Secret database has no key "a"; its keys are password`},
		{inVolume, `items: {password: a..}`, `items: {password: ..a}`, `@.items.password: `}, // validateLocalNonReservedPath
		{inVolume, `items: {password: a}`, `items: {password: ../a}`,
			`@.items.password: "../a" is not a relative path without ..`},
	} {
		t.Run(string(c.at)+" "+c.bad, func(t *testing.T) {
			if findings := validate(made(t, c.at, c.good)); len(findings) > 0 {
				t.Errorf("%s breaks a rule: %v", c.good, findings)
			}
			findings := validate(made(t, c.at, c.bad))
			if len(findings) == 0 {
				t.Fatalf("%s breaks no rule", c.bad)
			}
			if !slices.ContainsFunc(report.Rules(), func(r report.Rule) bool { return r.Code == findings[0].Code }) {
				t.Errorf("%s has the code %q, which has no rule", findings[0].Error(), findings[0].Code)
			}
			if want := strings.ReplaceAll(c.want, "@", string(c.at)); !strings.HasPrefix(findings[0].Error(), want) {
				t.Errorf("%s:\ngot  %s\nwant %s", c.bad, findings[0].Error(), want)
			}
		})
	}
}

func TestValidateDefaults(t *testing.T) {
	for fields, want := range map[string]schema.Secret{
		`{}`:            {Type: "Opaque", Rollout: schema.NameSuffixHash},
		`rollout: none`: {Type: "Opaque", Rollout: schema.NoRollout},
		`{type: kubernetes.io/service-account-token, serviceAccountName: a}`: {Type: "kubernetes.io/service-account-token",
			Rollout: schema.NoRollout},
		`{type: bootstrap.kubernetes.io/token}`: {Type: "bootstrap.kubernetes.io/token",
			Rollout: schema.NoRollout},
		`{type: kubernetes.io/tls}`: {Type: "kubernetes.io/tls",
			Rollout: schema.NameSuffixHash},
	} {
		spec := made(t, inSecret, fields)
		validate(spec)
		got := schema.Secret{Type: spec.Secrets[0].Type, Rollout: spec.Secrets[0].Rollout}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", fields, diff)
		}
	}
}

func TestAnnotationsTooLarge(t *testing.T) {
	spec := &schema.SecretSpec{Metadata: schema.Metadata{Name: "shop"}, Secrets: []schema.Secret{{
		Name: "database", Data: map[string]schema.Value{"a": {Template: "b"}},
		Annotations: map[string]string{"a": strings.Repeat("x", 256<<10-60)},
	}}}
	if findings := validate(spec); len(findings) > 0 {
		t.Errorf("findings %v", findings)
	}
	spec.Secrets[0].Annotations["a"] += strings.Repeat("x", 60)
	if findings := validate(spec); len(findings) != 1 || findings[0].Path() != "secrets[0].annotations" {
		t.Errorf("findings %v", findings)
	}
}

// TestTypes holds a misspelt type to the one that was meant, and lets types of the users' own alone.
func TestTypes(t *testing.T) {
	for given, meant := range map[string]string{
		"opaque": "Opaque", "OPAQUE": "Opaque", "Opaqe": "Opaque", "kubernetes.io/Opaque": "Opaque", "generic": "Opaque",
		"tls": "kubernetes.io/tls", "TLS": "kubernetes.io/tls", "kubernetes.io/tsl": "kubernetes.io/tls",
		"Kubernetes.io/TLS": "kubernetes.io/tls",
		"kubernets.io/tls":  "kubernetes.io/tls", "dockerconfigjson": "kubernetes.io/dockerconfigjson",
		"dockerconfig":               "kubernetes.io/dockerconfigjson",
		"kubernetes.io/dockerconfig": "kubernetes.io/dockerconfigjson", "docker-registry": "kubernetes.io/dockerconfigjson",
		"kubernetes.io/dockercfgs": "kubernetes.io/dockercfg", "basicauth": "kubernetes.io/basic-auth",
		"kubernetes.io/ssh": "",
		"ssh-auth":          "kubernetes.io/ssh-auth", "service-account-token": "kubernetes.io/service-account-token",
		"token": "bootstrap.kubernetes.io/token", "bootstrap.kubernetes.io/tokn": "bootstrap.kubernetes.io/token",
		"kubernetes.io/token": "bootstrap.kubernetes.io/token", "kubernetes.io/licence": "", "kubernetes.io/": "",
	} {
		spec := made(t, inSecret, `{type: "`+given+`"}`)
		findings := slices.DeleteFunc(validate(spec), func(f *report.Finding) bool { return f.Code != report.UnknownType })
		if len(findings) != 1 || findings[0].Path() != "secrets[0].type" {
			t.Errorf("%s: findings %v", given, findings)
			continue
		}
		if got := findings[0].Fix; meant != "" && !strings.HasPrefix(got, "did you mean "+meant+"?") {
			t.Errorf("%s: %s", given, got)
		} else if meant == "" && !strings.HasPrefix(got, "write one of Opaque, bootstrap.kubernetes.io/token, ") {
			t.Errorf("%s: %s", given, got)
		}
		if got := spec.Secrets[0].Type; meant != "" && got != meant {
			t.Errorf("%s is checked as %s", given, got)
		}
	}
	for _, own := range []string{
		"helm.sh/release.v1", "example.com/tls", "example.com/token", "example.com/licence", "licence", "api-token",
		"my-token", "password",
		"k8s.io/licence", "istio.io/key-and-cert", "kubernetes.io/rook", "kubernetes.io/iscsi-chap",
		"cluster.x-k8s.io/secret", "opaque.example.com/x", "kubernetes.example.com/tls",
	} {
		spec := made(t, inSecret, "type: "+own)
		if findings := validate(spec); len(findings) > 0 || spec.Secrets[0].Type != own {
			t.Errorf("%s: %v", own, findings)
		}
	}
}

// TestTypeIsCheckedAsMeant reports one cause once: what follows from a misspelt type is not told.
func TestTypeIsCheckedAsMeant(t *testing.T) {
	findings := validate(made(t, inSecret, `{type: dockerconfigjson, data: {},
		registries: [{server: a, username: {value: u}, password: {value: p}}], usedBy: [{kind: Pod, imagePullSecret: true}]}`))
	want := []string{`unknown-type secrets[0].type: "dockerconfigjson" is not a type of Kubernetes; did you mean ` +
		"kubernetes.io/dockerconfigjson? A type of your own has a domain: example.com/dockerconfigjson"}
	if diff := cmp.Diff(want, coded(findings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMissingKey(t *testing.T) {
	at := field.NewPath("secrets").Index(0)
	if f := schema.MissingKey(at, "database", "user", []string{"password", "user"}); f != nil {
		t.Errorf("got %v", f)
	}
	for key, want := range map[string]string{
		"usr":   `missing-key secrets[0]: the Secret database has no key "usr"; did you mean user?`,
		"token": `missing-key secrets[0]: the Secret database has no key "token"; its keys are user`,
	} {
		if diff := cmp.Diff([]string{want}, coded([]*report.Finding{schema.MissingKey(at, "database", key,
			[]string{"user"})})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if f := schema.MissingKey(at, "database", "user", nil); f.Fix != "it has none" {
		t.Errorf("got %v", f)
	}
}
