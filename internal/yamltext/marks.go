package yamltext

import "bytes"

// BOM is the byte order mark of UTF-8.
const BOM = "\ufeff"

// IsMarker reports whether a line begins with `---` or `...` as a word.
func IsMarker(line []byte, marker string) bool {
	rest, found := bytes.CutPrefix(line, []byte(marker))
	return found && (len(rest) == 0 || SpaceAt(rest, 0) > 0)
}

// IsBlankOrComment reports whether a line holds no value.
func IsBlankOrComment(line []byte) bool {
	at := 0
	for at < len(line) {
		n := SpaceAt(line, at)
		if n == 0 {
			return line[at] == '#'
		}
		at += n
	}
	return true
}

// BreakAt returns the length of the line break at an offset, or 0. Breaks are those of YAML 1.1, as the parser counts
// them.
func BreakAt(text []byte, at int) int {
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

// SpaceAt returns the length of the space, tab or line break at an offset, or 0.
func SpaceAt(text []byte, at int) int {
	if at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		return 1
	}
	return BreakAt(text, at)
}

// NextLine returns the offset of the line after the one that holds an offset.
func NextLine(text []byte, at int) int {
	for at < len(text) {
		if n := BreakAt(text, at); n > 0 {
			return at + n
		}
		at++
	}
	return len(text)
}

// LineStarts returns the offset of each line.
func LineStarts(text []byte) []int {
	starts := []int{0}
	for at := 0; at < len(text); {
		if n := BreakAt(text, at); n > 0 {
			at += n
			starts = append(starts, at)
			continue
		}
		at++
	}
	return starts
}
