package rulefile

import "regexp/syntax"

// maxPathRegexps is how large the path_regex of all creation rules that are tried for a file may be, as programs.
const maxPathRegexps = 300_000

// regexpSize returns about how many instructions a regular expression has as a program, without making it: .{1000} has
// a thousand, and a file may have a hundred thousand of these.
func regexpSize(pattern string) int {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0 // which whoever compiles it says
	}
	return sizeOf(parsed)
}

func sizeOf(re *syntax.Regexp) int {
	n := 1
	switch re.Op {
	case syntax.OpLiteral:
		n = len(re.Rune)
	case syntax.OpRepeat:
		n = 0
	}
	for _, sub := range re.Sub {
		n += sizeOf(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return n
}
