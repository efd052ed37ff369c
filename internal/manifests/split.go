package manifests

import (
	"bytes"
	"encoding/json"

	"github.com/secretwright/secretwright/internal/yamltext"
)

// Split cuts a file at the lines that begin with `---` and after those that begin with `...`. YAML allows neither at
// the start of a line inside a value, so no value is cut. Directives and comments before a `---` belong to what
// follows it.
func Split(data []byte) [][]byte {
	var parts [][]byte
	start, started, ended := 0, false, false
	for at := 0; at < len(data); {
		next := yamltext.NextLine(data, at)
		line := data[at:next]
		if at == 0 {
			line = bytes.TrimPrefix(line, []byte(yamltext.BOM))
		}
		switch {
		case yamltext.IsMarker(line, "---"):
			if started {
				parts, start = append(parts, data[start:at]), at
			}
			started, ended = true, false
		case yamltext.IsMarker(line, "..."):
			parts, start = append(parts, data[start:next]), next
			started, ended = false, true
		case !started && (yamltext.IsBlankOrComment(line) || line[0] == '%'):
		default:
			started, ended = true, false
		}
		at = next
	}
	switch rest := data[start:]; {
	case len(rest) == 0:
	case !started && ended:
		last := len(parts) - 1
		parts[last] = data[start-len(parts[last]):]
	default:
		parts = append(parts, rest)
	}
	return parts
}

// value is the text of one value in a part of a file.
type value struct {
	text []byte
	json bool
}

// values cuts a part of a file that holds several JSON values, one after the other, into one part for each, as
// kubectl reads them. What is not JSON stays one part.
func values(text []byte) []value {
	body := bytes.TrimLeft(bytes.TrimPrefix(text, []byte(yamltext.BOM)), " \t\r\n")
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		return []value{{text: text}}
	}
	if json.Valid(body) {
		return []value{{text, true}}
	}
	decoder, lead := json.NewDecoder(bytes.NewReader(body)), len(text)-len(body)
	var found []value
	start := 0
	for {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			break
		}
		end := lead + int(decoder.InputOffset())
		found, start = append(found, value{text[start:end], true}), end
	}
	if len(found) < 2 || len(bytes.TrimSpace(text[start:])) > 0 {
		return []value{{text: text}}
	}
	last := &found[len(found)-1]
	last.text = text[start-len(last.text):]
	return found
}
