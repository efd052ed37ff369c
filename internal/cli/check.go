package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/check"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/printers"
	"github.com/secretwright/secretwright/internal/render"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/terminal"
)

// findingPrinters print the findings of a check, by the value of --output.
var findingPrinters = map[string]func(io.Writer, []*fn.Finding) error{
	"text":   terminal.PrintFindings,
	"json":   printers.JSON,
	"sarif":  printers.SARIF(Version),
	"junit":  printers.JUnit,
	"github": printers.GitHub,
}

// findingForms are the keys of findingPrinters.
var findingForms = forms{"text", "json", "sarif", "junit", "github"}

func checkCommand() *cobra.Command {
	var output string
	var accept []string
	cmd := &cobra.Command{
		Use:   "check SPEC [FILE-or-DIR ...] | check [DIR ...]",
		Short: "Check all that needs no key: in a pull request, before a commit",
		Long: `check applies the SecretSpec to the manifests as render does, but opens nothing and writes nothing. It needs no key, since
SOPS leaves keys and structure readable. It finds what is wrong with the SecretSpec; sources that are missing, not
encrypted, or hold plaintext where ciphertext belongs; paths that do not exist in them; keys that a type of Secret must have;
targets that match nothing; and references to keys that do not exist. It says who can read each Secret, and from which
sources its values come. It ends with status 1 if it finds an error.

Every finding has a code, which docs/findings.md explains, and a place: file, line and column. With the output sarif, code
scanning shows the findings where they are; with github, a workflow of GitHub Actions does. In such a workflow both have
paths from the top of the workspace, in whichever folder check is started.

Where the first argument is a folder, or there is none, it checks every SecretSpec below: each with the resources of the
kustomization that lists it, built as kustomize would but without running or fetching anything, with those of its kpt package,
or with those of its folder. It prints a line for each, and then the findings.`,
		Example: `  secretwright check secretspec.yaml deploy/
  secretwright check
  secretwright check -o sarif clusters/ apps/ > findings.sarif`,
		Args: func(cmd *cobra.Command, args []string) error {
			if isRepository(args) {
				return nil
			}
			return specAndFiles(cmd, args)
		},
		ValidArgsFunction: completeSpec,
		SuggestFor:        []string{"validate", "verify", "lint", "test"},
		RunE: func(cmd *cobra.Command, args []string) error {
			printer, known := findingPrinters[output]
			if !known {
				return findingForms.wrong(output)
			}
			if isRepository(args) {
				all, err := checkAll(cmd, args, accepted(accept))
				if err != nil {
					return err
				}
				return printAll(cmd.OutOrStdout(), all, output, isQuiet(cmd))
			}
			l, err := render.Load(args, "", cmd.InOrStdin())
			var finding *fn.Finding
			if errors.As(err, &finding) {
				return errors.Join(printer(cmd.OutOrStdout(), []*fn.Finding{finding}), terminal.ErrPrinted)
			}
			if err != nil {
				return err
			}
			l.Filter.Keyless = true
			l.Filter.AcceptRecipients = accepted(accept)
			result, failed := l.Run(cmd.Context())
			if isQuiet(cmd) {
				result.Findings = terminal.WithoutInfos(result.Findings)
			}
			if err := printer(cmd.OutOrStdout(), result.Findings); err != nil {
				return fmt.Errorf("the findings cannot be written: %w", err)
			}
			if failed != nil {
				return terminal.ErrPrinted
			}
			return nil
		},
	}
	findingForms.flag(cmd, &output)
	acceptFlag(cmd, &accept)
	return cmd
}

// isRepository reports whether the arguments of check name folders alone, or nothing: then it looks for the SecretSpecs
// itself.
func isRepository(args []string) bool {
	if len(args) == 0 {
		return true
	}
	info, err := os.Stat(args[0])
	return err == nil && info.IsDir()
}

// foldersOf returns the folders that the arguments name, or the working folder.
func foldersOf(args []string) ([]string, error) {
	if len(args) == 0 {
		return []string{"."}, nil
	}
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, disk.NamedError(arg, err)
		}
		if !info.IsDir() {
			return nil, &usageError{fmt.Errorf("%s is a file, after a folder; name folders to check all SecretSpecs below them, "+
				"or the SecretSpec first", arg)}
		}
	}
	return args, nil
}

// checkAll checks all SecretSpecs below folders. There need not be one where no folder is named: a hook runs in a new
// repository too.
func checkAll(cmd *cobra.Command, args, accept []string) ([]check.Result, error) {
	folders, err := foldersOf(args)
	if err != nil {
		return nil, err
	}
	all, err := check.Repository(cmd.Context(), folders, accept)
	if err != nil || len(all) > 0 {
		return all, err
	}
	message, fix := "there is no SecretSpec below "+strings.Join(folders, ", "), "name the folder that has one"
	if len(args) > 0 {
		return nil, errors.New(message + "; " + fix)
	}
	f := report.New(report.NoSecretSpec, message+", so nothing was checked", fix).WithSeverity(report.Warning)
	return nil, terminal.PrintFindings(cmd.ErrOrStderr(), []*fn.Finding{f})
}

// printAll prints a line for each SecretSpec, and what was found.
func printAll(w io.Writer, all []check.Result, output string, quiet bool) error {
	var findings []*fn.Finding
	var lines strings.Builder
	failed := false
	for _, one := range all {
		failed = failed || slices.ContainsFunc(one.Findings, (*fn.Finding).IsError)
		if quiet {
			one.Findings = terminal.WithoutInfos(one.Findings)
		}
		if output == "text" && (!quiet || len(one.Findings) > 0) {
			lines.WriteString(one.Verdict() + "\n")
		}
		findings = append(findings, one.Findings...)
	}
	if _, err := io.WriteString(w, lines.String()); err != nil {
		return fmt.Errorf("the findings cannot be written: %w", err)
	}
	if err := findingPrinters[output](w, findings); err != nil {
		return fmt.Errorf("the findings cannot be written: %w", err)
	}
	if failed {
		return terminal.ErrPrinted
	}
	return nil
}
