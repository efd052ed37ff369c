package disk

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// Change is what a file is to become.
type Change struct {
	// Name is the file's path in the folder, with slashes.
	Name string
	// Content is the new content. A file without one is removed.
	Content []byte
	// Private keeps the file for its owner alone. Otherwise a file keeps its mode.
	Private bool
	// Former is what was read of the file, which it must still be when it is replaced; nil does not ask. New says that
	// there must be no such file yet.
	Former []byte
	New    bool
}

// ErrChanged is wrapped in a *[FileError] for a file that is not what it was when it was read.
var ErrChanged = errors.New("something else changed it meanwhile; nothing was changed; run it again")

const (
	// stagePrefix begins the names of the folders in which files are prepared, and savedPrefix those of the folders
	// with former files that could not be put back.
	stagePrefix = ".secretwright-tmp-"
	savedPrefix = ".secretwright-saved-"
)

// Write makes changes to the files in a folder, in their order: all of them, or none if one fails. Files that have
// their new content already are not touched. Of two processes that write to a folder, the second waits for the first,
// and fails if it changed a file that the second has read before.
//
// Everything is written into a folder of its own first, which nobody else can read, and each file takes its place by
// a rename, so that no file is ever half written. The folder is removed at the end, by [Abort], or, if the process was
// killed, by the next Write or [Sweep].
func Write(folder string, changes []Change) error {
	return (&transaction{}).run(folder, changes)
}

// transaction is a set of changes on their way.
type transaction struct {
	root *os.Root
	// stage is the folder in which files are prepared, and lock keeps others from taking it for a leftover.
	stage string
	lock  *os.File
	// made are the folders that were made, outermost first.
	made  []string
	steps []step
	// before is called before each operation, in tests.
	before func(operation, name string) error
}

// step is one file to be replaced or removed.
type step struct {
	name    string
	fresh   string // the new file in the stage, or "" to remove
	former  string // the former file in the stage, or "" if there is none
	isTaken bool
	change  Change
}

// active are the transactions that Abort ends. Its lock is held during each operation, and while files take their
// places.
var active = struct {
	sync.Mutex
	all map[*transaction]bool
}{all: map[*transaction]bool{}}

// Abort ends every Write for good, so that the process can exit. What was prepared is removed. A set of files that are
// just taking their places does so first.
func Abort() {
	active.Lock() // and never unlocked
	for t := range active.all {
		t.clean()
	}
}

// do runs an operation, unless a test has it fail.
func (t *transaction) do(operation, name string, run func() error) error {
	if t.before != nil {
		if err := t.before(operation, name); err != nil {
			return &fs.PathError{Op: operation, Path: name, Err: err}
		}
	}
	return run()
}

// locked runs an operation that Abort must not come between.
func (t *transaction) locked(operation, name string, run func() error) error {
	active.Lock()
	defer active.Unlock()
	return t.do(operation, name, run)
}

func (t *transaction) run(folder string, changes []Change) (err error) {
	defer func() {
		active.Lock()
		defer active.Unlock()
		delete(active.all, t)
		t.clean()
		if t.root != nil {
			err = errors.Join(err, t.root.Close())
		}
	}()
	if err := t.locked("open", folder, func() error { return t.open(folder) }); err != nil {
		return err
	}
	for _, c := range changes {
		if err := t.prepare(c); err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(folder, filepath.FromSlash(c.Name)), Cause(err))
		}
	}
	held, err := t.hold(folder)
	defer func() {
		for _, dir := range held {
			_ = dir.Close() // which unlocks it
		}
	}()
	if err != nil {
		return err
	}
	active.Lock()
	defer active.Unlock()
	return t.commit(folder)
}

// unchanged returns an error if the file of a step is not what it was when it was read.
func (t *transaction) unchanged(s step) error {
	if !s.change.New && s.change.Former == nil {
		return nil
	}
	now, err := t.root.ReadFile(s.name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && s.change.New:
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil, s.change.New, !bytes.Equal(now, s.change.Former):
		return ErrChanged
	}
	return nil
}

// open opens the folder and makes the stage in it.
func (t *transaction) open(folder string) error {
	if err := t.makeAll(folder, os.Mkdir, os.Stat); err != nil {
		return fmt.Errorf("%s: %w", folder, Cause(err))
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("%s: %w", folder, Cause(err))
	}
	t.root = root
	active.all[t] = true
	held, err := holdFolder(root, ".") // else another process takes the stage for a leftover, before it is locked
	if err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	if held != nil {
		defer held.Close() //nolint:errcheck // which unlocks it
	}
	if err := sweep(root, stagePrefix); err != nil {
		return err
	}
	name := stagePrefix + strings.ToLower(rand.Text())
	if err := root.Mkdir(name, 0o700); err != nil {
		return fmt.Errorf("%s: %w", folder, Cause(err))
	}
	t.stage = name
	t.lock, err = lockFolder(root, name)
	return err
}

// makeAll makes a folder and those around it, and remembers which it made.
func (t *transaction) makeAll(
	dir string, mkdir func(string, fs.FileMode) error, stat func(string) (fs.FileInfo, error),
) error {
	var missing []string
	for at := dir; ; at = filepath.Dir(at) {
		if info, err := stat(at); err == nil {
			if !info.IsDir() {
				return &fs.PathError{Op: "mkdir", Path: at, Err: syscall.ENOTDIR}
			}
			break
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		missing = append(missing, at)
		if at == filepath.Dir(at) {
			break
		}
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := mkdir(missing[i], 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if t.root != nil {
			missing[i] = filepath.Join(t.root.Name(), missing[i])
		}
		t.made = append(t.made, missing[i])
	}
	return nil
}

// prepare readies the new content of a file, and keeps its former one.
func (t *transaction) prepare(c Change) error {
	name := filepath.FromSlash(c.Name)
	s := step{name: name, change: c}
	mode := fs.FileMode(0)
	info, err := t.root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if c.Content == nil {
			return nil
		}
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("it is not a file; a file has to take its place")
	default:
		there, err := t.root.ReadFile(name)
		if err != nil {
			return err
		}
		if c.Content != nil && bytes.Equal(there, c.Content) {
			return nil
		}
		mode, s.former = info.Mode().Perm(), path.Join(t.stage, strconv.Itoa(len(t.steps))+".former")
		if c.Content != nil {
			if err := t.keep(s, there, mode); err != nil {
				return err
			}
		}
	}
	if c.Content != nil {
		if c.Private {
			mode = 0o600
		}
		s.fresh = path.Join(t.stage, strconv.Itoa(len(t.steps))+".new")
		if err := t.write(s.fresh, c.Content, mode); err != nil {
			return err
		}
	}
	t.steps = append(t.steps, s)
	return nil
}

// keep keeps a file in the stage until all have taken their places.
func (t *transaction) keep(s step, content []byte, mode fs.FileMode) error {
	return t.locked("link", s.name, func() error {
		if err := t.root.Link(s.name, s.former); err == nil {
			return nil
		}
		return t.writeFile(s.former, content, mode) // on a file system without hard links
	})
}

func (t *transaction) write(name string, content []byte, mode fs.FileMode) error {
	return t.locked("write", name, func() error { return t.writeFile(name, content, mode) })
}

// writeFile writes a new file to the disk. Mode 0 is that of any new file.
func (t *transaction) writeFile(name string, content []byte, mode fs.FileMode) error {
	file, err := t.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil && mode != 0 {
		err = file.Chmod(mode)
	}
	if err == nil {
		err = t.do("sync", name, file.Sync)
	}
	return errors.Join(err, file.Close())
}

// commit has every file take its place. If one cannot, those before it are put back.
func (t *transaction) commit(folder string) error {
	for _, s := range t.steps {
		if err := t.unchanged(s); err != nil {
			return &Error{Path: filepath.Join(folder, s.name), Err: Cause(err)}
		}
	}
	for i := range t.steps {
		if err := t.take(&t.steps[i]); err != nil {
			err = fmt.Errorf("%s: %w; nothing was changed", filepath.Join(folder, t.steps[i].name), Cause(err))
			if saved := t.undo(); saved != "" {
				saved = filepath.Join(folder, saved)
				err = fmt.Errorf("%w but files that could not be put back; they are in %s", err, saved)
			}
			return err
		}
	}
	t.made = nil
	for _, s := range t.steps {
		t.syncFolder(filepath.Dir(s.name))
	}
	return nil
}

// take has one file take its place.
func (t *transaction) take(s *step) error {
	if s.fresh == "" {
		return t.do("remove", s.name, func() error {
			err := t.root.Rename(s.name, s.former)
			s.isTaken = err == nil
			return err
		})
	}
	makeAll := func() error { return t.makeAll(filepath.Dir(s.name), t.root.Mkdir, t.root.Stat) }
	if err := t.do("mkdir", s.name, makeAll); err != nil {
		return err
	}
	return t.do("rename", s.name, func() error {
		err := t.root.Rename(s.fresh, s.name)
		s.isTaken = err == nil
		return err
	})
}

// undo puts back what has been replaced. It returns the folder with the files of which that failed, or "".
func (t *transaction) undo() (saved string) {
	for i := len(t.steps) - 1; i >= 0; i-- {
		s := t.steps[i]
		var err error
		switch {
		case !s.isTaken:
		case s.former == "":
			err = t.do("undo", s.name, func() error { return t.root.Remove(s.name) })
		default:
			err = t.do("undo", s.name, func() error { return t.root.Rename(s.former, s.name) })
		}
		if err != nil {
			saved = savedPrefix + strings.TrimPrefix(t.stage, stagePrefix)
		}
	}
	if saved != "" {
		if lockedInside {
			t.unlock()
		}
		if t.root.Rename(t.stage, saved) != nil {
			saved = t.stage
		}
	}
	if saved != "" {
		t.stage = "" // so that it stays
	}
	return saved
}

// clean removes the stage, and the folders that were made for nothing.
func (t *transaction) clean() {
	if lockedInside {
		t.unlock()
	}
	if t.stage != "" {
		_ = t.root.RemoveAll(t.stage) // what stays is removed by the next run
		t.stage = ""
	}
	t.unlock()
	for i := len(t.made) - 1; i >= 0; i-- {
		_ = os.Remove(t.made[i]) // fails if somebody else uses it by now
	}
	t.made = nil
}

// syncFolder has the names in a folder reach the disk, where the system can do that.
func (t *transaction) syncFolder(name string) {
	if dir, err := t.root.Open(name); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
}
