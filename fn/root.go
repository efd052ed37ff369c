package fn

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// RootVariable is the environment variable that names the folder whose files may be read, if it is to be a larger one
// than the folder that Secretwright is started in: a path, or `git` for the Git work tree around that folder.
const RootVariable = "SECRETWRIGHT_ROOT"

// gitRoot is the value of RootVariable that means the Git work tree.
const gitRoot = "git"

// OpenRoot opens the folder whose files may be read, and returns the folder that Secretwright is started in, relative
// to it. Without RootVariable they are the same. A root that does not hold the start folder is an error.
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
			return nil, "", errors.New(RootVariable + "=git: the working folder is in no Git work tree; " +
				"name a folder instead, or unset it")
		}
	} else if top, err = realPath(given); err != nil {
		return nil, "", fmt.Errorf("%s: the folder cannot be found; name one that exists, or unset it", RootVariable)
	}
	relative, err := filepath.Rel(top, here)
	if err != nil || !filepath.IsLocal(relative) {
		return nil, "", fmt.Errorf("%s: %s does not hold the working folder, %s; name a folder above it, or unset it",
			RootVariable, given, here)
	}
	if root, err = os.OpenRoot(top); err != nil {
		return nil, "", fmt.Errorf("%s: it is not a folder that can be opened; name another, or unset it", RootVariable)
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
