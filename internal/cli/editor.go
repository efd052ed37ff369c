package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/google/shlex"
	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/author"
	"github.com/secretwright/secretwright/internal/report"
)

func editCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "edit SPEC",
		Short: "Edit an encrypted SecretSpec in the clear, as sops edit does",
		Long: `edit decrypts the SecretSpec in the file SPEC into a file that only you can read, and opens that in the editor of SOPS_EDITOR or
EDITOR. What is saved there must be a valid SecretSpec, and is encrypted as before: comments, order and layout are yours, and
values that did not change keep their ciphertext. The file in the clear is removed, whatever happens.`,
		Args:              named("SPEC"),
		ValidArgsFunction: completeSpecOnly,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := openSpec(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			plain, err := s.Plain()
			if err != nil {
				return err
			}
			files, findings, err := inputOf(cmd).edit(cmd, s, filepath.Base(args[0]), plain)
			if err != nil {
				return err
			}
			if err := author.Write(files); err != nil {
				return err
			}
			return printText(cmd.ErrOrStderr(), findings)
		},
	}
}

// edit has a text edited until it is a valid SecretSpec, and returns the files that this comes to: none, if nothing
// changed.
func (in *input) edit(cmd *cobra.Command, s *author.Spec, name string, plain []byte) ([]author.File, []*fn.Finding, error) {
	dir, err := os.MkdirTemp("", "secretwright-edit-") // for its owner alone
	if err != nil {
		return nil, nil, err
	}
	removed := atEnd.add(func() { _ = os.RemoveAll(dir) })
	defer removed()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, plain, 0o600); err != nil {
		return nil, nil, pathError(path, err)
	}
	for {
		if err := runEditor(cmd, path); err != nil {
			return nil, nil, fmt.Errorf("%w; nothing was changed", err)
		}
		text, err := readValue(path)
		if err != nil {
			return nil, nil, err
		}
		if bytes.Equal(text, plain) {
			in.say(report.Info, report.Written, "nothing was changed")
			return nil, in.findings, nil
		}
		files, findings, err := s.Edited(text)
		if err == nil {
			return files, findings, nil
		}
		if again := in.again(err); again != nil {
			return nil, nil, again
		}
	}
}

// again says what is wrong with a text, and waits for the person to go back to the editor. Where there is nobody to
// ask, it returns the error.
func (in *input) again(wrong error) error {
	tty := in.terminal()
	if tty == nil {
		return wrong
	}
	text := "secretwright: error: " + report.Printable(wrong.Error()) + "\n"
	var finding *fn.Finding
	if errors.As(wrong, &finding) {
		text = finding.Lines()
	}
	if _, err := io.WriteString(in.stderr, text+"Press Enter to go back to the editor, or Ctrl-C to give the change up: "); err != nil {
		return err
	}
	var one [1]byte
	for one[0] != '\n' { // no more is read than the line: the rest is the editor's
		if _, err := tty.Read(one[:]); err != nil {
			return errors.New("nothing was changed")
		}
	}
	return nil
}

// runEditor opens a file in the editor, which has the terminal until it ends.
func runEditor(cmd *cobra.Command, path string) error {
	words, err := editorWords()
	if err != nil {
		return err
	}
	// The time limit of a run is not one for people.
	editor := exec.CommandContext(context.WithoutCancel(cmd.Context()), words[0], append(words[1:], path)...) //nolint:gosec // the user's own editor
	editor.Stdin, editor.Stdout, editor.Stderr = cmd.InOrStdin(), os.Stdout, os.Stderr
	defer report.ProgressOf(cmd.Context()).Hide()()
	editing.Store(true)
	defer editing.Store(false)
	if err := editor.Start(); err != nil {
		return fmt.Errorf("the editor %s cannot be started: %w", words[0], err)
	}
	stopped := atEnd.add(func() {
		if editor.ProcessState == nil {
			_ = editor.Process.Kill()
		}
	})
	err = editor.Wait()
	stopped()
	if err != nil {
		return fmt.Errorf("the editor %s failed: %w", words[0], err)
	}
	return nil
}

// editorWords returns the command of the editor, as sops finds it.
func editorWords() ([]string, error) {
	for _, name := range []string{"SOPS_EDITOR", "EDITOR"} {
		text := os.Getenv(name)
		if text == "" {
			continue
		}
		words, err := shlex.Split(text)
		if err != nil || len(words) == 0 {
			return nil, fmt.Errorf("%s is not a command; write the name of an editor", name)
		}
		return words, nil
	}
	for _, name := range []string{"vim", "nano", "vi"} {
		if path, err := exec.LookPath(name); err == nil {
			return []string{path}, nil
		}
	}
	return nil, errors.New("there is no editor; set SOPS_EDITOR or EDITOR to one")
}
