package codec

import (
	"errors"
	"fmt"
	"strings"

	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
)

// The kinds of errors. Every error of this package is an *Error that errors.Is finds one of these in.
var (
	ErrSyntax       = errors.New("not valid")
	ErrTruncated    = errors.New("cut short")
	ErrEmpty        = errors.New("empty")
	ErrDuplicateKey = errors.New("a key appears twice")
	ErrNotMap       = errors.New("not a map")
	ErrKeyType      = crypt.ErrKeyType
	ErrTooLarge     = errors.New("too large")
	ErrTooDeep      = crypt.ErrTooDeep
	ErrAliases      = errors.New("YAML aliases multiply to more than the document could hold")
	ErrBOM          = errors.New("begins with a byte order mark")
	ErrCRLF         = errors.New("lines end in CRLF")
	ErrJoined       = errors.New("several encrypted documents joined in one file")
	ErrNoMetadata   = errors.New("no sops metadata")
	ErrMetadata     = errors.New("the sops metadata is malformed")
	ErrPlaintext    = crypt.ErrPlaintext
	ErrValue        = crypt.ErrValue
	ErrMAC          = crypt.ErrMAC
	ErrEncrypt      = crypt.ErrEncrypt
	ErrEmit         = errors.New("cannot be written in this format")
)

// Error says what is wrong with a document, and where. It holds no value of the document.
type Error struct {
	Kind   error  // one of the kinds above, or of those of package rulefile
	Format Format // "" for a .sops.yaml
	Line   int    // from 1; 0 where it is not known
	Column int    // from 1; 0 where it is not known
	First  int    // of a key that appears twice: the line where it appeared first
	Path   Path   // of the value, or of the key that appears twice; nil where it is not known
	Detail string // more about the reason, made by this package; may be ""
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", e.Line)
	}
	if len(e.Path) > 0 {
		fmt.Fprintf(&b, "%s: ", e.Path)
	}
	b.WriteString(e.Kind.Error())
	if e.First > 0 {
		fmt.Fprintf(&b, ", first in line %d", e.First)
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, ": %s", e.Detail)
	}
	return b.String()
}

// Unwrap returns the kind, for errors.Is.
func (e *Error) Unwrap() error { return e.Kind }

// Path leads to a value.
type Path = crypt.Path

// PlaceOf returns the line and column that an error is about, or zeros.
func PlaceOf(err error) (line, column int) {
	var e *Error
	if errors.As(err, &e) {
		return e.Line, e.Column
	}
	return 0, 0
}
