package printers

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
)

// printable returns accesses with every text in them printable.
func printable(accesses []fn.Access) []fn.Access {
	clean := func(texts ...*string) {
		for _, text := range texts {
			*text = report.Printable(*text)
		}
	}
	out := slices.Clone(accesses)
	for i := range out {
		a := &out[i]
		a.Keys, a.Readers = slices.Clone(a.Keys), slices.Clone(a.Readers)
		a.Sources, a.Recipients = slices.Clone(a.Sources), slices.Clone(a.Recipients)
		clean(&a.Spec, &a.Secret, &a.Namespace, &a.Type)
		for _, names := range [][]string{a.Keys, a.Sources, a.Recipients} {
			for k := range names {
				clean(&names[k])
			}
		}
		for k := range a.Readers {
			r := &a.Readers[k]
			clean(&r.Kind, &r.Namespace, &r.Name, &r.Container, &r.Via, &r.Key)
		}
	}
	return out
}

// edges calls do once for each pair of a Secret and what reads it, with what it reads.
func edges(accesses []fn.Access, do func(secret, reader, label string)) {
	for _, a := range accesses {
		labels := map[string][]string{}
		var order []string
		for _, r := range a.Readers {
			reader := r.Kind + " " + qualified(r.Namespace, r.Name)
			if r.Container != "" {
				reader += ": " + r.Container
			}
			if labels[reader] == nil {
				order = append(order, reader)
			}
			labels[reader] = append(labels[reader], r.Via+" = "+what(r))
		}
		for _, reader := range order {
			do("Secret "+qualified(a.Namespace, a.Secret), reader, strings.Join(labels[reader], ", "))
		}
	}
}

func printMermaid(w io.Writer, accesses []fn.Access) error {
	ids := map[string]string{}
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	node := func(name, open, end string) string {
		if ids[name] == "" {
			ids[name] = fmt.Sprintf("n%d", len(ids))
			fmt.Fprintf(&b, "  %s%s\"%s\"%s\n", ids[name], open, escapeMermaid(name), end)
		}
		return ids[name]
	}
	edges(accesses, func(secret, reader, label string) {
		from, to := node(secret, "[(", ")]"), node(reader, "[", "]")
		fmt.Fprintf(&b, "  %s -->|\"%s\"| %s\n", from, escapeMermaid(label), to)
	})
	_, err := io.WriteString(w, b.String())
	return err
}

// escapeMermaid writes a text for a quoted label. Mermaid reads directives (%%{), entities (#quot;), Markdown (`) and
// HTML in it, so that of ASCII only what means nothing to any of them stays as it is.
func escapeMermaid(text string) string {
	var b strings.Builder
	for _, r := range text {
		safe := r > '~' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
		if safe || strings.ContainsRune(" -_./:=,()", r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

func printDot(w io.Writer, accesses []fn.Access) error {
	var b strings.Builder
	b.WriteString("digraph secrets {\n  rankdir=LR;\n  node [shape=box];\n")
	for _, a := range accesses {
		fmt.Fprintf(&b, "  %s [shape=cylinder];\n", quoteDot("Secret "+qualified(a.Namespace, a.Secret)))
	}
	edges(accesses, func(secret, reader, label string) {
		fmt.Fprintf(&b, "  %s -> %s [label=%s];\n", quoteDot(secret), quoteDot(reader), quoteDot(label))
	})
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// quoteDot writes a text as a string of Graphviz. A backslash begins an escape in a label, and an ampersand an entity.
func quoteDot(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;").Replace(text) + `"`
}
