package report

// The codes of the values of a Secret and its type.
const ()

var valueRules = []Rule{}
