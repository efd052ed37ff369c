//go:build !windows

package manifests

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockedInside reports whether a lock is a file in the folder, which keeps the folder from being removed or renamed.
const lockedInside = false

// lockFolder locks a folder, as a mark that its process lives. The kernel removes the lock with the process.
func lockFolder(root *os.Root, name string) (*os.File, error) {
	dir, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil { //nolint:gosec // no overflow
		return nil, errors.Join(fmt.Errorf("%s cannot be locked: %w", name, err), dir.Close())
	}
	return dir, nil
}
