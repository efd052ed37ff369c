package sources

import (
	"errors"
	"fmt"
	"strings"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/cmd/sops/formats"
	"github.com/getsops/sops/v3/config"

	"github.com/secretwright/secretwright/schema"
)

// document is one opened source, in the clear.
type document struct {
	name       string
	format     schema.Format
	tree       sops.TreeBranches // as SOPS reads it; of a document that came in the clear, branches has it
	recipients *Recipients       // for whom it was encrypted, if it was
	sealed     bool              // it was not decrypted: its values are ciphertext
	clear      bool              // it came in the clear
	raw        []byte            // then this is what came
}

// formatForPath is the format that the sops command would read a file of that name in.
func formatForPath(name string) schema.Format {
	switch formats.FormatForPath(name) {
	case formats.Yaml:
		return schema.YAML
	case formats.Json:
		return schema.JSON
	case formats.Dotenv:
		return schema.Dotenv
	case formats.Ini:
		return schema.INI
	default:
		return schema.Binary
	}
}

// store is SOPS's reader and printer of one format.
func store(format schema.Format) common.Store {
	return common.StoreForFormat(formats.FormatFromString(string(format)), config.NewStoresConfig())
}

// whole is the document as `sops -d` prints it, or as it stands where it came in the clear. The indentation is SOPS's
// default, whatever a .sops.yaml says of it: the same document is the same Secret, wherever it is built.
func (d *document) whole() ([]byte, *schema.Finding) {
	if d.clear {
		return d.raw, nil
	}
	if len(d.tree) > 1 {
		return nil, d.several("pick a value that stands in one of them with key, or split the file")
	}
	out, err := store(d.format).EmitPlainFile(d.tree)
	if err != nil {
		return nil, problem(fmt.Sprintf("SOPS cannot print it as %s", d.format), "take single values from it with key, or set format")
	}
	return out, nil
}

// several says which documents a stream of YAML documents holds, by the keys they have.
func (d *document) several(fix string) *schema.Finding {
	var documents []string
	for i, branch := range d.tree {
		if i == maxListed {
			documents = append(documents, "...")
			break
		}
		documents = append(documents, fmt.Sprintf("%d: %s", i+1, list(keys(branch))))
	}
	return problem(fmt.Sprintf("it has %d YAML documents (%s)", len(d.tree), strings.Join(documents, "; ")), fix)
}

// maxListed is how many names an error lists.
const maxListed = 20

// list is a list for people, which stops where nobody reads on.
func list(names []string) string {
	if len(names) > maxListed {
		names = append(names[:maxListed:maxListed], "...")
	}
	return strings.Join(names, ", ")
}

// keys are the keys of a map, in the document's order.
func keys(branch sops.TreeBranch) []string {
	var names []string
	for _, item := range branch {
		if name, ok := item.Key.(string); ok {
			names = append(names, name)
		}
	}
	return names
}

// branches are the maps of the document: several in a stream of YAML documents, else one. A document in the clear is
// parsed only when a key is looked up in it, since taken whole it may be anything.
func (d *document) branches() (sops.TreeBranches, *schema.Finding) {
	if d.clear && d.tree == nil {
		tree, f := parsePlain(d.raw, d.format)
		if f != nil {
			return nil, f
		}
		d.tree = tree
	}
	return d.tree, nil
}

// parsePlain reads a document that is not encrypted.
func parsePlain(data []byte, format schema.Format) (sops.TreeBranches, *schema.Finding) {
	if f := overgrown(data, format); f != nil {
		return nil, f
	}
	var tree sops.TreeBranches
	var err error
	switch format {
	case schema.YAML:
		tree, err = literalYAML(data)
	case schema.JSON:
		tree, err = literalJSON(data)
	default:
		tree, err = store(format).LoadPlainFile(data)
	}
	if err != nil {
		return nil, unreadable(err, format)
	}
	return tree, nil
}

// unreadable says that a parser failed, and in which line, but not what it quotes of the document.
func unreadable(err error, format schema.Format) *schema.Finding {
	if errors.Is(err, errNotMap) {
		return problem("it is not a map, so it has no keys", "leave key out to take the whole document")
	}
	return problem(fmt.Sprintf("it is not valid %s%s", format, schema.LineOf(err)), "mend it, or set format to what it is")
}
