package sources

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/cmd/sops/formats"
	"github.com/getsops/sops/v3/config"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// document is one opened source: a tree as SOPS reads it, in the clear.
type document struct {
	name   string
	format schema.Format
	tree   sops.TreeBranches
	raw    []byte // the whole document, where it came in the clear
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

// whole is the document as `sops -d` prints it, or as it stands where it came in the clear.
func (d *document) whole() ([]byte, *schema.Finding) {
	if d.raw != nil {
		return d.raw, nil
	}
	out, err := store(d.format).EmitPlainFile(d.tree)
	if err != nil {
		return nil, problem(fmt.Sprintf("SOPS cannot print it as %s", d.format), "take single values from it with key, or set format")
	}
	return out, nil
}

// loadPlain reads a document that is not encrypted.
func loadPlain(data []byte, format schema.Format) (*document, *schema.Finding) {
	doc := &document{format: format, raw: data}
	if format == schema.Binary {
		return doc, nil
	}
	if f := aliasBomb(data, format); f != nil {
		return nil, f
	}
	if format == schema.YAML {
		tree, err := literalTree(data)
		if err != nil {
			return nil, unreadable(err, format)
		}
		doc.tree = tree
		return doc, nil
	}
	tree, err := store(format).LoadPlainFile(data)
	if err != nil {
		return nil, unreadable(err, format)
	}
	doc.tree = tree
	return doc, nil
}

var lineNumber = regexp.MustCompile(`\bline (\d+)`)

// unreadable says that a parser failed, and in which line, but not what it quotes of the document.
func unreadable(err error, format schema.Format) *schema.Finding {
	where := ""
	if m := lineNumber.FindStringSubmatch(err.Error()); m != nil {
		where = " at line " + m[1]
	}
	return problem(fmt.Sprintf("it is not valid %s%s", format, where), "mend it, or set format to what it is")
}

// aliasLimit is how many nodes a YAML document may have after its aliases are written out.
const aliasLimit = 100_000

// aliasBomb refuses a YAML document whose aliases multiply. SOPS writes none, so only a document that has some is parsed
// for this.
func aliasBomb(data []byte, format schema.Format) *schema.Finding {
	if format != schema.YAML || !bytes.ContainsRune(data, '&') || !bytes.ContainsRune(data, '*') {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var node yaml.Node
		if err := decoder.Decode(&node); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return unreadable(err, format)
		}
		if schema.AliasesMultiply(&node, aliasLimit) {
			return problem("its YAML aliases multiply to more than it could hold", "write the document without aliases")
		}
	}
}
