package cli

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

// folding is a terminal: lines that are longer than it is wide go on in lines that are indented. Files and pipes get a
// finding in one line, since editors, CI systems and grep look for it there.
type folding struct {
	io.Writer
	width int
}

// folded returns a writer that folds what it gets, if w is a terminal.
func folded(w io.Writer) io.Writer {
	if watched, ok := w.(*watched); ok {
		if terminal, ok := folded(watched.Writer).(*folding); ok {
			return &folding{w, terminal.width}
		}
		return w
	}
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return w
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width < 40 { // unknown, or not worth it
		return w
	}
	return &folding{w, min(width, maxWidth)}
}

// Write writes text, each of its lines folded. It keeps nothing back.
func (f *folding) Write(text []byte) (int, error) {
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		fold(&out, string(line), f.width)
	}
	if _, err := f.Writer.Write(out.Bytes()); err != nil {
		return 0, err
	}
	return len(text), nil
}

// fold writes a line, broken at spaces so that no part is wider than width, as far as its words allow. Parts after the first
// are indented by two columns more than the line.
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
