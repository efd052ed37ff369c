package e2e

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// object is a Kubernetes object.
type object map[string]any

// objects are those of a stream of YAML documents, of Lists and of ResourceLists, read as kubectl reads them.
func objects(t *testing.T, stream string) []object {
	t.Helper()
	var out []object
	stream = strings.NewReplacer(": .inf\n", ": 0\n", ": .NaN\n", ": 0\n").Replace(stream) // JSON has no such numbers
	for _, text := range strings.Split("\n"+stream, "\n---") {
		var o object
		if err := yaml.Unmarshal([]byte(text), &o); err != nil {
			t.Fatalf("%v in:\n%s", err, text)
		}
		if len(o) == 0 {
			continue
		}
		items, isList := o["items"].([]any)
		if !isList {
			out = append(out, o)
		}
		for _, item := range items {
			out = append(out, item.(map[string]any))
		}
	}
	return out
}

func (o object) kind() string       { return o.text("kind") }
func (o object) apiVersion() string { return o.text("apiVersion") }
func (o object) name() string       { return o.text("metadata", "name") }
func (o object) namespace() string  { return o.text("metadata", "namespace") }

// String names an object in a message.
func (o object) String() string {
	name := o.kind() + " " + o.name()
	if o.namespace() != "" {
		name += " in " + o.namespace()
	}
	return name
}

// decrypted are the objects with those that SOPS encrypted as the sops command shows them.
func decrypted(t *testing.T, all []object) []object {
	t.Helper()
	for i, o := range all {
		if _, is := o["sops"]; !is {
			continue
		}
		out, stderr, err := try(t, root, o.JSON(t), command(t, "sops"), "decrypt", "--filename-override", "secret.json")
		if err != nil {
			t.Fatalf("sops decrypt %s: %v\n%s", o, err, stderr)
		}
		all[i] = objects(t, out)[0]
	}
	return all
}

// JSON is the object as kubectl takes it.
func (o object) JSON(t *testing.T) string {
	t.Helper()
	out, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// at is the field that stands under a path, or nil.
func (o object) at(path ...string) any {
	var node any = map[string]any(o)
	for _, field := range path {
		m, _ := node.(map[string]any)
		node = m[field]
	}
	return node
}

func (o object) text(path ...string) string {
	text, _ := o.at(path...).(string)
	return text
}

// child is the map that stands under a path. What is missing is made.
func (o object) child(path ...string) object {
	for _, field := range path {
		next, is := o[field].(map[string]any)
		if !is {
			next = map[string]any{}
			o[field] = next
		}
		o = next
	}
	return o
}

// otherwise sets a field that is not there.
func (o object) otherwise(field string, value any) {
	if _, there := o[field]; !there {
		o[field] = value
	}
}

// list are the maps in a list.
func (o object) list(field string) []object {
	var out []object
	all, _ := o[field].([]any)
	for _, one := range all {
		if m, is := one.(map[string]any); is {
			out = append(out, m)
		}
	}
	return out
}

// data is what a Secret holds, decoded.
func (o object) data(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for key, value := range o.child("data") {
		decoded, err := base64.StdEncoding.DecodeString(value.(string))
		if err != nil {
			t.Fatalf("%s: data.%s: %v", o, key, err)
		}
		out[key] = string(decoded)
	}
	return out
}

// secretAnnotation is what Secretwright marks its Secrets with: the SecretSpec's and the Secret's plain name.
const secretAnnotation = "secretwright.dev/secret"

// named are the Secrets among objects, by their plain name.
func named(all []object) map[string]object {
	out := map[string]object{}
	for _, o := range all {
		if mark, made := o.child("metadata", "annotations")[secretAnnotation].(string); made && o.kind() == "Secret" {
			_, plain, _ := strings.Cut(mark, "/")
			out[plain] = o
		}
	}
	return out
}

// find is the only object of a kind.
func find(t *testing.T, all []object, kind string) object {
	t.Helper()
	var found []object
	for _, o := range all {
		if o.kind() == kind {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		t.Fatalf("there are %d objects of the kind %s, not one: %v", len(found), kind, all)
	}
	return found[0]
}

// podPaths are where the built-in kinds have their pods.
var podPaths = map[string][]string{
	"Pod":                   {"spec"},
	"PodTemplate":           {"template", "spec"},
	"ReplicationController": {"spec", "template", "spec"},
	"Deployment":            {"spec", "template", "spec"},
	"StatefulSet":           {"spec", "template", "spec"},
	"DaemonSet":             {"spec", "template", "spec"},
	"ReplicaSet":            {"spec", "template", "spec"},
	"Job":                   {"spec", "template", "spec"},
	"CronJob":               {"spec", "jobTemplate", "spec", "template", "spec"},
}

// references are the names of the Secrets that an object refers to, sorted by where they stand: in its pod, in its
// imagePullSecrets, in its tls.
func (o object) references() map[string]bool {
	out := map[string]bool{}
	var walk func(field string, node any)
	walk = func(field string, node any) {
		switch node := node.(type) {
		case map[string]any:
			for key, value := range node {
				if name, is := value.(string); is && (key == "secretName" || key == "name" && (field == "secretKeyRef" ||
					field == "secretRef" || field == "secret" || field == "imagePullSecrets")) {
					out[name] = true
				}
				walk(key, value)
			}
		case []any:
			for _, value := range node {
				walk(field, value)
			}
		}
	}
	walk("", map[string]any(o))
	return out
}
