package fn

import (
	"fmt"
	"os"
	"path/filepath"
)

// RootError is what is wrong with the value of [RootVariable].
type RootError struct{ text string }

func (e *RootError) Error() string { return RootVariable + e.text }

// gitRoot is the value of RootVariable that means the Git work tree.
const gitRoot = "git"

// OpenRoot opens the folder whose files may be read, and returns the folder that Secretwright is started in, relative
// to it. Without RootVariable they are the same. Where it is to blame, the error is a [RootError].
func OpenRoot() (root *os.Root, dir string, err error) {
	given := os.Getenv(RootVariable)
	if given == "" {
		root, err = os.OpenRoot(".")
		return root, ".", err
	}
	here, err := realPath(".")
	if err != nil {
		return nil, "", fmt.Errorf("the working folder cannot be found: %w", err)
	}
	top := ""
	if given == gitRoot {
		if top = WorkTree(here); top == "" {
			return nil, "", &RootError{"=git: the working folder is in no Git work tree; name a folder instead, or unset it"}
		}
	} else if top, err = realPath(given); err != nil {
		return nil, "", &RootError{": the folder cannot be found; name one that exists, or unset it"}
	}
	relative, err := filepath.Rel(top, here)
	if err != nil || !filepath.IsLocal(relative) {
		return nil, "", &RootError{fmt.Sprintf(": %s does not hold the working folder, %s; name a folder above it, or unset it",
			given, here)}
	}
	if root, err = os.OpenRoot(top); err != nil {
		return nil, "", &RootError{": it is not a folder that can be opened; name another, or unset it"}
	}
	return root, filepath.ToSlash(relative), nil
}

// realPath returns the absolute path of a folder, without links.
func realPath(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}

// WorkTree returns the nearest folder, from one upwards, that has a .git: a folder, or a file in a linked work tree.
func WorkTree(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}
