package references

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

// TraceKind is why a field that has a Secret's former name did not follow.
type TraceKind int

const (
	// Stale is a field that most likely names the Secret, though neither its kind nor its key says so for certain.
	Stale TraceKind = iota
	// InText is a text that mentions the Secret.
	InText
	// Output is a field that has an operator write a Secret of this name: two write it.
	Output
	// Ambiguous is a reference that does not say in which namespace its Secret is, where several have one of its
	// name, each with a new name of its own.
	Ambiguous
)

// Trace is a field that, after references were renamed, still has the former name of a Secret, or the name of one that
// something else writes too.
type Trace struct {
	Kind TraceKind
	// Index is the resource's, Field the path to the field, as fieldPaths takes it.
	Index int
	Field string
	// Node is the field. It must not be changed.
	Node *yaml.Node
	// Name is the name of the Secret that the field has, To are the names that the Secret may have now.
	Name string
	To   []string
}

// Traces finds, in one pass over the resources, what is left of the former names of Secrets after references were
// renamed.
//
// A name such as "db" is also that of a Service, a container, a label. So a field counts only if there is evidence that
// it means the Secret: what Rename would have followed but for being data (the values of a Helm chart, what a ConfigMap
// holds); its key, or the one around it, speaks of secrets or credentials (see [speaksOfSecrets]); or the name itself
// is of a Secret, such as "db-credentials" (see [isTelling]). What names something else by its kind never counts: names
// and labels of objects, selectors, the names of the elements of lists, references to ConfigMaps, accounts, claims,
// users and keys. A text counts if the line, or the key above it, speaks of secrets before the name comes as a whole
// word, or if the name is telling.
func (f *Finder) Traces(resources []*Resource, names Names) []Trace {
	t := tracer{Finder: f, names: names, known: map[string]bool{}}
	for _, in := range names {
		for from := range in {
			t.known[from] = true
		}
	}
	if len(t.known) == 0 {
		return nil
	}
	for index, r := range resources {
		if r.opaque() {
			continue
		}
		t.resource = r
		scan(r.Node.YNode(), f.rows(r), t.mentions, func(p Place) {
			for _, trace := range t.traces(p) {
				trace.Index, trace.Field, trace.Node = index, p.field(), p.Scalar
				t.found = append(t.found, trace)
			}
		})
	}
	return t.found
}

// tracer looks for names in resources.
type tracer struct {
	*Finder
	names    Names
	known    map[string]bool
	resource *Resource
	found    []Trace
}

// mentions reports whether a text has one of the names as a whole word.
func (t *tracer) mentions(text string) bool {
	if t.known[text] {
		return true
	}
	for range t.hits(text) {
		return true
	}
	return false
}

// hits are the names in a text, as whole words, and where.
func (t *tracer) hits(text string) func(yield func(at int, name string) bool) {
	return func(yield func(int, string) bool) {
		for at := 0; at < len(text); {
			if !isWord(text[at]) {
				at++
				continue
			}
			end := at
			for end < len(text) && isWord(text[end]) {
				end++
			}
			if word := strings.TrimRight(text[at:end], ".-"); t.known[word] && !yield(at, word) {
				return
			}
			at = end
		}
	}
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || c == '-' || c == '.' || c == '_'
}

// traces are what a place, which has a name, is found to be.
func (t *tracer) traces(p Place) []Trace {
	meaning := t.meaning(t.resource, p)
	r := t.resource.ref(p, meaning)
	_, whole := t.known[r.Name()]
	if whole && meaning != Nothing {
		if r.Templated {
			r.Anywhere = true
		}
		to := t.names.Candidates(r)
		switch {
		case meaning == Writes && len(to) > 0:
			return []Trace{{Kind: Output, Name: r.Name(), To: to}}
		case meaning != Writes && len(to) > 1:
			return []Trace{{Kind: Ambiguous, Name: r.Name(), To: to}}
		case r.Templated && len(to) > 0 && to[0] != r.Name():
			return []Trace{{Kind: Stale, Name: r.Name(), To: to}}
		}
		return nil
	}
	if !whole {
		return t.inText(p)
	}
	if to := t.renamed(p, r.Name()); len(to) > 0 && t.resource.plausible(p, r.Name()) {
		return []Trace{{Kind: Stale, Name: r.Name(), To: to}}
	}
	return nil
}

// inText are the names that a text mentions, each once.
func (t *tracer) inText(p Place) []Trace {
	if t.resource.isSomethingElse(p) {
		return nil
	}
	var found []Trace
	for at, name := range t.hits(p.Scalar.Value) {
		if slices.ContainsFunc(found, func(found Trace) bool { return found.Name == name }) {
			continue
		}
		if to := t.renamed(p, name); len(to) > 0 && (keySpeaks(p) || lineSpeaks(p.Scalar.Value, at, name)) {
			found = append(found, Trace{Kind: InText, Name: name, To: to})
		}
	}
	return found
}

// renamed are the names, other than its own, that a Secret may have in the namespace that a place speaks of.
func (t *tracer) renamed(p Place, name string) []string {
	r := t.resource.ref(p, Nothing)
	for _, path := range []string{"spec.targetNamespace", "spec.destination.namespace"} { // Flux, Argo CD
		if release := yamlnode.Value(t.resource.Node.YNode(), path); release != "" && t.resource.isChart() {
			r.Namespace = release
		}
	}
	var in []string
	for namespace, names := range t.names {
		to, ok := names[name]
		if ok && to != name && (r.Anywhere || r.Namespace == namespace) && !slices.Contains(in, to) {
			in = append(in, to)
		}
	}
	slices.Sort(in)
	return in
}
