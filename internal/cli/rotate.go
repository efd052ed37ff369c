package cli

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/internal/author"
	"github.com/secretwright/secretwright/internal/terminal"
)

func rotateCommand() *cobra.Command {
	var accept []string
	cmd := &cobra.Command{
		Use:   "rotate SPEC",
		Short: "Encrypt a SecretSpec and the files of its sources under new data keys, as sops rotate does",
		Long: `rotate encrypts every value anew, in the SecretSpec in the file SPEC if it is encrypted and in all encrypted files of its
sources, under a new data key for each. Who can read them stays the same. Nothing signs the list of recipients in a file, so
rotate fails if one has a recipient that .sops.yaml does not list, unless that is confirmed. All files are written, or none.`,
		Args:              named("SPEC"),
		ValidArgsFunction: completeSpecOnly,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := openSpec(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			files, findings, err := s.Rotate(cmd.Context(), accepted(accept))
			if err != nil {
				return err
			}
			if err := author.Write(files); err != nil {
				return err
			}
			return terminal.PrintFindings(cmd.ErrOrStderr(), findings)
		},
	}
	cmd.Flags().StringSliceVar(&accept, "accept-recipients", nil,
		"confirm these recipients, which .sops.yaml does not list; \"all\" for whatever they are")
	return cmd
}

func updatekeysCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "updatekeys SPEC",
		Short: "Encrypt a SecretSpec and the files of its sources for the recipients of .sops.yaml, as sops updatekeys does",
		Long: `updatekeys encrypts the data keys of the SecretSpec in the file SPEC, if it is encrypted, and of all encrypted files of its
sources, for the recipients that .sops.yaml lists for each. It says who can read what from now on, or no more, and asks before it
writes. The values stay as they are: run rotate, and change them, when somebody is gone. All files are written, or none.`,
		Args:              named("SPEC"),
		ValidArgsFunction: completeSpecOnly,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := openSpec(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			files, findings, err := s.UpdateKeys(cmd.Context())
			if err != nil {
				return err
			}
			if err := terminal.PrintFindings(cmd.ErrOrStderr(), findings); err != nil {
				return err
			}
			if len(files) > 0 && !yes {
				if err := inputOf(cmd).confirm("Is this okay?"); err != nil {
					return err
				}
			}
			return author.Write(files)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "write without asking")
	return cmd
}

// confirm asks a question on the terminal, and returns an error unless the answer is yes.
func (in *input) confirm(question string) error {
	if in.terminal() == nil {
		return errors.New("nothing was changed, since nobody can be asked; confirm it with --yes")
	}
	if _, err := fmt.Fprint(in.stderr, question+" (y/n): "); err != nil {
		return err
	}
	answer, _ := bufio.NewReader(in.stdin).ReadString('\n') // what is no yes is a no
	if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
		return errors.New("nothing was changed")
	}
	return nil
}
