package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/fn"
)

func renderCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "render SPEC [FILE-or-DIR ...]",
		Short: "Print the Secrets, and the manifests with the references to them",
		Long: `render applies the SecretSpec in the file SPEC to the manifests in the files and folders that follow ("-" is standard
input), and prints them with the Secrets as plain YAML. What no reference was written into is printed as it stands.

The Secrets are printed in the clear: base64 is no encryption. Pipe them to kubectl, and keep them out of Git.`,
		Example: `  secretwright render secretspec.yaml deploy/ | kubectl apply -f -`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := os.OpenRoot(".")
			if err != nil {
				return &runError{fmt.Errorf("the working folder cannot be opened: %w", err)}
			}
			spec, err := readSpec(args[0])
			if err != nil {
				return &runError{err}
			}
			manifests, err := readManifests(args[1:], args[0], cmd.InOrStdin())
			if err != nil {
				return &runError{err}
			}
			filter := &fn.Filter{Root: root, FunctionConfig: spec}
			out, err := filter.Filter(manifests.nodes())
			fn.Print(cmd.ErrOrStderr(), filter.Results)
			if err != nil {
				return errSilent
			}
			return manifests.print(cmd.OutOrStdout(), out)
		},
	}
}
