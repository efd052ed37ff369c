package templates

import (
	"regexp"
	"sync"
)

// pattern returns a regular expression that is compiled when it is first used: most runs need none of those here.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
