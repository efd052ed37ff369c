package sopsfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp/syntax"
	"slices"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/version"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// Bounds on a document, far above what people have and far below what makes reading it slow.
const (
	// aliasLimit is how many nodes a YAML document may have after its aliases are written out.
	aliasLimit = 100_000
	// maxKeys is how many keys a map of a YAML document may have: the parser compares each with each.
	maxKeys = 10_000
	// maxMetadata is how often the word sops may stand in a document: SOPS's readers take its metadata out entry by
	// entry, and move all that follows each time.
	maxMetadata = 2000
	// maxMasterKeys is how many keys are tried: each may be a process, or a call over the network.
	maxMasterKeys = 100
	// maxRegexp is how long a regular expression of the metadata may be, as text and as a program. SOPS compiles it
	// anew for every key of the document.
	maxRegexp = 1000
)

// Guard is deferred where SOPS, and the parsers under it, meet a document. They are not written for hostile input: a
// panic there is a fault of the document, and its text, which may quote the document, goes nowhere.
func Guard(f **report.Finding) {
	if recover() != nil {
		*f = report.New(report.MalformedDocument, "it cannot be read: it is malformed",
			"write it anew with the sops command")
	}
}

// overgrown refuses a document that is made to take time or memory out of all proportion to its size.
func overgrown(data []byte, format Format) *report.Finding {
	if bytes.Count(data, []byte("sops")) > maxMetadata {
		return report.New(report.ExcessiveDocument, "its sops block has more entries than SOPS would write",
			"encrypt it anew")
	}
	// Few documents have aliases, SOPS writes none, or are large: only these are parsed for this.
	aliases := bytes.ContainsRune(data, '&') && bytes.ContainsRune(data, '*')
	large := bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte(",")) > maxKeys
	if format != YAML || !aliases && !large {
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
		if aliases && yamlnode.AliasesMultiply(&node, aliasLimit) {
			return report.New(report.ExcessiveDocument, "its YAML aliases multiply to more than it could hold",
				"write the document without aliases")
		}
		if large && hasLargeMap(&node) {
			return report.New(report.ExcessiveDocument, fmt.Sprintf("a map in it has more than %d keys", maxKeys),
				"split it into several sources")
		}
	}
}

func hasLargeMap(node *yaml.Node) bool {
	isLarge := node.Kind == yaml.MappingNode && len(node.Content) > 2*maxKeys
	return isLarge || slices.ContainsFunc(node.Content, hasLargeMap)
}

// strictJSON returns an error that names the line where the document stops being JSON. SOPS's own reader takes a
// document that was cut short for a whole one, and follows nested lists until the stack is full.
func strictJSON(data []byte) error {
	var whole json.RawMessage
	err := json.Unmarshal(data, &whole)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		before := data[:min(syntax.Offset, int64(len(data)))]
		return fmt.Errorf("line %d", 1+bytes.Count(before, []byte("\n")))
	}
	return err
}

// bounded holds the metadata of a SOPS document to the bounds.
func bounded(m sops.Metadata) *report.Finding {
	switch n := m.MasterKeyCount(); {
	case n == 0:
		return report.New(report.InvalidMetadata, "its sops block names no key", "restore the whole file from Git")
	case n > maxMasterKeys:
		return report.New(report.ExcessiveDocument,
			fmt.Sprintf("it is encrypted for %d keys; at most %d are tried", n, maxMasterKeys), "encrypt it for fewer")
	}
	// The sops command does not read on either.
	if _, err := version.AIsNewerThanB(version.Version, m.Version); err != nil {
		return report.New(report.InvalidMetadata,
			"its sops block was cut short: it does not say which version of SOPS wrote it",
			"restore the whole file from Git")
	}
	patterns := []string{m.EncryptedRegex, m.UnencryptedRegex, m.EncryptedCommentRegex, m.UnencryptedCommentRegex}
	for _, pattern := range patterns {
		if pattern == "" {
			continue
		}
		if len(pattern) > maxRegexp {
			return report.New(report.ExcessiveDocument, "a regular expression in its sops block is too long",
				"encrypt it with a shorter one")
		}
		parsed, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			return report.New(report.InvalidMetadata, "a regular expression in its sops block does not compile",
				"encrypt it anew with one that does")
		}
		if program, err := syntax.Compile(parsed.Simplify()); err != nil || len(program.Inst) > maxRegexp {
			return report.New(report.ExcessiveDocument, "a regular expression in its sops block is too large",
				"encrypt it with one that repeats less")
		}
	}
	return nil
}
