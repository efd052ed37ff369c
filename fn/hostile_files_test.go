package fn_test

import (
	"fmt"
	"regexp"
	"strings"
)

// hostileDocuments are what somebody without a key can make of the encrypted source.
func hostileDocuments(source string) []attack {
	body, block, _ := strings.Cut(source, "\nsops:\n")
	block = "\nsops:\n" + block
	line := regexp.MustCompile(`(?m)^password: .*\n`).FindString(source)
	user := regexp.MustCompile(`(?m)^user: (.*)\n`).FindStringSubmatch(source)[1]
	password := strings.TrimSpace(strings.TrimPrefix(line, "password: "))
	replaced := func(old, with string) string { return strings.Replace(source, old, with, 1) }
	cipher := regexp.MustCompile(`data:([A-Za-z0-9+/=]+),iv:([A-Za-z0-9+/=]+),tag:([A-Za-z0-9+/=]+)`).FindStringSubmatch(password)
	mac := regexp.MustCompile(`(?m)^ +mac: .*\n`).FindString(source)
	modified := regexp.MustCompile(`(?m)^ +lastmodified: .*\n`).FindString(source)
	version := regexp.MustCompile(`(?m)^ +version: .*\n`).FindString(source)
	age := regexp.MustCompile(`(?ms)^ +age:\n.*?-----END AGE ENCRYPTED FILE-----\n`).FindString(source)
	return attacks("documents", func(text string) attack {
		return attack{files: map[string]string{"database.enc.yaml": text}}
	},
		"", "\n", "password: in the clear\n", "password: "+password+"\n", body+"\n", block, "password: x\n"+
			block[1:], "[]"+block, "- a\n", "5\n", "\x00", "\xff\xfe\x00",
		replaced(line, ""), replaced(line, line+line), replaced(line, "password: x\n"), replaced(line, "password: "+
			user+"\n"),
		replaced(line, "password: ['"+password+"']\n"), replaced(line, "password: {a: '"+password+"'}\n"),
		replaced(line, line+"added: x\n"),
		replaced(line, line+"added: "+password+"\n"), replaced(line, "Password: "+password+"\n"), replaced(line,
			line+"<<: {password: x}\n"),
		replaced(cipher[1], "AAAA"), replaced(cipher[2], "AAAA"), replaced(cipher[3], "AAAA"), replaced(cipher[1],
			""), replaced(cipher[2], strings.Repeat("A", 100000)),
		replaced("type:str", "type:int"), replaced("type:str", "type:bytes"), replaced("type:str", "type:evil"),
		replaced("AES256_GCM", "AES128_CBC"),
		replaced(mac, ""), replaced(mac, "    mac: x\n"), replaced(mac, "    mac: "+password+"\n"), replaced(mac,
			"    mac: []\n"), replaced(mac, mac+mac),
		replaced(modified, "    lastmodified: \"2020-01-01T00:00:00Z\"\n"), replaced(modified,
			"    lastmodified: x\n"), replaced(modified, ""),
		replaced(version, ""), replaced(version, "    version: x\n"), replaced(version, "    version: []\n"),
		replaced(age, ""), replaced(age, "    age: []\n"), replaced(age, "    age: 5\n"), replaced(age,
			"    age: [{}]\n"), replaced(age, "    age: [null]\n"),
		replaced(age, "    key_groups: [[]]\n"), replaced(age,
			"    key_groups: [{age: []}]\n    shamir_threshold: 1\n"), replaced(age, age+
			"    shamir_threshold: -1\n    key_groups: []\n"),
		replaced(age, "    age:\n"+strings.Repeat("    - {recipient: age1x, enc: y}\n", 200)), replaced(age,
			"    pgp: [{fp: '', enc: x}]\n"),
		replaced(age, "    kms: [{arn: 'arn:aws:kms:evil.example/:1:key/a', enc: eA==}]\n"), replaced(age,
			"    hc_vault: [{vault_address: 'http://127.0.0.1:1', engine_path: a, key_name: b, enc: x}]\n"),
		replaced(age, "    azure_kv: [{vault_url: 'https://evil.example', name: a, version: b, enc: x}]\n"),
		replaced(age, "    gcp_kms: [{resource_id: 'x', enc: x}]\n"),
		replaced(version, version+"    encrypted_regex: '^(password|user'\n"), replaced(version, version+
			"    encrypted_regex: '"+strings.Repeat("(a{50}){50}", 5)+"'\n"),
		replaced(version, version+"    encrypted_regex: ^nothing$\n"), replaced(version, version+
			"    unencrypted_regex: .*\n"), replaced(version, version+"    encrypted_suffix: _x\n"),
		replaced(version, version+"    mac_only_encrypted: maybe\n"), replaced("unencrypted_suffix: _unencrypted",
			"unencrypted_suffix: word"),
		source[:len(source)/2], source[:len(source)/3], source+"\n---\n"+source, source+"---\npassword: x\n",
		strings.Repeat(source, 3), bomb("b", 12)+source,
		strings.Repeat("[", 100000), "a: "+strings.Repeat("{b: ", 20000), strings.Repeat("a: b\n", 30000)+block[1:],
		strings.Repeat("sops: {}\n", 3000), strings.Repeat("---\n", 1<<20), source+strings.Repeat("---\na: b\n", 100_000),
		"\ufeff\ufeff"+source, "!!binary "+source, "{\"password\": 1}", strings.Repeat("x", 5<<20),
	)
}

// hostilePaths are files of sources that lead out of the folder, or are none.
func hostilePaths(string) []attack {
	return attacks("paths", func(file string) attack {
		return attack{
			spec: strings.Replace(hostileSpec, "file: database.enc.yaml", "file: "+quoted(file), 1),
			links: map[string]string{"out.yaml": "/etc/passwd", "up": "..", "abs": "/", "loop.yaml": "loop.yaml",
				"proc.yaml":     "/proc/self/environ",
				"dangling.yaml": "nowhere", "fd.yaml": "/dev/fd/0", "zero.yaml": "/dev/zero",
				"chain.yaml": "out.yaml"},
		}
	},
		"", ".", "..", "/", "//", "./", "../database.enc.yaml", "../../../../etc/passwd", "/etc/passwd",
		"/etc/shadow", "/proc/self/environ", "/proc/self/mem",
		"/dev/zero", "/dev/stdin", "/dev/random", "a/../../b", "a/../..", "up/database.enc.yaml", "up/up/etc/passwd",
		"abs/etc/passwd", "abs/proc/self/environ",
		"out.yaml", "chain.yaml", "loop.yaml", "proc.yaml", "fd.yaml", "zero.yaml", "dangling.yaml", "absent.yaml",
		"database.enc.yaml/a",
		"database.enc.yaml\x00.txt", "database.enc.yaml\n", " database.enc.yaml", "database.enc.yaml ",
		"file:///etc/passwd", "http://evil.example/a.yaml",
		"~/.ssh/id_rsa", "$HOME/.ssh/id_rsa", "C:\\windows\\a", "..\\a", "\\\\evil\\a", "%2e%2e/a", "..%2fa",
		"....//a", strings.Repeat("a", 300), strings.Repeat("a/", 3000),
		strings.Repeat("../", 3000)+"etc/passwd", "\u202egnp.yaml", "-", "--help", "*", "?", "a\x1b[31m",
		"::error::", "database.enc.yaml:0", "DATABASE.ENC.YAML",
	)
}

// hostileRules are .sops.yaml files that a Secret's recipients come from.
func hostileRules(string) []attack {
	spec := "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: shop}\noutput: {sops: {creationRules: true}}\n" +
		"secrets: [{name: a, data: {b: {value: c}}}]\n"
	return attacks("rules", func(rules string) attack {
		return attack{spec: spec, files: map[string]string{".sops.yaml": rules}}
	},
		"", "5\n", "[]\n", "a: b\n", "\x00", "creation_rules: 5\n", "creation_rules: []\n", "creation_rules: [{}]\n",
		"creation_rules: [null]\n", "creation_rules: [[]]\n",
		"creation_rules: [{age: ''}]\n", "creation_rules: [{age: x}]\n", "creation_rules: [{age: [x]}]\n",
		"creation_rules: [{aeg: age1x}]\n", "creation_rules: [{age: {a: b}}]\n",
		"creation_rules: [{path_regex: '(', age: age1x}]\n",
		"creation_rules: [{path_regex: elsewhere, age: age1x}]\n", "creation_rules: [{pgp: ''}]\n",
		"creation_rules: [{kms: ''}]\n", "creation_rules: [{kms: x}]\n",
		"creation_rules: [{kms: 'arn:aws:kms:evil.example/:1:key/a'}]\n",
		"creation_rules: [{hc_vault_transit_uri: 'http://127.0.0.1:1/v1/sops/keys/a'}]\n",
		"creation_rules: [{hc_vault_transit_uri: ''}]\n", "creation_rules: [{hc_vault_transit_uri: 'x'}]\n",
		"creation_rules: [{azure_keyvault: 'https://evil.example/keys/a/b'}]\n", "creation_rules: [{gcp_kms: x}]\n",
		"creation_rules: [{key_groups: []}]\n",
		"creation_rules: [{azure_keyvault: 'https://127.0.0.1:1/keys/k'}]\n",
		"creation_rules: [{key_groups: [{azure_keyvault: [{vaultUrl: 'https://127.0.0.1:1', key: k}]}]}]\n",
		"creation_rules: [{azure_keyvault: https://shop.vault.azure.net/keys/}]\n",
		"creation_rules: [{pgp: '"+strings.Repeat("AA,", 101)+"'}]\n",
		"creation_rules:\n"+strings.Repeat("- {path_regex: '"+strings.Repeat(".{1,1000}", 20)+"', age: x}\n", 1000),
		"creation_rules: [{key_groups: [{}]}]\n", "creation_rules: [{key_groups: [{age: []}]}]\n",
		"creation_rules: [{key_groups: [{age: [x]}, {}], shamir_threshold: 5}]\n",
		"creation_rules: [{key_groups: [{hc_vault: ['']}]}]\n", "creation_rules: &a [{key_groups: *a}]\n", bomb("a",
			12)+"creation_rules: *a12\n",
		"creation_rules: "+strings.Repeat("[", 20000)+"\n",
		"creation_rules:\n- age: age1faylnuq73etc3zz679mtdxsrtxtzz5hsmvt5ssvfxtsnd39h53nqx9dp2d\n",
	)
}

// hostileRecipients are lists of keys in output.sops.
func hostileRecipients(string) []attack {
	var lists []string
	for kind, names := range map[string][]string{
		"age": {"", "x", "age1", "age1x", "age1qqqqqq",
			"AGE-SECRET-KEY-1XVL3JGGLAGLUAPXCJN5XNDJ6H3M00PJF35CP5UXAR08UCCXP6D0QND69QU", "ssh-rsa", "ssh-ed25519 AAAA",
			"age1evil1qqqq", "age1\x1b[31m", "age1\n", strings.Repeat("age1", 2000), "age1pq1x",
			"age1faylnuq73etc3zz679mtdxsrtxtzz5hsmvt5ssvfxtsnd39h53nqx9dp2d"},
		"kms": {"", "x", "arn:aws:kms:evil.example/:1:key/a", "arn:aws:kms:@evil.example:1:key/a",
			"arn:aws:s3:eu-north-1:1:key/a", "arn:aws:kms:a#:1:key/a"},
		"azure_kv": {"", "x", "https://evil.example/keys/a/b", "http://shop.vault.azure.net/keys/a/b",
			"https://shop.vault.azure.net.evil.example/keys/a/b"},
		"hc_vault": {"", "x", "http://127.0.0.1:1/v1/sops/keys/a", "https://evil.example/v1/sops/keys/a",
			"file:///v1/sops/keys/a", "http://[::1/v1/sops/keys/a",
			"http://a@b/v1/sops/keys/c", "https://evil.example"},
		"gcp_kms": {"", "x", "https://evil.example"},
		"pgp":     {""},
	} {
		for _, name := range names {
			lists = append(lists, fmt.Sprintf("{%s: [%s]}", kind, quoted(name)))
		}
	}
	return attacks("recipients", func(list string) attack {
		return attack{
			spec: strings.Replace(hostileSpec, "sources:\n", "output: {sops: "+list+"}\nsources:\n", 1),
			env: map[string]string{"AWS_EC2_METADATA_DISABLED": "true", "SOPS_GPG_EXEC": "/nowhere/gpg",
				"GOOGLE_CREDENTIALS": "{}"},
		}
	}, lists...)
}

// hostileKustomizations are what kustomize's own file can say beside a SecretSpec that it runs. Whatever it says, the
// Secret comes out as it should, or not at all.
func hostileKustomizations(string) []attack {
	item := "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: web\n    namespace: shop\n    annotations: {kustomize.config.k8s.io/id: 'kind: Pod'}\n"
	all := attacks("kustomizations", func(text string) attack {
		return attack{files: map[string]string{"kustomization.yaml": text}, items: item, harmless: true}
	},
		"", "5\n", "[]\n", "\x00", "namePrefix: 5\n", "namePrefix: {a: b}\n", "namePrefix: \"\\e[31m\"\n",
		"nameSuffix: \"a\\nb\"\n", "namespace: [a]\n", "namespace: 'A B'\n",
		"commonLabels: 5\n", "commonLabels: {'a b': 'c d'}\n", "labels: [5]\n", "labels: [{pairs: [a]}]\n",
		"generators: 5\n", "generators: [/etc/passwd, ../x, ., '']\n",
		"generators: [\"a\\nb\"]\n", "generators: &a [*a]\n", bomb("a", 12)+"commonLabels: *a12\n",
		"commonAnnotations: {a: \"\\0\"}\n", strings.Repeat("[", 20000),
		strings.Repeat("a: b\n", 1<<18), "namePrefix: "+strings.Repeat("a", 1<<18)+"\n", "%YAML 9\n",
		"namePrefix: a\nnamePrefix: b\n",
	)
	for _, annotations := range []string{
		"internal.config.kubernetes.io/previousNames: 5", "internal.config.kubernetes.io/previousNames: ','",
		"internal.config.kubernetes.io/prefixes: ',,,'",
		"internal.config.kubernetes.io/package-path: /etc", "internal.config.kubernetes.io/package-path: '../..'",
		"internal.config.kubernetes.io/path: ../../x",
		"config.kubernetes.io/path: /etc/passwd", "secretwright.dev/secret: '/'",
		"secretwright.dev/secret: shop/database", "secretwright.dev/origin: x",
	} {
		all = append(all, attack{class: "kustomizations", name: annotations, harmless: true, items: item +
			"- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a, annotations: {" + annotations + "}}\n"})
	}
	return all
}
