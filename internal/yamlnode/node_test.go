package yamlnode_test

import (
	"errors"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
)

func TestAliasesMultiply(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 'b'; i < 'h'; i++ {
		bomb += string(i) + ": &" + string(i) + " [" + strings.Repeat("*"+string(i-1)+", ", 9) + "*" + string(i-1) + "]\n"
	}
	for text, want := range map[string]bool{"a: [b, c]\n": false, "a: &a {b: c}\nd: *a\n": false, bomb: true} {
		if got := yamlnode.AliasesMultiply(yaml.MustParse(text).YNode(), 1000); got != want {
			t.Errorf("%.40q: %v", text, got)
		}
	}
	loop := &yaml.Node{Kind: yaml.SequenceNode}
	loop.Content = []*yaml.Node{{Kind: yaml.AliasNode, Alias: loop}}
	if !yamlnode.AliasesMultiply(loop, 1000) {
		t.Error("a node in itself has an end")
	}
}

// TestText writes text that YAML 1.1 or 1.2 would take for something else.
func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"on": `"on"`, "y": `"y"`, "No": `"No"`, "true": `"true"`, "5432": `"5432"`, "null": `"null"`, "": `""`,
		"shop": "shop", "onward": "onward",
	} {
		if got := strings.TrimSuffix(yaml.NewRNode(yamlnode.Text(text)).MustString(), "\n"); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	made := yaml.NewRNode(yamlnode.Map(yamlnode.Text("a"), yamlnode.Text("b"))).MustString()
	if made != "a: b\n" {
		t.Errorf("a map is %q", made)
	}
}

func TestErrorLine(t *testing.T) {
	for text, want := range map[string]string{
		"yaml: line 12: found a tab": " at line 12", "yaml: unexpected end": "", "line x": "",
	} {
		if got := yamlnode.AtLine(errors.New(text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
