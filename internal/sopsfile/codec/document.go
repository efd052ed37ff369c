package codec

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/getsops/sops/v3"

	"github.com/secretwright/secretwright/internal/sopsfile/crypt"
)

// Bounds on a document, far above what people have and far below what makes reading it slow.
const (
	maxSize    = 32 << 20 // bytes
	MaxDepth   = crypt.MaxDepth
	maxNodes   = 500_000 // values, keys and comments
	maxAliased = 100_000 // values that YAML aliases may add

	perDocument = 50 // a YAML document in a stream costs what so many values do, even if it is empty
)

// Document is a document that was read, with the place of every value.
type Document struct {
	Format Format
	Tree   sops.Tree

	source []byte
	places []place // one for each branch
}

// Place is where a value is in the file.
type Place struct {
	Line, Column int // from 1; the column counts characters
	// Start and End are the byte range of a scalar as it is written, with its quotes. They are equal where the value is
	// not one piece of text: maps and lists, and in YAML what is in several lines, tagged, anchored or an alias.
	Start, End int
}

// place is a Place and those of what is below it, in the order of the tree. A line of 0 means: count it from start.
type place struct {
	key          string // in a map
	comment      bool
	line, column int
	start, end   int
	text         string // of a scalar without quotes, as it is written
	literal      bool   // the text is a number, a boolean or a date
	kids         []place
}

// Place returns where the value at a path of a branch is. The branch is the index of the YAML document; other formats
// have one. An empty path is the document itself.
func (d *Document) Place(branch int, path Path) (Place, bool) {
	if branch < 0 || branch >= len(d.places) {
		return Place{}, false
	}
	p := d.places[branch].find(path)
	if p == nil {
		return Place{}, false
	}
	return d.resolve(*p), true
}

// CRLF reports whether every value of a dotenv document, decrypted, ends in a carriage return: the lines of the file
// that was encrypted ended in CRLF. LoadPlain refuses such a file with ErrCRLF.
func (d *Document) CRLF() bool {
	values := 0
	for _, branch := range d.Tree.Branches {
		for _, item := range branch {
			if _, ok := item.Key.(sops.Comment); ok {
				continue
			}
			text, _ := item.Value.(string)
			if !strings.HasSuffix(text, "\r") {
				return false
			}
			values++
		}
	}
	return d.Format == Dotenv && values > 0
}

// Literal returns a number, boolean or date of a YAML or JSON document as it is written, such as 1.10 or 0644. The tree
// holds its value alone.
func (d *Document) Literal(branch int, path Path) (text string, ok bool) {
	if branch < 0 || branch >= len(d.places) {
		return "", false
	}
	p := d.places[branch].find(path)
	if p == nil || !p.literal {
		return "", false
	}
	if d.Format == YAML {
		return p.text, true
	}
	return string(d.source[p.start:p.end]), true
}

// find returns the place at a path below p, or nil. INI may have two sections DEFAULT: both are looked in.
func (p *place) find(path Path) *place {
	if len(path) == 0 {
		return p
	}
	index := 0
	for i := range p.kids {
		kid := &p.kids[i]
		if kid.comment {
			continue
		}
		if path[0] == index || path[0] == kid.key {
			if found := kid.find(path[1:]); found != nil {
				return found
			}
		}
		index++
	}
	return nil
}

// resolve fills in what the reader of the format left to be counted.
func (d *Document) resolve(p place) Place {
	out := Place{Line: p.line, Column: p.column, Start: p.start, End: p.end}
	switch {
	case p.line == 0:
		out.Line, out.Column = lineOf(d.source, p.start)
	case d.Format == YAML && len(p.kids) == 0:
		out.Start, out.End = scalarRange(d.source, p)
	}
	return out
}

// lineOf returns the line and column of an offset.
func lineOf(source []byte, offset int) (line, column int) {
	before := source[:min(offset, len(source))]
	last := bytes.LastIndexByte(before, '\n')
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[last+1:]) + 1
}

// locate adds the place of its path to an error.
func (d *Document) locate(branch int, e *Error) *Error {
	e.Format = d.Format
	if at, ok := d.Place(branch, e.Path); ok {
		e.Line, e.Column = at.Line, at.Column
	}
	return e
}

// keySet finds keys that appear twice. A small map is searched; only a large one is worth a hash table.
type keySet struct {
	few  []keyAt
	many map[string]int
}

type keyAt struct {
	key  string
	line int
}

const few = 12

// add returns the line where the key appeared before, or 0.
func (s *keySet) add(key string, line int) int {
	if s.many != nil {
		if first, ok := s.many[key]; ok {
			return first
		}
		s.many[key] = line
		return 0
	}
	for _, at := range s.few {
		if at.key == key {
			return at.line
		}
	}
	s.few = append(s.few, keyAt{key, line})
	if len(s.few) > few {
		s.many = map[string]int{}
		for _, at := range s.few {
			s.many[at.key] = at.line
		}
	}
	return 0
}
