package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/secretwright/secretwright/internal/report"
)

// wrongArguments returns what is wrong with the arguments of a command, and where help is.
func wrongArguments(cmd *cobra.Command, err error) string {
	text := inOneLine(err)
	if name, unknown := strings.CutPrefix(text, "unknown flag: --"); unknown {
		var flags []string
		near := ""
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if flags = append(flags, f.Name); strings.HasPrefix(f.Name, name+"-") {
				near = f.Name
			}
		})
		if near = cmp.Or(near, report.Nearest(name, flags)); near != "" {
			text += " (did you mean --" + near + "?)"
		}
	}
	if before, _, isShort := strings.Cut(text, " in -"); isShort && strings.HasPrefix(text, "unknown shorthand flag") {
		text = before // what comes after the letter may be a value
	}
	if strings.HasSuffix(text, " must be formatted as key=value") {
		text = "--env takes VARIABLE=KEY: the name of a variable, and the key whose value it gets"
	}
	if strings.HasPrefix(text, `unknown command "decrypt"`) { // encrypt, which is near, is not meant
		text = `unknown command "decrypt": get prints a value, and edit opens the whole file in the clear`
	}
	if cmd.Name() == "help" {
		cmd = cmd.Root()
	}
	return text + "; see " + cmd.CommandPath() + " --help"
}

// noArguments is what the arguments of a command that takes none have to be.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, and %q is one", cmd.Name(), args[0])
	}
	return nil
}

// noneEmpty returns an error if an argument is "". No command has a use for one but that which the shell asks for what
// can be written there.
func noneEmpty(cmd *cobra.Command, args []string) error {
	if i := slices.Index(args, ""); i >= 0 && cmd.Name() != cobra.ShellCompRequestCmd {
		return &usageError{fmt.Errorf("argument %d is empty; set the variable that it comes from, or leave it out", i+1)}
	}
	return nil
}

// knownCommand is what the arguments of help have to be.
func knownCommand(cmd *cobra.Command, args []string) error {
	_, _, err := cmd.Root().Find(args)
	return err
}

// atMostOneFolder is what the arguments `[DIR]` have to be.
func atMostOneFolder(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%s takes one DIR, and %q is another", cmd.Name(), args[1])
	}
	return nil
}

// complete has the shell propose the values of a flag, in their order.
func complete(cmd *cobra.Command, flag string, values ...string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values,
		cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder))
	if err != nil {
		panic(err) // the flag does not exist
	}
}

// forms are what --output may be, the default first.
type forms []string

func (f forms) String() string {
	last := len(f) - 1
	return strings.Join(f[:last], ", ") + " or " + f[last]
}

// flag adds --output to a command.
func (f forms) flag(cmd *cobra.Command, output *string) {
	cmd.Flags().StringVarP(output, "output", "o", f[0], f.String())
	complete(cmd, "output", f...)
}

// wrong returns the error that --output is none of them.
func (f forms) wrong(output string) error {
	return &usageError{fmt.Errorf("--output is %s, not %q", f, output)}
}

// completeSpec has the shell propose the files that may hold a SecretSpec, and then any file or folder.
func completeSpec(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return nil, cobra.ShellCompDirectiveDefault
}

// completeFolder has the shell propose folders, for a command that takes one.
func completeFolder(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// specAndFiles is what the arguments `SPEC [FILE-or-DIR ...]` have to be.
func specAndFiles(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return fmt.Errorf("%s needs SPEC, the file of a SecretSpec", cmd.Name())
	case args[0] == "-":
		return errors.New("SPEC has to be a file, since its sources are relative to its folder")
	}
	return nil
}
