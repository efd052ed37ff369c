package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// maxHeld is how many folders are locked at once, since each takes a file descriptor. In others, files are still
// compared.
const maxHeld = 256

// hold has other processes wait that write to the folders of the files. The order is the same in all of them.
func (t *transaction) hold(folder string) (held []*os.File, err error) {
	var names []string
	for _, s := range t.steps {
		names = append(names, filepath.Dir(s.name))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, name := range names[:min(len(names), maxHeld)] {
		dir, err := holdFolder(t.root, name)
		if err != nil {
			return held, fmt.Errorf("%s: %w", filepath.Join(folder, name), err)
		}
		if dir != nil {
			held = append(held, dir)
		}
	}
	return held, nil
}

// errBusy is what a folder fails with that somebody else does not stop writing to.
var errBusy = errors.New("another secretwright is writing to it; nothing was changed; run it again")

// unlock gives up the lock of the stage. It does nothing if there is none, or none anymore.
func (t *transaction) unlock() { _ = t.lock.Close() }
