package sources

import (
	"fmt"

	"github.com/getsops/sops/v3"

	"github.com/secretwright/secretwright/internal/dotenv"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/schema"
)

// variables reads a dotenv document as kustomize or godotenv does: what `sops -d` prints, read anew. Without a dialect,
// and in that of SOPS, it returns nothing: the document has that reading.
func variables(doc *sopsfile.Document, dialect schema.Dialect) (sops.TreeBranches, *fault) {
	if dialect == "" {
		return nil, nil
	}
	if doc.Format() != sopsfile.Dotenv {
		return nil, blame(report.New(report.UselessField, "dialect is for dotenv, and this is "+string(doc.Format()),
			"remove it, or set format: dotenv"), "dialect")
	}
	if dialect == schema.SOPSDialect {
		return nil, nil
	}
	text, f := doc.Text()
	if f != nil {
		return nil, blame(f)
	}
	entries, err := read(text, dialect)
	if err != nil {
		return nil, blame(report.New(report.InvalidDocument, "as "+string(dialect)+" reads it, "+err.Error(),
			"correct the line, or choose another dialect"), "dialect")
	}
	branch := sops.TreeBranch{}
	for _, entry := range entries {
		if entry.Inner {
			return nil, blame(report.New(report.InvalidDocument,
				fmt.Sprintf("as godotenv reads it, line %d has two variables", entry.Line),
				"write each in a line of its own, or choose another dialect"), "dialect")
		}
		branch = append(branch, sops.TreeItem{Key: entry.Key, Value: entry.Value})
	}
	return sops.TreeBranches{branch}, nil
}

// read reads text in a dialect. Of a key that occurs more than once godotenv takes the last; kustomize refuses it.
func read(text []byte, dialect schema.Dialect) ([]dotenv.Entry, error) {
	if dialect == schema.KustomizeDialect {
		return dotenv.Kustomize(text)
	}
	entries, err := dotenv.Godotenv(text)
	return dotenv.Last(entries), err
}
