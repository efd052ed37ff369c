package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Sweep removes what killed processes left in a folder. It is not an error if there is no such folder.
func Sweep(folder string) error {
	root, err := os.OpenRoot(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	held, err := holdFolder(root, ".")
	if err == nil {
		err = sweep(root, stagePrefix)
	}
	if held != nil {
		err = errors.Join(err, held.Close())
	}
	return errors.Join(err, root.Close())
}

// sweep removes the folders with names of a prefix whose processes are gone.
func sweep(root *os.Root, prefix string) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	names, err := dir.Readdirnames(-1)
	if err := errors.Join(err, dir.Close()); err != nil {
		return err
	}
	for _, name := range names {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		lock, err := lockFolder(root, name)
		if err != nil {
			continue // its process lives, or it is not ours
		}
		if lockedInside {
			err = lock.Close()
		}
		if err = errors.Join(err, root.RemoveAll(name)); !lockedInside {
			err = errors.Join(err, lock.Close())
		}
		if err != nil {
			return fmt.Errorf("%s, left by a run that was killed, cannot be removed: %w", name, Cause(err))
		}
	}
	return nil
}
