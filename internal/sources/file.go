package sources

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/secretwright/secretwright/schema"
)

// file is a document in a file inside the root. os.Root keeps `..` and symbolic links from leaving it.
type file struct {
	root *os.Root
	path string
}

func (f file) String() string { return f.path }

func (f file) format() schema.Format { return formatForPath(f.path) }

func (f file) read() ([]byte, *schema.Finding) {
	if f.root == nil {
		return nil, inField(problem("there is no file system to read it from", "carry the document in a configMap or inline source"), ".file")
	}
	info, err := f.root.Stat(f.path)
	if err != nil {
		return nil, inField(f.why(err), ".file")
	}
	if !info.Mode().IsRegular() {
		return nil, inField(problem("it is not a regular file", "name a file"), ".file")
	}
	if info.Size() > MaxDocument {
		return nil, inField(tooLarge(info.Size()), ".file")
	}
	in, err := f.root.Open(f.path)
	if err != nil {
		return nil, inField(f.why(err), ".file")
	}
	defer in.Close() //nolint:errcheck // nothing was written
	data, err := io.ReadAll(io.LimitReader(in, MaxDocument+1))
	if err != nil {
		return nil, inField(f.why(err), ".file")
	}
	if len(data) > MaxDocument {
		return nil, inField(tooLarge(int64(len(data))), ".file")
	}
	return data, nil
}

// why says in words of ours what the file system said, without the absolute paths of this machine.
func (f file) why(err error) *schema.Finding {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return problem("there is no such file", "paths are relative to the folder of the SecretSpec")
	case errors.Is(err, fs.ErrPermission):
		return problem("it may not be read", "check the file's mode and owner")
	case strings.Contains(err.Error(), "escapes"): // os.Root's error has no type of its own
		return problem("it leads out of the folder Secretwright was started in", "move the file inside, or start in a folder that holds both")
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return problem(fmt.Sprintf("it cannot be read: %v", err), "")
}
