package codec

import (
	"bytes"
	"unicode/utf8"
)

const lineEnds = "\r\n\u0085\u2028\u2029"

// scalarRange returns the byte range of a YAML scalar, or nothing where it is not one piece of text in one line.
func scalarRange(source []byte, p place) (start, end int) {
	start, ok := offsetOf(source, p.line, p.column)
	if !ok {
		return 0, 0
	}
	rest := source[start:]
	if p.text != "" {
		if bytes.HasPrefix(rest, []byte(p.text)) {
			return start, start + len(p.text)
		}
		return 0, 0
	}
	if len(rest) > 0 && (rest[0] == '\'' || rest[0] == '"') {
		if n := quotedLength(rest); !bytes.ContainsAny(rest[:n], lineEnds) {
			return start, start + n
		}
	}
	return 0, 0
}

// quotedLength is the length of the quoted text at the beginning, or 0 if it does not end.
func quotedLength(text []byte) int {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote && quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return 0
}

// offsetOf returns the offset of a line and column, counted as the YAML package does: in characters, with Unicode's
// line ends. It knows UTF-8 only.
func offsetOf(source []byte, line, column int) (offset int, ok bool) {
	if bytes.HasPrefix(source, []byte("\xFE\xFF")) || bytes.HasPrefix(source, []byte("\xFF\xFE")) {
		return 0, false
	}
	if bytes.HasPrefix(source, []byte(utf8BOM)) {
		offset = len(utf8BOM)
	}
	for ; line > 1; line-- {
		n := lineLength(source[offset:])
		if n == 0 {
			return 0, false
		}
		offset += n
	}
	for ; column > 1; column-- {
		_, n := utf8.DecodeRune(source[offset:])
		if n == 0 {
			return 0, false
		}
		offset += n
	}
	return offset, true
}

// lineLength is the length of the first line with its end, or 0 if there is no end.
func lineLength(text []byte) int {
	i := bytes.IndexAny(text, lineEnds)
	if i < 0 {
		return 0
	}
	if bytes.HasPrefix(text[i:], []byte("\r\n")) {
		return i + 2
	}
	_, n := utf8.DecodeRune(text[i:])
	return i + n
}
