package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/internal/migrate"
)

func adoptCommand() *cobra.Command {
	var write, unproven, usedBy bool
	cmd := &cobra.Command{
		Use:   "adopt [DIR]",
		Short: "Turn the Secrets of a kustomization, a kpt package or a folder into those of a SecretSpec",
		Long: `adopt reads the folder DIR (the working folder, if none is named) and plans how its Secrets become those of a
SecretSpec. Of a kustomization it takes those of secretGenerator, of generators of ksops and SopsSecretGenerator, and
Secrets among its resources; of a kpt package and of a folder of manifests, the Secrets in the files. Encrypted files
stay as they are, and no key is needed for them. What was plain is encrypted for the recipients of the nearest
.sops.yaml: in the Git work tree or, outside Git, from the working folder down.

It prints the plan as a diff. With --write it writes it, and proves it: what the kustomize on the PATH builds before
and after, or what the function makes of the manifests, is compared resource by resource, values included. If anything
but the hashes in names differs, all files are put back. To undo it, use git checkout.`,
		Example: `  secretwright adopt overlays/prod
  secretwright adopt --write overlays/prod`,
		Args:              atMostOneFolder,
		ValidArgsFunction: completeFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			if unproven && !write {
				return &usageError{errors.New("--unproven goes with --write")}
			}
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			a, err := migrate.Open(dir, usedBy, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer a.Close()
			if err := a.Plan(cmd.Context()); err != nil {
				return err
			}
			if !write {
				return a.Print(cmd.OutOrStdout())
			}
			return a.WriteProven(cmd.Context(), cmd.OutOrStdout(), unproven)
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "write the files, and prove that the build is the same")
	cmd.Flags().BoolVar(&usedBy, "used-by", false,
		"take the references in the manifests over as usedBy, and out of the manifests "+
			"where usedBy writes them as they were")
	cmd.Flags().BoolVar(&unproven, "unproven", false,
		"with --write: do not build, for a machine without keys or kustomize")
	return cmd
}
