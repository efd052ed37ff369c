package generators

import (
	"fmt"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// hermetic are the functions of sprig that depend on their arguments alone: nothing that reads the environment, the
// clock, the network, the file system, random numbers or the order of a Go map.
// docs/secretspec.md lists them.
var hermetic = []string{
	"abbrev", "add", "add1", "adler32sum", "all", "any", "append", "atoi", "b32dec", "b32enc", "b64dec", "b64enc", "base",
	"camelcase", "cat", "ceil", "chunk", "clean", "coalesce", "compact", "concat", "contains", "deepCopy", "deepEqual",
	"default", "dict", "dig", "dir", "div", "empty", "ext", "fail", "first", "float64", "floor", "fromJson", "get", "has",
	"hasKey", "hasPrefix", "hasSuffix", "indent", "initial", "int", "int64", "isAbs", "join", "kebabcase",
	"kindIs", "kindOf", "last", "list", "lower", "max", "merge", "min", "mod", "mul", "nindent", "nospace", "omit", "pick",
	"pluck", "plural", "prepend", "quote", "regexFind", "regexFindAll", "regexMatch", "regexQuoteMeta", "regexReplaceAll",
	"regexReplaceAllLiteral", "regexSplit", "replace", "rest", "reverse", "round", "sha1sum", "sha256sum", "sha512sum",
	"slice", "snakecase", "sortAlpha", "split", "splitList", "splitn", "squote", "sub", "substr", "swapcase", "ternary",
	"title", "toJson", "toPrettyJson", "toRawJson", "toString", "toStrings", "trim", "trimAll", "trimPrefix",
	"trimSuffix", "trunc", "typeOf", "uniq", "unset", "untitle", "upper", "urlJoin", "urlParse", "without",
	"wrap", "wrapWith",
}

// functions are what a template may call beside Go's own.
func functions() template.FuncMap {
	all := sprig.TxtFuncMap()
	out := template.FuncMap{"index": index}
	for _, name := range hermetic {
		out[name] = all[name]
	}
	return out
}

// index is Go's own, but a missing key is an error instead of nothing.
func index(of any, keys ...any) (any, error) {
	for _, key := range keys {
		switch container := of.(type) {
		case map[string]string:
			value, ok := container[fmt.Sprint(key)]
			if !ok {
				return nil, fmt.Errorf("map has no entry for key %q", fmt.Sprint(key))
			}
			of = value
		case map[string]any:
			value, ok := container[fmt.Sprint(key)]
			if !ok {
				return nil, fmt.Errorf("map has no entry for key %q", fmt.Sprint(key))
			}
			of = value
		case []any:
			i, ok := key.(int)
			if !ok || i < 0 || i >= len(container) {
				return nil, fmt.Errorf("no such element")
			}
			of = container[i]
		default:
			return nil, fmt.Errorf("not a map or a list")
		}
	}
	return of, nil
}
