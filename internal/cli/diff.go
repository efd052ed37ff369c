package cli

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/internal/render"
	"github.com/secretwright/secretwright/internal/terminal"
)

// errChanges says that a render would change something.
var errChanges = errors.New("a render would change something")

func diffCommand() *cobra.Command {
	var accept []string
	cmd := &cobra.Command{
		Use:   "diff SPEC [FILE-or-DIR ...]",
		Short: "Show what a render would change, without a value",
		Long: `diff applies the SecretSpec as render does, and prints what would change as a unified diff: the references in the manifests,
and the Secrets. To see which values of a former render change, name its files too.

No value is printed, nor its length, nor a hash of it. A value that stays is <unchanged>, others are <changed>, <added> or
<gone>; a hash in a name is <hash>, or <old hash> and <new hash>. It needs the keys, to tell what changed.

The exit status is 0 if nothing would change, 1 if something would, and 2 if that cannot be told.`,
		Example: `  secretwright diff secretspec.yaml deploy/
  secretwright diff secretspec.yaml rendered/`,
		Args:              specAndFiles,
		ValidArgsFunction: completeSpec,
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := render.Load(args, "", cmd.InOrStdin())
			if err != nil {
				return err
			}
			l.Filter.AcceptRecipients = accepted(accept)
			result, err := l.Apply(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			text, err := l.Diff(result)
			if err != nil || text == "" {
				return err
			}
			if terminal.IsColoured(cmd.OutOrStdout()) {
				text = terminal.ColourDiff(text)
			}
			if _, err := io.WriteString(cmd.OutOrStdout(), text); err != nil {
				return err
			}
			return errChanges
		},
	}
	acceptFlag(cmd, &accept)
	return cmd
}
