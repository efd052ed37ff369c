package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
)

// checkPrinters print the findings of a check, by the value of --output.
var checkPrinters = map[string]func(io.Writer, []*fn.Finding) error{
	"text":   printText,
	"json":   printJSON,
	"sarif":  printSARIF,
	"junit":  printJUnit,
	"github": printGitHub,
}

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
			printer, known := checkPrinters[output]
			if !known {
				return &usageError{fmt.Errorf("--output is text, json, sarif, junit or github, not %q", output)}
			}
			if isRepository(args) {
				return checkRepository(cmd.Context(), cmd.OutOrStdout(), args, accepted(accept), output, isQuiet(cmd))
			}
			l, err := load(args, "", cmd.InOrStdin())
			var finding *fn.Finding
			if errors.As(err, &finding) {
				return errors.Join(printer(cmd.OutOrStdout(), []*fn.Finding{finding}), errSilent)
			}
			if err != nil {
				return err
			}
			l.filter.Keyless = true
			l.filter.AcceptRecipients = accepted(accept)
			result, failed := l.run(cmd.Context())
			if isQuiet(cmd) {
				result.Findings = withoutInfos(result.Findings)
			}
			if err := printer(cmd.OutOrStdout(), result.Findings); err != nil {
				return fmt.Errorf("the findings cannot be written: %w", err)
			}
			if failed != nil {
				return errSilent
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text, json, sarif, junit or github")
	complete(cmd, "output", "text", "json", "sarif", "junit", "github")
	acceptFlag(cmd, &accept)
	return cmd
}

// jsonFinding is a finding in the output json.
type jsonFinding struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Field    string `json:"field,omitempty"`
	Message  string `json:"message"`
}

func printJSON(w io.Writer, findings []*fn.Finding) error {
	out := []jsonFinding{}
	for _, f := range findings {
		out = append(out, jsonFinding{
			Code: string(f.Code), Severity: string(f.Level()), Message: f.Text(), Field: f.Path(),
			File: f.Place.File, Line: f.Place.Line, Column: f.Place.Column,
		})
	}
	return writeJSON(w, out)
}

// writeJSON writes a value as indented JSON. What is not printable in it is escaped, so that nothing is lost, and
// nothing drives a terminal.
func writeJSON(w io.Writer, value any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	var out bytes.Buffer
	before := ' '
	for _, r := range text.String() {
		switch {
		case r == '#' && before == '#': // which would begin a command of a CI system, in the middle of a line
			out.WriteString(`\u0023`)
		case r == '\n' || report.IsPrintable(r): // a line end is between strings: in one it is escaped already
			out.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		before = r
	}
	_, err := out.WriteTo(w)
	return err
}
