package dotenv

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Godotenv reads a text as github.com/joho/godotenv v1.5.1 does, which ksops uses: with quotes, escapes in double
// quotes, comments, `export`, values over several lines, and $VARIABLES of the same text. A key may occur more than
// once.
//
// It is not the library itself, which has no bound on what the variables expand to. The tests hold it to the library.
func Godotenv(text []byte) ([]Entry, error) {
	r := &reader{text: bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), values: map[string]string{}}
	r.rest = r.text
	var entries []Entry
	for r.statement() {
		entry := Entry{Line: r.line(), Inner: r.inner()}
		var err error
		if entry.Key, err = r.key(); err != nil {
			return nil, err
		}
		if entry.Value, err = r.value(); err != nil {
			return nil, err
		}
		if r.size += len(entry.Value); r.size > MaxValues {
			return nil, &Error{entry.Line, "its variables expand to too much"}
		}
		r.values[entry.Key] = entry.Value
		entries = append(entries, entry)
	}
	return entries, nil
}

// reader reads one text.
type reader struct {
	text, rest []byte
	values     map[string]string
	size       int
	// lines counts the line ends of the text before seen.
	lines, seen int
}

// line is the line that the rest begins in.
func (r *reader) line() int {
	at := len(r.text) - len(r.rest)
	r.lines += bytes.Count(r.text[r.seen:at], []byte("\n"))
	r.seen = at
	return 1 + r.lines
}

// inner reports whether something other than white space is before the rest in its line.
func (r *reader) inner() bool {
	before := bytes.TrimRightFunc(r.text[:len(r.text)-len(r.rest)], isBlank)
	return len(before) > 0 && before[len(before)-1] != '\n'
}

// statement skips white space and comments, and reports whether a statement follows.
func (r *reader) statement() bool {
	for {
		r.rest = bytes.TrimLeftFunc(r.rest, unicode.IsSpace)
		if len(r.rest) == 0 {
			return false
		}
		if r.rest[0] != '#' {
			return true
		}
		end := bytes.IndexByte(r.rest, '\n')
		if end < 0 {
			return false
		}
		r.rest = r.rest[end:]
	}
}

// key reads a key up to its equals sign or colon. A last line that has neither is a value under the empty key.
func (r *reader) key() (string, error) {
	r.rest = bytes.TrimLeftFunc(r.rest, isBlank)
	if after, found := bytes.CutPrefix(r.rest, []byte("export")); found && bytes.IndexFunc(after, isBlank) == 0 {
		r.rest = bytes.TrimLeftFunc(after, isBlank)
	}
	if len(r.rest) == 0 {
		return "", &Error{r.line(), "export is not followed by a key"}
	}
	key := ""
	for i, char := range r.rest {
		letter := rune(char) // godotenv takes bytes for characters here
		if char == '=' || char == ':' {
			key = strings.TrimRightFunc(string(r.rest[:i]), unicode.IsSpace)
			r.rest = r.rest[i+1:]
			break
		}
		if !isBlank(letter) && char != '_' && char != '.' && !unicode.IsLetter(letter) && !unicode.IsNumber(letter) {
			return "", &Error{r.line(), "a key has a character that is not a letter, a digit, _ or ."}
		}
	}
	r.rest = bytes.TrimLeftFunc(r.rest, isBlank)
	return key, nil
}

// value reads a value, and what follows it on its line.
func (r *reader) value() (string, error) {
	if len(r.rest) > 0 && (r.rest[0] == '"' || r.rest[0] == '\'') {
		return r.quoted(r.rest[0])
	}
	end := bytes.IndexAny(r.rest, "\r\n")
	if end < 0 {
		end = len(r.rest)
	}
	line := []rune(string(r.rest[:end]))
	r.rest = r.rest[end:]
	for i := len(line) - 1; i > 0; i-- {
		if line[i] == '#' && isBlank(line[i-1]) {
			line = line[:i]
			break
		}
	}
	return r.expand(strings.TrimFunc(string(line), isBlank))
}

// quoted reads a value in quotes, which may go over several lines.
func (r *reader) quoted(quote byte) (string, error) {
	for i := 1; i < len(r.rest); i++ {
		if r.rest[i] != quote || r.rest[i-1] == '\\' {
			continue
		}
		value := strings.Trim(string(r.rest[:i]), string(quote))
		if quote == '"' {
			var err error
			if value, err = r.expand(unescape(value)); err != nil {
				return "", err
			}
		}
		r.rest = r.rest[i+1:]
		return value, nil
	}
	return "", &Error{r.line(), "a quote is not closed"}
}

// unescape writes \n and \r out, and takes the backslash from every other character but the dollar sign.
func unescape(text string) string {
	var breaks strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) || text[i+1] == '\n' {
			breaks.WriteByte(text[i])
			continue
		}
		i++
		switch text[i] {
		case 'n':
			breaks.WriteByte('\n')
		case 'r':
			breaks.WriteByte('\r')
		default:
			breaks.WriteByte('\\')
			breaks.WriteByte(text[i])
		}
	}
	text = breaks.String()
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && text[i+1] != '$' {
			i++
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// expand puts the values of the variables in, which are those before it in the text: $NAME, ${NAME} and $(NAME. A
// variable that has no value is taken out.
func (r *reader) expand(text string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(text); {
		if text[i] == '\\' && i+1 < len(text) && text[i+1] == '$' {
			i++
			end := i + len(variable(text[i:]).all)
			out.WriteString(text[i:end])
			i = end
			continue
		}
		if text[i] != '$' {
			_, size := utf8.DecodeRuneInString(text[i:])
			out.WriteString(text[i : i+size])
			i += size
			continue
		}
		found := variable(text[i:])
		if found.name == "" {
			out.WriteString(found.all)
		} else {
			out.WriteString(r.values[found.name])
		}
		if out.Len() > MaxValues {
			return "", &Error{r.line(), "its variables expand to too much"}
		}
		i += len(found.all)
	}
	return out.String(), nil
}

// variable is the variable that a text, which begins with a dollar sign, begins with.
func variable(text string) (found struct{ all, name string }) {
	i := 1
	if strings.HasPrefix(text[i:], "(") {
		i++
	}
	if strings.HasPrefix(text[i:], "{") {
		i++
	}
	start := i
	for i < len(text) && (text[i] == '_' || 'A' <= text[i] && text[i] <= 'Z' || '0' <= text[i] && text[i] <= '9') {
		i++
	}
	found.name = text[start:i]
	if strings.HasPrefix(text[i:], "}") {
		i++
	}
	found.all = text[:i]
	return found
}

// isBlank reports whether a character is white space, but not the end of a line as godotenv has it.
func isBlank(r rune) bool {
	return r == '\t' || r == '\v' || r == '\f' || r == '\r' || r == ' ' || r == 0x85 || r == 0xA0
}
