package fn_test

import (
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/secretwright/secretwright/internal/hostile"
)

// hostileNames has hostile names in the place of the names of Secrets, of keys, and of what uses them.
func hostileNames(string) []attack {
	names := hostile.Names()
	if len(names) > 100 {
		names = append(names[:100:100], names[len(names)-3:]...)
	}
	head, _, _ := strings.Cut(hostileSpec, "secrets:\n")
	all := attacks("names", func(name string) attack {
		return attack{
			spec: head + "secrets:\n- name: " + quoted(name) +
				"\n  data: {password: {from: database, key: password}}\n",
			harmless: len(validation.IsDNS1123Subdomain(name)) == 0 && len(name) < 240,
		}
	}, names...)
	all = append(all, attacks("names", func(name string) attack {
		return attack{
			spec: head + "secrets:\n- name: a\n  data: {? " + quoted(name) +
				" : {from: database, key: password}}\n",
			harmless: len(validation.IsConfigMapKey(name)) == 0,
		}
	}, names...)...)
	return append(all, attacks("names", func(name string) attack {
		return attack{spec: hostileSpec + "  usedBy: [{kind: Pod, name: " + quoted(name) + ", env: {A: password}}]\n"}
	}, names...)...)
}

// hostileTemplates are templates that fail on purpose, reach for what is not theirs, or try to tell a value.
func hostileTemplates(string) []attack {
	head := strings.TrimRight(hostileSpec, "\n")
	return attacks("templates", func(template string) attack {
		return attack{spec: head + "\n    it: {template: " + quoted(template) + "}\n"}
	},
		"{{", "}}{{", "{{ . ", "{{ .absent }}", "{{ .it }}", "{{ .password.length }}", "{{ index .password 0 1 }}",
		"{{ call .password }}",
		"{{ template \"x\" }}", "{{ template \"x\" . }}", "{{ block \"a\" . }}{{ template \"a\" . }}{{ end }}",
		"{{ env \"HOME\" }}",
		"{{ expandenv \"$HOME\" }}", "{{ getHostByName \"evil.example\" }}", "{{ now }}", "{{ randAlpha 5 }}",
		"{{ genPrivateKey \"rsa\" }}",
		"{{ genCA \"a\" 1 }}", "{{ uuidv4 }}", "{{ fail \"a\" }}", "{{ fail .password }}",
		"{{ fromJson .password }}", "{{ mustFromJson .password }}",
		"{{ .password | b64dec }}", "{{ index . .password }}", "{{ .password.a.b }}", "{{ $x.a }}",
		"{{ with .password }}{{ .a }}{{ end }}", "{{ range .password.b }}{{ end }}", "{{ if }}{{ end }}",
		"{{ end }}", "{{ else }}", "{{ break }}",
		"{{ define \"a\" }}{{ end }}{{ template \"b\" }}", "{{/* a", "{{ \"a }}", "{{ 'ab' }}", "{{ 0x }}",
		"{{ nil }}", "{{ (index . \"absent\").x }}",
		"{{ eq 1 .password.x }}", "{{ slice .password 9 3 }}", "{{ slice .password 500 }}", "{{ len }}",
		"{{ regexFind \"(\" .password }}",
		"{{ toDate \"2006\" .password }}", "{{ atoi .password | fail }}", "{{ print .password | fail }}",
		"{{ index (splitList \"-\" .password) 99 }}",
		strings.Repeat("{{ if true }}", 20000), "{{ "+strings.Repeat("(", 20000)+" }}",
	)
}

// hostileKeys are keys of sources that guess at values, reach for what is not there, or are made to take time.
func hostileKeys(string) []attack {
	head := strings.TrimRight(hostileSpec, "\n")
	return attacks("keys", func(key string) attack {
		return attack{spec: head + "\n    it: {from: database, key: " + quoted(key) + "}\n"}
	},
		"users.[name=guess].pin", "users.[pin=0000].name", "users.[name=]", "users.[=]", "users.[]", "users.[name=guess]",
		"users.[name=anne].pinn", "users.[name=anne].name.x", "users.[0=a]", "[password=x]", "users.[sops=x].mac",
		"sops.mac", "sops", "password.0", "other.deep.9", "other.deep.-1", "other.deep.0x0", "other..deep", ".", "..", `\`,
		"users.[name=a\x1b[31m]", "users.[name=\u202e]", "a\nb", strings.Repeat("users.", 50_000),
		strings.Repeat("[a=", 50_000),
	)
}

// hostileSpecs are SecretSpecs of wrong shapes, with what is not theirs, or that multiply.
func hostileSpecs(string) []attack {
	const head = "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\n"
	const named = head + "metadata: {name: shop}\n"
	return attacks("specs", func(spec string) attack { return attack{spec: spec} },
		head, named, named+"secrets: 5\n", named+"secrets: {a: b}\n", named+"secrets: []\n", named+
			"secrets: [null]\n", named+"secrets: [[]]\n",
		named+"secrets: [{}]\n", named+"secrets: [{name: a}]\n", named+"secrets: [{name: a, data: []}]\n", named+
			"secrets: [{name: a, data: {b: c}}]\n",
		named+"secrets: [{name: a, data: {b: {}}}]\n", named+"secrets: [{name: a, data: {b: {value: c, from: d}}}]\n",
		named+"secrets: [{name: a, data: {b: {value: [c]}}}]\n", named+
			"secrets: [{name: a, data: {b: {value: {c: d}}}}]\n",
		named+"secrets: [{name: a, data: {b: {vlaue: c}}}]\n", named+
			"secrets: [{name: a, data: {b: {value: c}}, data: {b: {value: d}}}]\n",
		named+"secrets: [{name: a, name: b, data: {b: {value: c}}}]\n", named+
			"secrets: [{name: a, data: {b: {value: c}}}, {name: a, data: {b: {value: c}}}]\n",
		named+"secret: [{name: a, data: {b: {value: c}}}]\n", named+
			"secrets: [{name: a, type: [], data: {b: {value: c}}}]\n",
		named+"secrets: [{name: a, data: {b: {from: absent}}}]\n", named+
			"sources: 5\nsecrets: [{name: a, data: {b: {value: c}}}]\n",
		named+"sources: [{name: x}]\nsecrets: [{name: a, data: {b: {from: x}}}]\n",
		named+"sources: [{name: x, file: a, inline: b}]\nsecrets: [{name: a, data: {b: {from: x}}}]\n",
		named+"sources: [{name: x, inline: 'a: b'}]\nsecrets: [{name: a, data: {b: {from: x}}}]\n",
		named+"sources: [{name: x, file: a}, {name: x, file: b}]\nsecrets: [{name: a, data: {b: {from: x}}}]\n",
		named+"sources: [{name: x, configMap: {name: a, key: b}}]\nsecrets: [{name: a, data: {b: {from: x}}}]\n",
		named+"sources: [{name: x, file: database.enc.yaml, format: exe}]\nsecrets: [{name: a, data: {b: {from: x}}}]\n",
		named+"sources: [{name: x, file: database.enc.yaml, encrypted: maybe}]\nsecrets: [{name: a, data: {b: {from: x}}}]\n",
		named+"output: {sops: 5}\nsecrets: [{name: a, data: {b: {value: c}}}]\n", named+
			"output: {sop: {}}\nsecrets: [{name: a, data: {b: {value: c}}}]\n",
		named+"output: {sops: {}}\nsecrets: [{name: a, data: {b: {value: c}}}]\n",
		named+"output: {sops: {age: [], creationRules: true}}\nsecrets: [{name: a, data: {b: {value: c}}}]\n",
		named+"sops: {}\nsecrets: [{name: a, data: {b: {value: c}}}]\n", named+
			"sops: {mac: x}\nsecrets: [{name: a, data: {b: {value: c}}}]\n",
		named+"secrets: [{name: a, data: {b: {value: 'ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]'}}}]\n",
		named+"secrets: [{name: a, data: {b: {value: c}}, usedBy: [{}]}]\n", named+
			"secrets: [{name: a, data: {b: {value: c}}, usedBy: 5}]\n",
		named+"secrets: [{name: a, data: {b: {value: c}}, usedBy: [{kind: Pod, labelSelector: '!!', env: {A: b}}]}]\n",
		named+"secrets: [{name: a, data: {b: {value: c}}, usedBy: [{kind: Pod, volume: {mountPath: relative}}]}]\n",
		named+"secrets: [{name: a, data: {b: {value: c}}, usedBy: [{kind: Pod, volume: {mountPath: /a, items: {b: ../../etc/passwd}}}]}]\n",
		named+"secrets: [{name: a, data: {b: {value: c}}, usedBy: [{kind: Pod, env: {'1A=B': b}}]}]\n",
		named+"secrets: [{name: a, data: {b: {value: c}}, labels: {'a b': c}}]\n", named+
			"secrets: [{name: a, data: {b: {value: c}}, annotations: {'/': c}}]\n",
		named+"secrets: [{name: a, data: {b: {value: c}}, namespace: 'A_B'}]\n", named+
			"secrets: [{name: a, data: {b: {value: c}}, rollout: sometimes}]\n",
		named+"secrets: [{name: a, data: {b: {value: c}}, immutable: perhaps}]\n", named+
			"secrets: &a [{name: a, data: *a}]\n",
		named+"secrets: [{name: a, type: kubernetes.io/tls, data: {tls.crt: {value: a}, tls.key: {value: b}}}]\n",
		named+"secrets: [{name: a, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: {value: '{}'}}}]\n",
		named+"secrets: [{name: a, dataFrom: [{from: absent}]}]\n", named+
			"secrets: [{name: a, registries: [{server: a b, username: {value: a}, password: {value: b}}]}]\n",
		head+"metadata: 5\nsecrets: []\n", head+"metadata: {name: 5}\nsecrets: [{name: a, data: {b: 5}}]\n", head+
			"metadata: {name: [a]}\n",
		"apiVersion: secretwright.dev/v9\nkind: SecretSpec\nmetadata: {name: a}\n",
		"apiVersion: secretwright.dev/v1alpha1\nkind: Secretspec\nmetadata: {name: a}\n",
		"kind: SecretSpec\nmetadata: {name: a}\n", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n", "5\n",
		"[]\n", "a\n",
		head+"metadata: {name: \"../../etc\"}\nsecrets: [{name: a, data: {b: {value: c}}}]\n",
		named+"secrets:\n"+strings.Repeat("- {name: a, data: {b: {value: c}}}\n", 3000),
		named+"secrets: "+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+"\n",
		named+"x: "+strings.Repeat("{a: ", 5000)+"b"+strings.Repeat("}", 5000)+
			"\nsecrets: [{name: a, data: {b: {value: c}}}]\n",
		bomb("a", 12)+named+"secrets: [{name: a, labels: *a12}]\n",
	)
}

// bomb is YAML whose aliases multiply by ten on every level.
func bomb(name string, levels int) string {
	var b strings.Builder
	b.WriteString(name + "0: &" + name + "0 {x: y}\n")
	for i := 1; i <= levels; i++ {
		alias := "*" + name + strconv.Itoa(i-1)
		b.WriteString(name + strconv.Itoa(i) + ": &" + name + strconv.Itoa(i) + " [" +
			strings.TrimSuffix(strings.Repeat(alias+", ", 10), ", ") + "]\n")
	}
	return b.String()
}

// hostileLists are inputs that are no ResourceList, or one of a wrong shape.
func hostileLists(string) []attack {
	const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
	spec := "functionConfig:\n  " + strings.ReplaceAll(strings.TrimRight(hostileSpec, "\n"), "\n", "\n  ") + "\n"
	return attacks("ResourceLists", func(in string) attack { return attack{in: in} },
		"\n", "\x00", "\xff\xfe", "a", "5", "[]", "{}", "---\n", "---\n---\n", "{", "a: b: c", "\t",
		"%YAML 9.9\n---\n", "!!binary a", "? ?\n", "&a *a", "*a",
		head, head+"items: 5\n", head+"items: {}\n", head+"items: [5]\n", head+"items: [[]]\n", head+
			"items: [null]\n", head+"items: [{}]\n",
		head+"items: [{metadata: 5}]\n", head+"items: [{kind: SecretSpec, metadata: []}]\n", head+
			"items: [{kind: a, metadata: {annotations: 5}}]\n"+spec,
		head+"items: [{kind: a, metadata: {labels: [a]}}]\n"+spec, head+"items: []\nfunctionConfig: 5\n", head+
			"items: []\nfunctionConfig: []\n",
		head+"items: []\nfunctionConfig: {}\n", head+"items: []\nfunctionConfig: {kind: SecretSpec}\n", head+
			"functionConfig: {kind: ConfigMap, apiVersion: v1, data: {a: b}}\nitems: []\n",
		head+"items: []\nfunctionConfig: {metadata: {annotations: a}}\n", "kind: List\napiVersion: v1\nitems: []\n",
		"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
		head+bomb("a", 12)+"items: [*a12]\n"+spec, head+"items: &a [*a]\n"+spec, head+
			"items:\n- &a {kind: a, x: *a}\n"+spec,
		head+"items: [{apiVersion: v1, kind: Secret, metadata: {name: database, namespace: shop}}]\n"+spec,
		head+strings.Repeat("items: [{kind: a}]\n", 2)+spec, head+"items: "+strings.Repeat("[", 20000)+"\n",
		strings.ReplaceAll(head+"items: []\n"+spec, "\n", "\x01\n"), strings.Repeat("- ", 50000)+"a",
	)
}
