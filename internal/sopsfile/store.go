package sopsfile

import (
	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/cmd/sops/formats"
	"github.com/getsops/sops/v3/config"
	yamlstore "github.com/getsops/sops/v3/stores/yaml"
)

// Format names a format that SOPS reads.
type Format string

// The formats that SOPS reads.
const (
	YAML   Format = "yaml"
	JSON   Format = "json"
	Dotenv Format = "dotenv"
	INI    Format = "ini"
	Binary Format = "binary"
)

// FormatOf returns the format that the sops command reads a file of that name in.
func FormatOf(name string) Format {
	switch formats.FormatForPath(name) {
	case formats.Yaml:
		return YAML
	case formats.Json:
		return JSON
	case formats.Dotenv:
		return Dotenv
	case formats.Ini:
		return INI
	default:
		return Binary
	}
}

// store returns SOPS's reader and printer of a format. The indentation is SOPS's default, whatever a .sops.yaml says
// of it: the same document is the same Secret, wherever it is built.
func store(format Format) common.Store {
	return common.StoreForFormat(formats.FormatFromString(string(format)), config.NewStoresConfig())
}

// loadEncryptedTree reads a document with its metadata.
func loadEncryptedTree(data []byte, format Format) (sops.Tree, error) {
	return store(format).LoadEncryptedFile(data)
}

// loadPlainTree reads a document without metadata.
func loadPlainTree(data []byte, format Format) (sops.TreeBranches, error) {
	return store(format).LoadPlainFile(data)
}

// emitPlainTree returns the text of a document without metadata.
func emitPlainTree(branches sops.TreeBranches, format Format) ([]byte, error) {
	return store(format).EmitPlainFile(branches)
}

// emitEncryptedYAML returns the text of an encrypted YAML document. An indent of 0 is SOPS's default.
func emitEncryptedYAML(tree *sops.Tree, indent int) ([]byte, error) {
	layout := config.NewStoresConfig().YAML
	if indent != 0 {
		layout.Indent = indent
	}
	return yamlstore.NewStore(&layout).EmitEncryptedFile(*tree)
}

// hasMetadata reports whether a YAML document that was read as a plain one has a sops block.
func hasMetadata(branch sops.TreeBranch) bool {
	return store(YAML).HasSopsTopLevelKey(branch)
}
