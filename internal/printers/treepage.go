package printers

import (
	_ "embed"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/secretwright/secretwright/fn"
)

// page is the HTML around the table, which takes its place: one file, without network.
//
//go:embed treepage.html
var page string

// printPage writes who reads what as a page with a filter: a row for each way in which something reads a Secret. Every
// text is escaped, and the page's own policy lets no other script run and nothing be fetched.
func printPage(w io.Writer, accesses []fn.Access) error {
	var rows strings.Builder
	cell := func(text string) { fmt.Fprintf(&rows, "<td>%s</td>", html.EscapeString(text)) }
	row := func(a fn.Access, r fn.Reader) {
		rows.WriteString("<tr>")
		for _, text := range []string{
			a.Namespace, a.Secret, a.Type, r.Namespace, strings.TrimSpace(r.Kind + " " + r.Name), r.Container, r.Via,
		} {
			cell(text)
		}
		if r.Via == "" {
			cell(strings.Join(a.Keys, ", ") + " (nothing reads it)")
		} else if r.Key == "" {
			cell("all keys: " + strings.Join(a.Keys, ", "))
		} else {
			cell(r.Key)
		}
		cell(strings.Join(a.Sources, ", "))
		cell(strings.Join(a.Recipients, ", "))
		rows.WriteString("</tr>\n")
	}
	for _, a := range accesses {
		for _, r := range a.Readers {
			row(a, r)
		}
		if len(a.Readers) == 0 {
			row(a, fn.Reader{})
		}
	}
	_, err := io.WriteString(w, strings.Replace(page, "<!-- rows -->\n", rows.String(), 1))
	return err
}
