package printers

import (
	"bytes"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/secretwright/secretwright/fn"
	findings "github.com/secretwright/secretwright/internal/report"
)

// TestSARIF holds the output sarif to the official schema of SARIF 2.1.0, with findings that have everything, nothing,
// and names that are hostile.
func TestSARIF(t *testing.T) {
	all := []*fn.Finding{
		{Code: findings.NoContainer, Message: "it has none", Fix: "add one",
			Field: findings.Key(findings.Field("secrets").Index(0), "a\x1b[31m b"),
			Place: findings.Place{File: "a b/ü\n%.yaml", Line: 3, Column: 7}},
		{Code: findings.Internal, Severity: fn.Info, Message: "it \"fails\"\x00\u202e"},
		{Code: findings.NoMatch, Severity: fn.Warning, Message: "none", Place: findings.Place{File: "spec.yaml", Line: 1}},
		{Code: findings.MissingKey, Message: "none", Place: findings.Place{File: "spec.yaml"}},
	}
	for _, some := range [][]*fn.Finding{nil, all} {
		var b bytes.Buffer
		if err := SARIF("1.0.0")(&b, some); err != nil {
			t.Fatal(err)
		}
		parsed, err := sarif.FromBytes(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if err := parsed.Validate(); err != nil {
			t.Errorf("%v\n%s", err, b.Bytes())
		}
		if got := len(parsed.Runs[0].Results); got != len(some) {
			t.Errorf("%d results, want %d", got, len(some))
		}
		if got := len(parsed.Runs[0].Tool.Driver.Rules); got != len(findings.Rules()) {
			t.Errorf("%d rules, want %d", got, len(findings.Rules()))
		}
	}
}
