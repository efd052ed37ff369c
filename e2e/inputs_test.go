package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const (
	tlsType    = "kubernetes.io/tls"
	sshType    = "kubernetes.io/ssh-auth"
	basicType  = "kubernetes.io/basic-auth"
	configType = "kubernetes.io/dockerconfigjson"
	cfgType    = "kubernetes.io/dockercfg"
	tokenType  = "kubernetes.io/service-account-token"
	bootstrap  = "bootstrap.kubernetes.io/token"
	maxSecret  = 1 << 20
	dockerJSON = `{"auths":{"registry.example.com":{"auth":"dXNlcjpwYXNzd29yZA=="}}}`
)

// refusedByBoth are the API server's rules that Secretwright has too.
func refusedByBoth(t *testing.T) []input {
	crt, key := certificate(t)
	long := strings.Repeat("a", 64)
	env := func(entry string) string { return pod(containerBegins + "env: [" + entry + "]}]") }
	mount := func(entry, volumes string) string {
		return pod(containerBegins + "volumeMounts: [" + entry + "]}], volumes: [" + volumes + "]")
	}
	volume := func(rest string) string {
		return pod(mounted + ", volumes: [{name: v, secret: {secretName: v, " + rest + "}}]")
	}
	return []input{
		// What a type must have.
		secretOf("`tls` without `tls.key`", fields{"type": tlsType, "data": values{"tls.crt": crt}},
			"secrets[0].data"),
		secretOf("`tls` without `tls.crt`", fields{"type": tlsType, "data": values{"tls.key": key}},
			"secrets[0].data"),
		secretOf("`ssh-auth` without `ssh-privatekey`", fields{"type": sshType},
			"secrets[0].data"),
		secretOf("`ssh-auth` with an empty key", fields{"type": sshType, "data": values{"ssh-privatekey": ""}},
			"secrets[0].data.ssh-privatekey"),
		secretOf("`basic-auth` with neither `username` nor `password`", fields{"type": basicType},
			"secrets[0].data"),
		secretOf("`dockerconfigjson` without its key", fields{"type": configType},
			"secrets[0].data"),
		secretOf("`dockerconfigjson` that is no JSON", fields{"type": configType,
			"data": values{".dockerconfigjson": "auths:"}},
			`secrets[0].data[".dockerconfigjson"]`),
		secretOf("`dockerconfigjson` that is a JSON list", fields{"type": configType,
			"data": values{".dockerconfigjson": "[]"}},
			`secrets[0].data[".dockerconfigjson"]`),
		secretOf("`dockercfg` without its key", fields{"type": cfgType},
			"secrets[0].data"),
		secretOf("`dockercfg` that is no JSON", fields{"type": cfgType, "data": values{".dockercfg": "auths:"}},
			`secrets[0].data[".dockercfg"]`),
		secretOf("`service-account-token` for no ServiceAccount", fields{"type": tokenType, "data": values{}},
			"secrets[0].serviceAccountName"),

		// What a Secret may hold, and what it may be called.
		secretOf("a key with a slash", fields{"data": values{"a/b": "v"}},
			`secrets[0].data["a/b"]`),
		secretOf("a key with a space", fields{"data": values{"a b": "v"}},
			`secrets[0].data["a b"]`),
		secretOf("a key that is empty", fields{"data": values{"": "v"}},
			"secrets[0].data[\"\"]"),
		secretOf("a key that is a dot", fields{"data": values{".": "v"}},
			`secrets[0].data["."]`),
		secretOf("a key that is two dots", fields{"data": values{"..": "v"}},
			`secrets[0].data[".."]`),
		secretOf("a key that starts with two dots", fields{"data": values{"..data": "v"}},
			`secrets[0].data["..data"]`),
		{what: "a key of 254 characters", secret: fields{"data": values{strings.Repeat("a", 254): "v"}},
			field: "secrets[0].data." + strings.Repeat("a", 254)},
		secretOf("values of 1 MiB and a byte", fields{"data": values{"a": strings.Repeat("v", maxSecret), "b": "v"}},
			"secrets[0]"),
		secretOf("a name in capitals", fields{"name": "Database"},
			"secrets[0].name"),
		secretOf("a name with an underscore", fields{"name": "data_base"},
			"secrets[0].name"),
		secretOf("a name that ends with a dash", fields{"name": "database-"},
			"secrets[0].name"),
		secretOf("a name of 254 characters", fields{"name": strings.Repeat("a", 254)},
			"secrets[0].name"),
		{what: "a name of 243 characters, and a hash after it", secret: fields{"name": strings.Repeat("a", 243),
			"rollout": "nameSuffixHash"},
			field:    "secrets[0].name",
			manifest: "{apiVersion: v1, kind: Secret, metadata: {name: " + strings.Repeat("a", 243) + "-0123456789}}"},
		secretOf("a label's key with a space", fields{"labels": fields{"a b": "v"}},
			`secrets[0].labels["a b"]`),
		secretOf("a label's key of 64 characters", fields{"labels": fields{long: "v"}},
			"secrets[0].labels."+long),
		secretOf("a label with a slash in its value", fields{"labels": fields{"app": "a/b"}},
			"secrets[0].labels.app"),
		secretOf("a label of 64 characters", fields{"labels": fields{"app": long}},
			"secrets[0].labels.app"),
		secretOf("an annotation's key with two slashes", fields{"annotations": fields{"a/b/c": "v"}},
			`secrets[0].annotations["a/b/c"]`),
		secretOf("an annotation's key of 64 characters", fields{"annotations": fields{long: "v"}},
			"secrets[0].annotations."+long),
		secretOf("annotations of more than 256 KiB", fields{"annotations": fields{"a": strings.Repeat("v", 256<<10)}},
			"secrets[0].annotations"),

		// How it is used.
		inPod("a variable with `=` in its name", `env: {"A=B": k}`, `env["A=B"]`,
			env("{name: A=B, valueFrom: {secretKeyRef: {name: v, key: k}}}")),
		inPod("a variable without a name", `env: {"": k}`, `env[""]`,
			env(`{name: "", valueFrom: {secretKeyRef: {name: v, key: k}}}`)),
		inPod("a variable with a letter that is not ASCII", `env: {GRÖSSE: k}`, `env["GRÖSSE"]`,
			env("{name: GRÖSSE, valueFrom: {secretKeyRef: {name: v, key: k}}}")),
		inPod("`envFrom` with `=` in its prefix", `envFrom: {prefix: "A="}`, "envFrom.prefix",
			pod(containerBegins+"envFrom: [{prefix: A=, secretRef: {name: v}}]}]")),
		inPod("no `mountPath`", `volume: {mountPath: ""}`, "volume.mountPath",
			mount("{name: v, mountPath: ''}", "{name: v, secret: {secretName: v}}")),
		{what: "two volumes at one `mountPath`", usedBy: `{kind: Pod, volume: {mountPath: /v}}`,
			field: "secrets[0].usedBy[0].volume.mountPath",
			with:  mount("{name: w, mountPath: /v}", "{name: w, emptyDir: {}}"),
			manifest: mount("{name: w, mountPath: /v}, {name: v, mountPath: /v}",
				"{name: w, emptyDir: {}}, {name: v, secret: {secretName: v}}")},
		{what: "two volumes of one name", usedBy: `{kind: Pod, volume: {mountPath: /v}}`,
			field:    "secrets[0].usedBy[0].volume",
			with:     mount("{name: v, mountPath: /w}", "{name: v, emptyDir: {}}"),
			manifest: mount("{name: v, mountPath: /v}", "{name: v, emptyDir: {}}, {name: v, secret: {secretName: v}}")},
		inPod("a volume's name of 64 characters", `volume: {mountPath: /v, name: `+long+`}`, "volume.name",
			mount("{name: "+long+", mountPath: /v}", "{name: "+long+", secret: {secretName: v}}")),
		inPod("a volume's name with a dot", `volume: {mountPath: /v, name: a.b}`, "volume.name",
			mount("{name: a.b, mountPath: /v}", "{name: a.b, secret: {secretName: v}}")),
		inPod("a `subPath` that leaves the volume", `volume: {mountPath: /v, subPath: a/../../b}`, "volume.subPath",
			mount("{name: v, mountPath: /v, subPath: a/../../b}", "{name: v, secret: {secretName: v}}")),
		inPod("a `subPath` that is absolute", `volume: {mountPath: /v, subPath: /k}`, "volume.subPath",
			mount("{name: v, mountPath: /v, subPath: /k}", "{name: v, secret: {secretName: v}}")),
		inPod("an item's path that leaves the volume", `volume: {mountPath: /v, items: {k: a/../../b}}`, "volume.items.k",
			volume("items: [{key: k, path: a/../../b}]")),
		inPod("an item's path that is absolute", `volume: {mountPath: /v, items: {k: /k}}`, "volume.items.k",
			volume("items: [{key: k, path: /k}]")),
		inPod("an item's path that is empty", `volume: {mountPath: /v, items: {k: ""}}`, "volume.items.k",
			volume("items: [{key: k, path: ''}]")),
		inPod("an item's path that starts with two dots", `volume: {mountPath: /v, items: {k: ..k}}`, "volume.items.k",
			volume("items: [{key: k, path: ..k}]")),
		inPod("`defaultMode` 01000", `volume: {mountPath: /v, defaultMode: 512}`, "volume.defaultMode",
			volume("defaultMode: 512")),
		inPod("`defaultMode` -1", `volume: {mountPath: /v, defaultMode: -1}`, "volume.defaultMode",
			volume("defaultMode: -1")),
		{what: "an Ingress's host in capitals", secret: pair(crt, key),
			usedBy: `{kind: Ingress, tls: {hosts: [SHOP.example.com]}}`, with: fmt.Sprintf(ingress, ""),
			field:    "secrets[0].usedBy[0].tls.hosts[0]",
			manifest: fmt.Sprintf(ingress, ", tls: [{hosts: [SHOP.example.com], secretName: v}]")},
		{what: "an Ingress's host with a star inside", secret: pair(crt, key),
			usedBy: `{kind: Ingress, tls: {hosts: ["a.*.example.com"]}}`, with: fmt.Sprintf(ingress, ""),
			field:    "secrets[0].usedBy[0].tls.hosts[0]",
			manifest: fmt.Sprintf(ingress, ", tls: [{hosts: ['a.*.example.com'], secretName: v}]")},
		{what: "a checksum of a Secret whose name has 64 characters", secret: fields{"name": long,
			"rollout": "checksumAnnotation"},
			usedBy: "{kind: Pod, envFrom: {}}", with: pod(plainContainer), field: "secrets[0].name",
			manifest: "{apiVersion: v1, kind: Pod, metadata: {name: v, annotations: {checksum.secretwright.dev/" + long +
				": v}}, spec: {" + plainContainer + "}}"},
	}
}

// refusedByUs is what the API server does not look at: Secretwright says it before it fails in the cluster.
func refusedByUs(t *testing.T) []input {
	crt, key := certificate(t)
	_, otherKey := certificate(t)
	expired, expiredKey := certificateUntil(t, time.Now().AddDate(0, -1, 0))
	return []input{
		secretOf("`tls` with a key of another certificate", pair(crt, otherKey),
			`secrets[0].data["tls.key"]`),
		secretOf("`tls` with a certificate that has expired", pair(expired, expiredKey),
			`secrets[0].data["tls.crt"]`),
		secretOf("`tls` with the key where the certificate belongs", pair(key, key),
			`secrets[0].data["tls.crt"]`),
		secretOf("`tls` with empty values", pair("", ""),
			`secrets[0].data["tls.crt"]`),
		secretOf("`ssh-auth` with what is no key", fields{"type": sshType, "data": values{"ssh-privatekey": "v"}},
			"secrets[0].data.ssh-privatekey"),
		secretOf("`dockerconfigjson` that names no registry", fields{"type": configType,
			"data": values{".dockerconfigjson": `{"auths":{}}`}},
			`secrets[0].data[".dockerconfigjson"]`),
		secretOf("`dockerconfigjson` with a `credsStore` alone", fields{"type": configType,
			"data": values{".dockerconfigjson": `{"credsStore":"desktop"}`}},
			`secrets[0].data[".dockerconfigjson"]`),
		secretOf("`bootstrap.kubernetes.io/token` without `token-secret`",
			fields{"type": bootstrap, "name": "bootstrap-token-abcdef", "data": values{"token-id": "abcdef"}},
			"secrets[0].data"),
		{what: "`bootstrap.kubernetes.io/token` in another namespace than kube-system", field: "secrets[0]",
			secret: fields{"type": bootstrap, "name": "bootstrap-token-abcdef",
				"data": values{"token-id": "abcdef", "token-secret": "0123456789abcdef"}}},
		secretOf("`Opaque` that holds nothing", fields{"data": values{}},
			"secrets[0]"),
		inPod("a `mountPath` with a colon", "volume: {mountPath: '/a:b'}", "volume.mountPath",
			pod(containerBegins+"volumeMounts: [{name: v, mountPath: '/a:b'}]}], "+secretVolume)),
		inPod("a `mountPath` that is relative", "volume: {mountPath: a/b}", "volume.mountPath",
			pod(containerBegins+"volumeMounts: [{name: v, mountPath: a/b}]}], "+secretVolume)),
		inPod("a variable of a key that the Secret has not", "env: {A: other}", "env.A",
			pod(containerBegins+"env: [{name: A, valueFrom: {secretKeyRef: {name: v, key: other}}}]}]")),
		inPod("an item of a key that the Secret has not", "volume: {mountPath: /v, items: {other: other}}",
			"volume.items.other",
			pod(mounted+", volumes: [{name: v, secret: {secretName: v, items: [{key: other, path: other}]}}]")),
		inPod("`Opaque` that pulls images", "imagePullSecret: true", "imagePullSecret",
			pod(plainContainer+", imagePullSecrets: [{name: v}]")),
		{what: "`Opaque` as an Ingress's certificate",
			usedBy: "{kind: Ingress, tls: {}}", with: fmt.Sprintf(ingress, ""), field: "secrets[0].usedBy[0].tls",
			manifest: fmt.Sprintf(ingress, ", tls: [{secretName: v}]")},
	}
}

// acceptedByBoth are what is just allowed. The API server gets what Secretwright makes.
func acceptedByBoth(t *testing.T) []input {
	crt, key := certificate(t)
	label := strings.Repeat("a", 63)
	host := "{kind: Ingress, tls: {hosts: [shop.example.com, '*.example.com']}}"
	return []input{
		{what: "values of 1 MiB", secret: fields{"data": values{"a": strings.Repeat("v", maxSecret-1), "b": "v"}}},
		{what: "a name of 253 characters", secret: fields{"name": strings.Repeat("a", 253)}},
		{what: "a name of 242 characters, and a hash after it", secret: fields{"name": strings.Repeat("a", 242),
			"rollout": "nameSuffixHash"},
			usedBy: "{kind: Pod, env: {A: k}, volume: {mountPath: /v}}", with: pod(plainContainer)},
		{what: "a name with dots, as a volume", secret: fields{"name": "a.b.c"},
			usedBy: "{kind: Pod, volume: {mountPath: /v}}", with: pod(plainContainer)},
		{what: "a name with a dash at its 54th character, as a volume", secret: fields{"name": strings.Repeat("a", 53) + "-" +
			strings.Repeat("b", 40)},
			usedBy: "{kind: Pod, volume: {mountPath: /v}}", with: pod(plainContainer)},
		{what: "a checksum of a Secret whose name has 63 characters", secret: fields{"name": label,
			"rollout": "checksumAnnotation"},
			usedBy: "{kind: Pod, envFrom: {}}", with: pod(plainContainer)},
		{what: "a key of 253 characters", secret: fields{"data": values{strings.Repeat("a", 253): "v"}}},
		{what: "keys with `.`, `-` and `_` first", secret: fields{"data": values{".a": "v", "-b": "v", "_c": "v",
			"_.": "v"}}}, {what: "keys that YAML takes for numbers, booleans and nothing", secret: fields{"data": values{
			"on": "v", "y": "v", "null": "v", "1": "v", "1.10": "v", "0x1F": "v", "1e3": "v", "007": "v", "1_000": "v",
			"true": "v", ".inf": "v", "2030-01-31": "v"}},
			usedBy: "{kind: Pod, env: {'on': 'on', '1': '1', 'null': 'null'}, volume: {mountPath: /v, name: '1', items: {'on': 'on', '1.10': '1.10', '0x1F': '0x1F', '2030-01-31': '2030-01-31'}}}", with: pod(plainContainer)},
		{what: "a name that is a number, in every place where it is written",
			secret: fields{"name": "1e3", "type": configType, "data": values{".dockerconfigjson": dockerJSON}},
			usedBy: "{kind: Pod, env: {a: .dockerconfigjson}, envFrom: {prefix: '1'}, volume: {mountPath: /v, subPath: '1'}, imagePullSecret: true}", with: pod(plainContainer)},
		{what: "a name that YAML takes for true", secret: fields{"name": "on"},
			usedBy: "{kind: Pod, volume: {mountPath: /v}, envFrom: {prefix: 'y'}}", with: pod(plainContainer)},
		{what: "labels and annotations that YAML takes for numbers, booleans and nothing",
			secret: fields{"labels": fields{"a": "true", "b": "1.10", "c": "null", "d": "1e3", "on": "off"},
				"annotations": fields{"a": "~", "y": "n", "1": "0o7"}}},
		{what: "an empty value", secret: fields{"data": values{"k": ""}}},
		{what: "a label of 63 characters", secret: fields{"labels": fields{label: label}}},
		{what: "an empty label", secret: fields{"labels": fields{"example.com/a": ""}}},
		{what: "an annotation in capitals", secret: fields{"annotations": fields{"Example.com/A": "any text\n"}}},
		{what: "a type of one's own", secret: fields{"type": "any text, really"}},
		{what: "a type of one's own that holds nothing", secret: fields{"type": "example.com/own", "data": values{}}},
		{what: "`basic-auth` with a `password` alone", secret: fields{"type": basicType, "data": values{"password": "v"}}},
		{what: "`basic-auth` with more keys", secret: fields{"type": basicType,
			"data": values{"username": "v", "password": "v", "url": "v"}}},
		{what: "`ssh-auth`", secret: fields{"type": sshType, "data": values{"ssh-privatekey": key, "known_hosts": "v"}}},
		{what: "`tls` with `ca.crt`", secret: fields{"type": tlsType, "data": values{"tls.crt": crt, "tls.key": key,
			"ca.crt": crt}}},
		{what: "`dockerconfigjson`", secret: fields{"type": configType, "data": values{".dockerconfigjson": dockerJSON}}},
		{what: "`dockercfg`", secret: fields{"type": cfgType,
			"data": values{".dockercfg": `{"registry.example.com":{"auth":"dXNlcjpwYXNzd29yZA=="}}`}}},
		{what: "`service-account-token`", secret: fields{"type": tokenType, "data": values{},
			"serviceAccountName": "default"}},
		{what: "an immutable Secret", secret: fields{"immutable": true, "rollout": "nameSuffixHash"},
			usedBy: "{kind: Pod, envFrom: {}}", with: pod(plainContainer)},
		{what: "a variable with every other character of ASCII", usedBy: "{kind: Pod, env: {'1 a.b-c/d:e': k}}",
			with: pod(plainContainer)},
		{what: "`envFrom` with a prefix that starts with a digit", usedBy: "{kind: Pod, envFrom: {prefix: '1.'}}",
			with: pod(plainContainer)}, {what: "one `mountPath` in two containers",
			usedBy: "{kind: Pod, containers: ['*'], volume: {mountPath: /v}}",
			with:   pod("containers: [{name: a, image: a}, {name: b, image: b}], initContainers: [{name: c, image: c}]")},
		{what: "a `subPath` and items",
			usedBy: "{kind: Pod, volume: {mountPath: /v/k, subPath: a/k, readOnly: true, defaultMode: 0, items: {k: a/k}}}",
			with:   pod(plainContainer)},
		{what: "an item's path with two dots inside", usedBy: "{kind: Pod, volume: {mountPath: /v, items: {k: a..b/c..}}}",
			with: pod(plainContainer)},
		{what: "a `subPath` that starts with two dots", usedBy: "{kind: Pod, volume: {mountPath: /v, subPath: ..k}}",
			with: pod(plainContainer)},
		{what: "`defaultMode` 0777", usedBy: "{kind: Pod, volume: {mountPath: /v, defaultMode: 511}}",
			with: pod(plainContainer)}, {what: "a Secret in a projected volume",
			usedBy: "{kind: Pod, volume: {mountPath: /v, name: p, defaultMode: 256, items: {k: k}}}",
			with:   pod(plainContainer + ", volumes: [{name: p, projected: {sources: [{configMap: {name: c}}]}}]")},
		{what: "an Ingress's hosts, one with a star", secret: pair(crt, key), usedBy: host, with: fmt.Sprintf(ingress, "")},
		{what: "an Ingress without hosts", secret: pair(crt, key), usedBy: "{kind: Ingress, tls: {}}",
			with: fmt.Sprintf(ingress, "")},
	}
}

// secretOf is an input about a Secret alone; field is where Secretwright refuses it.
func secretOf(what string, secret fields, field string) input {
	return input{what: what, secret: secret, field: field}
}

// inPod is an input about a Pod with one container. It says how the Pod uses the Secret, in which field of the target
// Secretwright refuses that, and what the API server gets.
func inPod(what, use, field, manifest string) input {
	return input{what: what, usedBy: "{kind: Pod, " + use + "}", with: pod(plainContainer),
		field: "secrets[0].usedBy[0]." + field, manifest: manifest}
}

func pair(crt, key string) fields {
	return fields{"type": tlsType, "data": values{"tls.crt": crt, "tls.key": key}}
}
