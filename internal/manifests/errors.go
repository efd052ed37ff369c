package manifests

import (
	"fmt"
	"regexp"
	"strconv"
	"sync"
)

// Error reports what is wrong in a file, and where. It never quotes a value.
type Error struct {
	// Line and Column are where the problem is, counted from 1. Column is 0 if only the line is known.
	Line, Column int
	// Problem is what is wrong, and how to mend it.
	Problem string
}

func (e *Error) Error() string {
	if e.Column > 0 {
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
}

// parserLine matches the line in an error of the YAML parser. The rest of the message may quote a value.
var parserLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^yaml: (?:unmarshal errors:\s+)?line (\d+):`) })

// lineOf returns the line that an error of the YAML parser names, counted from 1, or 1.
func lineOf(err error) int {
	line := 0
	if match := parserLine().FindStringSubmatch(err.Error()); match != nil {
		line, _ = strconv.Atoi(match[1])
	}
	return max(line, 1)
}
