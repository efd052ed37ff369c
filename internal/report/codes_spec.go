package report

// The codes of what a SecretSpec says.
const ()

var specRules = []Rule{}
