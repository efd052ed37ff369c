package report

// The codes of references and what uses a Secret.
const ()

var wiringRules = []Rule{}
