package templates

import (
	"fmt"
	"reflect"
	"regexp"
	"regexp/syntax"
	"strings"
	"text/template"
)

// constant are the functions that look at a part of their arguments alone, and return one of them, or a number.
var constant = []string{
	"all", "any", "coalesce", "default", "dig", "empty", "fail", "first", "get", "hasKey", "index", "kindIs", "kindOf",
	"last", "ternary", "typeOf",
}

// cost returns the work of a call beside reading its arguments and writing its result, and the most that it may write
// (0 where that is a small multiple of what it reads). Arguments are those of sprig's functions.
type cost func(args []reflect.Value, size extent) (work, out float64, err error)

// costs has a row for each function that makes much out of little, or that is slow. A function that is in neither table
// reads its arguments once and writes at most some ten times as much.
var costs = map[string]cost{
	"abbrev":       slow(8),
	"camelcase":    slow(32),
	"kebabcase":    slow(32),
	"snakecase":    slow(32),
	"swapcase":     slow(8),
	"title":        slow(8),
	"untitle":      slow(8),
	"nospace":      slow(8),
	"plural":       slow(1),
	"sha1sum":      slow(2),
	"sha256sum":    slow(2),
	"sha512sum":    slow(2),
	"toJson":       slow(4),
	"toRawJson":    slow(4),
	"fromJson":     slow(8),
	"toPrettyJson": pretty,
	"sortAlpha":    slow(8),
	"reverse":      slow(8),
	"deepEqual":    slow(4),
	"toStrings":    slow(4),
	"without":      pairs,
	"uniq":         pairs,
	"has":          slow(8),
	"concat":       slow(4),
	"chunk":        slow(8),
	"split":        splits,
	"splitList":    splits,
	"splitn":       splits,
	"indent":       indents,
	"nindent":      indents,
	"join":         joins,
	"replace":      replaces,
	"wrap":         wraps,
	"wrapWith":     wraps,
	"printf":       formats,

	"regexFind":              matchesText(nil),
	"regexFindAll":           matchesText(nil),
	"regexMatch":             matchesText(nil),
	"regexSplit":             matchesText(nil),
	"regexReplaceAll":        matchesText(func(repl string) float64 { return float64(strings.Count(repl, "$")) }),
	"regexReplaceAllLiteral": matchesText(func(string) float64 { return 0 }),
}

// escaping are functions of Go's own in a form that the budget can be put around.
var escaping = template.FuncMap{
	"html":    template.HTMLEscaper,
	"js":      template.JSEscaper,
	"print":   fmt.Sprint,
	"printf":  fmt.Sprintf,
	"println": fmt.Sprintln,
}

// slow returns the cost of a function that takes a multiple of the time that copying takes.
func slow(factor float64) cost {
	return func(_ []reflect.Value, size extent) (float64, float64, error) { return factor * size.bytes, 0, nil }
}

// pairs is the cost of comparing each element with each.
func pairs(_ []reflect.Value, size extent) (float64, float64, error) {
	return size.elements * size.elements * 16, 0, nil
}

func pretty(_ []reflect.Value, size extent) (float64, float64, error) {
	return 8 * size.bytes, size.bytes + size.elements*float64(2*size.depth+8), nil
}

// splits is the cost of one element, or entry of a map, for each separator.
func splits(args []reflect.Value, _ extent) (float64, float64, error) {
	whole := textOf(args[len(args)-1])
	return 0, float64(strings.Count(whole, textOf(args[0]))) * 32, nil
}

func indents(args []reflect.Value, size extent) (float64, float64, error) {
	return 0, size.bytes + float64(strings.Count(textOf(args[1]), "\n")+1)*number(args[0]), nil
}

func joins(args []reflect.Value, size extent) (float64, float64, error) {
	return 4 * size.bytes, size.bytes + size.elements*float64(len(textOf(args[0]))), nil
}

func replaces(args []reflect.Value, size extent) (float64, float64, error) {
	times := strings.Count(textOf(args[2]), textOf(args[0]))
	return size.bytes, size.bytes + float64(times)*float64(len(textOf(args[1]))), nil
}

// wraps is the cost of breaking lines: at each word at most, and where a word is longer than a line.
func wraps(args []reflect.Value, size extent) (float64, float64, error) {
	text, separator := textOf(args[len(args)-1]), "\n"
	if len(args) == 3 {
		separator = textOf(args[1])
	}
	breaks := float64(strings.Count(text, " ")+1) + float64(len(text))/max(1, number(args[0]))
	return 64 * size.bytes, size.bytes + breaks*float64(len(separator)), nil
}

// verb is a verb of fmt: flags, an index, a width, a precision, the letter.
var verb = pattern(`%[-+# 0]*(?:\[\d+\])?(\*|\d+)?(?:\.(?:\[\d+\])?(\*|\d+)?)?(?:\[\d+\])?([a-zA-Z%])?`)

// formats is the cost of printf: widths and precisions, and for each verb the largest argument, since an index may name
// it again and again.
func formats(args []reflect.Value, _ extent) (float64, float64, error) {
	largest, widest := float64(64), float64(0)
	for i := range args[1].Len() {
		arg := args[1].Index(i)
		one, err := measure(arg)
		if err != nil {
			return 0, 0, err
		}
		largest = max(largest, one.bytes)
		widest = max(widest, number(arg))
	}
	format := textOf(args[0])
	out := float64(len(format))
	for _, m := range verb().FindAllStringSubmatch(format, -1) {
		for _, width := range m[1:3] {
			if width == "*" {
				out += widest
			} else {
				out += decimal(width)
			}
		}
		switch {
		case m[3] == "%":
		case strings.ContainsAny(m[0], "#qxXU"):
			out += 10 * largest
		default:
			out += largest
		}
	}
	return 4 * out, out, nil
}

// decimal returns a number that is written in digits, or the largest that counts.
func decimal(digits string) float64 {
	if len(digits) > 9 {
		return maxIntermediate + 1
	}
	n := 0
	for _, digit := range digits {
		n = 10*n + int(digit-'0')
	}
	return float64(n)
}

// maxProgram is how many instructions a regular expression may have, and maxPattern its length.
const (
	maxProgram = 10_000
	maxPattern = 4096
)

// matchesText returns the cost of a function whose first argument is a regular expression, and whose second a text:
// each instruction may look at each character. Where matches are replaced, uses counts how often a replacement repeats
// a match.
func matchesText(uses func(replacement string) float64) cost {
	return func(args []reflect.Value, _ extent) (work, out float64, err error) {
		pattern, text := textOf(args[0]), textOf(args[1])
		if len(pattern) > maxPattern {
			return 0, 0, overrun(fmt.Sprintf("a regular expression is longer than %d bytes", maxPattern))
		}
		parsed, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			return 0, 0, trouble("a regular expression does not parse", "correct it")
		}
		size := instructions(parsed)
		if size > maxProgram {
			return 0, 0, overrun("a regular expression repeats too much")
		}
		work = 4*size*float64(len(text)) + 64*size
		if work > maxWork || uses == nil {
			return work, 0, nil
		}
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return 0, 0, trouble("a regular expression does not parse", "correct it")
		}
		replacement := textOf(args[2])
		matches, matched := 0, 0
		compiled.ReplaceAllStringFunc(text, func(match string) string {
			matches++
			matched += len(match)
			return ""
		})
		out = float64(len(text)) + float64(matches)*float64(len(replacement)) + uses(replacement)*float64(matched)
		return 2 * work, out, nil
	}
}

// instructions estimates the length of a regular expression's program, repetitions written out.
func instructions(re *syntax.Regexp) float64 {
	own := 2 + float64(len(re.Rune))
	for _, sub := range re.Sub {
		own += instructions(sub)
	}
	if re.Op == syntax.OpRepeat {
		own *= float64(max(1, re.Min, re.Max))
	}
	return own
}

// textOf returns an argument that is text, or "".
func textOf(value reflect.Value) string {
	for value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	if value.Kind() == reflect.String {
		return value.String()
	}
	return ""
}

// number returns an argument that is a whole number, or 0.
func number(value reflect.Value) float64 {
	for value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	switch {
	case value.CanInt():
		return max(0, float64(value.Int()))
	case value.CanUint():
		return float64(value.Uint())
	}
	return 0
}
