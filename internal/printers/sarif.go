package printers

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/report"
)

// The part of SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0) that code scanning needs: a rule for each code, and
// a result with a region for each finding.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool     sarifTool     `json:"tool"`
		Language string        `json:"language"`
		NewLines []string      `json:"newlineSequences"`
		Results  []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Language       string      `json:"language"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
		Help             sarifText `json:"help"`
		HelpURI          string    `json:"helpUri"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
)

const (
	homePage     = "https://github.com/secretwright/secretwright"
	findingsPage = homePage + "/blob/main/docs/findings.md"
)

var sarifLevels = map[report.Severity]string{fn.Error: "error", fn.Warning: "warning", fn.Info: "note"}

// SARIF returns what prints findings as a SARIF log (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/>) of a version of
// Secretwright.
func SARIF(version string) func(io.Writer, []*fn.Finding) error {
	return func(w io.Writer, findings []*fn.Finding) error {
		return writeJSON(w, sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0",
			Runs: []sarifRun{sarifRunOf(version, findings)}})
	}
}

func sarifRunOf(version string, findings []*fn.Finding) sarifRun {
	run := sarifRun{Language: "en-US", NewLines: []string{"\r\n", "\n"}, Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "secretwright", Version: version, InformationURI: homePage, Language: "en-US"}
	index := map[report.Code]int{}
	for i, rule := range report.Rules() {
		index[rule.Code] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: string(rule.Code), ShortDescription: sarifText{rule.Meaning}, Help: sarifText{rule.Fix}, HelpURI: findingsPage +
				"#" + string(rule.Code),
		})
	}
	for _, f := range findings {
		result := sarifResult{
			RuleID: string(f.Code), RuleIndex: index[f.Code], Level: sarifLevels[f.Level()],
			Message: sarifText{noLinks.Replace(f.Error())},
		}
		if location := sarifPlace(f); location.Physical != nil || location.Logical != nil {
			result.Locations = []sarifLocation{location}
		}
		run.Results = append(run.Results, result)
	}
	return run
}

// noLinks keeps a message from being a link: SARIF reads [text](target) as one.
var noLinks = strings.NewReplacer("](", "] (")

func sarifPlace(f *fn.Finding) sarifLocation {
	var location sarifLocation
	if f.Place.File != "" {
		uri := url.URL{Path: filepath.ToSlash(inWorkspace(f.Place.File))}
		location.Physical = &sarifPhysical{Artifact: sarifArtifact{uri.String()}}
		if f.Place.Line > 0 {
			location.Physical.Region = &sarifRegion{f.Place.Line, f.Place.Column}
		}
	}
	if path := f.Path(); path != "" {
		location.Logical = []sarifLogical{{path}}
	}
	return location
}
