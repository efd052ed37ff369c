package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/terminal"
)

// Unstaged reports each rendered file whose content Git would not commit as it is: for a hook, which must stop a commit
// without it, the second time too, when nothing is left to write.
func Unstaged(ctx context.Context, stderr io.Writer, dir string, files []*File) error {
	states, err := gitStates(ctx, dir)
	if err != nil {
		return err
	}
	known := map[string]*File{}
	for _, file := range files {
		known[disk.Resolve(filepath.Join(dir, filepath.FromSlash(file.Name)))] = file
	}
	var c report.Collector
	for _, state := range states {
		message := state.lacks(known[disk.Resolve(state.path)])
		if message == "" {
			continue
		}
		path := disk.FromHere(state.path)
		fix := "run git add " + report.ShellWord(strings.TrimSuffix(path, "/")) + ", and commit again"
		if state.code == ignored {
			fix = "take it out of .gitignore, or render to another folder"
		}
		f := report.New(report.NotStaged, message, fix)
		f.Place.File = path
		c.Add(f)
	}
	if err := terminal.PrintFindings(stderr, c.Findings()); err != nil || c.Failed() {
		return terminal.ErrPrinted
	}
	return nil
}

// What git status says of files that the index does not have.
const (
	untracked = "??"
	ignored   = "!!"
)

// lacks returns what the commit would lack of a file that a run is answerable for, or "".
func (s gitState) lacks(file *File) string {
	switch {
	case s.code[1] == 'D':
		return "it is gone, and the commit still has it"
	case file == nil, s.code[1] == ' ':
		return ""
	case s.code == ignored && file.isRendered():
		return "Git ignores it, so the commit would not have what is rendered"
	case s.code == untracked && file.isRendered():
		return "it is rendered, and the commit would not have it"
	case s.code == untracked, s.code == ignored:
		return ""
	}
	return "it was rendered, and the commit would have it as it was before"
}

// isRendered reports whether a file holds something of a run. One in place that nothing was written to is its author's
// alone.
func (f *File) isRendered() bool {
	return !f.inPlace || f.rank() == 0 || !bytes.Equal(f.Content, f.from.Bytes())
}

// gitState is a file that is not in Git's index as it is in the work tree.
type gitState struct {
	code string // two letters, as git status prints them
	path string // absolute
}

// gitStates asks Git about the files in a folder. In a hook Git's own environment names the index that is committed.
func gitStates(ctx context.Context, dir string) ([]gitState, error) {
	var stdout, stderr bytes.Buffer
	top := exec.CommandContext(ctx, "git", "rev-parse", "--show-cdup")
	status := exec.CommandContext(ctx, "git", "status", "--porcelain=v1", "-z", "--no-renames", //nolint:gosec // the user's folder
		"--untracked-files=all", "--ignored=traditional", "--", dir)
	up, err := top.Output()
	if err == nil {
		status.Stdout, status.Stderr = &stdout, &stderr
		err = status.Run()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("--staged needs git, and there is none on the PATH; install it, or leave --staged out")
	}
	if err != nil {
		return nil, fmt.Errorf("--staged asks Git what is staged in %s, and git status fails there; run it to see why, "+
			"or leave --staged out where there is no Git work tree", dir)
	}
	cdup, err := filepath.Abs(strings.TrimSpace(string(up)))
	if err != nil {
		return nil, err
	}
	var states []gitState
	for entry := range strings.SplitSeq(strings.TrimSuffix(stdout.String(), "\x00"), "\x00") {
		if len(entry) > 3 { // code, space, path from the top
			states = append(states, gitState{entry[:2], filepath.Join(cdup, filepath.FromSlash(entry[3:]))})
		}
	}
	return states, nil
}
