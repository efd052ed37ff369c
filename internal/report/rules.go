package report

import (
	"cmp"
	"slices"
)

// Rule explains a code.
type Rule struct {
	Code Code
	// Meaning is what such a finding says, in one sentence.
	Meaning string
	// Example is a message, or a piece of YAML, that shows it.
	Example string
	// Fix is how to mend it.
	Fix string
}

// Rules returns the rule of every code, sorted by code. docs/findings.md and the rules of SARIF are made from them.
func Rules() []Rule {
	all := slices.Concat(adoptRules, authorRules, runRules, specRules, sourceRules, manifestRules, trustRules, valueRules,
		wiringRules)
	slices.SortFunc(all, func(a, b Rule) int { return cmp.Compare(a.Code, b.Code) })
	return all
}
