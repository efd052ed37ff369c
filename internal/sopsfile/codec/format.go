package codec

import (
	"strings"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/stores"
)

// Format is a file format that SOPS reads and writes.
type Format string

// The formats, by the names that SOPS's --input-type has for them.
const (
	YAML   Format = "yaml"
	JSON   Format = "json"
	Dotenv Format = "dotenv"
	INI    Format = "ini"
	Binary Format = "binary"
)

// FormatForPath returns the format in which the sops command reads a file of that name.
func FormatForPath(path string) Format {
	for _, known := range []struct {
		suffix string
		format Format
	}{{".yaml", YAML}, {".yml", YAML}, {".json", JSON}, {".env", Dotenv}, {".ini", INI}} {
		if strings.HasSuffix(path, known.suffix) {
			return known.format
		}
	}
	return Binary
}

// Store reads and writes documents in one format. Use NewStore to make one.
type Store struct {
	// Repeats lets a key of a dotenv document appear more than once, as shells and godotenv do, if none of its values is
	// empty: SOPS's MAC covers all others, so nobody without the key can have added one.
	Repeats bool

	format Format
	config StoresConfig
}

// StoresConfig is the layout that the `stores` section of a .sops.yaml asks for.
type StoresConfig struct {
	JSON       IndentConfig `yaml:"json"`
	JSONBinary IndentConfig `yaml:"json_binary"`
	YAML       IndentConfig `yaml:"yaml"`
}

// IndentConfig is how far a format indents. In JSON, -1 means a tab; in YAML, 0 means SOPS's default of 4.
type IndentConfig struct {
	Indent int `yaml:"indent"`
}

// DefaultStoresConfig returns the layout SOPS uses where no .sops.yaml says otherwise.
func DefaultStoresConfig() StoresConfig {
	return StoresConfig{JSON: IndentConfig{-1}, JSONBinary: IndentConfig{-1}}
}

// NewStore returns the reader and writer of a format. A format that is not known is binary, as for SOPS.
func NewStore(format Format, config StoresConfig) *Store {
	switch format {
	case YAML, JSON, Dotenv, INI:
	default:
		format = Binary
	}
	return &Store{format: format, config: config}
}

// LoadPlain reads a document that is not encrypted.
func (s *Store) LoadPlain(data []byte) (*Document, error) {
	if len(data) > maxSize {
		return nil, &Error{Kind: ErrTooLarge, Format: s.format}
	}
	if s.format == Binary {
		branch := sops.TreeBranch{{Key: "data", Value: string(data)}}
		d := &Document{Format: Binary, source: data, Tree: sops.Tree{Branches: sops.TreeBranches{branch}}}
		d.places = []place{{line: 1, column: 1, kids: []place{{key: "data", line: 1, column: 1, end: len(data)}}}}
		return d, nil
	}
	return s.read(data)
}

// LoadEncrypted reads a SOPS document: the tree, still encrypted, and the metadata, which it holds to the bounds.
func (s *Store) LoadEncrypted(data []byte) (*Document, error) {
	if len(data) > maxSize {
		return nil, &Error{Kind: ErrTooLarge, Format: s.format}
	}
	d, err := s.read(data)
	if err != nil {
		return nil, err
	}
	if err := d.takeMetadata(); err != nil {
		return nil, err
	}
	return d, nil
}

// HasMetadata reports whether a branch has a key that SOPS keeps its metadata in: it is encrypted, or cannot be.
func (s *Store) HasMetadata(branch sops.TreeBranch) bool {
	for _, item := range branch {
		key, _ := item.Key.(string)
		if key == sopsKey && s.format != Dotenv || strings.HasPrefix(key, stores.SopsPrefix) && s.format == Dotenv {
			return true
		}
	}
	return false
}

func (s *Store) read(data []byte) (d *Document, err error) {
	defer func() {
		if recover() != nil { // the YAML parser is not written for hostile input, and a panic's text may quote it
			d, err = nil, &Error{Kind: ErrSyntax, Format: s.format}
		}
	}()
	switch s.format {
	case YAML:
		return readYAML(data)
	case Dotenv:
		return readDotenv(data, s.Repeats)
	case INI:
		return readINI(data)
	}
	return readJSON(data, s.format)
}

// EmitPlain writes the tree in the clear, as `sops decrypt` prints it.
func (s *Store) EmitPlain(branches sops.TreeBranches) (out []byte, err error) {
	defer func() {
		if recover() != nil {
			out, err = nil, &Error{Kind: ErrEmit, Format: s.format}
		}
	}()
	switch s.format {
	case YAML:
		return emitYAML(branches, s.config.YAML.Indent)
	case JSON:
		return emitJSON(branches, s.config.JSON.Indent)
	case Dotenv:
		return emitDotenv(branches)
	case INI:
		return emitINI(branches)
	}
	return emitBinary(branches)
}

// EmitEncrypted writes an encrypted tree with its metadata, as SOPS stores it in a file.
func (s *Store) EmitEncrypted(tree sops.Tree) (out []byte, err error) {
	branches, err := s.withMetadata(tree)
	if err != nil {
		return nil, err
	}
	if s.format == Binary {
		return emitJSON(branches, s.config.JSONBinary.Indent)
	}
	return s.EmitPlain(branches)
}
