package wiring

import (
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
)

// TestRecord reads what kustomize records of the names and namespaces that it gave.
func TestRecord(t *testing.T) {
	resource := func(kind, name, namespace string, annotations ...string) string {
		text := "apiVersion: v1\nkind: " + kind + "\nmetadata:\n  name: " + name + "\n"
		if namespace != "" {
			text += "  namespace: " + namespace + "\n"
		}
		if len(annotations) > 0 {
			text += "  annotations:\n"
		}
		for _, a := range annotations {
			text += "    " + a + "\n"
		}
		return text
	}
	prefix := func(text string) string { return references.Prefixes + ": " + text }
	former := func(names, namespaces string) []string {
		return []string{references.PreviousNames + ": " + names, references.PreviousNamespaces + ": " + namespaces}
	}
	const id = kustomizeID + ": a"
	for _, c := range []struct {
		name                string
		in                  []string
		inBuild             bool
		last, given, shared string
	}{
		{"not in a build", []string{resource("ConfigMap", "a", "shop"), resource("ConfigMap", "b", "shop")}, false, "", "",
			"shop"},
		{"in one", []string{resource("ConfigMap", "a", ""), resource("ConfigMap", "b", "", id)}, true, "", "", ""},
		{"one prefix", []string{resource("ConfigMap", "a", "", prefix("p-")),
			resource("ConfigMap", "b", "", prefix("x-,p-"))},
			false, "p-", "", ""},
		{"two prefixes", []string{resource("ConfigMap", "a", "", prefix("p-")), resource("ConfigMap", "b", "", prefix("x-"))},
			false, "", "", ""},
		{"one without", []string{resource("ConfigMap", "a", "", prefix("p-")), resource("ConfigMap", "b", "")}, false, "", "",
			""}, {"what is never prefixed", []string{resource("Namespace", "a", ""), resource("APIService", "b", ""),
			resource("CustomResourceDefinition", "c", ""), resource("ConfigMap", "d", "", prefix("p-"))}, false, "p-", "", ""},
		{"a given namespace", []string{resource("ConfigMap", "a", "shop", former("a", "default")...),
			resource("ConfigMap", "b", "shop", former("b", "other")...), resource("Namespace", "shop", "")}, false, "", "shop",
			"shop"},
		{"one that brought its own", []string{resource("ConfigMap", "a", "shop", former("a", "default")...),
			resource("ConfigMap", "b", "shop", former("b", "shop")...)}, false, "", "", "shop"},
		{"two namespaces", []string{resource("ConfigMap", "a", "shop"), resource("ConfigMap", "b", "store")}, false, "", "",
			""},
		{"one without a namespace", []string{resource("ConfigMap", "a", "shop"), resource("ConfigMap", "b", "")}, false, "",
			"", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := NewItems(parse(t, strings.Join(append(c.in, resource("ConfigMap", "gone", "elsewhere")), "---\n")))
			it.Remove(len(c.in))
			if got := it.InBuild(); got != c.inBuild {
				t.Errorf("in a build: %v", got)
			}
			if got := it.Last(references.Prefixes); got != c.last {
				t.Errorf("the last prefix is %q, want %q", got, c.last)
			}
			if got := it.GivenNamespace(); got != c.given {
				t.Errorf("the given namespace is %q, want %q", got, c.given)
			}
			if got := it.SharedNamespace(); got != c.shared {
				t.Errorf("the shared namespace is %q, want %q", got, c.shared)
			}
		})
	}
	it := NewItems(parse(t, resource("Secret", "p-db", "shop", former("db,p-db", "default,shop")...)+"---\n"+
		resource("ConfigMap", "db", "")+"---\n"+resource("Secret", "db", "store")))
	for _, c := range []struct {
		namespace, name string
		want            []int
	}{{"", "db", []int{0}}, {"default", "db", []int{0}}, {"shop", "p-db", []int{0}}, {"shop", "db", nil},
		{"store", "db", []int{2}}} {
		if got := it.Called(c.namespace, c.name); !slices.Equal(got, c.want) {
			t.Errorf("Secrets called %s/%s: %v, want %v", c.namespace, c.name, got, c.want)
		}
	}
	data := DataOf(yaml.MustParse("data: {a: eA==, b: eQ==}\n"))
	if len(data) != 2 || data["a"] != "eA==" || data["b"] != "eQ==" || len(DataOf(yaml.MustParse("kind: Secret\n"))) > 0 {
		t.Errorf("data is %v", data)
	}
}
