package dotenv_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/config"
	sopsdotenv "github.com/getsops/sops/v3/stores/dotenv"

	"github.com/secretwright/secretwright/internal/dotenv"
	"github.com/secretwright/secretwright/internal/pinned"
)

var update = flag.Bool("update", false, "write the table of dialects in docs/compared.md anew")

// rows are the texts of the table, each of a variable A.
var rows = []string{
	`A=a b`, `A="a b"`, `A='a b'`, `A=a\nb`, `A="a\nb"`, `A={"key":"-----BEGIN\nX\n"}`, `A="say \"hi\""`, `A=a # b`,
	`A=a#b`,
	`A= a `, ` A=a`, `A =a`, "B=c\nA=$B", "B=c\nA='$B'", `A=$B`, `A=\$B`, `export A=b`, `A: b`, `A`, twice, "A=\"a\nb\"",
}

// twice is the row that kustomize refuses.
const twice = "A=a\nA=b"

// TestTable holds the table of docs/compared.md to the readers: SOPS's own, and the two of this package.
func TestTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("| text | `sops` | `kustomize` | `godotenv` |\n|---|---|---|---|\n")
	for _, text := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", code(text), asSOPS(text),
			asEntries(dotenv.Kustomize([]byte(text+"\n"))), asGodotenv(text))
	}
	pinned.Table(t, filepath.Join(pinned.Root(), "docs", "compared.md"), "dialects", b.String(), *update)
}

func asSOPS(text string) string {
	branches, err := sopsdotenv.NewStore(&config.NewStoresConfig().Dotenv).LoadPlainFile([]byte(text + "\n"))
	if err != nil {
		return "refused"
	}
	var entries []dotenv.Entry
	for _, item := range branches[0] {
		if _, comment := item.Key.(sops.Comment); !comment {
			entries = append(entries, dotenv.Entry{Key: item.Key.(string), Value: item.Value.(string)})
		}
	}
	return asEntries(entries, nil)
}

// asGodotenv reads as ksops does: the last of two counts.
func asGodotenv(text string) string {
	entries, err := dotenv.Godotenv([]byte(text + "\n"))
	return asEntries(dotenv.Last(entries), err)
}

// asEntries is a cell of the table: the value of A, or the variables there are instead. A key that comes twice is
// refused by kustomize, and by Secretwright in the reading of SOPS.
func asEntries(entries []dotenv.Entry, err error) string {
	if err != nil {
		return "refused"
	}
	var cells []string
	seen := map[string]bool{}
	for _, entry := range entries {
		if seen[entry.Key] {
			return "refused"
		}
		seen[entry.Key] = true
		switch entry.Key {
		case "A":
			cells = append(cells, code(entry.Value))
		case "B":
		default:
			cells = append(cells, code(entry.Key+"="+entry.Value))
		}
	}
	if len(cells) == 2 {
		return cells[0] + " and " + cells[1]
	}
	return strings.Join(cells, ", ")
}

// code is text in a cell, with a sign for a new line.
func code(text string) string {
	if text == "" {
		return "empty"
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\n", "⏎"), "|", `\|`)
	if strings.HasPrefix(text, " ") && strings.HasSuffix(text, " ") {
		text = " " + text + " " // Markdown takes one from each side
	}
	return "`" + text + "`"
}
