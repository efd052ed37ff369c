package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/fn"
)

// treePrinters print who reads what, by the value of --output.
var treePrinters = map[string]func(io.Writer, []fn.Access) error{
	"text":    printTree,
	"json":    printTreeJSON,
	"mermaid": printMermaid,
	"dot":     printDot,
	"html":    printPage,
}

func treeCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "tree SPEC [FILE-or-DIR ...]",
		Short: "Show who can read what: Secret, resource, container, key",
		Long: `tree shows, Secret by Secret, where its values come from, which keys open them in Git, and everything in the cluster that
reads it, down to container and key: what usedBy says, and what was written by hand. It needs no key. The outputs mermaid and dot are pictures, for a
pull request or a document; html is one page with a filter, which fetches nothing.`,
		Example: `  secretwright tree secretspec.yaml deploy/
  secretwright tree -o html secretspec.yaml deploy/ > secrets.html
  secretwright tree -o dot secretspec.yaml deploy/ | dot -Tsvg > secrets.svg`,
		Args:              specAndFiles,
		ValidArgsFunction: completeSpec,
		SuggestFor:        []string{"show", "list", "graph", "who"},
		RunE: func(cmd *cobra.Command, args []string) error {
			printer, known := treePrinters[output]
			if !known {
				return &usageError{fmt.Errorf("--output is text, json, mermaid, dot or html, not %q", output)}
			}
			l, err := load(args, "", cmd.InOrStdin())
			if err != nil {
				return err
			}
			l.filter.Keyless = true
			result, err := l.apply(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			accesses := result.Accesses
			if output != "json" { // which has escapes of its own, and keeps the names as they are
				accesses = printable(accesses)
			}
			if err := printer(cmd.OutOrStdout(), accesses); err != nil {
				return errors.New("the output cannot be written")
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text, json, mermaid, dot or html")
	complete(cmd, "output", "text", "json", "mermaid", "dot", "html")
	return cmd
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
