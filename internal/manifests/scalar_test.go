package manifests

import (
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// What isCommonWord lets pass without asking, every parser has to take for text.
func TestCommonWords(t *testing.T) {
	words := []string{"name", "key", "secretKeyRef", "shop-1.example.com", "apps/v1", "Infinity", "NaN",
		"nan", "inf", "e5",
		"b101", "x1F", "o17", "f1.5", "Nope", "none", "Yes", "yES", "nULL", "Null", "TRUE", "tRue", "Off", "oN", "Y", "n"}
	for first := 'A'; first <= 'z'; first++ {
		words = append(words, string(first))
		for second := '-'; second <= 'z'; second++ {
			words = append(words, string(first)+string(second), string(first)+string(second)+"1.0")
		}
	}
	passed := 0
	for _, word := range words {
		if !isCommonWord(word) {
			continue
		}
		passed++
		if tag := (&yaml.Node{Kind: yaml.ScalarNode, Value: word}).ShortTag(); tag != yaml.NodeTagString {
			t.Errorf("%q is %s", word, tag)
		}
		if yaml.IsValueNonString(word) || sexagesimal().MatchString(word) {
			t.Errorf("YAML 1.1 does not take %q for text", word)
		}
	}
	if passed < 1000 {
		t.Errorf("only %d of %d words are common", passed, len(words))
	}
	for _, word := range []string{"Yes", "n", "nULL", "Off", "true", "1a", "~", "a:b", "a b"} {
		if isCommonWord(word) {
			t.Errorf("%q passes for a common word", word)
		}
	}
}
