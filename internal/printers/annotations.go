package printers

import (
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
)

// GitHub writes findings as workflow commands of GitHub Actions, which shows each beside its line in a pull
// request.
func GitHub(w io.Writer, findings []*fn.Finding) error {
	var b strings.Builder
	commands := map[report.Severity]string{fn.Error: "error", fn.Warning: "warning", fn.Info: "notice"}
	for _, f := range findings {
		properties := []string{"title=" + inProperty.Replace(string(f.Code))}
		if f.Place.File != "" {
			properties = append(properties, "file="+inProperty.Replace(report.Printable(inWorkspace(f.Place.File))))
		}
		if f.Place.Line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d,col=%d", f.Place.Line, max(f.Place.Column, 1)))
		}
		fmt.Fprintf(&b, "::%s %s::%s\n", commands[f.Level()], strings.Join(properties, ","), inMessage.Replace(f.Error()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// inWorkspace returns a path relative to the workspace of GitHub Actions, where GitHub looks for it, instead of to the
// working folder. Outside of a workflow, and for a file outside of the workspace, it is the path as it is.
func inWorkspace(file string) string {
	workspace := os.Getenv("GITHUB_WORKSPACE")
	absolute, err := filepath.Abs(file)
	if workspace == "" || err != nil {
		return file
	}
	relative, err := filepath.Rel(workspace, absolute)
	if err != nil || !filepath.IsLocal(relative) {
		return file
	}
	return filepath.ToSlash(relative)
}

// What a workflow command has escapes for. Line ends never get here: a message is one printable line.
var (
	inMessage  = strings.NewReplacer("%", "%25")
	inProperty = strings.NewReplacer("%", "%25", ":", "%3A", ",", "%2C")
)

// JUnit writes findings as a test report in JUnit's XML: a test for each finding, of which the errors have failed,
// and one that has passed where there are no findings.
func JUnit(w io.Writer, findings []*fn.Finding) error {
	var b strings.Builder
	failures := 0
	for _, f := range findings {
		if f.IsError() {
			failures++
		}
	}
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"secretwright check\" tests=\"%d\" failures=\"%d\">\n",
		max(len(findings), 1), failures)
	if len(findings) == 0 {
		b.WriteString("<testcase classname=\"secretwright\" name=\"check\"/>\n")
	}
	for _, f := range findings {
		file, line := html.EscapeString(report.Printable(f.Place.File)), html.EscapeString(f.Line())
		name := html.EscapeString(strings.TrimSpace(string(f.Code) + " " + f.Path()))
		fmt.Fprintf(&b, "<testcase classname=\"%s\" name=\"%s\" file=\"%s\" line=\"%d\">", file, name, file, f.Place.Line)
		if f.IsError() {
			fmt.Fprintf(&b, "<failure type=\"%s\" message=\"%s\"/>", html.EscapeString(string(f.Code)), line)
		} else {
			fmt.Fprintf(&b, "<system-out>%s</system-out>", line)
		}
		b.WriteString("</testcase>\n")
	}
	b.WriteString("</testsuite>\n</testsuites>\n")
	_, err := io.WriteString(w, b.String())
	return err
}
