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
	for limit, want := range map[int]bool{2: true, 3: false} {
		if got := yamlnode.AliasesMultiply(yaml.MustParse("[a, b]").YNode(), limit); got != want {
			t.Errorf("three nodes are more than %d: %v", limit, got)
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
		"on": `"on"`, "y": `"y"`, "No": `"No"`, "yes": `"yes"`, "true": `"true"`, "5432": `"5432"`, "null": `"null"`, "": `""`,
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
		"yaml: line 90": " at line 90", "yaml: line 12: found a tab": " at line 12", "yaml: unexpected end": "", "line x": "",
	} {
		if got := yamlnode.AtLine(errors.New(text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestIsWords holds what counts as words to two parsers: neither may read it as anything but text.
func TestIsWords(t *testing.T) {
	if !yamlnode.IsWords("azAZ09") {
		t.Error("letters and digits are not words")
	}
	words := []string{"name", "secretKeyRef", "shop-1.example.com", "apps/v1", "a b, c", "YWJj+/==", "a=b", "Infinity",
		"NaN", "nan", "inf",
		"e5", "b101", "x1F", "o17", "f1.5", "Nope", "none", "Yes", "yES", "nULL", "Null", "TRUE", "tRue", "Off", "oN", "Y",
		"n"}
	for first := 'A'; first <= 'z'; first++ {
		words = append(words, string(first))
		for second := ' '; second <= 'z'; second++ {
			words = append(words, string(first)+string(second), string(first)+string(second)+"1.0")
		}
	}
	passed := 0
	for _, word := range words {
		if !yamlnode.IsWords(word) {
			continue
		}
		passed++
		if tag := (&yaml.Node{Kind: yaml.ScalarNode, Value: word}).ShortTag(); tag != yaml.NodeTagString {
			t.Errorf("%q is %s", word, tag)
		}
		if yaml.IsValueNonString(word) {
			t.Errorf("YAML 1.1 does not take %q for text", word)
		}
		if parsed, err := yaml.Parse("k: " + word + "\n"); err != nil || parsed.Field("k").Value.YNode().Value != word {
			t.Errorf("%q does not come back (%v)", word, err)
		}
	}
	if passed < 1000 {
		t.Errorf("only %d of %d are words", passed, len(words))
	}
	for _, word := range []string{"", " a", "a ", "Yes", "n", "nULL", "Off", "true", "1a", "~", "a:b", "a: b", "a #b",
		"a\nb", "-a", "ä", ".inf"} {
		if yamlnode.IsWords(word) {
			t.Errorf("%q passes for words", word)
		}
	}
}

// TestAliases reads a list, keys and a tree through aliases.
func TestAliases(t *testing.T) {
	node := yaml.MustParse("a: &a {b: c, d: e}\nl: [*a, *a]\nm: *a\n").YNode()
	for _, element := range yamlnode.Elements(node, "l") {
		if element.Kind != yaml.MappingNode {
			t.Errorf("an element is a node of kind %d", element.Kind)
		}
	}
	if got := strings.Join(yamlnode.Keys(node.Content[5]), " "); got != "b d" {
		t.Errorf("its keys are %s", got)
	}
	if got := yamlnode.Keys(yaml.MustParse("[a, b]").YNode()); got != nil {
		t.Errorf("the keys of a list are %v", got)
	}
	if got := yamlnode.Keys(nil); got != nil {
		t.Errorf("the keys of nothing are %v", got)
	}
	plain := yamlnode.Plain(node)
	if plain == node || yamlnode.HasAlias(plain) || !(yamlnode.Meanings{}).Equal(plain, node) {
		t.Error("a tree with aliases is not written out")
	}
	if a := node.Content[1]; yamlnode.Plain(a) != a {
		t.Error("a tree without aliases is copied")
	}
}

// TestIsImplicitNull tells what has no text from other nulls.
func TestIsImplicitNull(t *testing.T) {
	for text, want := range map[string]bool{
		"a:\n": true, "a: null\n": false, "a: ~\n": false, "a: ''\n": false, "a: !!null\n": false, "a: &x\n": false,
		"a: []\n": false,
	} {
		if got := yamlnode.IsImplicitNull(yaml.MustParse(text).YNode().Content[1]); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if !yamlnode.IsImplicitNull(&yaml.Node{Kind: yaml.ScalarNode}) {
		t.Error("a new scalar without a value has a text")
	}
}
