package codec

import (
	"encoding/json"

	"github.com/getsops/sops/v3"
)

// Literal is a number, boolean or date of a document in the clear, with the text that it is written as: 1.10 or 0644.
type Literal struct {
	Text  string
	Value any
}

// WithLiterals returns the branches of the document with a Literal in place of every value that is not text, and with
// every key as text. Only a YAML or JSON document has any.
func (d *Document) WithLiterals() sops.TreeBranches {
	out := make(sops.TreeBranches, len(d.Tree.Branches))
	for i, branch := range d.Tree.Branches {
		out[i] = d.literals(branch, d.places[i]).(sops.TreeBranch)
	}
	return out
}

func (d *Document) literals(value any, at place) any {
	switch value := value.(type) {
	case sops.TreeBranch:
		out := make(sops.TreeBranch, len(value))
		for i, item := range value {
			out[i] = item
			if !at.kids[i].comment {
				out[i] = sops.TreeItem{Key: at.kids[i].key, Value: d.literals(item.Value, at.kids[i])}
			}
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = d.literals(item, at.kids[i])
		}
		return out
	}
	switch {
	case !at.literal:
		return value
	case d.Format == YAML:
		return Literal{Text: at.text, Value: value}
	}
	text := string(d.source[at.start:at.end])
	if _, isBool := value.(bool); !isBool {
		value = json.Number(text)
	}
	return Literal{Text: text, Value: value}
}
