package printers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
)

// jsonFinding is a finding in the output json.
type jsonFinding struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Field    string `json:"field,omitempty"`
	Message  string `json:"message"`
}

// JSON prints findings as a list of maps.
func JSON(w io.Writer, findings []*fn.Finding) error {
	out := []jsonFinding{}
	for _, f := range findings {
		out = append(out, jsonFinding{
			Code: string(f.Code), Severity: string(f.Level()), Message: f.Text(), Field: f.Path(),
			File: f.Place.File, Line: f.Place.Line, Column: f.Place.Column,
		})
	}
	return writeJSON(w, out)
}

// writeJSON writes a value as indented JSON. What is not printable in it is escaped, so that nothing is lost, and
// nothing drives a terminal.
func writeJSON(w io.Writer, value any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	var out bytes.Buffer
	before := ' '
	for _, r := range text.String() {
		switch {
		case r == '#' && before == '#': // which would begin a command of a CI system, in the middle of a line
			out.WriteString(`\u0023`)
		case r == '\n' || report.IsPrintable(r): // a line end is between strings: in one it is escaped already
			out.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		before = r
	}
	_, err := out.WriteTo(w)
	return err
}
