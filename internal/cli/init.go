package cli

import (
	"fmt"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/author"
	"github.com/secretwright/secretwright/internal/terminal"
)

// hooksRepository is where pre-commit finds our hooks.
const hooksRepository = "https://github.com/secretwright/secretwright"

func initCommand() *cobra.Command {
	var recipients []string
	var hooks bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make what it takes to encrypt in this folder: a key, .sops.yaml and hooks",
		Long: `init makes what is not there yet. An age key, in the file where sops looks for it, for you alone to read; a key that is there
is used, and never written over. A .sops.yaml in this folder, which has files encrypted for that key; if there is one here or
above, init says what it says. With --hooks, entries in the .pre-commit-config.yaml of the Git work tree: one checks
every SecretSpec, one renders those that say where to.`,
		Example: `  secretwright init
  secretwright init --age age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p --hooks`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return initialize(cmd, recipients, hooks)
		},
	}
	cmd.Flags().StringSliceVar(&recipients, "age", nil, "the age recipients to encrypt for, instead of your key's")
	cmd.Flags().BoolVar(&hooks, "hooks", false, "add our hooks to .pre-commit-config.yaml")
	return cmd
}

func initialize(cmd *cobra.Command, recipients []string, hooks bool) error {
	stderr := cmd.ErrOrStderr()
	var more []author.File // before a key is made: a failure changes nothing
	var said []*fn.Finding
	if hooks {
		var err error
		if more, said, err = addHooks(); err != nil {
			return err
		}
	}
	if len(recipients) == 0 {
		recipient, found, err := author.Key(time.Now())
		if err != nil {
			return err
		}
		if err := terminal.PrintFindings(stderr, []*fn.Finding{found}); err != nil {
			return err
		}
		recipients = []string{recipient}
	}
	if err := author.CheckRecipients(recipients); err != nil {
		return &usageError{err}
	}
	files, findings, err := author.Rules(".", recipients)
	if err != nil {
		return err
	}
	if err := author.Write(append(files, more...)); err != nil {
		return err
	}
	return terminal.PrintFindings(stderr, append(findings, said...))
}

// addHooks adds our hooks to those of the Git work tree.
func addHooks() ([]author.File, []*fn.Finding, error) {
	here, err := filepath.Abs(".")
	if err != nil {
		return nil, nil, err
	}
	top := fn.WorkTree(here)
	if top == "" {
		return nil, nil, fmt.Errorf("--hooks: this folder is in no Git work tree; run git init first")
	}
	return author.Hooks(top, author.Hook{
		Repository: hooksRepository, Revision: revision(), IDs: []string{"secretwright-check", "secretwright-render"},
	})
}

// revision returns what pre-commit is to check out: the release that this is, or the commit.
func revision() string {
	if Version != "" {
		return "v" + Version
	}
	info, ok := debug.ReadBuildInfo()
	if ok && regexp.MustCompile(`^v\d+\.\d+\.\d+$`).MatchString(info.Main.Version) {
		return info.Main.Version
	}
	if ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "main"
}
