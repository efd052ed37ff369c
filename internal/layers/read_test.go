package layers

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// reading is what a build's output comes to for those who read it.
type reading struct {
	// fields are the scalars of every object but Secrets, by object and path. A reference to a Secret has what the Secret
	// holds in place of its name, or dangling and the name.
	fields map[string]string
	// secrets are the Secrets: namespace and content, sorted, and how often each stands there.
	secrets map[string]int
	// referred are the Secrets that a reference resolves to.
	referred map[string]bool
	// hashes are the hashes of content in the names of Secrets, by content; names are all names of a content, one after
	// another.
	hashes, names map[string]string
	// anywhere allows a Secret that nothing refers to in any namespace.
	anywhere bool
	// problems are what must not be in any output.
	problems []string
}

const dangling = "dangling: "

// elsewhere is the class of what follows from a Secret's being where its users are when it is made: secretGenerator,
// told no namespace, makes it without one, and leaves those users dangling for others that come later.
const elsewhere = "elsewhere"

// read reads the output of a build.
func read(out []byte) (*reading, error) {
	r := &reading{fields: map[string]string{}, secrets: map[string]int{}, referred: map[string]bool{},
		hashes: map[string]string{}, names: map[string]string{}}
	var objects []map[string]any
	for document := range bytes.SplitSeq(append([]byte("\n"), out...), []byte("\n---\n")) {
		var o map[string]any
		if err := yaml.Unmarshal(document, &o); err != nil {
			return nil, fmt.Errorf("the output is not YAML: %w", err)
		}
		if o != nil {
			objects = append(objects, o)
		}
	}
	byName := map[[2]string]string{} // namespace and name
	for _, o := range objects {
		if o["kind"] != "Secret" {
			continue
		}
		where := [2]string{text(o, "metadata", "namespace"), text(o, "metadata", "name")}
		content, err := contentOf(o)
		if err != nil {
			return nil, err
		}
		if _, twice := byName[where]; twice {
			r.problems = append(r.problems, fmt.Sprintf("the Secret %s/%s stands there twice", where[0], where[1]))
		}
		byName[where] = content
		r.secrets[where[0]+" "+content]++
		r.names[content] += where[1] + " "
		if hash := where[1][strings.LastIndex(where[1], "-")+1:]; len(hash) == 10 &&
			strings.Trim(hash, "bcdfghkmt2456789") == "" {
			r.hashes[content] = hash
		}
	}
	for _, o := range objects {
		kind, namespace := text(o, "kind"), text(o, "metadata", "namespace")
		r.foreign(o, kind)
		if kind == "Secret" {
			continue
		}
		w := walker{reading: r, secrets: byName, namespace: namespace, kind: kind}
		id := strings.TrimSpace(namespace + " " + kind + " " + text(o, "metadata", "name"))
		if _, twice := r.fields[id]; twice {
			r.problems = append(r.problems, id+" stands there twice")
		}
		r.fields[id] = "there"
		w.walk(id, "", o)
	}
	return r, nil
}

// foreign notes what only kustomize and Secretwright themselves may see.
func (r *reading) foreign(o map[string]any, kind string) {
	name := kind + " " + text(o, "metadata", "name")
	if kind == "SecretSpec" {
		r.problems = append(r.problems, name+" is in the output")
	}
	metadata, _ := o["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		for _, prefix := range []string{"internal.config.kubernetes.io/", "kustomize.config.k8s.io/", "config.kubernetes.io/",
			"config.k8s.io/"} {
			if strings.HasPrefix(key, prefix) {
				r.problems = append(r.problems, "the annotation "+key+" is left in the output")
			}
		}
	}
}

func text(o map[string]any, path ...string) string {
	for _, step := range path[:len(path)-1] {
		o, _ = o[step].(map[string]any)
	}
	s, _ := o[path[len(path)-1]].(string)
	return s
}

// contentOf returns the decoded data of a Secret, as JSON with sorted keys.
func contentOf(o map[string]any) (string, error) {
	data := map[string]string{}
	encoded, _ := o["data"].(map[string]any)
	for key, value := range encoded {
		raw, err := base64.StdEncoding.DecodeString(fmt.Sprint(value))
		if err != nil {
			return "", fmt.Errorf("Secret %s, key %s: %w", text(o, "metadata", "name"), key, err)
		}
		data[key] = string(raw)
	}
	plain, _ := o["stringData"].(map[string]any)
	for key, value := range plain {
		data[key] = fmt.Sprint(value)
	}
	out, err := json.Marshal(data)
	return string(out), err
}

// walker puts the scalars of one object into a reading.
type walker struct {
	*reading
	secrets         map[[2]string]string
	namespace, kind string
}

// walk visits a node. parent is the key that it, or the list it is in, has in its map.
func (w *walker) walk(at, parent string, node any) {
	switch n := node.(type) {
	case map[string]any:
		for key, value := range n {
			name, isText := value.(string)
			if isText && w.isReference(parent, key) {
				w.put(at+"."+key, w.resolve(name))
				continue
			}
			w.walk(at+"."+key, key, value)
		}
	case []any:
		for i, value := range n {
			if name, isText := value.(string); isText && (parent == "resourceNames" || parent == "args") {
				w.put(fmt.Sprintf("%s[%d]", at, i), w.resolve(name))
				continue
			}
			w.walk(at+w.index(parent, i, value), parent, value)
		}
	default:
		w.put(at, fmt.Sprint(n))
	}
}

// put notes a field. Elements of one name must not stand in a list twice.
func (w *walker) put(at, value string) {
	if _, twice := w.fields[at]; twice {
		w.problems = append(w.problems, at+" is there twice")
	}
	w.fields[at] = value
}

// index names an element of a list, by what it is known by where its place does not matter.
func (w *walker) index(parent string, i int, value any) string {
	element, _ := value.(map[string]any)
	switch parent {
	case "containers", "initContainers", "env", "volumes":
		return "[" + text(element, "name") + "]"
	case "volumeMounts":
		return "[" + text(element, "mountPath") + "]"
	}
	return fmt.Sprintf("[%d]", i)
}

// isReference reports whether a text field names a Secret.
func (w *walker) isReference(parent, key string) bool {
	switch key {
	case "secretName":
		return true
	case "store":
		return w.kind == "Store"
	case "name":
		return slices.Contains([]string{"secretKeyRef", "secretRef", "secret", "imagePullSecrets", "secrets"}, parent)
	}
	return false
}

// resolve returns what the Secret of a name holds. A few names are of no Secret in any tree.
func (w *walker) resolve(name string) string {
	if name == "outside" || strings.HasPrefix(name, "--") {
		return name
	}
	content, ok := w.byName(name)
	if !ok {
		return dangling + name
	}
	w.referred[w.namespace+" "+content] = true
	return content
}

func (w *walker) byName(name string) (string, bool) {
	content, ok := w.secrets[[2]string{w.namespace, name}]
	return content, ok
}

// difference is one thing that two readings disagree on. Class is what kind of thing it is.
type difference struct{ Class, Text string }

// compare returns what ours has otherwise than the oracle. Where the oracle's own reference dangles ours may have what
// it likes.
func compare(oracle, ours *reading) []difference {
	var all []difference
	add := func(class, format string, args ...any) {
		all = append(all, difference{class, fmt.Sprintf(format, args...)})
	}
	dangles := oracle.anywhere
	for _, at := range slices.Sorted(maps.Keys(oracle.fields)) {
		want := oracle.fields[at]
		got, there := ours.fields[at]
		switch {
		case strings.HasPrefix(want, dangling):
			dangles = true
		case !there:
			add("lost", "%s is gone; it was %s", at, want)
		case got == want:
		case strings.HasPrefix(got, dangling) && ours.serves(oracle, want):
			add(elsewhere, "%s does not resolve to %s, which is where users are that secretGenerator leaves out", at, want)
		case strings.HasPrefix(got, dangling):
			add("dangles", "%s names %q, which is not there; it should resolve to %s", at, strings.TrimPrefix(got, dangling),
				want)
		case oracle.secrets[" "+got] > 0:
			add(elsewhere, "%s is %s, which is where its users are, not %s", at, got, want)
		default:
			add("other value", "%s is %s, not %s", at, got, want)
		}
	}
	for _, at := range slices.Sorted(maps.Keys(ours.fields)) {
		if _, there := oracle.fields[at]; !there {
			add("extra", "%s = %s should not be there", at, ours.fields[at])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(oracle.secrets)) {
		missing := ours.secrets[id] == 0
		if missing && dangles && !oracle.referred[id] {
			missing = !ours.holds(id)
		}
		if missing && ours.holds(id) && (strings.HasPrefix(id, " ") && !oracle.referred[id] ||
			ours.serves(oracle, strings.TrimSpace(id))) {
			add(elsewhere, "the Secret %s is in the namespace of its users", id)
			continue
		}
		if missing {
			add("no Secret", "there is no Secret %s", id)
		} else if n := ours.secrets[id]; n > oracle.secrets[id] && !dangles {
			add("extra Secret", "the Secret %s stands there %d times, not %d", id, n, oracle.secrets[id])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ours.secrets)) {
		_, content, _ := strings.Cut(id, " ")
		if oracle.secrets[id] == 0 && !dangles && oracle.secrets[" "+content] == 0 {
			add("extra Secret", "the Secret %s should not be there", id)
		}
	}
	for _, content := range slices.Sorted(maps.Keys(oracle.hashes)) {
		if names := ours.names[content]; names != "" && !strings.Contains(names, oracle.hashes[content]) {
			add("no hash", "the name of the Secret %s is %s, and has not the hash %s", content, names, oracle.hashes[content])
		}
	}
	for _, problem := range ours.problems {
		add("unfit output", "%s", problem)
	}
	return all
}

// serves reports whether a Secret's content is what a reference resolves to that dangles in the oracle, or did before a
// later layer renamed the Secret: kustomize does not have every field follow.
func (r *reading) serves(oracle *reading, content string) bool {
	for at, value := range oracle.fields {
		if !strings.HasPrefix(value, dangling) {
			continue
		}
		ours, hash := r.fields[at], oracle.hashes[content]
		if ours == content || hash != "" && strings.HasPrefix(ours, dangling) && strings.HasSuffix(ours, "-"+hash) {
			return true
		}
	}
	return false
}

// holds reports whether a Secret of some namespace has the content of the one described.
func (r *reading) holds(id string) bool {
	_, content, _ := strings.Cut(id, " ")
	for other := range r.secrets {
		if _, c, _ := strings.Cut(other, " "); c == content {
			return true
		}
	}
	return false
}
