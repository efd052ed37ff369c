package splice

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamltext"
)

// TestLongLines changes every item of a list on one line. The line is not gone over from its start for each of them.
func TestLongLines(t *testing.T) {
	const items = 300
	for _, item := range []string{"{secretName: db}", "{secretName: db, ü: [{a: {b: 'c'}}]}", `{"secretName": "db"}`} {
		text := []byte("[" + strings.Repeat(item+", ", items-1) + item + "]\n")
		file, err := manifests.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		edited := file.Documents[0].Node.Content
		file, err = manifests.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range edited {
			one.Content[1].Value = "db-1"
		}
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq, Content: edited}
		s := &splicer{layout: newLayout(file.Documents[0]), means: map[*yaml.Node]uint64{}}
		if !s.run(list) || string(s.result(list)) != strings.ReplaceAll(string(text), "db", "db-1") {
			t.Errorf("%.60q is printed anew", text)
		}
		if most := stride*items*14 + len(text); s.steps > most {
			t.Errorf("%.60q: %d steps, want at most %d", text, s.steps, most)
		}
	}
}

// TestJSONEscapes changes a value behind escapes that JSON has and YAML does not. They stay.
func TestJSONEscapes(t *testing.T) {
	text := `{"a\/\ud83d\ude00": "\ud83d\ude00\/", "b": "c", "d": ["\/", "e"]}`
	file, err := manifests.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	result, err := Edit(file.Documents[0], func(node *yaml.Node) error {
		node.Content[3].Value, node.Content[5].Content[1].Value = "new", "other"
		return nil
	})
	want := strings.NewReplacer(`"c"`, `"new"`, `"e"`, `"other"`).Replace(text)
	if err != nil || string(result.Text) != want {
		t.Errorf("%s, %v, want %s", result.Text, err, want)
	}
}

// TestLineEnd finds the break that ends a line from every offset in it, whichever break it is.
func TestLineEnd(t *testing.T) {
	text := []byte("a\nbc\r\n\rd\u0085é\u2028\u2029\n\nx\xe2\x80y")
	l := newLayout(&manifests.Document{Text: text})
	for at := range len(text) + 1 {
		want := at
		for want < len(text) && yamltext.BreakAt(text, want) == 0 {
			want++
		}
		if l.isInBreak(at) {
			continue
		}
		if got := l.lineEnd(at); got != want {
			t.Errorf("the line of %d ends at %d, want %d", at, got, want)
		}
	}
}

// isInBreak reports whether an offset is inside a line break of several bytes.
func (l *layout) isInBreak(at int) bool {
	for back := 1; back < 3 && back <= at; back++ {
		if yamltext.BreakAt(l.text, at-back) > back {
			return true
		}
	}
	return false
}
