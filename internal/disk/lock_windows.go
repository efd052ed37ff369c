package disk

import (
	"errors"
	"fmt"
	"os"
	"path"

	"golang.org/x/sys/windows"
)

// lockedInside reports whether a lock is a file in the folder, which keeps the folder from being removed or renamed.
const lockedInside = true

// lockFolder locks a folder, as a mark that its process lives. Windows locks files alone, so a file in the folder
// stands for it. Windows removes the lock with the process.
func lockFolder(root *os.Root, name string) (*os.File, error) {
	file, err := root.OpenFile(path.Join(name, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	if err := windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, new(windows.Overlapped)); err != nil {
		return nil, errors.Join(fmt.Errorf("%s cannot be locked: %w", name, err), file.Close())
	}
	return file, nil
}

// holdFolder locks nothing: Windows has no locks of folders, and a file in one would show. Files are still compared
// with what was read right before they are replaced.
func holdFolder(*os.Root, string) (*os.File, error) { return nil, nil }
