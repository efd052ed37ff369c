package wiring

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/secretwright/secretwright/schema"
)

// Match are the indices of the resources that a target selects, by the rules of kustomize's selectors: name and
// namespace are anchored regular expressions, and the name of a resource before kustomize prefixed it counts too.
func (it *Items) Match(t schema.Target) []int {
	name, namespace := anchored(t.Name), anchored(t.Namespace)
	selector, err := labels.Parse(t.LabelSelector)
	if err != nil {
		return nil // schema.Validate has said so
	}
	var found []int
	for i, item := range it.items {
		if item.Kind != t.Kind || !matchesVersion(item, t.APIVersion) {
			continue
		}
		if name != nil && !slices.ContainsFunc(item.names(), name) {
			continue
		}
		if namespace != nil && !namespace(item.Namespace) {
			continue
		}
		if t.LabelSelector != "" && !selector.Matches(item.labelSet()) {
			continue
		}
		found = append(found, i)
	}
	return found
}

// labelSet are the labels of the resource. They are read once as long as no edit can change them.
func (i *item) labelSet() labels.Set {
	if i.edited {
		return i.Node.GetLabels()
	}
	if i.labels == nil {
		i.labels = labels.Set{}
		maps.Copy(i.labels, i.Node.GetLabels())
	}
	return i.labels
}

// Kinds are the kinds of the resources.
func (it *Items) Kinds() []string {
	var kinds []string
	for _, item := range it.items {
		if !slices.Contains(kinds, item.Kind) {
			kinds = append(kinds, item.Kind)
		}
	}
	return kinds
}

// NamesOf are the names of the resources of a kind.
func (it *Items) NamesOf(kind string) []string {
	var names []string
	for _, item := range it.items {
		if item.Kind == kind {
			names = append(names, item.Name)
		}
	}
	return names
}

func matchesVersion(item *item, want string) bool {
	return want == "" || item.APIVersion == want || !strings.Contains(want, "/") && item.Group() == want
}

// anchored is nil for an empty pattern, which matches everything. A text that is the pattern matches too: the name
// ${APP}, which Flux has yet to put another for, is not what it says as an expression.
func anchored(pattern string) func(text string) bool {
	if pattern == "" {
		return nil
	}
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	if err != nil {
		return nil // schema.Validate has said so
	}
	return func(text string) bool { return text == pattern || re.MatchString(text) }
}
