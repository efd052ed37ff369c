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
	"slices"

	"github.com/google/shlex"
	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/author"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/render"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/terminal"
)

func editCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "edit FILE",
		Short: "Edit an encrypted SecretSpec, or any other SOPS document, in the clear, as sops edit does",
		Long: `edit decrypts FILE into a file that only you can read, and opens that in the editor of SOPS_EDITOR or EDITOR. What is saved there is
encrypted as before: values that did not change keep their ciphertext. The file in the clear is removed, whatever happens.

Of a SecretSpec, comments, order and layout are yours, and what is saved must be valid. Other documents, in YAML, JSON, dotenv, INI
or binary, are what sops edit makes of them: their comments and order are yours.`,
		Example: `  secretwright edit secretspec.yaml
  secretwright edit secrets/database.enc.env`,
		Args:              named("FILE"),
		ValidArgsFunction: completeFile,
		SuggestFor:        []string{"delete", "open", "remove", "rm"},
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := openEdition(cmd.Context(), args[0], format)
			if err != nil {
				return err
			}
			plain, err := d.Plain()
			if err != nil {
				return err
			}
			files, findings, err := inputOf(cmd).edit(cmd, d, filepath.Base(args[0]), plain)
			if err != nil {
				return err
			}
			if err := author.Write(files); err != nil {
				return err
			}
			return terminal.PrintFindings(cmd.ErrOrStderr(), findings)
		},
	}
	cmd.Flags().StringVar(&format, "format", "",
		"yaml, json, dotenv, ini or binary (default: by the name of the file, as sops does)")
	complete(cmd, "format", formats...)
	return cmd
}

// formats are those that SOPS has.
var formats = []string{string(sopsfile.YAML), string(sopsfile.JSON), string(sopsfile.Dotenv), string(sopsfile.INI),
	string(sopsfile.Binary)}

// edition is an encrypted file that was opened to be edited.
type edition interface {
	// Plain returns it in the clear.
	Plain() ([]byte, error)
	// Edited returns the files that another text of it in the clear comes to, and what there is to say.
	Edited(text []byte) ([]author.File, []*fn.Finding, error)
}

// openEdition opens a SecretSpec, or another SOPS document in a format; an empty one is that of the file's name.
func openEdition(ctx context.Context, path, format string) (edition, error) {
	switch {
	case format != "" && !slices.Contains(formats, format):
		return nil, &usageError{fmt.Errorf("--format is yaml, json, dotenv, ini or binary, not %q", format)}
	}
	if _, err := disk.ReadNamed(path); err != nil { // a pipe would have it wait
		return nil, disk.NamedError(path, err)
	}
	if format == "" && holdsSpec(path) {
		return openSpec(ctx, path)
	}
	w, err := workplace()
	if err != nil {
		return nil, err
	}
	return w.OpenDocument(ctx, path, sopsfile.Format(format))
}

// holdsSpec reports whether a file holds a SecretSpec, or what is most likely meant to be one.
func holdsSpec(path string) bool {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return false
	}
	sources, err := (&manifests.Reader{}).Read(path, nil)
	return err == nil && len(sources) > 0 && render.IsMeantAsSpec(sources[0])
}

// edit has a text edited until it is valid, and returns the files that this comes to: none, if nothing
// changed.
func (in *input) edit(cmd *cobra.Command, d edition, name string, plain []byte) ([]author.File, []*fn.Finding, error) {
	dir, remove, err := disk.Private()
	if err != nil {
		return nil, nil, err
	}
	defer terminal.AtEnd.Add(remove)()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, plain, 0o600); err != nil {
		return nil, nil, disk.NamedError(path, err)
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
		files, findings, err := d.Edited(text)
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
	if _, err := io.WriteString(in.stderr,
		text+"Press Enter to go back to the editor, or Ctrl-C to give the change up: "); err != nil {
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
		return fmt.Errorf("the editor %s cannot be started: %w; set SOPS_EDITOR or EDITOR to one that can", words[0],
			disk.Cause(err))
	}
	stopped := terminal.AtEnd.Add(func() {
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
