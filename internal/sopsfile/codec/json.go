package codec

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/getsops/sops/v3"
)

// readJSON reads one JSON object, and nothing after it.
func readJSON(data []byte, format Format) (*Document, error) {
	if e := byteOrderMark(data, format); e != nil {
		return nil, e
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // as float64, large integers would lose digits
	r := jsonReader{data: data, decoder: decoder, format: format, nodes: maxNodes}
	start, token, err := r.token()
	switch {
	case errors.Is(err, ErrTruncated) && len(bytes.TrimSpace(data)) == 0:
		return nil, &Error{Kind: ErrEmpty, Format: format}
	case err != nil:
		return nil, err
	case token != json.Delim('{'):
		return nil, r.fail(ErrNotMap, start)
	}
	branch, kids, err := r.object()
	if err != nil {
		return nil, err
	}
	if rest := bytes.TrimLeft(data[decoder.InputOffset():], " \t\r\n"); len(rest) > 0 {
		kind := ErrSyntax
		if rest[0] == '{' {
			kind = ErrJoined
		}
		return nil, r.fail(kind, len(data)-len(rest))
	}
	d := &Document{Format: format, source: data, Tree: sops.Tree{Branches: sops.TreeBranches{branch}}}
	d.places = []place{{start: start, end: start, kids: kids}}
	return d, nil
}

type jsonReader struct {
	data    []byte
	decoder *json.Decoder
	format  Format
	path    Path
	nodes   int
	depth   int
}

func (r *jsonReader) fail(kind error, offset int) *Error {
	line, column := lineOf(r.data, offset)
	return &Error{Kind: kind, Format: r.format, Line: line, Column: column, Path: append(Path(nil), r.path...)}
}

// token returns the next token and where it begins.
func (r *jsonReader) token() (start int, token json.Token, err error) {
	start = int(r.decoder.InputOffset())
	token, err = r.decoder.Token()
	for start < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[start]) >= 0 {
		start++
	}
	var syntax *json.SyntaxError
	text, _ := token.(string)
	switch {
	case err == nil && isReplaced(text, r.data[start:r.decoder.InputOffset()]):
		e := r.fail(ErrSyntax, start)
		e.Detail = "a text is not UTF-8, or has half of a character"
		return start, nil, e
	case err == nil:
		return start, token, nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return start, nil, r.fail(ErrTruncated, len(r.data))
	case errors.As(err, &syntax):
		return start, nil, r.fail(ErrSyntax, max(start, int(r.decoder.InputOffset())))
	}
	return start, nil, r.fail(ErrSyntax, start)
}

// object reads the rest of an object. One without keys is nil, as SOPS has it.
func (r *jsonReader) object() (branch sops.TreeBranch, kids []place, err error) {
	var seen keySet
	for {
		start, token, err := r.token()
		if err != nil {
			return nil, nil, err
		}
		if token == json.Delim('}') {
			return branch, kids, nil
		}
		name, ok := token.(string)
		if !ok {
			return nil, nil, r.fail(ErrSyntax, start)
		}
		r.path = append(r.path, name)
		if first := seen.add(name, start+1); first > 0 {
			return nil, nil, r.duplicate(name, first, start)
		}
		value, at, err := r.value()
		if err != nil {
			return nil, nil, err
		}
		r.path = r.path[:len(r.path)-1]
		at.key = name
		branch = append(branch, sops.TreeItem{Key: name, Value: value})
		kids = append(kids, at)
	}
}

func (r *jsonReader) duplicate(name string, first, second int) *Error {
	e := r.fail(ErrDuplicateKey, second)
	e.First, _ = lineOf(r.data, first)
	if len(r.path) == 1 && name == sopsKey {
		e.Kind = ErrJoined
	}
	return e
}

// value reads a value. That of a list that ended is json.Delim(']').
func (r *jsonReader) value() (value any, at place, err error) {
	start, token, err := r.token()
	if err != nil {
		return nil, at, err
	}
	at = place{start: start, end: start}
	r.nodes--
	switch {
	case r.nodes < 0:
		return nil, at, r.fail(ErrTooLarge, start)
	case r.depth > MaxDepth:
		return nil, at, r.fail(ErrTooDeep, start)
	}
	r.depth++
	defer func() { r.depth-- }()
	switch token := token.(type) {
	case json.Number:
		at.end, at.literal = int(r.decoder.InputOffset()), true
		value, ok := number(token)
		if !ok {
			return nil, at, r.fail(ErrSyntax, start)
		}
		return value, at, nil
	case json.Delim:
		switch token {
		case '{':
			value, at.kids, err = asAny(r.object())
			return value, at, err
		case '[':
			list, kids, err := r.array()
			at.kids = kids
			return list, at, err
		}
		return token, at, nil
	}
	at.end = int(r.decoder.InputOffset())
	_, at.literal = token.(bool)
	return token, at, nil
}

func asAny(branch sops.TreeBranch, kids []place, err error) (any, []place, error) {
	return branch, kids, err
}

// number returns an int where the number fits one, else a float64.
func number(n json.Number) (any, bool) {
	if i, err := n.Int64(); err == nil {
		return int(i), true
	}
	f, err := n.Float64()
	return f, err == nil
}

func (r *jsonReader) array() (list []any, kids []place, err error) {
	for i := 0; ; i++ {
		r.path = append(r.path, i)
		value, at, err := r.value()
		if err != nil {
			return nil, nil, err
		}
		r.path = r.path[:len(r.path)-1]
		if value == json.Delim(']') {
			return list, kids, nil
		}
		list, kids = append(list, value), append(kids, at)
	}
}

// isReplaced reports whether a text has lost what is written in a document: the decoder puts U+FFFD in the place of
// what is not UTF-8, and of half of a character, such as \ud800.
func isReplaced(text string, written []byte) bool {
	const mark, escape = "\uFFFD", `\ufffd`
	if !strings.Contains(text, mark) {
		return false
	}
	escapes := bytes.ToLower(bytes.ReplaceAll(written, []byte(`\\`), nil)) // \\ufffd is a backslash and letters
	return strings.Count(text, mark) > bytes.Count(written, []byte(mark))+bytes.Count(escapes, []byte(escape))
}

const utf8BOM = "\uFEFF"

// byteOrderMark is an error for a document that begins with a byte order mark. SOPS fails on one, or takes it as text.
func byteOrderMark(data []byte, format Format) *Error {
	for _, mark := range []string{utf8BOM, "\xFE\xFF", "\xFF\xFE"} {
		if bytes.HasPrefix(data, []byte(mark)) {
			return &Error{Kind: ErrBOM, Format: format, Line: 1, Column: 1}
		}
	}
	return nil
}
