package terminal

import (
	"bytes"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// maxWidth is how many columns a line for people has at most: longer ones are hard to read.
const maxWidth = 100

// widthOf returns how many columns a line for people has at a terminal, or 0 if it is none: files and pipes get a
// finding in one line, since editors, CI systems and grep look for it there.
func widthOf(w io.Writer) int {
	if watched, ok := w.(*Stream); ok {
		w = watched.Writer
	}
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width < 40 { // unknown, or not worth it
		return 0
	}
	return min(width, maxWidth)
}

// folded returns text with each of its lines folded: what is longer than a width goes on in lines that are indented.
func folded(text string, width int) string {
	if width == 0 {
		return text
	}
	var out bytes.Buffer
	for line := range strings.Lines(text) {
		fold(&out, line, width)
	}
	return out.String()
}

// fold writes a line, broken at spaces so that no part is wider than width, as far as its words allow. Parts after the
// first are indented by two columns more than the line.
func fold(out *bytes.Buffer, line string, width int) {
	text := strings.TrimLeft(line, " ")
	indent := len(line) - len(text)
	out.WriteString(line[:indent])
	next := "\n" + strings.Repeat(" ", indent+2)
	if strings.HasPrefix(text, "- ") {
		next += "  "
	}
	column := indent
	for i, word := range strings.SplitAfter(text, " ") {
		size := utf8.RuneCountInString(strings.TrimRight(word, " \n"))
		if i > 0 && column+size > width {
			out.Truncate(len(bytes.TrimRight(out.Bytes(), " ")))
			out.WriteString(next)
			column = len(next) - 1
		}
		out.WriteString(word)
		column += utf8.RuneCountInString(word)
	}
}
