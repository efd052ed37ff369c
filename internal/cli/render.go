package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/render"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/terminal"
)

// renderOptions are the flags of render.
type renderOptions struct {
	redact, plaintext, explain, staged bool
	output, secretFile                 string
	accept                             []string
}

func renderCommand() *cobra.Command {
	var o renderOptions
	cmd := &cobra.Command{
		Use:   "render SPEC [FILE-or-DIR ...] | render",
		Short: "Print the Secrets, and the manifests with the references to them",
		Long: `render applies the SecretSpec in the file SPEC to the manifests in the files and folders that follow ("-" is standard
input), and prints them with the Secrets as plain YAML. What no reference was written into is printed as it stands.

The Secrets are printed in the clear: base64 is no encryption. Pipe them to kubectl, and keep them out of Git.
With --redact every value is the word REDACTED, and no key is needed: for tools that check manifests.

Where a template fails, the errors do not say where and why, since that tells something of the values to whoever reads the
log. With --explain they do.

With --output the manifests are written into a folder, each into the file of its own name, or where they are if they
come from that folder. Only files that change are written, all or none, and a Secret only when it is encrypted
(output: {sops: {}} in the SecretSpec), or with --plaintext.

Without arguments it renders every SecretSpec below the working folder that says where to, all or none:
output: {sops: {}, dir: rendered, manifests: [deploy]}.`,
		Example: `  secretwright render secretspec.yaml deploy/ | kubectl apply -f -
  secretwright render --redact secretspec.yaml deploy/ | kubeconform -strict
  secretwright render --output rendered/ secretspec.yaml deploy/
  secretwright render`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return specAndFiles(cmd, args)
		},
		ValidArgsFunction: completeSpec,
		SuggestFor:        []string{"build", "generate", "template", "apply"},
		PreRunE:           func(cmd *cobra.Command, args []string) error { return o.check(cmd, args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return o.everywhere(cmd)
			}
			return o.run(cmd, args)
		},
	}
	cmd.Flags().BoolVar(&o.redact, "redact", false, "print a mark for every value; needs no key")
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "the folder to write to, instead of standard output")
	if err := cmd.MarkFlagDirname("output"); err != nil {
		panic(err) // the flag does not exist
	}
	cmd.Flags().StringVar(&o.secretFile, "secret-file", "", "a template for the files of new Secrets in that folder, "+
		"such as '{{ .Name }}.sops.yaml'; .Namespace and .SecretSpec can be used too")
	cmd.Flags().BoolVar(&o.plaintext, "plaintext", false, "write Secrets in the clear, in files for their owner alone")
	cmd.Flags().BoolVar(&o.explain, "explain", false,
		"say where and why a template fails; not for logs, since it tells something of the values")
	cmd.Flags().BoolVar(&o.staged, "staged", false, "fail unless Git has what is rendered staged: for a hook")
	acceptFlag(cmd, &o.accept)
	return cmd
}

// check reports flags that do not go together.
func (o *renderOptions) check(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		for _, flag := range []string{"output", "plaintext", "redact", "secret-file"} {
			if cmd.Flags().Changed(flag) {
				return &usageError{fmt.Errorf("--%s goes with SPEC, the file of a SecretSpec", flag)}
			}
		}
		return nil
	}
	for _, flag := range []string{"plaintext", "secret-file", "staged"} {
		if cmd.Flags().Changed(flag) && o.output == "" {
			return &usageError{fmt.Errorf("--%s goes with --output", flag)}
		}
	}
	if o.redact && o.output != "" {
		return &usageError{errors.New("--redact prints to standard output, so that no mark takes the place of a real Secret")}
	}
	if err := outputFolder(o.output); err != nil {
		return &usageError{err}
	}
	return nil
}

// everywhere renders every SecretSpec below the working folder that says where to.
func (o *renderOptions) everywhere(cmd *cobra.Command) error {
	found, err := render.Everywhere(cmd.Context(), cmd.ErrOrStderr(),
		render.Options{Explain: o.explain, Staged: o.staged, Accept: accepted(o.accept)})
	if err != nil || found {
		return err
	}
	const message, example = "no SecretSpec below this folder says where it is rendered to",
		"output: {sops: {}, dir: rendered, manifests: [deploy]}"
	if o.staged { // a hook lets the commit pass
		f := report.New(report.Written, message+", so nothing was rendered", "write in one "+example)
		return terminal.PrintFindings(cmd.ErrOrStderr(), []*fn.Finding{f.WithSeverity(report.Info)})
	}
	return &usageError{errors.New("render needs SPEC, the file of a SecretSpec, since " + message + ", as in " + example)}
}

func (o *renderOptions) run(cmd *cobra.Command, args []string) error {
	l, err := render.Load(args, o.output, cmd.InOrStdin())
	if err != nil {
		return err
	}
	l.Filter.Keyless, l.Filter.Explain, l.Filter.AcceptRecipients = o.redact, o.explain, accepted(o.accept)
	if o.output != "" {
		return o.write(cmd, l)
	}
	result, err := l.Apply(cmd.Context(), cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	stream, err := l.Stream(result)
	if err != nil {
		return err
	}
	_, err = cmd.OutOrStdout().Write(stream)
	return err
}

// write renders into the output folder.
func (o *renderOptions) write(cmd *cobra.Command, l *render.Job) error {
	if err := l.ReadEmitted(o.output); err != nil {
		return err
	}
	l.Filter.Output, l.Filter.SecretFile = disk.FromHere(o.output), o.secretFile
	result, err := l.Apply(cmd.Context(), cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	files, err := l.Write(cmd.ErrOrStderr(), o.output, result, o.plaintext)
	if err != nil || !o.staged {
		return err
	}
	return render.Unstaged(cmd.Context(), cmd.ErrOrStderr(), o.output, files)
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
