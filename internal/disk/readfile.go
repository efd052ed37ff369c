package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/secretwright/secretwright/internal/report"
)

// MaxDocument is the largest document that is read, in bytes: several times what the Secrets made from it may hold
// (1 MiB each), and small enough that a hostile one cannot exhaust memory.
const MaxDocument = 4 << 20

// ReadFile returns the content of a regular file inside a root, which `..` and symbolic links do not leave. A nil root
// has no files.
func ReadFile(root *os.Root, path string) ([]byte, *report.Finding) {
	if root == nil {
		return nil, report.New(report.NoFileSystem, "there is no file system to read it from", "")
	}
	info, err := root.Stat(path)
	if err != nil {
		return nil, unread(root, err)
	}
	if !info.Mode().IsRegular() {
		return nil, report.New(report.NotRegularFile, "it is not a regular file", "name a file")
	}
	if info.Size() > MaxDocument {
		return nil, TooLarge(info.Size())
	}
	in, err := root.Open(path)
	if err != nil {
		return nil, unread(root, err)
	}
	data, err := bounded(in)
	var f *report.Finding
	if errors.As(err, &f) {
		return nil, f
	}
	if err != nil {
		return nil, unread(root, err)
	}
	return data, nil
}

// ReadNamed returns the content of a regular file that is not looked for in a root, by its path. What could block, or
// never end, is an error, and so is a file larger than MaxDocument.
func ReadNamed(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, &fs.PathError{Op: "read", Path: name, Err: syscall.EISDIR}
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: name, Err: errNotRegular}
	case info.Size() > MaxDocument:
		return nil, TooLarge(info.Size())
	}
	in, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return bounded(in)
}

// bounded reads a file to its end, and closes it. One that has grown beyond MaxDocument since it was looked at is an
// error.
func bounded(in *os.File) ([]byte, error) {
	defer in.Close() //nolint:errcheck // nothing was written
	data, err := io.ReadAll(io.LimitReader(in, MaxDocument+1))
	if err == nil && len(data) > MaxDocument {
		return nil, TooLarge(int64(len(data)))
	}
	return data, err
}

var errNotRegular = errors.New("it is not a regular file")

// TooLarge says that a document has more bytes than one may have.
func TooLarge(size int64) *report.Finding {
	return report.New(report.DocumentTooLarge, fmt.Sprintf("it has %d bytes; a source may have %d", size, MaxDocument),
		"split it into several sources")
}

// unread says in words of ours what the file system said, without the absolute paths of this machine.
func unread(root *os.Root, err error) *report.Finding {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return report.Wrap(report.NoSuchFile, err, "there is no such file", "")
	case errors.Is(err, fs.ErrPermission):
		return report.Wrap(report.UnreadableFile, err, "it may not be read", "check the file's mode and owner")
	case isEscape(root, err):
		return report.Wrap(report.OutsideRoot, err, "it leads out of the folder whose files Secretwright reads",
			"move the file inside, or set SECRETWRIGHT_ROOT to a folder that holds both, or to git")
	}
	return report.Wrap(report.UnreadableFile, err, fmt.Sprintf("it cannot be read: %v", Cause(err)), "")
}

// isEscape reports whether a root refused a path because it leads out. os.Root has one error for that, without an
// exported name: it is the one that it has for its own parent.
func isEscape(root *os.Root, err error) bool {
	_, parent := root.Lstat("..")
	var refused *fs.PathError
	return errors.As(parent, &refused) && !errors.Is(parent, fs.ErrClosed) && errors.Is(err, refused.Err)
}
