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
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/adopt"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
)

func adoptCommand() *cobra.Command {
	var write, unproven bool
	cmd := &cobra.Command{
		Use:   "adopt [DIR]",
		Short: "Turn the Secrets of a kustomization into those of a SecretSpec",
		Long: `adopt reads the kustomization in DIR (the working folder, if none is named) and plans how its Secrets become those
of a SecretSpec: those of secretGenerator, of generators of ksops and SopsSecretGenerator, and Secrets among its
resources. Encrypted files stay as they are, and no key is needed for them. What was plain is encrypted for the
recipients of the nearest .sops.yaml.

It prints the plan as a diff. With --write it writes it, and proves it: what the kustomize on the PATH builds before
and after is compared resource by resource, values included. If anything but the hashes in names differs, all files
are put back. To undo it, use git checkout.`,
		Example: `  secretwright adopt overlays/prod
  secretwright adopt --write overlays/prod`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			a, err := newAdoption(dir, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer a.root.Close() //nolint:errcheck // every file was closed
			if err := a.makePlan(cmd.Context(), adopt.Transformers); err != nil {
				return err
			}
			if !write {
				return a.print(cmd.OutOrStdout())
			}
			return a.writeProven(cmd.Context(), cmd.OutOrStdout(), unproven)
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "write the files, and prove that the build is the same")
	cmd.Flags().BoolVar(&unproven, "unproven", false, "with --write: do not build, for a machine without keys or kustomize")
	return cmd
}

// adoption is one run of the command.
type adoption struct {
	root   *os.Root
	dir    string // in the root
	stderr io.Writer
	// different is how the last build differed.
	different []string
	plan      *adopt.Plan
	// planned reports whether a plan was made, and what there is to say was printed.
	planned bool
}

// errDiffers says that a build would not be the same.
var errDiffers = errors.New("the build would not be the same, so all files were put back")

// writeProven writes the SecretSpec under transformers or, where that would move a Secret to another namespace or change
// references, under generators, which leaves all of that to kustomize.
func (a *adoption) writeProven(ctx context.Context, out io.Writer, unproven bool) error {
	err := a.write(ctx, out, unproven)
	if !errors.Is(err, errDiffers) {
		return err
	}
	first := a.different
	if err := a.makePlan(ctx, adopt.Generators); err != nil {
		return err
	}
	err = a.write(ctx, out, unproven)
	var c report.Collector
	switch {
	case err == nil:
		c.Warn(report.LeftAlone, nil, "the SecretSpec is under generators, since under transformers the build would change: "+
			strings.Join(first, "; "), "to have it write references, give its Secrets a namespace, and move it to transformers")
	case errors.Is(err, errDiffers):
		for _, text := range a.different {
			c.Error(report.BuildDiffers, nil, text, "")
		}
	}
	_ = fn.Print(a.stderr, c.Findings()) // the error is printed anyway
	return err
}

// newAdoption opens the Git work tree around a folder, in which the nearest .sops.yaml is looked for, or else the folder.
func newAdoption(dir string, stderr io.Writer) (*adoption, error) {
	here, err := filepath.Abs(dir)
	if err == nil {
		here, err = filepath.EvalSymlinks(here)
	}
	if err != nil {
		return nil, unwrapPath(dir, err)
	}
	top := fn.WorkTree(here)
	if top == "" {
		top = here
	}
	relative, err := filepath.Rel(top, here)
	if err != nil {
		return nil, unwrapPath(dir, err)
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, unwrapPath(dir, err)
	}
	return &adoption{root: root, dir: filepath.ToSlash(relative), stderr: stderr}, nil
}

// makePlan makes the plan and prints what there is to say about it.
func (a *adoption) makePlan(ctx context.Context, field string) error {
	var c report.Collector
	a.plan = adopt.NewPlan(ctx, &c, a.root, a.dir, field, time.Now())
	if a.planned {
		c = report.Collector{} // which has been printed
	}
	a.planned = true
	if a.plan != nil {
		for _, file := range a.plan.Unused {
			c.Add(report.New(report.PlainInHistory, "it is plain, and nothing names it any more; Git's history still has it",
				"change its values if it was ever committed, and remove it").WithSeverity(report.Warning).From(file))
		}
		for _, file := range a.plan.Configs {
			c.Add(report.New(report.LeftAlone, "the kustomization does not name it any more", "remove it if nothing else does").
				WithSeverity(report.Info).From(file))
		}
	}
	if err := fn.Print(a.stderr, c.Findings()); err != nil || a.plan == nil {
		return errSilent
	}
	return nil
}

// print prints the plan as a diff, without plain and encrypted values.
func (a *adoption) print(out io.Writer) error {
	var text bytes.Buffer
	for _, change := range a.plan.Changes {
		before := "a/" + change.Path
		if change.Before == nil {
			before = "/dev/null"
		}
		text.Write(diff.Diff(before, change.Was, "b/"+change.Path, change.Is))
	}
	if _, err := out.Write(text.Bytes()); err != nil {
		return errors.New("the output cannot be written")
	}
	return nil
}

// write writes the plan, and takes it back unless the build stays the same.
func (a *adoption) write(ctx context.Context, out io.Writer, unproven bool) (err error) {
	var before []byte
	if !unproven {
		if before, err = a.build(ctx); err != nil {
			return fmt.Errorf("the build before: %w; nothing was changed", err)
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.restore())
		}
	}()
	var changes []manifests.Change
	for _, change := range a.plan.Changes {
		changes = append(changes, manifests.Change{Name: change.Path, Content: change.After})
	}
	if err := manifests.Write(a.root.Name(), changes); err != nil {
		return err
	}
	if unproven {
		_, err = fmt.Fprintf(out, "wrote %d files; the build was not compared\n", len(a.plan.Changes))
		return err
	}
	after, err := a.build(ctx)
	if err != nil {
		return fmt.Errorf("the build after: %w; all files were put back", err)
	}
	if a.different, err = a.plan.Proof(ctx, a.root, before, after); err != nil {
		return fmt.Errorf("the builds cannot be compared: %w; all files were put back", err)
	}
	if len(a.different) > 0 {
		return errDiffers
	}
	_, err = fmt.Fprintf(out, "wrote %d files; the build is the same but for the hashes in names\n", len(a.plan.Changes))
	return err
}

// restore puts every file back.
func (a *adoption) restore() error {
	var changes []manifests.Change
	for _, change := range a.plan.Changes {
		changes = append(changes, manifests.Change{Name: change.Path, Content: change.Before})
	}
	return manifests.Write(a.root.Name(), changes)
}

// buildTimeout is how long a build may take.
const buildTimeout = 5 * time.Minute

// build runs the kustomize of the user, since that is what the build must stay the same for. This program stands in for
// ksops and SopsSecretGenerator where they are not installed.
func (a *adoption) build(ctx context.Context) ([]byte, error) {
	kustomize, err := exec.LookPath("kustomize")
	if err != nil {
		return nil, errors.New("there is no kustomize on the PATH; install it, or write without the proof with --unproven")
	}
	own, standIns, err := a.programs()
	if err != nil {
		return nil, errors.New("the folder for temporary files cannot be used")
	}
	defer os.RemoveAll(filepath.Dir(own)) //nolint:errcheck // it holds links alone
	ctx, cancel := context.WithTimeout(ctx, buildTimeout)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, kustomize, "build", "--enable-alpha-plugins", "--enable-exec", //nolint:gosec // the user's
		filepath.Join(a.root.Name(), filepath.FromSlash(a.dir)))
	cmd.Env = append(os.Environ(), fn.RootVariable+"="+a.root.Name(),
		"PATH="+strings.Join([]string{own, os.Getenv("PATH"), standIns}, string(os.PathListSeparator)))
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		for line := range strings.Lines(stderr.String()) { // ours hold no values; other tools' may
			if strings.HasPrefix(line, "secretwright: ") {
				_, _ = io.WriteString(a.stderr, line)
			}
		}
		return nil, errors.New("kustomize build failed; run it to see why")
	}
	return stdout.Bytes(), nil
}

// programs makes two folders of links to this program: one named secretwright, and those it stands in for.
func (a *adoption) programs() (own, standIns string, err error) {
	executable, err := os.Executable()
	if err != nil {
		return "", "", err
	}
	dir, err := os.MkdirTemp("", "secretwright-")
	if err != nil {
		return "", "", err
	}
	own, standIns = filepath.Join(dir, "own"), filepath.Join(dir, "others")
	links := map[string][]string{own: {"secretwright"}, standIns: {"ksops", "SopsSecretGenerator"}}
	for folder, names := range links {
		if err := os.Mkdir(folder, 0o700); err != nil {
			return "", "", err
		}
		for _, name := range names {
			if err := os.Symlink(executable, filepath.Join(folder, name)); err != nil {
				return "", "", err
			}
		}
	}
	return own, standIns, nil
}
