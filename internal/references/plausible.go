package references

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// What the words of a key say of the text or the name below it.
var (
	// credentialWords come before "name", "ref" and the like in a key that most likely names a Secret.
	credentialWords = []string{
		"auth", "authentication", "authorization", "ca", "cert", "certificate", "certificates", "certs",
		"credential", "credentials", "creds", "dockerconfig", "htpasswd", "key", "keystore", "kubeconfig",
		"license", "password", "passwords", "ssl", "tls", "token", "tokens", "truststore",
	}
	// tellingWords are those of credentialWords that make the name of a Secret.
	tellingWords = []string{
		"apikey", "cert", "certificate", "certs", "cred", "credential", "credentials", "creds", "dockerconfig",
		"htpasswd", "key", "keys", "keystore", "kubeconfig", "passwd", "password", "regcred", "secret", "secrets",
		"tls", "token", "truststore",
	}
	// ofPrograms are the words of the names of programs that deal with Secrets, such as cert-manager.
	ofPrograms = []string{
		"agent", "controller", "exporter", "issuer", "manager", "operator", "rotator", "server", "webhook",
	}
	// namingWords are the last words of a key that names an object.
	namingWords = append([]string{"selector", "from", "source", "object"}, referenceTail...)
	// notNaming are the last words of keys that hold something else, though the words before speak of secrets.
	notNaming = []string{
		"account", "accounts", "address", "arn", "bucket", "claim", "class", "container", "containers", "data",
		"database", "description", "dir", "domain", "driver", "email", "enabled", "engine", "env", "expr", "file",
		"format", "group", "host", "hostname", "hostnames", "hosts", "id", "image", "issuer", "key", "keys", "kind",
		"label", "labels", "manager", "mode", "mount", "namespace", "namespaces", "operator", "owner", "path",
		"policy", "port", "prefix", "project", "property", "protocol", "provider", "region", "repository", "role",
		"scope", "server", "service", "store", "stores", "subject", "summary", "tag", "title", "type", "url",
		"user", "username", "users", "vault", "version", "volume", "volumes",
	}
	// otherObjects are the words of a key whose `name` is that of an object of another kind.
	otherObjects = []string{
		"account", "backend", "claim", "class", "cluster", "common", "config", "configmap", "configmaps",
		"container", "database", "deployment", "dns", "gateway", "generator", "group", "image", "ingress", "issuer",
		"job", "map", "maps", "metadata", "middleware", "namespace", "node", "owner", "parent", "pod", "policy",
		"pool", "port", "project", "provider", "pvc", "role", "route", "scale", "selector", "server", "service",
		"stack", "store", "subject", "target", "topic", "user", "volume", "workflow", "workload",
	}
)

// isTelling reports whether a name is hardly one of anything but a Secret: of several words, one of which says so,
// or with a hash at its end as a former run made it.
func isTelling(name string) bool {
	split := words(name)
	if len(split) < 2 {
		return false
	}
	hash := split[len(split)-1]
	isHash := len(hash) == 10 && strings.Trim(hash, "2456789bcdfghkmt") == ""
	return isHash || says(split, tellingWords...) && !says(split, foreign...) && !says(split, ofPrograms...)
}

// isSomethingElse reports whether a place names something else, or nothing, by its kind.
func (r *Resource) isSomethingElse(p Place) bool {
	key, inList := p.key(0)
	parent, parentInList := p.key(1)
	_, depth := p.object()
	in := func(n int, key string) bool { return len(p.trail) > depth+n && p.trail[depth+n].key == key }
	switch {
	case in(0, "apiVersion") || in(0, "kind"), in(0, "metadata") && !in(1, "annotations"):
		return true
	case in(0, "metadata"):
		return isRecord(key) || isConfigMap(words(key)) || key == "cert-manager.io/inject-ca-from"
	case !parentInList && slices.Contains(labelMaps, parent):
		return true
	case endsIn(key, []string{"path", "description", "summary", "expr", "hostnames", "host", "hostname"}):
		return true
	case key == "resourceNames", key == "values" && inList && says(words(parent), "expressions"):
		return true
	}
	return false
}

// plausible reports whether a field whose text is a Secret's name most likely means the Secret.
func (r *Resource) plausible(p Place, name string) bool {
	if r.isSomethingElse(p) {
		return false
	}
	key, inList := p.key(0)
	parent, parentInList := p.key(1)
	around := p.Around()
	if kind := yamlnode.Value(around, "kind"); key == "name" && !inList && kind != "" && !isObject(around) {
		return isSecretKind(kind)
	}
	switch {
	case key == "name" && !inList:
		return nameSpeaks(parent, parentInList, around, name)
	case key == "value" && !inList && yamlnode.Field(around, "name") != nil:
		return speaksOfSecrets(yamlnode.Value(around, "name")) || isTelling(name) // of a variable or a parameter
	case keySpeaks(p):
		return true
	case inList:
		return flagSpeaks(p) || isTelling(name) && !endsIn(key, notNaming)
	}
	return isTelling(name) && !endsIn(key, notNaming) && !says(words(key), otherObjects...)
}

// nameSpeaks reports whether `name` is that of a Secret by the key of the object around it. An element of a list
// has a name of its own: of a container, a volume, a port.
func nameSpeaks(parent string, inList bool, around *yaml.Node, name string) bool {
	split := words(parent)
	isSelector := yamlnode.Field(around, "key") != nil && yamlnode.Field(around, "operator") == nil
	switch {
	case isConfigMap(split):
		return false
	case endsIn(parent, notNaming) && !isSelector:
		return false
	case speaksOfSecrets(parent) || isSelector:
		return true
	case inList:
		return says(split, credentialWords...) && endsIn(parent, namingWords)
	case says(split, otherObjects...):
		return false
	}
	return says(split, credentialWords...) || isTelling(name)
}

// keySpeaks reports whether the key of a text, or the one of the list or map around it, says that it names a Secret.
func keySpeaks(p Place) bool {
	key, _ := p.key(0)
	parent, inList := p.key(1)
	return speaksOfSecrets(key) || !inList && endsIn(parent, []string{"secrets"}) && !endsIn(key, notNaming)
}

// speaksOfSecrets reports whether a key says that a text at it, or the name of an object at it, is that of a
// Secret: it speaks of secrets, or of credentials by name or reference, and does not end in what a Secret or its
// name is not.
func speaksOfSecrets(key string) bool {
	split := words(key)
	if len(split) == 0 || endsIn(key, notNaming) {
		return false
	}
	if sh := shapeOf(key); sh.text || sh.object {
		return true
	}
	for n, word := range slices.Backward(split) {
		if word == "secret" || word == "secrets" {
			return !says(split, foreign...) && !says(split[n+1:], notNaming...)
		}
	}
	last := split[len(split)-1]
	if slices.Contains([]string{"credential", "credentials", "creds"}, last) {
		return true
	}
	return len(split) > 1 && slices.Contains(namingWords, last) && says(split[:len(split)-1], credentialWords...)
}

// flagSpeaks reports whether the element before an element of a list is a flag that takes a Secret's name.
func flagSpeaks(p Place) bool {
	last := p.trail[len(p.trail)-1]
	if last.index < 1 {
		return false
	}
	before := yamlnode.Resolved(last.holder.Content[last.index-1])
	return before.Kind == yaml.ScalarNode && strings.HasPrefix(before.Value, "-") && speaksOfSecrets(before.Value)
}

// lineSpeaks reports whether a text speaks of secrets before a name in it: in the same line, or, where the line is
// but the name under a key, in the line above. What stands in a comment does not count.
func lineSpeaks(text string, at int, name string) bool {
	const most = 1024 // bytes before the name that are looked at: a line may be as long as a file
	above, line := "", text[max(at-most, 0):at]
	if i := strings.LastIndexByte(line, '\n'); i >= 0 {
		above, line = strings.TrimRight(line[:i], " \t\r\n"), line[i+1:]
	}
	if strings.HasPrefix(strings.TrimSpace(line), "#") {
		return false
	}
	if isTelling(name) || clauseSpeaks(line) {
		return true
	}
	above = strings.TrimSpace(above[strings.LastIndexByte(above, '\n')+1:])
	onlyName := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "- \t\"'{")) == "name:"
	onlyElement := strings.Trim(line, " \t\"'-") == "" && strings.Contains(line, "-")
	return (onlyName || onlyElement) && strings.HasSuffix(above, ":") && speaksOfSecrets(strings.Trim(above, "- \t:\"'"))
}

// clauseSpeaks reports whether what comes right before a name says that it is a Secret's: `secretName: `, `secret/`,
// `--tls-secret=`, or any of these with `name: ` or `namespace/` between.
func clauseSpeaks(line string) bool {
	const between, around = " \t\"'=:/[{(", " \t\"'=:/[{(,;&|"
	qualified := strings.HasSuffix(line, "/")
	line = strings.TrimRight(line, between)
	start := strings.LastIndexAny(line, around) + 1
	word := line[start:]
	if word != "name" && !qualified || speaksOfSecrets(word) {
		return speaksOfSecrets(word)
	}
	line = strings.TrimRight(line[:start], between)
	return speaksOfSecrets(line[strings.LastIndexAny(line, around)+1:])
}

// says reports whether one of some words is among those of a key.
func says(split []string, words ...string) bool {
	return slices.ContainsFunc(split, func(word string) bool { return slices.Contains(words, word) })
}

// endsIn reports whether the last word of a key is one of some.
func endsIn(key string, last []string) bool {
	split := words(key)
	return len(split) > 0 && slices.Contains(last, split[len(split)-1])
}
