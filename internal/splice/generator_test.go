package splice

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/secretwright/secretwright/internal/yamltext"
)

// generator writes random manifests in every style of YAML.
type generator struct {
	*rand.Rand
	step, list int
	out        strings.Builder
	anchors    []string // of scalars, maps and lists
	maps       []string // of maps
	names      int
	aliases    bool
}

var texts = []string{"a", "web-1", "on", "n", "0123", "1_000", "hello world", "it's", "é ü", "x: y", "# hash",
	"- dash",
	"tab\there", "", "a,b]", "line one\nline two\n", "one\n\ntwo", "x\n", "end\n\n", "no break\nat end", "~",
	"2020-01-01",
	"registry.example.com/web:1.4.2", "{{ .Values.x }}", "\u2028", "a\\b\"c", "true", "8080", "*star", "&and", "%p",
	"@at"}

func newGenerator(seed uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	g.step, g.list = 2+g.IntN(3), g.IntN(3)
	g.aliases = g.IntN(3) == 0
	return g
}

func (g *generator) chance(of int) bool { return g.IntN(of) == 0 }

func (g *generator) pick(of ...string) string { return of[g.IntN(len(of))] }

// document returns the text of a document.
func (g *generator) document() string {
	g.out.WriteString(g.pick("", "", "", "---\n", "# Copyright\n---\n", "--- # c\n", "\ufeff", "%YAML 1.1\n---\n",
		"\n\n# c\n\n"))
	if g.chance(8) {
		g.out.WriteString(g.flow(3, 0, false) + "\n")
	} else if g.chance(6) {
		g.blockList(0, 4, false)
	} else {
		g.blockMap(0, 4, false)
	}
	text := g.out.String()
	switch g.IntN(8) {
	case 0:
		text = strings.TrimSuffix(text, "\n")
	case 1:
		text += "# end\n"
	case 2:
		text += "...\n"
	case 3:
		text += "\n\n"
	}
	if g.chance(6) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

func (g *generator) comments(column int) {
	for g.chance(6) {
		g.out.WriteString(g.pick("\n", strings.Repeat(" ", column)+"# comment: x\n", "      # deep\n", "# left\n"))
	}
}

func (g *generator) name() string {
	g.names++
	return g.pick("name", "env", "image", "labels", "x.y/z", "key", "\"quoted\"", "'single'") + "-" +
		strconv.Itoa(g.names)
}

func (g *generator) key() string {
	name := g.name()
	if name[0] == '"' || name[0] == '\'' {
		return name[:1] + "k" + strconv.Itoa(g.names) + name[:1]
	}
	return name
}

func (g *generator) blockMap(column, depth int, inline bool) {
	merged := false
	for i := range 1 + g.IntN(4) {
		if i > 0 || !inline {
			g.comments(column)
			g.out.WriteString(strings.Repeat(" ", column))
		}
		if !merged && len(g.maps) > 0 && g.chance(4) {
			merged = true
			g.out.WriteString("<<: *" + g.maps[g.IntN(len(g.maps))] + g.lineComment())
			continue
		}
		if g.chance(25) {
			g.out.WriteString("? " + g.key() + "\n" + strings.Repeat(" ", column) + ":")
		} else {
			g.out.WriteString(g.key() + g.pick("", "", "", " ") + ":")
		}
		g.value(column, depth-1, true)
	}
}

func (g *generator) blockList(column, depth int, inline bool) {
	for i := range 1 + g.IntN(4) {
		if i > 0 || !inline {
			g.comments(column)
			g.out.WriteString(strings.Repeat(" ", column))
		}
		g.out.WriteString("-")
		g.value(column, depth-1, false)
	}
}

// value writes a value behind a `:` or a `-`, and the line break.
func (g *generator) value(column, depth int, ofMap bool) {
	if len(g.anchors) > 0 && g.chance(4) {
		g.out.WriteString(" *" + g.anchors[g.IntN(len(g.anchors))] + g.lineComment())
		return
	}
	anchor, to := "", &g.anchors
	if g.aliases && g.chance(3) {
		g.names++
		anchor = fmt.Sprintf("a%d", g.names)
	}
	before := len(g.out.String())
	kind := g.IntN(9)
	if depth <= 0 {
		kind = g.IntN(6)
	}
	properties := ""
	if anchor != "" {
		properties = " &" + anchor
	}
	switch {
	case kind < 4:
		g.out.WriteString(properties + " " + g.scalar(column))
	case kind == 4:
		g.out.WriteString(properties + g.pick("", " ~", " null", " {}", " []", "\n"+strings.Repeat(" ",
			column+2)+"{}",
			" !!null", " !!str") + g.lineComment())
	case kind == 5:
		text := g.flow(depth, column+2, false)
		g.out.WriteString(properties + " " + text + g.lineComment())
		if anchor != "" && text[0] == '{' {
			g.maps = append(g.maps, anchor)
		}
	default:
		isMap := g.chance(2)
		if !ofMap && properties == "" && g.chance(2) { // behind the dash
			g.out.WriteString(" ")
			if isMap {
				g.blockMap(column+2, depth, true)
			} else {
				g.blockList(column+2, depth, true)
			}
			break
		}
		g.out.WriteString(properties + g.lineComment())
		if isMap {
			g.blockMap(column+g.step, depth, false)
			if anchor != "" {
				g.maps = append(g.maps, anchor)
			}
		} else if ofMap {
			g.blockList(column+g.list, depth, false)
		} else {
			g.blockList(column+2, depth, false)
		}
	}
	if anchor != "" && len(g.out.String()) > before {
		*to = append(*to, anchor)
	}
}

func (g *generator) lineComment() string { return g.pick("", "", "", " # c", "   # d ") + "\n" }

// scalar writes a scalar and the line break.
func (g *generator) scalar(column int) string {
	text := texts[g.IntN(len(texts))]
	indent := column + 1 + g.IntN(3)
	switch g.IntN(6) {
	case 0, 1:
		header := g.pick("|", ">", "|-", "|+", ">+", ">-")
		if g.chance(4) {
			header = header[:1] + strconv.Itoa(indent-column) + header[1:]
		}
		body := ""
		for range 1 + g.IntN(3) {
			body += strings.Repeat(" ", indent) + g.pick("x", "# no comment", "a: b", "- c", "y  z") + "\n" +
				g.pick("", "", "\n", "\n\n")
		}
		return header + g.pick("", " # c") + "\n" + body
	case 2:
		return "hello" + g.pick(" ", "\n"+strings.Repeat(" ", indent)) + "world" + g.lineComment()
	case 3:
		return "\"first " + g.pick("", "\\\n"+strings.Repeat(" ", indent), "\n\n"+strings.Repeat(" ", indent)) +
			"\\u00e9\\\"\"" + g.lineComment()
	case 4:
		return "'" + strings.ReplaceAll(strings.ReplaceAll(text, "'", "''"), "\n", "\n\n"+strings.Repeat(" ",
			indent)) + "'" + g.lineComment()
	}
	return g.flowScalar() + g.lineComment()
}

func (g *generator) flowScalar() string {
	text := texts[g.IntN(len(texts))]
	if yamltext.IsPlain(text, true) && !g.chance(3) {
		return text
	}
	return g.pick(strconv.Quote(text), "12", "true", "1.5", "plain", "yes", "!!str 1")
}

// flow writes a collection in flow style, which may be on several lines.
func (g *generator) flow(depth, column int, nested bool) string {
	if depth <= 0 && nested {
		return g.flowScalar()
	}
	between := g.pick(", ", ",", ",\n"+strings.Repeat(" ", column+2), ", # c\n"+strings.Repeat(" ", column+1))
	var parts []string
	isMap := g.chance(2)
	for range g.IntN(4) {
		value := g.flow(depth-1, column, true)
		if isMap {
			value = g.key() + g.pick(": ", ": ", ":\n"+strings.Repeat(" ", column+3)) + value
		}
		parts = append(parts, value)
	}
	pad := g.pick("", "", " ", "\n"+strings.Repeat(" ", column+2))
	last := ""
	if len(parts) > 0 && g.chance(6) {
		last = ","
	}
	if isMap {
		return "{" + pad + strings.Join(parts, between) + last + pad + "}"
	}
	return "[" + pad + strings.Join(parts, between) + last + pad + "]"
}

// json writes a value in JSON.
func (g *generator) json(depth int, indent string, compact bool) string {
	if depth <= 0 {
		return g.pick(yamltext.JSONScalar(stringNode(texts[g.IntN(len(texts))])), "1", "true", "null", "{}", "[]")
	}
	line, inner := "\n"+indent, "\n"+indent+"  "
	colon := ": "
	if compact {
		line, inner, colon = "", "", ":"
	}
	var parts []string
	isMap := g.chance(2) || indent == ""
	for range 1 + g.IntN(3) {
		value := g.json(depth-1-g.IntN(2), indent+"  ", compact)
		if isMap {
			g.names++
			value = fmt.Sprintf("\"k%d\"%s%s", g.names, colon, value)
		}
		parts = append(parts, value)
	}
	if isMap {
		return "{" + inner + strings.Join(parts, ","+inner) + line + "}"
	}
	return "[" + inner + strings.Join(parts, ","+inner) + line + "]"
}
