package references

import (
	"maps"
	"slices"
	"strings"
)

// Names are the new names of Secrets, by namespace and old name.
type Names map[string]map[string]string

// Add sets the new name of a Secret.
func (n Names) Add(namespace, from, to string) {
	if n[namespace] == nil {
		n[namespace] = map[string]string{}
	}
	n[namespace][from] = to
}

// Candidates are the names that the Secret of a reference may have now: none if it is not one of n, several if n
// has several of the name, and the reference does not say in which namespace.
func (n Names) Candidates(r Ref) []string {
	if !r.Anywhere {
		if to, ok := n[r.Namespace][r.Name()]; ok {
			return []string{to}
		}
	}
	var found []string
	for namespace, names := range n {
		to, ok := names[r.Name()]
		if !ok || !r.Anywhere && (r.Meaning != ReadsElsewhere || !strings.HasPrefix(namespace, "istio-")) {
			continue
		}
		if !slices.Contains(found, to) {
			found = append(found, to)
		}
	}
	slices.Sort(found)
	return found
}

// HaveNamespace reports whether the only Secret of a name that something without a namespace can mean has one.
func (n Names) HaveNamespace(name string) bool {
	to, ok := n[""][name]
	for namespace, names := range n {
		if ok && namespace != "" && names[name] == to {
			return true
		}
	}
	return false
}

// IsPlain reports whether a name is the one by which people know the Secret, not one with the hash of a former run:
// the shortest of those it had.
func (n Names) IsPlain(name, to string) bool {
	for _, names := range n {
		for from := range maps.Keys(names) {
			if names[from] == to && len(from) < len(name) {
				return false
			}
		}
	}
	return true
}
