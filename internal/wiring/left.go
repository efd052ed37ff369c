package wiring

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
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

// Trace is a field that, after [Items.Rename], still has the former name of a Secret, or the name of one that
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

// Traces finds, in one pass over the resources, what is left of the former names of Secrets after Rename.
//
// A name such as "db" is also that of a Service, a container, a label. So a field counts only if there is evidence
// that it means the Secret: what Rename would have followed but for being data (the values of a Helm chart, what a
// ConfigMap holds); its key, or the one around it, speaks of secrets or credentials (see [speaksOfSecrets]); or the
// name itself is of a Secret, such as "db-credentials" (see [isTelling]). What names something else by its kind
// never counts: names and labels of objects, selectors, the names of the elements of lists, references to
// ConfigMaps, accounts, claims, users and keys. A text counts if the line, or the key above it, speaks of secrets
// before the name comes as a whole word, or if the name is telling.
func (it *Items) Traces(names Names) []Trace {
	f := finder{names: names, known: map[string]bool{}}
	for _, in := range names {
		for from := range in {
			f.known[from] = true
		}
	}
	if len(f.known) == 0 {
		return nil
	}
	for index, i := range it.items {
		if i.opaque() {
			continue
		}
		f.item = i
		scan(i.node.YNode(), it.rows(i), f.mentions, func(p place) {
			for _, t := range f.traces(it, p) {
				t.Index, t.Field, t.Node = index, p.field(), p.scalar
				f.found = append(f.found, t)
			}
		})
	}
	return f.found
}

// finder looks for names in resources.
type finder struct {
	names Names
	known map[string]bool
	item  *item
	found []Trace
}

// mentions reports whether a text has one of the names as a whole word.
func (f *finder) mentions(text string) bool {
	if f.known[text] {
		return true
	}
	for range f.hits(text) {
		return true
	}
	return false
}

// hits are the names in a text, as whole words, and where.
func (f *finder) hits(text string) func(yield func(at int, name string) bool) {
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
			if word := strings.TrimRight(text[at:end], ".-"); f.known[word] && !yield(at, word) {
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
func (f *finder) traces(it *Items, p place) []Trace {
	meaning := it.meaning(f.item, p)
	r := f.item.ref(p, meaning)
	_, whole := f.known[r.name()]
	if whole && meaning != nothing {
		to := f.names.candidates(r)
		switch {
		case meaning == output && len(to) > 0:
			return []Trace{{Kind: Output, Name: r.name(), To: to}}
		case meaning != output && len(to) > 1:
			return []Trace{{Kind: Ambiguous, Name: r.name(), To: to}}
		}
		return nil
	}
	if !whole {
		return f.inText(p)
	}
	if to := f.renamed(p, r.name()); len(to) > 0 && f.item.plausible(p, r.name()) {
		return []Trace{{Kind: Stale, Name: r.name(), To: to}}
	}
	return nil
}

// inText are the names that a text mentions, each once.
func (f *finder) inText(p place) []Trace {
	if f.item.isSomethingElse(p) {
		return nil
	}
	var found []Trace
	for at, name := range f.hits(p.scalar.Value) {
		if slices.ContainsFunc(found, func(t Trace) bool { return t.Name == name }) {
			continue
		}
		if to := f.renamed(p, name); len(to) > 0 && (keySpeaks(p) || lineSpeaks(p.scalar.Value, at, name)) {
			found = append(found, Trace{Kind: InText, Name: name, To: to})
		}
	}
	return found
}

// renamed are the names, other than its own, that a Secret may have in the namespace that a place speaks of.
func (f *finder) renamed(p place, name string) []string {
	r := f.item.ref(p, nothing)
	for _, path := range []string{"spec.targetNamespace", "spec.destination.namespace"} { // Flux, Argo CD
		if release := value(f.item.node.YNode(), path); release != "" && f.item.isChart() {
			r.namespace = release
		}
	}
	var in []string
	for namespace, names := range f.names {
		to, ok := names[name]
		if ok && to != name && (r.anywhere || r.namespace == namespace) && !slices.Contains(in, to) {
			in = append(in, to)
		}
	}
	slices.Sort(in)
	return in
}
