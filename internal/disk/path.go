package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Error reports a file that cannot be read, or parsed if the cause says so, or that was changed since
// ([ErrChanged]).
type Error struct {
	Path string
	Err  error
}

func (e *Error) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// FromHere returns a path relative to the working folder, with slashes, if it can be said: sources are read from there.
func FromHere(path string) string {
	if filepath.IsAbs(path) {
		if here, err := os.Getwd(); err == nil {
			if relative, err := filepath.Rel(here, path); err == nil {
				path = relative
			}
		}
	}
	return filepath.ToSlash(filepath.Clean(path))
}

// Resolve returns the absolute path of a file, with links followed as far as they lead somewhere.
func Resolve(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		absolute = filepath.Clean(path)
	}
	rest := ""
	for at := absolute; ; at = filepath.Dir(at) {
		if resolved, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(resolved, rest)
		}
		if at == filepath.Dir(at) {
			return absolute
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}

// Cause returns what is wrong with a path, without the path.
func Cause(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	var linkErr *os.LinkError
	if errors.As(err, &linkErr) {
		return linkErr.Err
	}
	return err
}

// Inside reports whether a path is a folder or in it.
func Inside(path, folder string) bool {
	_, ok := Within(path, folder)
	return ok
}

// Within returns a path relative to a folder, if it is in it.
func Within(path, folder string) (string, bool) {
	relative, err := filepath.Rel(Resolve(folder), Resolve(path))
	return relative, err == nil && filepath.IsLocal(relative)
}

// IsSpecial reports whether a path is a pipe, a socket or a device, which can have a reader wait.
func IsSpecial(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}
