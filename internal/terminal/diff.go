package terminal

import (
	"strings"

	"github.com/secretwright/secretwright/internal/report"
)

// DiffNames returns how a diff names a file before and after a change. A text that is nil is of a file that is not
// there.
func DiffNames(name string, was, will []byte) (from, to string) {
	name = report.Printable(name)
	from, to = "a/"+name, "b/"+name
	if was == nil {
		from = "/dev/null"
	}
	if will == nil {
		to = "/dev/null"
	}
	return from, to
}

// PrintableLines returns a text with every line printable.
func PrintableLines(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(report.Printable(strings.TrimRight(line, "\r\n")) + "\n")
	}
	return out.String()
}
