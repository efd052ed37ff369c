package crypt

import (
	"errors"
	"strconv"
	"strings"

	"github.com/secretwright/secretwright/internal/report"
)

// MaxDepth is how many maps and lists a document may have in each other.
const MaxDepth = 200

// The kinds of errors. Every error of this package is an *Error that errors.Is finds one of these in.
var (
	ErrKeyType   = errors.New("a key is not text")
	ErrTooDeep   = errors.New("nested too deeply")
	ErrPlaintext = errors.New("not encrypted, though it should be")
	ErrValue     = errors.New("does not decrypt: it was changed after it was encrypted, or moved")
	ErrMAC       = errors.New("the MAC does not match: the document was changed after it was encrypted")
	ErrEncrypt   = errors.New("cannot be encrypted")
)

// Error says what is wrong with a value of a tree. It holds nothing of the value.
type Error struct {
	Kind   error  // one of the kinds above
	Branch int    // the index of the branch
	Path   Path   // of the value; nil where it is not known
	Detail string // more about the reason, made by this package; may be ""
}

// Error implements error.
func (e *Error) Error() string {
	text := e.Kind.Error()
	if len(e.Path) > 0 {
		text = e.Path.String() + ": " + text
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// Unwrap returns the kind, for errors.Is.
func (e *Error) Unwrap() error { return e.Kind }

// Path leads to a value: a string for each map it passes, an int for each list. Comments do not count.
type Path []any

// String returns the path as people write it, such as spec.users[0].name, with what is not printable replaced.
func (p Path) String() string {
	var b strings.Builder
	for i, step := range p {
		switch step := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		case string:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(printable(step))
		}
	}
	return b.String()
}

// maxPrinted is how many bytes of a key an error prints.
const maxPrinted = 100

func printable(key string) string {
	if len(key) > maxPrinted {
		key = key[:maxPrinted] + "..."
	}
	return report.Printable(key)
}
