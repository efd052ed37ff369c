// Package splicetest writes random YAML and JSON, for tests.
package splicetest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamltext"
)

// Generator writes random manifests in every style of YAML.
type Generator struct {
	*rand.Rand
	step, list int
	out        strings.Builder
	anchors    []string // of scalars, maps and lists
	maps       []string // of maps
	names      int
	// Aliases reports whether there are anchors, aliases and merge keys.
	Aliases bool
}

// Texts are texts that YAML gives a meaning to, and others.
var Texts = []string{"a", "web-1", "on", "n", "0123", "1_000", "hello world", "it's", "é ü", "x: y", "# hash",
	"- dash",
	"tab\there", "", "a,b]", "line one\nline two\n", "one\n\ntwo", "x\n", "end\n\n", "no break\nat end", "~",
	"2020-01-01",
	"registry.example.com/web:1.4.2", "{{ .Values.x }}", "\u2028", "a\\b\"c", "true", "8080", "*star", "&and", "%p",
	"@at"}

// New returns a generator that writes the same for the same seed.
func New(seed uint64) *Generator {
	g := &Generator{Rand: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // the same for a seed
	g.step, g.list = 2+g.IntN(3), g.IntN(3)
	g.Aliases = g.IntN(3) == 0
	return g
}

// Chance is true once in so many times.
func (g *Generator) Chance(of int) bool { return g.IntN(of) == 0 }

// Pick returns one of some texts.
func (g *Generator) Pick(of ...string) string { return of[g.IntN(len(of))] }

// Document returns the text of a document.
func (g *Generator) Document() string {
	g.out.WriteString(g.Pick("", "", "", "---\n", "# Copyright\n---\n", "--- # c\n", "\ufeff", "%YAML 1.1\n---\n",
		"\n\n# c\n\n"))
	if g.Chance(8) {
		g.out.WriteString(g.flow(3, 0, false) + "\n")
	} else if g.Chance(6) {
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
	if g.Chance(6) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

func (g *Generator) comments(column int) {
	for g.Chance(6) {
		g.out.WriteString(g.Pick("\n", strings.Repeat(" ", column)+"# comment: x\n", "      # deep\n", "# left\n"))
	}
}

func (g *Generator) name() string {
	g.names++
	return g.Pick("name", "env", "image", "labels", "x.y/z", "key", "\"quoted\"", "'single'") + "-" +
		strconv.Itoa(g.names)
}

func (g *Generator) key() string {
	name := g.name()
	if name[0] == '"' || name[0] == '\'' {
		return name[:1] + "k" + strconv.Itoa(g.names) + name[:1]
	}
	return name
}

func (g *Generator) blockMap(column, depth int, inline bool) {
	merged := false
	for i := range 1 + g.IntN(4) {
		if i > 0 || !inline {
			g.comments(column)
			g.out.WriteString(strings.Repeat(" ", column))
		}
		if !merged && len(g.maps) > 0 && g.Chance(4) {
			merged = true
			g.out.WriteString("<<: *" + g.maps[g.IntN(len(g.maps))] + g.lineComment())
			continue
		}
		if g.Chance(25) {
			g.out.WriteString("? " + g.key() + "\n" + strings.Repeat(" ", column) + ":")
		} else {
			g.out.WriteString(g.key() + g.Pick("", "", "", " ") + ":")
		}
		g.value(column, depth-1, true)
	}
}

func (g *Generator) blockList(column, depth int, inline bool) {
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
func (g *Generator) value(column, depth int, ofMap bool) {
	if len(g.anchors) > 0 && g.Chance(4) {
		g.out.WriteString(" *" + g.anchors[g.IntN(len(g.anchors))] + g.lineComment())
		return
	}
	anchor, to := "", &g.anchors
	if g.Aliases && g.Chance(3) {
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
		g.out.WriteString(properties + g.Pick("", " ~", " null", " {}", " []", "\n"+strings.Repeat(" ",
			column+2)+"{}",
			" !!null", " !!str") + g.lineComment())
	case kind == 5:
		text := g.flow(depth, column+2, false)
		g.out.WriteString(properties + " " + text + g.lineComment())
		if anchor != "" && text[0] == '{' {
			g.maps = append(g.maps, anchor)
		}
	default:
		if g.block(column, depth, ofMap, properties) && anchor != "" {
			g.maps = append(g.maps, anchor)
		}
	}
	if anchor != "" && len(g.out.String()) > before {
		*to = append(*to, anchor)
	}
}

// block writes a collection in block style behind a `:` or a `-` and properties, and reports whether it is a map.
func (g *Generator) block(column, depth int, ofMap bool, properties string) (isMap bool) {
	isMap = g.Chance(2)
	behindDash := !ofMap && properties == "" && g.Chance(2)
	switch {
	case behindDash:
		g.out.WriteString(" ")
		column += 2
	case isMap:
		column += g.step
	case ofMap:
		column += g.list
	default:
		column += 2
	}
	if !behindDash {
		g.out.WriteString(properties + g.lineComment())
	}
	if isMap {
		g.blockMap(column, depth, behindDash)
	} else {
		g.blockList(column, depth, behindDash)
	}
	return isMap
}

func (g *Generator) lineComment() string { return g.Pick("", "", "", " # c", "   # d ") + "\n" }

// scalar writes a scalar and the line break.
func (g *Generator) scalar(column int) string {
	text := Texts[g.IntN(len(Texts))]
	indent := column + 1 + g.IntN(3)
	switch g.IntN(6) {
	case 0, 1:
		header := g.Pick("|", ">", "|-", "|+", ">+", ">-")
		if g.Chance(4) {
			header = header[:1] + strconv.Itoa(indent-column) + header[1:]
		}
		body := ""
		for range 1 + g.IntN(3) {
			body += strings.Repeat(" ", indent) + g.Pick("x", "# no comment", "a: b", "- c", "y  z") + "\n" +
				g.Pick("", "", "\n", "\n\n")
		}
		return header + g.Pick("", " # c") + "\n" + body
	case 2:
		return "hello" + g.Pick(" ", "\n"+strings.Repeat(" ", indent)) + "world" + g.lineComment()
	case 3:
		return "\"first " + g.Pick("", "\\\n"+strings.Repeat(" ", indent), "\n\n"+strings.Repeat(" ", indent)) +
			"\\u00e9\\\"\"" + g.lineComment()
	case 4:
		return "'" + strings.ReplaceAll(strings.ReplaceAll(text, "'", "''"), "\n", "\n\n"+strings.Repeat(" ",
			indent)) + "'" + g.lineComment()
	}
	return g.flowScalar() + g.lineComment()
}

func (g *Generator) flowScalar() string {
	text := Texts[g.IntN(len(Texts))]
	if yamltext.IsPlain(text, true) && !g.Chance(3) {
		return text
	}
	return g.Pick(strconv.Quote(text), "12", "true", "1.5", "plain", "yes", "!!str 1")
}

// flow writes a collection in flow style, which may be on several lines.
func (g *Generator) flow(depth, column int, nested bool) string {
	if depth <= 0 && nested {
		return g.flowScalar()
	}
	between := g.Pick(", ", ",", ",\n"+strings.Repeat(" ", column+2), ", # c\n"+strings.Repeat(" ", column+1))
	var parts []string
	isMap := g.Chance(2)
	for range g.IntN(4) {
		value := g.flow(depth-1, column, true)
		if isMap {
			value = g.key() + g.Pick(": ", ": ", ":\n"+strings.Repeat(" ", column+3)) + value
		}
		parts = append(parts, value)
	}
	pad := g.Pick("", "", " ", "\n"+strings.Repeat(" ", column+2))
	last := ""
	if len(parts) > 0 && g.Chance(6) {
		last = ","
	}
	if isMap {
		return "{" + pad + strings.Join(parts, between) + last + pad + "}"
	}
	return "[" + pad + strings.Join(parts, between) + last + pad + "]"
}

// JSON writes a value in JSON, in lines if it is not compact.
func (g *Generator) JSON(depth int, indent string, compact bool) string {
	if depth <= 0 {
		return g.Pick(yamltext.JSONScalar(&yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: Texts[g.IntN(len(Texts))]}), "1", "true", "null", "{}", "[]")
	}
	line, inner := "\n"+indent, "\n"+indent+"  "
	colon := ": "
	if compact {
		line, inner, colon = "", "", ":"
	}
	var parts []string
	isMap := g.Chance(2) || indent == ""
	for range 1 + g.IntN(3) {
		value := g.JSON(depth-1-g.IntN(2), indent+"  ", compact)
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

// Fields returns random fields of a map.
func Fields(seed uint64) string {
	g := New(seed)
	g.blockMap(0, 4, false)
	return g.out.String()
}

// List returns a document that is a random list of items, or has one as its field `items`. There are no aliases in it.
func (g *Generator) List() string {
	g.Aliases = false
	if g.Chance(4) {
		g.blockList(0, 4, false)
		return g.out.String()
	}
	g.blockMap(0, 2, false)
	g.out.WriteString("items:\n")
	g.blockList(g.list, 4, false)
	if g.Chance(2) {
		g.blockMap(0, 2, false)
	}
	return g.out.String()
}
