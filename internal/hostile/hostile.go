// Package hostile has the inputs that tests of several packages try to do harm with.
package hostile

import (
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/report"
)

// Names returns names that are made to drive a terminal, forge a line, command a CI system, or break out of a format.
func Names() []string {
	names := []string{
		// terminals
		"\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;https://evil.example\x1b\\link", "\x1b[2J\x1b[H",
		"\x1b[8mhidden", "\x1bc", "\x1bP1$r\x1b\\",
		"\u009b31mred", "\u009d0;title\u009c", "\u0090q\u009c", "\x07", "\b\b\b\bsafe", "\x00", "\x7f", "\x0e\x0f",
		"a\x1b[1A\x1b[2Kb", "\x18\x1a",
		// lines
		"a\nb", "a\r\nb", "a\rb", "a\vb", "a\fb", "a\u0085b", "a\u2028b", "a\u2029b",
		"x\nsecretwright: error: forged", "x\n└── Secret admin",
		// order and invisibility
		"a\u202eb", "a\u202db\u202c", "a\u2066b\u2069", "a\u2067b", "a\u200bb", "a\u200db", "a\u200eb", "a\ufeffb",
		"a\u00adb", "a\u2060b", "a\u180eb",
		"a\u3164b", "a\u115fb", "a\uffa0b", "a\u034fb", "a\ufe0fb", "a\U000e0041b", "a\U000e0101b", "a\u061cb",
		"a\u2800b",
		// what is no text
		"\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xc0\xafb", "\ufffe",
		// CI systems
		"::error::forged", "::add-mask::a", "::set-output name=a::b", "::stop-commands::x", "  ::error::forged",
		"##[error]forged", "a ##[add-mask]b",
		"##vso[task.setvariable variable=a]b", "##teamcity[message text='a']", "x\n::error::forged",
		"section_start:1:a\r\x1b[0K", "##[group]",
		// formats
		"]]", "]]>", "-->", "--> admin", "<!--", "#", "#quot;", "#35;", "&lt;", "&#x202e;", "&quot;", `"`, `\"`, `\`,
		`\\`, `\n`, `\N`, `\G`, `\u001b`, "'",
		"`a`", "```", "`\"", "**bold**", "[text](https://evil.example)", "![image](https://evil.example)", "[1](1)",
		"{0}", "{{0}}", "%%{init: {}}%%",
		"%%", "%s%n%d", "%1b", "<script>alert(1)</script>", "<img src=x onerror=a>", "<b>", "n0", "end",
		"click n0 call a()", "subgraph", "style n0 fill:red",
		"; rankdir=TB;", "}", "{", "|", "a|b", "digraph", "\"];\n evil [label=\"", "=cmd|' /C calc'!A0", "$(id)",
		"`id`", "${HOME}", "a;b", "a && b", "> /dev/null",
		"---", "...", "!!binary", "&a", "*a", "? a", ": a", "- a", "@a", "null", "~", "true", "0x1f", "1e3", " a",
		"a ", "a\tb", "../../etc/passwd", "file:///etc",
	}
	return append(names, strings.Repeat("long", 1<<14), strings.Repeat("\u202e", 1<<13), strings.Repeat("\n", 1<<13))
}

// InOneLine returns a name without what ends a line.
func InOneLine(name string) string {
	return strings.NewReplacer("\n", "", "\r", "", "\u0085", "", "\u2028", "", "\u2029", "").Replace(name)
}

// Harmless checks that an output is printable, has as many lines as it has with a harmless name, and commands no CI
// system.
func Harmless(t *testing.T, got string, lines int) {
	t.Helper()
	for _, r := range got {
		if r != '\n' && !report.IsPrintable(r) {
			t.Fatalf("%U is printed", r)
		}
	}
	if n := strings.Count(got, "\n"); n != lines {
		t.Errorf("it has %d lines, and %d with a harmless name", n, lines)
	}
	for line := range strings.Lines(got) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("a line is a command: %.80q", line)
		}
	}
	for _, command := range []string{"##[", "##vso[", "##teamcity["} {
		if strings.Contains(got, command) {
			t.Errorf("%s is printed", command)
		}
	}
}
