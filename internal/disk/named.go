package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/secretwright/secretwright/internal/report"
)

// NamedError says what is wrong with a file or folder that a person named, and what was meant perhaps.
func NamedError(path string, err error) error {
	switch err = Cause(err); {
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, "*?"):
		return fmt.Errorf("%s: no file has such a name; leave the pattern out, and name the folder", path)
	case errors.Is(err, fs.ErrNotExist):
		fix := "name one that exists"
		if near := neighbour(path); near != "" {
			fix = "did you mean " + near + "?"
		}
		return fmt.Errorf("%s: there is no such file or folder; %s", path, fix)
	case errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%s: it is a folder; name a file", path)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s: it is a file; name a folder", path)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// neighbour returns the path that is there and most like one that is not, or "".
func neighbour(path string) string {
	dir, name := filepath.Split(filepath.Clean(path))
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return ""
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if near := report.Misspelt(name, names); near != "" {
		return filepath.Join(dir, near)
	}
	return ""
}
