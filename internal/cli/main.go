package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/terminal"
)

const long = `Secretwright makes Kubernetes Secrets from SOPS-encrypted sources, and writes the references to them into the
workloads that use them. One declaration, a SecretSpec, says what each Secret holds, where each value comes from,
and who may read it, and how.

Without arguments it is a KRM function: it reads a ResourceList from standard input and writes it back, for
kustomize build --enable-alpha-plugins --enable-exec, and for kpt fn render --allow-exec.

The exit status is 0 if all went well, warnings included; 1 if there is an error, and then nothing was written (for diff: if
there is a difference); 2 if the arguments or variables of the environment are wrong (for diff: any error); 130 or 143 after
SIGINT or SIGTERM.`

// Main runs the command line and returns the exit status: 0, 1 when a SecretSpec could not be applied or what came of
// it could not be written, 2 when the arguments, or the environment, are wrong. SIGINT and SIGTERM end the process.
// Without arguments it is the KRM function, unless standard input is a terminal.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	defer obeySignals()()
	out, errs := &terminal.Stream{Writer: stdout}, &terminal.Stream{Writer: stderr}
	return finish(run(ctx, args, stdin, out, errs), out, errs)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr *terminal.Stream) (status int) {
	defer func() {
		if recover() != nil { // whose own text may hold a value
			_, _ = fmt.Fprintln(stderr,
				"secretwright: error: Secretwright failed in a way it should not; please report the command, and the SecretSpec without its values")
			status = 1
		}
	}()
	sopsfile.Quiet()
	limit, err := fn.TimeLimit(os.Getenv(fn.TimeoutEnv))
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "secretwright: error: "+report.Printable(err.Error()))
		return 2
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var wrongRoot *fn.RootError
	if len(args) == 0 {
		if in, ok := stdin.(*os.File); !ok || !term.IsTerminal(int(in.Fd())) {
			root, dir, err := fn.OpenRoot()
			if errors.As(err, &wrongRoot) {
				_, _ = fmt.Fprintln(stderr, "secretwright: error: "+report.Printable(err.Error()))
				return 2
			}
			if err != nil {
				root = nil // a function without a file system has its sources in the ResourceList
			}
			return fn.ExecuteIn(ctx, stdin, stdout, stderr, root, dir)
		}
		args = []string{"--help"}
	}
	cmd := Command()
	addCompletion(cmd)
	ran := false // what is wrong with the arguments, cobra says before a command runs
	cmd.PersistentPreRunE = func(command *cobra.Command, args []string) error {
		ran = true
		attend(command, stdout, stderr)
		return noneEmpty(command, args)
	}
	cmd.SetArgs(args)
	cmd.SetIn(stdin)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	executed, err := cmd.ExecuteContextC(ctx)
	stderr.Progress.Stop()
	failed := 1
	if executed.Name() == "diff" {
		failed = 2 // 1 says that there is a difference, as for diff and cmp
	}
	var wrong *usageError
	var finding *fn.Finding
	if errors.As(err, &wrongRoot) {
		err = &usageError{wrongRoot}
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errChanges):
		return 1
	case errors.Is(err, terminal.ErrPrinted):
		return failed
	case stdout.Err != nil:
		return failed // which is said at the end
	case errors.As(err, &finding) && finding.Place.File != "":
		_, _ = fmt.Fprint(stderr, finding.Lines())
		return failed
	case ran && !errors.As(err, &wrong):
		_, _ = fmt.Fprintln(stderr, "secretwright: error: "+report.Printable(err.Error()))
		return failed
	}
	_, _ = fmt.Fprintln(stderr, "secretwright: error: "+wrongArguments(executed, err))
	return 2
}

// attend has the streams of a command be quiet, or show on a terminal how far it is.
func attend(cmd *cobra.Command, stdout, stderr *terminal.Stream) {
	stdout.Quiet, stderr.Quiet = isQuiet(cmd), isQuiet(cmd)
	if stderr.Quiet {
		return
	}
	if p := terminal.NewProgress(cmd.Name(), stderr.Writer); p != nil {
		stdout.Progress, stderr.Progress = p, p
		terminal.AtEnd.Add(p.Stop)
		cmd.SetContext(report.WithProgress(cmd.Context(), p))
	}
}

// Command returns the command line, with all of its commands.
func Command() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "secretwright",
		Short:         "Make Kubernetes Secrets from SOPS-encrypted sources and wire them into workloads",
		Long:          long,
		Version:       versionLine(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.SetVersionTemplate("{{.Version}}\n")
	cmd.Flags().BoolP("version", "v", false, "print the version, the commit and the version of SOPS")
	cmd.PersistentFlags().BoolP(quietFlag, "q", false, "print neither what is mere information, nor how far a long run is")
	cmd.AddCommand(addCommand(), adoptCommand(), checkCommand(), diffCommand(), editCommand(), encryptCommand(),
		fmtCommand(),
		getCommand(), initCommand(), renderCommand(), rotateCommand(), schemaCommand(), setCommand(), treeCommand(),
		updatekeysCommand(), versionCommand())
	cmd.InitDefaultHelpCmd()
	if help, _, err := cmd.Find([]string{"help"}); err == nil {
		help.Args = knownCommand // cobra's own prints the help of all, and succeeds
	}
	return cmd
}

// addCompletion adds cobra's command for shells, which says what is wrong with one that is not known.
func addCompletion(cmd *cobra.Command) {
	cmd.InitDefaultCompletionCmd()
	if completion, _, err := cmd.Find([]string{"completion"}); err == nil {
		completion.Args, completion.RunE = cobra.ArbitraryArgs, func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 { // cobra prints the help, and succeeds
				return &usageError{fmt.Errorf("%q is no shell that is known; name bash, zsh, fish or powershell", args[0])}
			}
			return cmd.Help()
		}
	}
}

// quietFlag is a flag of every command.
const quietFlag = "quiet"

// isQuiet reports whether a command is to print no more than errors, warnings and what it is run for.
func isQuiet(cmd *cobra.Command) bool {
	quiet, err := cmd.Flags().GetBool(quietFlag)
	return err == nil && quiet
}

// inOneLine is what cobra says of wrong arguments, with its suggestions beside and not below it.
func inOneLine(err error) string {
	text, suggestions, found := strings.Cut(err.Error(), "\n\nDid you mean this?\n")
	if found {
		text += " (did you mean " + strings.Join(strings.Fields(suggestions), " or ") + "?)"
	}
	return report.Printable(text)
}

// usageError is a mistake in the arguments, which a command found itself.
type usageError struct{ error }
