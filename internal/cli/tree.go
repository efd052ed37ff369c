package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/internal/printers"
	"github.com/secretwright/secretwright/internal/render"
)

// treeForms are the keys of [printers.Accesses].
var treeForms = forms{"text", "json", "mermaid", "dot", "html"}

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
			printer, known := printers.Accesses[output]
			if !known {
				return treeForms.wrong(output)
			}
			l, err := render.Load(args, "", cmd.InOrStdin())
			if err != nil {
				return err
			}
			l.Filter.Keyless = true
			result, err := l.Apply(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			if err := printer(cmd.OutOrStdout(), result.Accesses); err != nil {
				return errors.New("the output cannot be written")
			}
			return nil
		},
	}
	treeForms.flag(cmd, &output)
	return cmd
}
