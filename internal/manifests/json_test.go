package manifests_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/manifests"
)

// TestJSONEscapes reads JSON with all of its escapes, also those that YAML does not have. The values are those that
// JSON says, and each is in its column.
func TestJSONEscapes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	parts := []string{`a`, `\ud83d\ude00`, `\/`, `\\`, `\\\\/`, `\"`, `é`, `\u00e9`, `\n`,
		`\uD83D\uDE00`, ` `, `:`, `\\u`}
	text := func() string {
		out := ""
		for range random.IntN(6) {
			out += parts[random.IntN(len(parts))]
		}
		return out
	}
	for range 2000 {
		in := fmt.Sprintf(`{"k%s":"%s", "l": ["%s",{"m":"%s"}]}`, text(), text(), text(), text())
		var want any
		if err := json.Unmarshal([]byte(in), &want); err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		file, err := manifests.Parse([]byte(in))
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		node := file.Documents[0].Node
		var got any
		if err := node.Decode(&got); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s: %q, want %q", in, got, want)
		}
		for _, one := range []struct {
			column int
			mark   string
		}{{node.Content[1].Column, `"`}, {node.Content[2].Column, `"l"`}, {node.Content[3].Content[1].Column, `{"m"`}} {
			if rest := string([]rune(in)[one.column-1:]); !strings.HasPrefix(rest, one.mark) {
				t.Fatalf("%s: %q is not at %q", in, one.mark, rest)
			}
		}
		if plain := manifests.YAMLOfJSON([]byte(in)); plain != nil {
			if err := json.Unmarshal(plain, &got); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("%s is written as %s", in, plain)
			}
		}
	}
	for _, in := range []string{"a: \"\\/\"\n", `{"a": "b"}`, `{"a": "\u00e9"}`, `{"a": "\ud83d"}`, ``} {
		if got := manifests.YAMLOfJSON([]byte(in)); got != nil {
			t.Errorf("%s is written as %s", in, got)
		}
	}
}
