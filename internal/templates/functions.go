package templates

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"text/template"

	"github.com/Masterminds/sprig/v3"

	"github.com/secretwright/secretwright/internal/report"
)

// hermetic are the functions of sprig that a template may call: those whose result depends on their arguments alone.
// Left out is what reads the environment, the clock, the network, the file system, random numbers or the order of a Go
// map, what changes its arguments (set, unset, merge), and what makes much out of little (repeat, until, seq).
// docs/secretspec.md lists them.
var hermetic = []string{
	"abbrev", "add", "add1", "adler32sum", "all", "any", "append", "atoi", "b32dec", "b32enc", "b64dec", "b64enc", "base",
	"camelcase", "cat", "ceil", "chunk", "clean", "coalesce", "compact", "concat", "contains", "deepEqual", "default",
	"dict", "dig", "dir", "div", "empty", "ext", "fail", "first", "float64", "floor", "fromJson", "get", "has", "hasKey",
	"hasPrefix", "hasSuffix", "indent", "initial", "int", "int64", "isAbs", "join", "kebabcase", "kindIs", "kindOf",
	"last",
	"list", "lower", "max", "min", "mod", "mul", "nindent", "nospace", "omit", "pick", "pluck", "plural", "prepend",
	"quote",
	"regexFind", "regexFindAll", "regexMatch", "regexQuoteMeta", "regexReplaceAll", "regexReplaceAllLiteral", "regexSplit",
	"replace", "rest", "reverse", "round", "sha1sum", "sha256sum", "sha512sum", "slice", "snakecase", "sortAlpha", "split",
	"splitList", "splitn", "squote", "sub", "substr", "swapcase", "ternary", "title", "toJson", "toPrettyJson",
	"toRawJson",
	"toString", "toStrings", "trim", "trimAll", "trimPrefix", "trimSuffix", "trunc", "typeOf", "uniq", "untitle", "upper",
	"urlJoin", "urlParse", "without", "wrap", "wrapWith",
}

// Arithmetic takes text too, of whole numbers and of any.
var (
	wholes    = []string{"add", "add1", "div", "int", "int64", "max", "min", "mod", "mul", "sub"}
	fractions = []string{"ceil", "float64", "floor", "round"}
)

// strict are functions of ours for those of sprig and Go that make something out of what they cannot take: an error's
// text (b64dec), 0 (atoi) or nothing (get) would end up in a Secret.
var strict = template.FuncMap{
	"b32dec":   decoder("base32", base32.StdEncoding.DecodeString),
	"b64dec":   decoder("base64", base64.StdEncoding.DecodeString),
	"fail":     func(message string) (string, error) { return "", failure(message) },
	"fromJson": fromJSON,
	"get":      func(of map[string]any, key string) (any, error) { return index(of, key) },
	"index":    index,
	"pick":     pick,
	"urlquery": urlquery,
}

// functions returns what a template may call beside Go's own functions. Where sprig has two forms of one, it is the
// one that fails.
var functions = sync.OnceValue(func() template.FuncMap {
	all := sprig.HermeticTxtFuncMap()
	out := template.FuncMap{}
	for _, name := range hermetic {
		out[name] = all[name]
		if must, ok := all["must"+strings.ToUpper(name[:1])+name[1:]]; ok {
			out[name] = must
		}
	}
	for _, name := range wholes {
		out[name] = numbers(out[name], func(text string) (any, error) { return strconv.ParseInt(text, 10, 64) })
	}
	for _, name := range fractions {
		out[name] = numbers(out[name], func(text string) (any, error) { return strconv.ParseFloat(text, 64) })
	}
	out["atoi"] = out["int"]
	maps.Copy(out, escaping)
	maps.Copy(out, strict)
	return out
})

// trouble returns an error of a function, in words that hold no value.
func trouble(message, fix string) error { return report.New(report.TemplateFailed, message, fix) }

// failure is the message of `fail`.
type failure string

func (f failure) Error() string { return string(f) }

// missing is a key that a map does not have. It reads as text/template's own error does.
type missing string

func (m missing) Error() string { return fmt.Sprintf("map has no entry for key %q", string(m)) }

// index is Go's own, but what is not there is an error instead of nothing.
func index(of any, keys ...any) (any, error) {
	for _, key := range keys {
		container, k := reflect.ValueOf(of), reflect.ValueOf(key)
		switch container.Kind() {
		case reflect.Map:
			if k.Kind() != reflect.String || container.Type().Key().Kind() != reflect.String {
				return nil, trouble("the key of a map is not text", "put it in quotes")
			}
			item := container.MapIndex(k.Convert(container.Type().Key()))
			if !item.IsValid() {
				return nil, missing(k.String())
			}
			of = item.Interface()
		case reflect.Slice, reflect.Array:
			if !k.CanInt() {
				return nil, trouble("the index of a list is not a whole number", "count from 0")
			}
			if i := k.Int(); i < 0 || i >= int64(container.Len()) {
				return nil, trouble("the list has no such element", "count from 0")
			}
			of = container.Index(int(k.Int())).Interface()
		default:
			return nil, trouble("index looks into something that is neither a map nor a list",
				"read it with fromJson or splitList first")
		}
	}
	return of, nil
}

func pick(of map[string]any, keys ...string) (map[string]any, error) {
	out := map[string]any{}
	for _, key := range keys {
		value, err := index(of, key)
		if err != nil {
			return nil, err
		}
		out[key] = value
	}
	return out, nil
}

func decoder(name string, decode func(string) ([]byte, error)) func(string) (string, error) {
	return func(text string) (string, error) {
		out, err := decode(text)
		if err != nil {
			return "", trouble("what is decoded is not "+name, "leave the decoding out, or correct the source")
		}
		return string(out), nil
	}
}

// fromJSON keeps numbers as they are written: 12345678 is not 1.2345678e+07.
func fromJSON(text string) (any, error) {
	var out any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if !json.Valid([]byte(text)) || decoder.Decode(&out) != nil {
		return nil, trouble("what fromJson reads is not JSON", "correct the source")
	}
	return out, nil
}

// urlquery is Go's own, but a space is %20, which is one in every part of a URL: a + in a password stays a plus.
func urlquery(args ...any) string {
	return strings.ReplaceAll(template.URLQueryEscaper(args...), "+", "%20")
}

// numbers returns a function that reads numbers from text too, in decimal, where sprig's own takes all else for 0.
func numbers(function any, parse func(string) (any, error)) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		in := make([]reflect.Value, len(args))
		for i, arg := range args {
			in[i] = reflect.ValueOf(arg)
			if in[i].Kind() != reflect.String {
				continue
			}
			number, err := parse(in[i].String())
			if err != nil {
				return nil, trouble("text that is not a number is calculated with", "correct the source")
			}
			in[i] = reflect.ValueOf(number)
		}
		return reflect.ValueOf(function).Call(in)[0].Interface(), nil
	}
}

// printed returns what an action of a template prints. Go would print a Go value where there is no text: `<no value>`,
// `map[a:b]`, `1e+06`.
func printed(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", trouble("there is nothing to print", "use default, or correct the source")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	}
	switch reflect.ValueOf(value).Kind() {
	case reflect.Map, reflect.Slice, reflect.Array, reflect.Struct, reflect.Pointer, reflect.Func, reflect.Chan:
		return "", trouble("a map or a list is printed", "pick a value in it, or write it with toJson or join")
	}
	return fmt.Sprint(value), nil
}
