package sources

import (
	"os"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// file is a document in a file inside the root. os.Root keeps `..` and symbolic links from leaving it.
type file struct {
	root *os.Root
	path string
}

func (f file) String() string { return f.path }

func (f file) format() sopsfile.Format { return sopsfile.FormatOf(f.path) }

func (f file) read() ([]byte, *fault) {
	data, finding := disk.ReadFile(f.root, f.path)
	if finding == nil {
		return data, nil
	}
	switch finding.Code {
	case report.NoFileSystem:
		finding.Fix = "carry the document in a configMap or inline source"
	case report.NoSuchFile:
		finding.Fix = "paths are relative to the folder of the SecretSpec"
	}
	return nil, blame(finding, "file")
}
