package disk

import (
	"os"
	"path/filepath"
)

const privatePrefix = "secretwright-edit-"

// Private makes a folder among the temporary files that its owner alone can read, and a function that removes it. Such
// folders that killed processes left are removed.
func Private() (dir string, remove func(), err error) {
	root, err := os.OpenRoot(os.TempDir())
	if err != nil {
		return "", nil, err
	}
	defer root.Close()             //nolint:errcheck // nothing is written by it
	_ = sweep(root, privatePrefix) // what cannot be removed is somebody else's
	var lock *os.File
	for range 3 { // another process may take it for one that was left, until it is locked
		if dir, err = os.MkdirTemp("", privatePrefix); err != nil {
			return "", nil, err
		}
		if lock, err = lockFolder(root, filepath.Base(dir)); err != nil {
			continue // or there are no locks here
		}
		if _, err = os.Stat(dir); err == nil {
			break
		}
		_ = lock.Close()
		lock = nil
	}
	return dir, func() {
		_ = lock.Close() // does nothing if there is none
		_ = os.RemoveAll(dir)
	}, nil
}
