package cli

import (
	"fmt"
	"path"
	"strings"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
)

// verdict is one line about a SecretSpec.
func (c checked) verdict() string {
	name := report.FileName(c.spec)
	if c.user != "" {
		name += " (in " + report.FileName(path.Clean(c.user)) + ")"
	}
	errs, warnings := 0, 0
	for _, f := range c.findings {
		switch f.Level() {
		case fn.Error:
			errs++
		case fn.Warning:
			warnings++
		}
	}
	var parts []string
	if errs > 0 {
		parts = append(parts, counted(errs, "error"))
	}
	if warnings > 0 {
		parts = append(parts, counted(warnings, "warning"))
	}
	if len(parts) == 0 {
		parts = []string{"ok"}
	}
	return name + ": " + strings.Join(parts, ", ")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
