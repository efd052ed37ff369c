package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"

	"github.com/secretwright/secretwright/fn"
)

// checkPrinters print the results of a check, by the value of --output.
var checkPrinters = map[string]func(io.Writer, framework.Results) error{
	"text":  func(w io.Writer, results framework.Results) error { fn.Print(w, results); return nil },
	"json":  printJSON,
	"sarif": printSARIF,
}

func checkCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "check SPEC [FILE-or-DIR ...]",
		Short: "Check all that needs no key: in a pull request, before a commit",
		Long: `check applies the SecretSpec to the manifests as render does, but opens nothing and writes nothing. It needs no key, since
SOPS leaves keys and structure readable. It finds what is wrong with the SecretSpec; sources that are missing, not
encrypted, or hold plaintext where ciphertext belongs; paths that do not exist in them; keys that a type of Secret must have;
targets that match nothing; and references to keys that do not exist. It ends with status 1 if it finds an error.

With the output sarif, code scanning shows the findings at the file of the SecretSpec.`,
		Args: specAndFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			printer, known := checkPrinters[output]
			if !known {
				return fmt.Errorf("--output is text, json or sarif, not %q", output)
			}
			l, err := load(args, "", cmd.InOrStdin())
			if err != nil {
				return err
			}
			l.filter.Keyless = true
			_, failed := l.filter.Filter(l.manifests.nodes())
			if err := printer(cmd.OutOrStdout(), l.filter.Results); err != nil {
				return &runError{fmt.Errorf("the findings cannot be written: %w", err)}
			}
			if failed != nil {
				return errSilent
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text, json or sarif")
	return cmd
}

func printJSON(w io.Writer, results framework.Results) error {
	if results == nil {
		results = framework.Results{}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(results)
}

// The part of SARIF 2.1.0 that code scanning needs: one rule, and a result with a place for each finding.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine int `json:"startLine"`
		} `json:"region"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
)

// sarifRuleID names the one rule: a SecretSpec that can be applied.
const sarifRuleID = "secretspec"

func printSARIF(w io.Writer, results framework.Results) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{
		Name:           "secretwright",
		InformationURI: "https://github.com/secretwright/secretwright",
		Rules:          []sarifRule{{ID: sarifRuleID, ShortDescription: sarifText{"A SecretSpec can be applied to its manifests"}}},
	}
	levels := map[framework.Severity]string{framework.Error: "error", framework.Warning: "warning", framework.Info: "note"}
	for _, result := range results {
		location := sarifLocation{}
		location.Physical.Region.StartLine = 1
		if result.File != nil {
			location.Physical.Artifact.URI = result.File.Path
		}
		message := result.Message
		if result.Field != nil {
			message = result.Field.Path + ": " + message
			location.Logical = []sarifLogical{{result.Field.Path}}
		}
		run.Results = append(run.Results, sarifResult{
			RuleID: sarifRuleID, Level: levels[result.Severity], Message: sarifText{message}, Locations: []sarifLocation{location},
		})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}
