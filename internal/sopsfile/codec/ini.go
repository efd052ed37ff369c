package codec

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"github.com/getsops/sops/v3"
)

const (
	iniDefault    = "DEFAULT" // the section before the first header
	iniDelimiters = "=:"
)

// readINI reads sections of keys. It follows the INI package that SOPS uses: values may be quoted, continue after a
// backslash or in triple quotes, and end at # or ;.
func readINI(data []byte) (*Document, error) {
	text := data
	switch {
	case bytes.HasPrefix(data, []byte(utf8BOM)):
		text = data[len(utf8BOM):]
	case bytes.HasPrefix(data, []byte("\xFE\xFF")), bytes.HasPrefix(data, []byte("\xFF\xFE")):
		return nil, &Error{Kind: ErrBOM, Format: INI, Line: 1, Column: 1}
	}
	r := iniReader{rest: string(text), offset: len(data) - len(text), nodes: maxNodes}
	r.open(iniDefault, "")
	if err := r.read(); err != nil {
		return nil, asJoined(err, countLines(text, "["+sopsKey+"]"))
	}
	r.close()
	d := &Document{Format: INI, source: data, Tree: sops.Tree{Branches: sops.TreeBranches{r.sections}}}
	d.places = []place{{line: 1, column: 1, kids: r.kids}}
	return d, nil
}

type iniReader struct {
	rest    string // what is left to read
	offset  int    // of rest in the document
	line    int    // number of the line read last
	ended   bool
	comment strings.Builder // waits for the key or section it belongs to
	count   int             // for keys without names
	nodes   int

	sections sops.TreeBranch
	kids     []place
	names    keySet

	section sops.TreeBranch // the open one
	at      place
	keys    keySet
}

func (r *iniReader) fail(kind error) error {
	return &Error{Kind: kind, Format: INI, Line: r.line, Column: 1}
}

func (r *iniReader) duplicate(path Path, first, line int) *Error {
	return &Error{Kind: ErrDuplicateKey, Format: INI, Path: path, Line: line, Column: 1, First: first}
}

// next returns the next line, with its end.
func (r *iniReader) next() string {
	end := strings.IndexByte(r.rest, '\n') + 1
	if end == 0 {
		end, r.ended = len(r.rest), true
	}
	line := r.rest[:end]
	r.rest, r.offset = r.rest[end:], r.offset+end
	r.line++
	return line
}

func (r *iniReader) takeComment() string {
	text := strings.TrimSpace(r.comment.String())
	r.comment.Reset()
	return text
}

func (r *iniReader) open(name, comment string) {
	r.section, r.keys, r.count = nil, keySet{}, 1
	r.at = place{key: name, line: max(r.line, 1), column: 1}
	r.addComment(comment)
}

func (r *iniReader) close() {
	r.sections = append(r.sections, sops.TreeItem{Key: r.at.key, Value: r.section})
	r.kids = append(r.kids, r.at)
}

func (r *iniReader) addComment(text string) {
	if text == "" {
		return
	}
	switch text[0] {
	case ';':
		text = strings.TrimLeft(text, "; ")
	case '#':
		text = strings.TrimLeft(text, "# ")
	}
	r.section = append(r.section, sops.TreeItem{Key: sops.Comment{Value: text}})
	r.at.kids = append(r.at.kids, place{comment: true})
}

func (r *iniReader) read() error {
	for !r.ended {
		full := r.next()
		line := strings.TrimLeftFunc(full, unicode.IsSpace)
		if line == "" {
			continue
		}
		var err error
		switch line[0] {
		case '#', ';':
			r.comment.WriteString(line)
		case '[':
			err = r.header(line)
		default:
			err = r.key(line)
		}
		if err != nil {
			return err
		}
		if r.nodes--; r.nodes < 0 {
			return r.fail(ErrTooLarge)
		}
	}
	return nil
}

func (r *iniReader) header(line string) error {
	end := strings.LastIndexByte(line, ']')
	if end < 2 { // not closed, or without a name
		return r.fail(ErrSyntax)
	}
	name := line[1:end]
	if i := strings.IndexAny(line[end+1:], "#;"); i >= 0 {
		r.comment.WriteString(line[end+1:][i:])
	}
	// SOPS writes an explicit DEFAULT section after the implicit one, which is empty then.
	if len(r.sections) == 0 && len(r.section) > 0 {
		r.names.add(iniDefault, r.at.line)
	}
	if first := r.names.add(name, r.line); first > 0 {
		return r.duplicate(Path{name}, first, r.line)
	}
	r.close()
	r.open(name, r.takeComment())
	return nil
}

func (r *iniReader) key(line string) error {
	begin, number := r.offset-len(line), r.line
	name, offset, ok := iniKeyName(line)
	if !ok || name == "" {
		return r.fail(ErrSyntax)
	}
	if name == "-" {
		name = "#" + strconv.Itoa(r.count)
		r.count++
	}
	value, simple, err := r.value(line[offset:])
	if err != nil {
		return err
	}
	if first := r.keys.add(name, number); first > 0 {
		return r.duplicate(Path{r.at.key, name}, first, number)
	}
	r.section = append(r.section, sops.TreeItem{Key: name, Value: value})
	at := place{key: name, line: number, column: len([]rune(line[:offset])) + 1}
	if simple && value != "" {
		at.start = begin + offset + strings.Index(line[offset:], value)
		at.end = at.start + len(value)
	}
	r.at.kids = append(r.at.kids, at)
	r.addComment(r.takeComment())
	return nil
}

// iniKeyName returns the name of a key and where what follows its delimiter begins.
func iniKeyName(line string) (name string, offset int, ok bool) {
	quote := ""
	switch {
	case strings.HasPrefix(line, `"""`):
		quote = `"""`
	case line[0] == '"', line[0] == '`':
		quote = line[:1]
	}
	n := len(quote)
	if n == 0 {
		end := strings.IndexAny(line, iniDelimiters)
		if end < 1 {
			return "", 0, false
		}
		return strings.TrimSpace(line[:end]), end + 1, true
	}
	name, rest, closed := strings.Cut(line[n:], quote)
	delimiter := strings.IndexAny(rest, iniDelimiters)
	if !closed || delimiter < 0 {
		return "", 0, false
	}
	return strings.TrimSpace(name), len(line) - len(rest) + delimiter + 1, true
}

// value reads a value that begins in this line. A simple one is in the document just as it is.
func (r *iniReader) value(line string) (value string, simple bool, err error) {
	line = strings.TrimLeftFunc(line, unicode.IsSpace)
	if line == "" {
		return "", false, nil
	}
	quote := ""
	if len(line) > 3 && strings.HasPrefix(line, `"""`) {
		quote = `"""`
	} else if line[0] == '`' {
		quote = "`"
	}
	if quote != "" {
		text := line[len(quote):]
		if end := strings.LastIndex(text, quote); end >= 0 {
			return text[:end], false, nil
		}
		value, err = r.quotedLines(text, quote)
		return value, false, err
	}
	line = strings.TrimSpace(line)
	if line[len(line)-1] == '\\' {
		return r.continued(line[:len(line)-1]), false, nil
	}
	if i := strings.IndexAny(line, "#;"); i >= 0 {
		r.comment.WriteString(line[i:])
		line = strings.TrimSpace(line[:i])
	}
	for _, quote := range []byte{'\'', '"'} {
		last := len(line) - 1
		if last > 0 && line[0] == quote && strings.IndexByte(line[1:], quote) == last-1 {
			return line[1:last], false, nil
		}
	}
	return line, true, nil
}

// quotedLines reads on until the quote.
func (r *iniReader) quotedLines(value, quote string) (string, error) {
	var text strings.Builder
	text.WriteString(value)
	begin := r.line
	for {
		line := r.next()
		end := strings.LastIndex(line, quote)
		if end >= 0 && strings.HasSuffix(strings.TrimSpace(strings.TrimRight(line[end+len(quote):], "\r\n")), `\`) {
			text.WriteString(line)
			continue
		}
		if end >= 0 {
			text.WriteString(line[:end])
			after := line[end+len(quote):]
			if i := strings.IndexAny(after, "#;"); i >= 0 {
				r.comment.WriteString(strings.TrimSpace(after[i:]))
			}
			return text.String(), nil
		}
		text.WriteString(line)
		if r.ended {
			return "", &Error{Kind: ErrTruncated, Format: INI, Line: begin, Column: 1}
		}
	}
}

// continued reads on while lines end in a backslash.
func (r *iniReader) continued(value string) string {
	var text strings.Builder
	text.WriteString(value)
	for {
		line := strings.TrimSpace(r.next())
		if line == "" {
			return text.String()
		}
		if !strings.HasSuffix(line, `\`) {
			text.WriteString(line)
			return text.String()
		}
		text.WriteString(line[:len(line)-1])
	}
}
