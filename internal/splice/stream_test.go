package splice_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
)

func TestStream(t *testing.T) {
	for _, test := range []struct {
		name, want string
		documents  []string
	}{
		{"nothing", "", nil},
		{"one", "---\na: b", []string{"---\na: b"}},
		{"separators", "a: b\n---\nc: d\n# c\n---\ne: f\n", []string{"a: b\n", "c: d\n", "# c\n---\ne: f\n"}},
		{"no newline at the end", "a: b\n---\nc: d", []string{"a: b", "c: d"}},
		{"a block text without a newline", "a: |-\n  b\n---\nc: d\n", []string{"a: |\n  b", "c: d\n"}},
		{"CRLF without a newline", "a: b\r\nc: d\r\n---\ne: f\n", []string{"a: b\r\nc: d", "e: f\n"}},
		{"comments without a newline", "# c\n---\na: b\n", []string{"# c", "a: b\n"}},
		{"dots and directives", "a: b\n...\n---\nc: d\n...\n%YAML 1.1\n---\ne: f\n",
			[]string{"a: b\n...\n", "c: d\n", "%YAML 1.1\n---\ne: f\n"}},
		{"byte order marks", "a: b\n---\nc: d\n", []string{"\ufeffa: b\n", "\ufeffc: d\n"}},
		{"one of JSON", "{\"a\": 1}", []string{`{"a": 1}`}},
		{"nothing in a document", "a: b\n", []string{"\ufeff", "a: b\n"}},
		{"spaces in a document", " \n---\na: b\n", []string{" \n", "a: b\n"}},
		{"comments last", "a: b\n---\n# c\n", []string{"a: b\n", "# c\n"}},
		{"a directive behind comments", "a: b\n...\n# c\n%YAML 1.1\n---\nd: e\n",
			[]string{"a: b\n", "# c\n%YAML 1.1\n---\nd: e\n"}},
		{"several of JSON", "---\n{\"a\": 1}\n---\n{\"b\": 2}\n---\nc: d\n", []string{`{"a": 1}`, `{"b": 2}`, "c: d\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stream splice.Stream
			for _, text := range test.documents {
				if err := stream.Add([]byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(test.want, string(stream.Bytes())); diff != "" {
				t.Error(diff)
			}
			joined, err := manifests.Parse(stream.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string // the values
			for _, d := range joined.Documents {
				got = append(got, values(t, d.Text))
			}
			for _, text := range test.documents {
				want = append(want, values(t, []byte(text)))
			}
			if strings.Join(got, "") != strings.Join(want, "") {
				t.Errorf("the stream means %q, want %q", got, want)
			}
		})
	}
}

// values returns the values of the scalars in a file.
func values(t *testing.T, text []byte) string {
	t.Helper()
	file, err := manifests.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, d := range file.Documents {
		if d.Node == nil {
			continue
		}
		for _, node := range d.Node.Content {
			out.WriteString(node.Value + "\x00")
		}
	}
	return out.String()
}

// TestStreamJSONEscapes joins JSON with escapes that YAML does not have.
func TestStreamJSONEscapes(t *testing.T) {
	var out splice.Stream
	for _, text := range []string{`{"a": "\ud83d\ude00 \/ \\/"}` + "\n", "b: \"c\"\n"} {
		if err := out.Add([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if want := "---\n{\"a\": \"\U0001F600 / \\\\/\"}\n---\nb: \"c\"\n"; string(out.Bytes()) != want {
		t.Errorf("%q, want %q", out.Bytes(), want)
	}
}
