package printers

import (
	"fmt"
	"io"
	"strings"

	"github.com/secretwright/secretwright/fn"
)

// Accesses print who reads what, by the value of --output. Every text that is printed is printable.
var Accesses = map[string]func(io.Writer, []fn.Access) error{
	"text":    inPrint(printTree),
	"json":    printTreeJSON, // which has escapes of its own, and keeps the names as they are
	"mermaid": inPrint(printMermaid),
	"dot":     inPrint(printDot),
	"html":    inPrint(printPage),
}

// inPrint returns a printer that is given what is printable alone.
func inPrint(printer func(io.Writer, []fn.Access) error) func(io.Writer, []fn.Access) error {
	return func(w io.Writer, accesses []fn.Access) error { return printer(w, printable(accesses)) }
}

// qualified is a name with its namespace, if it has one.
func qualified(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

// what is the key, or all of them, as people read it.
func what(r fn.Reader) string {
	if r.Key == "" {
		return "all keys"
	}
	return r.Key
}

func printTree(w io.Writer, accesses []fn.Access) error {
	var b strings.Builder
	for _, a := range accesses {
		fmt.Fprintf(&b, "Secret %s (%s): %s\n", qualified(a.Namespace, a.Secret), a.Type, strings.Join(a.Keys, ", "))
		if len(a.Sources) > 0 {
			fmt.Fprintf(&b, "│ from %s\n", strings.Join(a.Sources, ", "))
		}
		if len(a.Recipients) > 0 {
			fmt.Fprintf(&b, "│ in Git, for %s\n", strings.Join(a.Recipients, ", "))
		}
		holders := holders(a.Readers)
		for i, h := range holders {
			h.write(&b, i == len(holders)-1)
		}
		if len(holders) == 0 {
			b.WriteString("└── (nothing reads it)\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// holder is a resource and the ways in which it reads one Secret.
type holder struct {
	name    string
	readers []fn.Reader
}

// write writes the holder as a branch of the tree.
func (h holder) write(b *strings.Builder, isLast bool) {
	branch, trunk := "├── ", "│   "
	if isLast {
		branch, trunk = "└── ", "    "
	}
	b.WriteString(branch + h.name + "\n")
	for i, r := range h.readers {
		leaf := "├── "
		if i == len(h.readers)-1 {
			leaf = "└── "
		}
		if r.Container != "" {
			leaf += "container " + r.Container + ": "
		}
		fmt.Fprintf(b, "%s%s%s = %s\n", trunk, leaf, r.Via, what(r))
	}
}

func holders(readers []fn.Reader) []holder {
	var out []holder
	for _, r := range readers {
		name := r.Kind + " " + qualified(r.Namespace, r.Name)
		if len(out) == 0 || out[len(out)-1].name != name {
			out = append(out, holder{name: name})
		}
		last := &out[len(out)-1]
		last.readers = append(last.readers, r)
	}
	return out
}

func printTreeJSON(w io.Writer, accesses []fn.Access) error {
	if accesses == nil {
		accesses = []fn.Access{}
	}
	return writeJSON(w, accesses)
}
