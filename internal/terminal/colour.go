package terminal

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/secretwright/secretwright/fn"
)

// The colours of a terminal.
const (
	red, green, yellow, cyan, bold, plainText = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m", "\x1b[1m", "\x1b[0m"
)

// IsColoured reports whether what is written is for a person at a terminal who wants colours (no-color.org).
func IsColoured(w io.Writer) bool {
	if watched, ok := w.(*Stream); ok {
		w = watched.Writer
	}
	file, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}

// ColourDiff colours the lines of a unified diff.
func ColourDiff(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		colour := ""
		switch {
		case strings.HasPrefix(line, "diff "), strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
			colour = bold
		case strings.HasPrefix(line, "-"):
			colour = red
		case strings.HasPrefix(line, "+"):
			colour = green
		case strings.HasPrefix(line, "@@"):
			colour = cyan
		}
		if colour == "" {
			out.WriteString(line)
			continue
		}
		out.WriteString(colour + strings.TrimSuffix(line, "\n") + plainText + "\n")
	}
	return out.String()
}

// ErrPrinted ends a command whose errors have been printed.
var ErrPrinted = errors.New("failed")

// PrintFindings prints findings for people, with colours on a terminal.
func PrintFindings(w io.Writer, findings []*fn.Finding) error {
	if watched, ok := w.(*Stream); ok && watched.Quiet {
		findings = WithoutInfos(findings)
	}
	var out strings.Builder
	if err := fn.Print(&out, findings); err != nil {
		return err
	}
	text := folded(out.String(), widthOf(w))
	if IsColoured(w) {
		text = colourFindings(text)
	}
	_, err := io.WriteString(w, text)
	return err
}

// WithoutInfos returns the errors and warnings.
func WithoutInfos(findings []*fn.Finding) []*fn.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f *fn.Finding) bool { return f.Level() == fn.Info })
}

// colourFindings colours the severity of each finding.
func colourFindings(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		for _, severity := range []struct{ word, colour string }{{"error", red}, {"warning", yellow}, {"info", cyan}} {
			before, rest, found := strings.Cut(line, ": "+severity.word+": ")
			if found && !strings.Contains(before, ": ") && !strings.HasPrefix(line, " ") {
				line = bold + before + plainText + ": " + severity.colour + severity.word + plainText + ": " + rest
				break
			}
		}
		out.WriteString(line)
	}
	return out.String()
}
