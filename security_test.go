package main

import (
	"os"
	"regexp"
	"testing"
)

// TestSecurityStatements sees that every test that SECURITY.md names, for a promise it makes, exists.
func TestSecurityStatements(t *testing.T) {
	text, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	defined := testFunctions(t)
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`").FindAllSubmatch(text, -1)
	for _, match := range named {
		if defined[string(match[1])] == nil {
			t.Errorf("SECURITY.md names %s, which does not exist", match[1])
		}
	}
	if len(named) < 20 {
		t.Errorf("SECURITY.md names %d tests", len(named))
	}
}
