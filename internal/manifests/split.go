package manifests

import (
	"bytes"
	"encoding/json"
)

// bom is the byte order mark of UTF-8.
const bom = "\ufeff"

// split cuts a file at the lines that begin with `---` and after those that begin with `...`. YAML allows neither at
// the start of a line inside a value, so no value is cut. Directives and comments before a `---` belong to what
// follows it.
func split(data []byte) [][]byte {
	var parts [][]byte
	start, started, ended := 0, false, false
	for at := 0; at < len(data); {
		next := nextLine(data, at)
		line := data[at:next]
		if at == 0 {
			line = bytes.TrimPrefix(line, []byte(bom))
		}
		switch {
		case isMarker(line, "---"):
			if started {
				parts, start = append(parts, data[start:at]), at
			}
			started, ended = true, false
		case isMarker(line, "..."):
			parts, start = append(parts, data[start:next]), next
			started, ended = false, true
		case !started && (isBlankOrComment(line) || line[0] == '%'):
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

// isMarker reports whether a line begins with `---` or `...` as a word.
func isMarker(line []byte, marker string) bool {
	rest, found := bytes.CutPrefix(line, []byte(marker))
	return found && (len(rest) == 0 || spaceAt(rest, 0) > 0)
}

func isBlankOrComment(line []byte) bool {
	at := 0
	for at < len(line) {
		n := spaceAt(line, at)
		if n == 0 {
			return line[at] == '#'
		}
		at += n
	}
	return true
}

// breakAt returns the length of the line break at an offset, or 0. Breaks are those of YAML 1.1, as the parser counts
// them.
func breakAt(text []byte, at int) int {
	if at >= len(text) {
		return 0
	}
	switch text[at] {
	case '\n':
		return 1
	case '\r':
		if at+1 < len(text) && text[at+1] == '\n' {
			return 2
		}
		return 1
	case 0xC2:
		if at+1 < len(text) && text[at+1] == 0x85 { // NEL
			return 2
		}
	case 0xE2:
		if at+2 < len(text) && text[at+1] == 0x80 && (text[at+2] == 0xA8 || text[at+2] == 0xA9) { // LS, PS
			return 3
		}
	}
	return 0
}

// spaceAt returns the length of the space, tab or line break at an offset, or 0.
func spaceAt(text []byte, at int) int {
	if at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		return 1
	}
	return breakAt(text, at)
}

// nextLine returns the offset of the line after the one that holds an offset.
func nextLine(text []byte, at int) int {
	for at < len(text) {
		if n := breakAt(text, at); n > 0 {
			return at + n
		}
		at++
	}
	return len(text)
}

// lineStarts returns the offset of each line.
func lineStarts(text []byte) []int {
	starts := []int{0}
	for at := 0; at < len(text); {
		if n := breakAt(text, at); n > 0 {
			at += n
			starts = append(starts, at)
			continue
		}
		at++
	}
	return starts
}

// value is the text of one value in a part of a file.
type value struct {
	text []byte
	json bool
}

// values cuts a part of a file that holds several JSON values, one after the other, into one part for each, as
// kubectl reads them. What is not JSON stays one part.
func values(text []byte) []value {
	body := bytes.TrimLeft(bytes.TrimPrefix(text, []byte(bom)), " \t\r\n")
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
