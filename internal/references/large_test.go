package references

import (
	"fmt"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TestLargeMap holds that a large map is one of data: its fields are not gone through for each of its texts.
func TestLargeMap(t *testing.T) {
	text := "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nnamespace: b\n"
	small := yaml.MustParse(text).YNode()
	for i := range maxBeside {
		text += fmt.Sprintf("k%d: db\n", i)
	}
	large := yaml.MustParse(text).YNode()
	if !isObject(small) || isObject(large) {
		t.Errorf("small is an object: %v, large: %v", isObject(small), isObject(large))
	}
	around := func(node *yaml.Node) int { return len(Place{trail: []step{{holder: node}}}.Around().Content) }
	if around(small) != 8 || around(large) != 0 {
		t.Errorf("around are %d and %d nodes", around(small), around(large))
	}
}
