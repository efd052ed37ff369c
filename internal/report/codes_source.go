package report

// The codes of sources and SOPS documents.
const ()

var sourceRules = []Rule{}
