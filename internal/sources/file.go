package sources

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

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
	data, finding := f.readAll()
	if finding != nil {
		return nil, blame(finding, "file")
	}
	return data, nil
}

func (f file) readAll() ([]byte, *report.Finding) {
	if f.root == nil {
		return nil, report.New(report.NoFileSystem, "there is no file system to read it from",
			"carry the document in a configMap or inline source")
	}
	info, err := f.root.Stat(f.path)
	if err != nil {
		return nil, f.why(err)
	}
	if !info.Mode().IsRegular() {
		return nil, report.New(report.NotRegularFile, "it is not a regular file", "name a file")
	}
	if info.Size() > MaxDocument {
		return nil, tooLarge(info.Size())
	}
	in, err := f.root.Open(f.path)
	if err != nil {
		return nil, f.why(err)
	}
	defer in.Close() //nolint:errcheck // nothing was written
	data, err := io.ReadAll(io.LimitReader(in, MaxDocument+1))
	if err != nil {
		return nil, f.why(err)
	}
	if len(data) > MaxDocument {
		return nil, tooLarge(int64(len(data)))
	}
	return data, nil
}

// why says in words of ours what the file system said, without the absolute paths of this machine.
func (f file) why(err error) *report.Finding {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return report.Wrap(report.NoSuchFile, err, "there is no such file",
			"paths are relative to the folder of the SecretSpec")
	case errors.Is(err, fs.ErrPermission):
		return report.Wrap(report.UnreadableFile, err, "it may not be read", "check the file's mode and owner")
	case isEscape(f.root, err):
		return report.Wrap(report.OutsideRoot, err, "it leads out of the folder Secretwright was started in",
			"move the file inside, or start in a folder that holds both")
	}
	reason := err
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		reason = pathErr.Err
	}
	return report.Wrap(report.UnreadableFile, err, fmt.Sprintf("it cannot be read: %v", reason), "")
}

// isEscape reports whether a root refused a path because it leads out. os.Root has one error for that, without an
// exported name: it is the one that it has for its own parent.
func isEscape(root *os.Root, err error) bool {
	_, parent := root.Lstat("..")
	var refused *fs.PathError
	return errors.As(parent, &refused) && !errors.Is(parent, fs.ErrClosed) && errors.Is(err, refused.Err)
}
