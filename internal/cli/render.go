package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/fn"
)

func renderCommand() *cobra.Command {
	var redact, plaintext, explain, staged bool
	var output, secretFile string
	var accept []string
	cmd := &cobra.Command{
		Use:   "render SPEC [FILE-or-DIR ...]",
		Short: "Print the Secrets, and the manifests with the references to them",
		Long: `render applies the SecretSpec in the file SPEC to the manifests in the files and folders that follow ("-" is standard
input), and prints them with the Secrets as plain YAML. What no reference was written into is printed as it stands.

The Secrets are printed in the clear: base64 is no encryption. Pipe them to kubectl, and keep them out of Git.
With --redact every value is the word REDACTED, and no key is needed: for tools that check manifests.

Where a template fails, the errors do not say where and why, since that tells something of the values to whoever reads the
log. With --explain they do.

With --output the manifests are written into a folder, each into the file of its own name, or where they are if they
come from that folder. Only files that change are written, all or none, and a Secret only when it is encrypted
(output: {sops: {}} in the SecretSpec), or with --plaintext.`,
		Example: `  secretwright render secretspec.yaml deploy/ | kubectl apply -f -
  secretwright render --redact secretspec.yaml deploy/ | kubeconform -strict
  secretwright render --output rendered/ secretspec.yaml deploy/`,
		Args:              specAndFiles,
		ValidArgsFunction: completeSpec,
		SuggestFor:        []string{"build", "generate", "template", "apply"},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case plaintext && output == "":
				return &usageError{errors.New("--plaintext goes with --output")}
			case secretFile != "" && output == "":
				return &usageError{errors.New("--secret-file goes with --output")}
			case staged && output == "":
				return &usageError{errors.New("--staged goes with --output")}
			case redact && output != "":
				return &usageError{errors.New("--redact prints to standard output, so that no mark takes the place of a real Secret")}
			}
			if err := outputFolder(output); err != nil {
				return &usageError{err}
			}
			l, err := load(args, output, cmd.InOrStdin())
			if err != nil {
				return err
			}
			if output != "" {
				if err := l.readEmitted(output); err != nil {
					return err
				}
				l.filter.Output, l.filter.SecretFile = fromHere(output), secretFile
			}
			l.filter.Keyless = redact
			l.filter.Explain = explain
			l.filter.AcceptRecipients = accepted(accept)
			result, err := l.apply(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			if output != "" {
				files, err := l.write(cmd.ErrOrStderr(), output, result, plaintext)
				if err == nil && staged {
					err = unstaged(cmd.Context(), cmd.ErrOrStderr(), output, files)
				}
				return err
			}
			stream, err := l.stream(result)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(stream)
			return err
		},
	}
	cmd.Flags().BoolVar(&redact, "redact", false, "print a mark for every value; needs no key")
	cmd.Flags().StringVarP(&output, "output", "o", "", "the folder to write to, instead of standard output")
	if err := cmd.MarkFlagDirname("output"); err != nil {
		panic(err) // the flag does not exist
	}
	cmd.Flags().StringVar(&secretFile, "secret-file", "", "a template for the files of new Secrets in that folder, "+
		"such as '{{ .Name }}.sops.yaml'; .Namespace and .SecretSpec can be used too")
	cmd.Flags().BoolVar(&plaintext, "plaintext", false, "write Secrets in the clear, in files for their owner alone")
	cmd.Flags().BoolVar(&explain, "explain", false, "say where and why a template fails; not for logs, since it tells something of the values")
	cmd.Flags().BoolVar(&staged, "staged", false, "fail unless Git has what is rendered staged: for a hook")
	acceptFlag(cmd, &accept)
	return cmd
}

// outputFolder says what is wrong with the folder to write to: other tools' -o names a file, or a format.
func outputFolder(output string) error {
	if output == "" {
		return nil
	}
	info, err := os.Stat(output)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("--output names the folder to write to, and %s is a file; name a folder, or leave --output out "+
			"and send standard output to a file", output)
	case err != nil && slices.Contains([]string{"yaml", "yml", "json", "text", "name", "wide", "sarif"}, output):
		return fmt.Errorf("--output names the folder to write to, not a format; leave it out for YAML on standard output, "+
			"or write ./%s for a folder of that name", output)
	}
	return nil
}

// acceptFlag adds the flag that confirms a change of recipients.
func acceptFlag(cmd *cobra.Command, accept *[]string) {
	cmd.Flags().StringSliceVar(accept, "accept-recipients", nil,
		"confirm these recipients, added or gone since the last output; \"all\" for whatever they are")
}

// accepted returns the recipients that are confirmed by the flag, and by the environment as for the function.
func accepted(flag []string) []string {
	return append(strings.Split(os.Getenv(fn.AcceptRecipientsEnv), ","), flag...)
}
