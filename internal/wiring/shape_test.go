package wiring

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	for key, want := range map[string][]string{
		"secretName":                 {"secret", "name"},
		"clientTLSSecretName":        {"client", "tls", "secret", "name"},
		"client-tls-secret-name":     {"client", "tls", "secret", "name"},
		"client_tls_secretname":      {"client", "tls", "secret", "name"},
		"clientTLSCertName":          {"client", "tls", "cert", "name"},
		"rootCAs":                    {"root", "cas"},
		"imagepullsecrets":           {"imagepull", "secrets"},
		"rootCAsSecrets":             {"root", "cas", "secrets"},
		"oauth2":                     {"oauth2"},
		"serverCASecret":             {"server", "ca", "secret"},
		"example.com/auth-secret":    {"example", "com", "auth", "secret"},
		"secretary":                  {"secretary"},
		"":                           nil,
		"--tls-secret":               {"tls", "secret"},
		"accessKeyIDSecretRef":       {"access", "key", "id", "secret", "ref"},
		"Ärger":                      {"ärger"},
		"writeConnectionSecretToRef": {"write", "connection", "secret", "to", "ref"},
	} {
		if diff := cmp.Diff(want, words(key)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", key, diff)
		}
	}
}

func TestShapeOf(t *testing.T) {
	both, object, neither := shape{text: true, object: true}, shape{object: true}, shape{}
	for key, want := range map[string]shape{
		"secretName": both, "secretRef": both, "tlsSecret": both, "existingSecret": both, "imagePullSecrets": both,
		"passwordSecretRef": both, "clientSecretSecretRef": both, "secretAccessKeySecretRef": both, "SECRET_NAME": both,
		"secretKeyRef": both, "proxy-ssl-secret": both, "secretnames": both,

		"secretKey": object, "secretKeySelector": object, "secretObjectReference": object, "secretTargetRef": object,
		"certificateRefs": object, "credentialRefs": object,

		"secretAccessKey": neither, "secretStoreRef": neither, "secretNamespace": neither, "secretProviderClass": neither,
		"externalSecretRef": neither, "sealedSecretName": neither, "secretPath": neither, "secretTemplate": neither,
		"secretary": neither, "name": neither, "configMapRef": neither, "": neither, "certificateRef": neither,
		"Refs": neither, "issuerRefs": neither,

		"writeConnectionSecretToRef": {text: true, object: true, output: true},
		"connInfoSecretTarget":       {text: true, object: true, output: true},
		"targetSecretName":           {text: true, object: true, output: true},
		"publishConnectionDetailsTo": {object: true, output: true},
	} {
		if diff := cmp.Diff(want, shapeOf(key), cmp.AllowUnexported(shape{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", key, diff)
		}
	}
}

// TestReferencesByShape renames the Secret creds in fields of kinds that no table has.
func TestReferencesByShape(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a kind beside the name decides", `
a: {secretRef: {kind: ConfigMap, name: creds}}
b: {anything: {kind: Secret, name: creds}}
c: {list: [{kind: Secret, name: creds}, {kind: Issuer, name: creds}]}
d: {target: {kind: Secret, name: creds}}
e: {kind: s3, secretName: creds}
`, `
a: {secretRef: {kind: ConfigMap, name: creds}}
b: {anything: {kind: Secret, name: creds-1}}
c: {list: [{kind: Secret, name: creds-1}, {kind: Issuer, name: creds}]}
d: {target: {kind: Secret, name: creds}}
e: {kind: s3, secretName: creds-1}
`},
		{"a namespace beside the name decides", `
a: {secretRef: {namespace: store, name: creds}}
b: {secretName: creds, secretNamespace: store}
c: {db-secret-name: creds, db-secret-namespace: store}
d: {secretName: creds, namespace: shop}
e: {secretName: store/creds}
f: {secretName: shop/creds}
g: {secretName: creds, namespace: ""}
`, `
a: {secretRef: {namespace: store, name: creds}}
b: {secretName: creds, secretNamespace: store}
c: {db-secret-name: creds, db-secret-namespace: store}
d: {secretName: creds-1, namespace: shop}
e: {secretName: store/creds}
f: {secretName: shop/creds-1}
g: {secretName: creds-1, namespace: ""}
`},
		{"a name with a key is a selector", `
a: {password: {name: creds, key: password}}
b: {password: {name: creds, key: password, optional: true}}
c: {configMap: {name: creds, key: password}}
d: {configMapKeyRef: {name: creds, key: password}}
e: {operator: {name: creds, key: a, operator: In}}
f: {header: [{name: creds, key: a}]}
g: {password: {name: shared, key: password}}
`, `
a: {password: {name: creds-1, key: password}}
b: {password: {name: creds-1, key: password, optional: true}}
c: {configMap: {name: creds, key: password}}
d: {configMapKeyRef: {name: creds, key: password}}
e: {operator: {name: creds, key: a, operator: In}}
f: {header: [{name: creds-1, key: a}]}
g: {password: {name: shared, key: password}}
`},
		{"data is not a reference", `
a: {labels: {secret: creds}, matchLabels: {secretName: creds}}
b: {data: {secretName: creds}}
c: {env: {SECRET_NAME: creds}}
d: {secretKey: creds, secretPath: creds}
`, `
a: {labels: {secret: creds}, matchLabels: {secretName: creds}}
b: {data: {secretName: creds}}
c: {env: {SECRET_NAME: creds}}
d: {secretKey: creds, secretPath: creds}
`},
		{"lists and maps of Secrets", `
a: {secrets: [creds, other], pullSecrets: [{name: creds}]}
b: {secrets: {db: {name: creds}}}
c: {secret: {ref: {name: creds}}}
`, `
a: {secrets: [creds-1, other], pullSecrets: [{name: creds-1}]}
b: {secrets: {db: {name: creds-1}}}
c: {secret: {ref: {name: creds-1}}}
`},
		{"objects inside", `
a: {apiVersion: v1, kind: Pod, metadata: {namespace: store}, spec: {imagePullSecrets: [{name: creds}]}}
b: {apiVersion: v1, kind: Pod, metadata: {name: creds}, spec: {imagePullSecrets: [{name: creds}]}}
c: {apiVersion: v1, kind: Secret, metadata: {name: creds}}
`, `
a: {apiVersion: v1, kind: Pod, metadata: {namespace: store}, spec: {imagePullSecrets: [{name: creds}]}}
b: {apiVersion: v1, kind: Pod, metadata: {name: creds}, spec: {imagePullSecrets: [{name: creds-1}]}}
c: {apiVersion: v1, kind: Secret, metadata: {name: creds}}
`},
		{"aliases and merge keys", `
a: &a {secretName: creds}
b: *a
c: {<<: *a, other: x}
`, `
a: {secretName: creds-1}
b: {secretName: creds-1}
c: {secretName: creds-1, other: x}
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: creds, namespace: shop}"
			configMap := "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared, namespace: shop}\n"
			nodes := parse(t, head+c.in+configMap)
			defer unchanged(t, nodes)()
			it := NewItems(nodes)
			it.Rename(Names{"shop": {"creds": "creds-1", "shared": "shared-1"}})
			want := values(t, parse(t, head+c.want+configMap))
			if diff := cmp.Diff(want, values(t, resources(it))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestOpaque renames nothing in resources whose content is not references.
func TestOpaque(t *testing.T) {
	in := `
apiVersion: v1
kind: Secret
metadata: {name: x, namespace: shop, annotations: {example.com/secret: creds}}
stringData: {secretName: creds}
---
apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: x, namespace: shop}
secrets: [{name: creds}]
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: x, namespace: shop}
spec: {secretName: creds}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: x, namespace: shop, annotations: {internal.config.kubernetes.io/secret: creds}}
spec: {values: {existingSecret: creds}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: x, namespace: shop}
data: {secretName: creds}
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: x, namespace: shop}
spec: {disableSecret: true}
`
	it := NewItems(parse(t, in))
	it.Rename(Names{"shop": {"creds": "creds-1"}})
	if diff := cmp.Diff(manifests(t, parse(t, in)), manifests(t, resources(it))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, name := range []string{"creds", "true"} {
		if n := it.Index().References("shop", name); n != 0 {
			t.Errorf("%d references to %s", n, name)
		}
	}
}

// TestAliasBomb walks a document of aliases of aliases, which has 10^9 scalars.
func TestAliasBomb(t *testing.T) {
	in := "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x, namespace: shop}\na0: &a0 {secretName: creds}\n"
	for i, name := range []string{"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"} {
		before := "*a" + string(rune('0'+i))
		in += name + ": &" + name + " [" + before
		for range 9 {
			in += ", " + before
		}
		in += "]\n"
	}
	if n := NewItems(parse(t, in)).Index("creds").References("shop", "creds"); n == 0 {
		t.Error("no reference is found")
	}
}

func TestSpeaksOfSecrets(t *testing.T) {
	for key, want := range map[string]bool{
		"secretName": true, "existingSecret": true, "credentials": true, "creds": true, "tlsSource": true, "authFrom": true,
		"passwordSelector": true, "secretOfApp": true,

		"": false, "source": false, "from": false, "imageSource": false, "tls": false, "secretNamespace": false, "secretStoreRef": false,
		"secretHostThing": false, "authMode": false, "secretary": false,
	} {
		if got := speaksOfSecrets(key); got != want {
			t.Errorf("%q: %v", key, got)
		}
	}
}

func TestIsConfigMap(t *testing.T) {
	for key, want := range map[string]bool{
		"configMapRef": true, "configmaps": true, "config-map": true, "configMaps": true, "CONFIG_MAPS": true,
		"config": false, "map": false, "mapConfig": false, "configSecret": false, "": false,
	} {
		if got := isConfigMap(words(key)); got != want {
			t.Errorf("%q: %v", key, got)
		}
	}
}
