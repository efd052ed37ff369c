//go:build !windows

package disk

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
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

// holdFolder locks a folder that files are written to, and waits some seconds for who has it. It returns nil for one
// that is not there yet, or where the file system has no locks.
func holdFolder(root *os.Root, name string) (*os.File, error) {
	dir, err := root.Open(name)
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // it is made when its first file is
	}
	for range 500 {
		err = syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) //nolint:gosec // no overflow
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err == nil {
		return dir, nil
	}
	_ = dir.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errBusy
	}
	return nil, nil //nolint:nilnil // see above
}
