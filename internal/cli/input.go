package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/author"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/render"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/terminal"
)

// input reads the values that a command is given.
type input struct {
	stdin  io.Reader
	stderr io.Writer
	// isRead is set once standard input was read to its end.
	isRead   bool
	findings []*fn.Finding
}

func inputOf(cmd *cobra.Command) *input {
	return &input{stdin: cmd.InOrStdin(), stderr: cmd.ErrOrStderr()}
}

// terminal returns the terminal that standard input is, or nil.
func (in *input) terminal() *os.File {
	if file, ok := in.stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return file
	}
	return nil
}

// ask asks for a value on the terminal, without echo, or reads it from standard input. One line of standard input is a
// value without its line end; several lines are a value as they are.
func (in *input) ask(what string) ([]byte, error) {
	tty := in.terminal()
	if tty == nil {
		return in.readAll(what)
	}
	if _, err := fmt.Fprintf(in.stderr, "%s (not shown): ", report.Printable(what)); err != nil {
		return nil, err
	}
	before, err := term.GetState(int(tty.Fd()))
	if err != nil {
		return nil, err
	}
	restored := terminal.AtEnd.Add(func() { _ = term.Restore(int(tty.Fd()), before) })
	defer restored()
	value, err := term.ReadPassword(int(tty.Fd()))
	_, _ = fmt.Fprintln(in.stderr)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s: it cannot be read from the terminal: %w", what, err)
	case len(value) == 0:
		return nil, fmt.Errorf("%s: nothing was typed; nothing was changed", what)
	}
	return value, nil
}

func (in *input) readAll(what string) ([]byte, error) {
	if in.isRead {
		return nil, fmt.Errorf("%s: standard input holds one value, and it has been read; give the others in files, or run it on a terminal", what)
	}
	in.isRead = true
	data, err := io.ReadAll(io.LimitReader(in.stdin, disk.MaxDocument+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: standard input cannot be read: %w", what, disk.Cause(err))
	case len(data) > disk.MaxDocument:
		return nil, fmt.Errorf("%s: standard input has more than %d bytes", what, disk.MaxDocument)
	case len(data) == 0:
		return nil, fmt.Errorf("%s: standard input is empty; nothing was changed", what)
	}
	line, found := bytes.CutSuffix(data, []byte("\n"))
	if !found || bytes.Contains(line, []byte("\n")) {
		return data, nil
	}
	in.say(report.Info, report.Written,
		what+": the line end of standard input is left out; give it as a file, /dev/stdin, to keep it")
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

// say adds something to be said once the command has done what it does.
func (in *input) say(severity report.Severity, code report.Code, message string) {
	in.findings = append(in.findings, &fn.Finding{Code: code, Severity: severity, Message: message})
}

// warnTyped warns of a value on the command line.
func (in *input) warnTyped(what string) {
	f := report.New(report.TypedInTheOpen,
		"the value of "+what+" was on the command line, which the shell's history and the list of "+
			"processes keep", "leave it out: it is asked for, or read from standard input")
	in.findings = append(in.findings, f.WithSeverity(report.Warning))
}

// literal reads KEY=VALUE, KEY or KEY=-.
func (in *input) literal(text, secret string) (author.Value, error) {
	key, value, found := strings.Cut(text, "=")
	if key == "" {
		return author.Value{},
			&usageError{errors.New("--from-literal has no key; write KEY=VALUE, or KEY alone to be asked for the value")}
	}
	if !found || value == "-" {
		data, err := in.ask(valueOf(key, secret))
		return author.Value{Key: key, Data: data}, err
	}
	in.warnTyped(key)
	return author.Value{Key: key, Data: []byte(value)}, nil
}

func valueOf(key, secret string) string { return "the value of " + key + " in the Secret " + secret }

// files reads [KEY=]PATH, as kubectl does: a file, or a folder whose files each have their name as the key.
func (in *input) files(text string) ([]author.Value, error) {
	key, path, found := strings.Cut(text, "=")
	if !found {
		key, path = filepath.Base(text), text
	}
	if key == "" || path == "" || strings.Contains(path, "=") && found {
		return nil, &usageError{fmt.Errorf("--from-file %q is neither PATH nor KEY=PATH", text)}
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, disk.NamedError(path, err)
	}
	if !info.IsDir() {
		data, err := readValue(path)
		return []author.Value{{Key: key, Data: data}}, err
	}
	if found {
		return nil, &usageError{fmt.Errorf("--from-file %s: it is a folder, whose files have their own names as keys; leave the key out", text)}
	}
	return folderValues(path)
}

// folderValues reads the regular files of a folder whose names can be keys, as kubectl does.
func folderValues(path string) ([]author.Value, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, disk.NamedError(path, err)
	}
	var values []author.Value
	for _, entry := range entries {
		if !entry.Type().IsRegular() || len(validation.IsConfigMapKey(entry.Name())) > 0 {
			continue
		}
		data, err := readValue(filepath.Join(path, entry.Name()))
		if err != nil {
			return nil, err
		}
		values = append(values, author.Value{Key: entry.Name(), Data: data})
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("%s: there is no file in it whose name can be a key", path)
	}
	return values, nil
}

// readValue reads a file, with every byte of it.
func readValue(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, disk.NamedError(path, err)
	}
	defer file.Close() //nolint:errcheck // nothing was written
	data, err := io.ReadAll(io.LimitReader(file, disk.MaxDocument+1))
	if err != nil {
		return nil, disk.NamedError(path, err)
	}
	if len(data) > disk.MaxDocument {
		return nil, fmt.Errorf("%s: it has more than %d bytes", path, disk.MaxDocument)
	}
	return data, nil
}

// workplace opens the folder whose files are read, and a keyring.
func workplace() (author.Workplace, error) {
	root, dir, err := fn.OpenRoot()
	if err != nil {
		return author.Workplace{}, fmt.Errorf("the folder of the files cannot be opened: %w", err)
	}
	return author.Workplace{Root: root, Dir: dir, Keys: sopsfile.NewKeyring()}, nil
}

// afresh returns a context with the whole time limit, for what comes after a person was waited for.
func afresh(ctx context.Context) (context.Context, context.CancelFunc) {
	limit, err := fn.TimeLimit(os.Getenv(fn.TimeoutEnv))
	if err != nil {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), limit)
}

// openSpec opens the SecretSpec in a file to be changed.
func openSpec(ctx context.Context, path string) (*author.Spec, error) {
	w, err := workplace()
	if err != nil {
		return nil, err
	}
	if err := isSpec(path); err != nil {
		return nil, err
	}
	return w.Open(ctx, path)
}

// isSpec returns an error unless a regular file holds a SecretSpec.
func isSpec(path string) error {
	if disk.IsSpecial(path) {
		return fmt.Errorf("%s: it is not a regular file, and SPEC has to be one here", path)
	}
	_, err := render.ReadSpec(path, nil)
	return err
}

// named is what the arguments of a command have to be: one for each name.
func named(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return fmt.Errorf("%s needs %s: %s", cmd.Name(), strings.Join(names[len(args):], " and "), cmd.UseLine())
		case len(args) > len(names):
			// What is too much may be a value, and is not repeated.
			text := fmt.Sprintf("%s takes %s, and there is more: %s", cmd.Name(), strings.Join(names, ", "),
				report.Count(len(args), "argument"))
			if cmd.Flags().Lookup("generate") != nil {
				text += "; leave a value out: it is asked for, or read from standard input"
			}
			cmd.Flags().Visit(func(f *pflag.Flag) {
				if f.NoOptDefVal != "" && f.Value.Type() != "bool" {
					text += fmt.Sprintf("; a value of --%s is written behind =: --%[1]s=VALUE", f.Name)
				}
			})
			return errors.New(text)
		case args[0] == "-":
			return errors.New("SPEC has to be a file, since it is written, and its sources are relative to its folder")
		}
		return nil
	}
}
