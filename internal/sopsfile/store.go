package sopsfile

import "github.com/secretwright/secretwright/internal/sopsfile/codec"

// SOPSVersion is the version of SOPS whose code is built in, and whose documents are written.
const SOPSVersion = "3.13.3"

// Format names a format that SOPS reads.
type Format = codec.Format

// The formats that SOPS reads.
const (
	YAML   = codec.YAML
	JSON   = codec.JSON
	Dotenv = codec.Dotenv
	INI    = codec.INI
	Binary = codec.Binary
)

// Path leads to a value of a document: a string for each map it passes, an int for each list. Comments do not count.
type Path = codec.Path

// FormatOf returns the format that the sops command reads a file of that name in.
func FormatOf(name string) Format { return codec.FormatForPath(name) }

// store returns the reader and printer of a format. The indentation is SOPS's default, whatever a .sops.yaml says of
// it: the same document is the same Secret, wherever it is built.
func store(format Format) *codec.Store { return codec.NewStore(format, codec.DefaultStoresConfig()) }

// Option changes how a document is read.
type Option func(*codec.Store)

// Repeats lets a key of a dotenv document appear more than once, for readers to whom the last one counts. An empty
// value among them is refused: SOPS's MAC does not cover it.
func Repeats(s *codec.Store) { s.Repeats = true }

// storeWith is store with options.
func storeWith(format Format, options []Option) *codec.Store {
	s := store(format)
	for _, option := range options {
		option(s)
	}
	return s
}

// storeWithIndent returns the printer of YAML with an indentation; 0 is SOPS's default.
func storeWithIndent(indent int) *codec.Store {
	layout := codec.DefaultStoresConfig()
	layout.YAML.Indent = indent
	return codec.NewStore(YAML, layout)
}
