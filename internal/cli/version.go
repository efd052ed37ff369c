package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/internal/sopsfile"
)

// Version and Commit are set when a release is built; otherwise they come from the build's own record.
var (
	Version string // as in a tag, without the v
	Commit  string
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and the version of SOPS",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), versionLine())
			return err
		},
	}
}

// versionLine is what the command version and the flag --version print.
func versionLine() string {
	number, commit := Version, Commit
	if info, ok := debug.ReadBuildInfo(); ok {
		if number == "" {
			number = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && commit == "" {
				commit = s.Value
			}
		}
	}
	if commit == "" {
		commit = "unknown"
	}
	return fmt.Sprintf("secretwright %s (commit %s, SOPS %s)", number, commit, sopsfile.SOPSVersion)
}
