package check

import (
	"path"
	"strings"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
)

// Verdict is one line about a SecretSpec.
func (c Result) Verdict() string {
	name := report.FileName(c.spec)
	if c.user != "" {
		name += " (in " + report.FileName(path.Clean(c.user)) + ")"
	}
	errs, warnings := 0, 0
	for _, f := range c.Findings {
		switch f.Level() {
		case fn.Error:
			errs++
		case fn.Warning:
			warnings++
		}
	}
	var parts []string
	if errs > 0 {
		parts = append(parts, report.Count(errs, "error"))
	}
	if warnings > 0 {
		parts = append(parts, report.Count(warnings, "warning"))
	}
	if len(parts) == 0 {
		parts = []string{"ok"}
	}
	return name + ": " + strings.Join(parts, ", ")
}
