package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/getsops/sops/v3/version"
	"github.com/spf13/cobra"
)

// Version is set when a release is built; otherwise the version and commit come from the build's own record.
var Version = ""

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and the version of SOPS",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			number, commit := Version, "unknown"
			if info, ok := debug.ReadBuildInfo(); ok {
				if number == "" {
					number = info.Main.Version
				}
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						commit = s.Value
					}
				}
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "secretwright %s (commit %s, SOPS %s)\n", number, commit, version.Version)
			return err
		},
	}
}
