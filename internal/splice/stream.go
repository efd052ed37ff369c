package splice

import (
	"bytes"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/internal/yamltext"
)

// Stream joins documents of several files to one stream of documents. Its zero value is empty.
type Stream struct {
	text []byte
	last int // where the last document begins
	// begun reports whether there is a document, and json whether the only one is JSON.
	begun, json bool
}

// Bytes returns the stream.
func (s *Stream) Bytes() []byte { return s.text }

// Add adds the text of a document. A line of three dashes is put before it if it has none. JSON is written such that it
// is YAML.
func (s *Stream) Add(text []byte) error {
	text = bytes.TrimPrefix(text, []byte(yamltext.BOM))
	if changed := manifests.YAMLOfJSON(text); changed != nil {
		text = changed
	}
	if len(text) == 0 {
		return nil
	}
	if s.begun {
		ended, err := withBreak(s.text[s.last:])
		if err != nil {
			return err
		}
		s.text = append(s.text[:s.last], ended...)
		if s.json {
			// kubectl takes a stream that begins with a brace for JSON to its end.
			s.text, s.json = append([]byte("---\n"), s.text...), false
		}
		switch separator, directive := head(text); {
		case directive:
			s.text = append(s.text, "...\n"...)
		case !separator:
			s.text = append(s.text, "---\n"...)
		}
	} else {
		body := bytes.TrimLeft(text, " \t\r\n")
		s.json = len(body) > 0 && body[0] == '{'
	}
	s.begun, s.last = true, len(s.text)
	s.text = append(s.text, text...)
	return nil
}

// head reports whether a document begins with a line of three dashes, or with comments and directives before one, and
// whether there are directives.
func head(text []byte) (separator, directive bool) {
	for at := 0; at < len(text); at = yamltext.NextLine(text, at) {
		line := text[at:yamltext.NextLine(text, at)]
		switch {
		case yamltext.IsMarker(line, "---"):
			return true, directive
		case yamltext.IsBlankOrComment(line):
		case line[0] == '%':
			directive = true
		default:
			return false, directive
		}
	}
	return false, directive
}

// withBreak returns a document with a line break at its end, which does not change what it means.
func withBreak(text []byte) ([]byte, error) {
	if endsInBreak(text) {
		return text, nil
	}
	file, err := manifests.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("a document cannot be followed by another: %w", err)
	}
	d := file.Documents[len(file.Documents)-1]
	s := &splicer{layout: newLayout(d), means: yamlnode.Meanings{}, forced: map[*yaml.Node]bool{}}
	ended := append(bytes.Clone(text), s.lineBreak(len(d.Text)-1)...)
	if d.Node == nil {
		return ended, nil
	}
	if node, err := manifests.Decode(ended); err == nil && node != nil && s.means.Equal(d.Node, node) {
		return ended, nil
	}
	// A block text would get the break as a part of it.
	s.change(s.root(), len(d.Text), len(d.Text), "\n")
	return append(s.apply(), '\n'), nil
}
