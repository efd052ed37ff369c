package codec

import (
	"bytes"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/stores"
)

// readDotenv reads lines of KEY=value and #comments. In values, \n is a newline; nothing else is special.
func readDotenv(data []byte, repeats bool) (*Document, error) {
	if e := byteOrderMark(data, Dotenv); e != nil {
		return nil, e
	}
	d := &Document{Format: Dotenv, source: data}
	var branch sops.TreeBranch
	var kids []place
	var seen keySet
	start, number := 0, 0
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		number++
		begin := start
		start += len(line) + 1
		if len(line) == 0 {
			continue
		}
		item, at, kind := dotenvLine(line)
		if kind == nil && len(branch) >= maxNodes {
			kind = ErrTooLarge
		}
		if kind != nil {
			return nil, &Error{Kind: kind, Format: Dotenv, Line: number, Column: 1}
		}
		if !at.comment {
			if first := seen.add(at.key, number); first > 0 && !(repeats && mayRepeat(branch, item)) {
				e := &Error{Kind: ErrDuplicateKey, Format: Dotenv, Path: Path{at.key}, Line: number, Column: 1}
				e.First = first
				return nil, asJoined(e, countLines(data, stores.SopsPrefix+"mac="))
			}
			at.line, at.column = number, at.column+1
			at.start, at.end = begin+at.start, begin+at.end
		}
		branch, kids = append(branch, item), append(kids, at)
	}
	d.Tree.Branches = sops.TreeBranches{branch}
	d.places = []place{{line: 1, column: 1, kids: kids}}
	return d, nil
}

// mayRepeat reports whether a variable may follow others of its name: it is no metadata, and none of them is empty.
func mayRepeat(before sops.TreeBranch, item sops.TreeItem) bool {
	isEmpty := func(other sops.TreeItem) bool { return other.Key == item.Key && other.Value == "" }
	return item.Value != "" && !strings.HasPrefix(item.Key.(string), stores.SopsPrefix) &&
		!slices.ContainsFunc(before, isEmpty)
}

func dotenvLine(line []byte) (item sops.TreeItem, at place, kind error) {
	if line[len(line)-1] == '\r' {
		return item, at, ErrCRLF
	}
	if line[0] == '#' {
		return sops.TreeItem{Key: sops.Comment{Value: string(line[1:])}}, place{comment: true}, nil
	}
	key, value, found := bytes.Cut(line, []byte("="))
	if !found {
		return item, at, ErrSyntax
	}
	at = place{key: string(key), column: len([]rune(string(key))) + 1, start: len(key) + 1, end: len(line)}
	return sops.TreeItem{Key: at.key, Value: strings.ReplaceAll(string(value), `\n`, "\n")}, at, nil
}

// countLines returns how many lines begin with the text.
func countLines(data []byte, start string) int {
	return bytes.Count(append([]byte("\n"), data...), []byte("\n"+start))
}

// emitDotenv writes the first branch.
func emitDotenv(branches sops.TreeBranches) ([]byte, error) {
	if len(branches) == 0 {
		return nil, &Error{Kind: ErrEmit, Format: Dotenv, Detail: "there is no document"}
	}
	var out bytes.Buffer
	for _, item := range branches[0] {
		if comment, ok := item.Key.(sops.Comment); ok && !stores.IsComplexValue(item.Value) {
			out.WriteString("#" + comment.Value + "\n")
			continue
		}
		key, ok := item.Key.(string)
		switch {
		case !ok:
			return nil, &Error{Kind: ErrEmit, Format: Dotenv, Detail: "a key is not text"}
		case stores.IsComplexValue(item.Value):
			return nil, &Error{Kind: ErrEmit, Format: Dotenv, Path: Path{key}, Detail: "it holds single values only"}
		}
		value, ok := item.Value.(string)
		if ok {
			value = strings.ReplaceAll(value, "\n", `\n`)
		} else {
			value = stores.ValToString(item.Value)
		}
		out.WriteString(key + "=" + value + "\n")
	}
	return out.Bytes(), nil
}
