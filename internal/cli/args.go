package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/secretwright/secretwright/internal/manifests"
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
	return text + "; see " + cmd.CommandPath() + " --help"
}

// noArguments is what the arguments of a command that takes none have to be.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, and %q is one", cmd.Name(), args[0])
	}
	return nil
}

// atMostOneFolder is what the arguments `[DIR]` have to be.
func atMostOneFolder(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%s takes one DIR, and %q is another", cmd.Name(), args[1])
	}
	return nil
}

// pathError says what is wrong with a file or folder that an argument names.
func pathError(path string, err error) error {
	switch err = manifests.Cause(err); {
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, "*?"):
		return fmt.Errorf("%s: no file has such a name; leave the pattern out, and name the folder", path)
	case errors.Is(err, fs.ErrNotExist):
		fix := "name one that exists"
		if near := neighbour(path); near != "" {
			fix = "did you mean " + near + "?"
		}
		return fmt.Errorf("%s: there is no such file or folder; %s", path, fix)
	case errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%s: it is a folder; name a file", path)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s: it is a file; name a folder", path)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// neighbour returns the path that is there and most like one that is not, or "".
func neighbour(path string) string {
	dir, name := filepath.Split(filepath.Clean(path))
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return ""
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if near := report.Misspelt(name, names); near != "" {
		return filepath.Join(dir, near)
	}
	return ""
}

// complete has the shell propose the values of a flag, in their order.
func complete(cmd *cobra.Command, flag string, values ...string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values,
		cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder))
	if err != nil {
		panic(err) // the flag does not exist
	}
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
