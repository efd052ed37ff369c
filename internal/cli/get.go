package cli

import "github.com/spf13/cobra"

func getCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "get SPEC SECRET KEY",
		Short: "Print the value of a key of a Secret, in the clear",
		Long: `get prints the value of a key of a Secret in the SecretSpec in the file SPEC, to standard output: every byte of the value as
it is rendered, templates included, and nothing else.`,
		Example:           `  secretwright get secretspec.yaml database password`,
		Args:              named("SPEC", "SECRET", "KEY"),
		ValidArgsFunction: completeValue,
		SuggestFor:        []string{"cat", "read", "view"},
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := openSpec(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			value, err := s.Get(cmd.Context(), args[1], args[2])
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(value)
			return err
		},
	}
}
