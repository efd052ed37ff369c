package splice_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// TestSpliceDeAnchored splices what kyaml makes of aliases and merge keys, as the wiring does.
func TestSpliceDeAnchored(t *testing.T) {
	in := "base: &b {image: i, env: &e [a]}\none:\n  <<: *b\n  image: o\n  more: *e\ntwo:\n  <<: [*b, {x: y}]\n"
	file, err := manifests.Parse([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	edited := yaml.MustParse(in)
	must(edited.DeAnchor())
	set("v", "one", "k")(edited.YNode())
	result, err := splice.Document(file.Documents[0], edited.YNode())
	if want := strings.Replace(in, "more: *e\n", "more: *e\n  k: v\n", 1); err != nil || string(result.Text) != want {
		t.Errorf("%v\n%s", err, result.Text)
	}
}

// TestSpliceLeavesTheTree splices a tree twice, which has a text from the document that is written plain as it was
// read.
func TestSpliceLeavesTheTree(t *testing.T) {
	file, err := manifests.Parse([]byte("l:\n- on\n- a\n"))
	if err != nil {
		t.Fatal(err)
	}
	edited := yamlnode.Copy(file.Documents[0].Node)
	on := edited.Content[1].Content[0]
	edited.Content[1] = &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "x"}, on}}
	for range 2 {
		result, err := splice.Document(file.Documents[0], edited)
		if err != nil || string(result.Text) != "l:\n  x: on\n" {
			t.Errorf("%v\n%s", err, result.Text)
		}
	}
	if edited.Content[1].Content[1] != on || on.Style != 0 {
		t.Error("the tree changed")
	}
}
