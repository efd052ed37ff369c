package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/adopt"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/proof"
	"github.com/secretwright/secretwright/internal/report"
)

func adoptCommand() *cobra.Command {
	var write, unproven, usedBy bool
	cmd := &cobra.Command{
		Use:   "adopt [DIR]",
		Short: "Turn the Secrets of a kustomization, a kpt package or a folder into those of a SecretSpec",
		Long: `adopt reads the folder DIR (the working folder, if none is named) and plans how its Secrets become those of a
SecretSpec. Of a kustomization it takes those of secretGenerator, of generators of ksops and SopsSecretGenerator, and
Secrets among its resources; of a kpt package and of a folder of manifests, the Secrets in the files. Encrypted files
stay as they are, and no key is needed for them. What was plain is encrypted for the recipients of the nearest
.sops.yaml.

It prints the plan as a diff. With --write it writes it, and proves it: what the kustomize on the PATH builds before
and after, or what the function makes of the manifests, is compared resource by resource, values included. If anything
but the hashes in names differs, all files are put back. To undo it, use git checkout.`,
		Example: `  secretwright adopt overlays/prod
  secretwright adopt --write overlays/prod`,
		Args:              atMostOneFolder,
		ValidArgsFunction: completeFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			if unproven && !write {
				return &usageError{errors.New("--unproven goes with --write")}
			}
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			a, err := newAdoption(dir, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer a.root.Close() //nolint:errcheck // every file was closed
			if usedBy {
				a.usedBy = adopt.MoveReferences
			}
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
	cmd.Flags().BoolVar(&usedBy, "used-by", false,
		"take the references in the manifests over as usedBy, and out of the manifests "+
			"where usedBy writes them as they were")
	cmd.Flags().BoolVar(&unproven, "unproven", false,
		"with --write: do not build, for a machine without keys or kustomize")
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
	usedBy    adopt.UsedBy
	// saidLess reports whether it was said that references were not taken over as asked.
	saidLess bool
	// planned reports whether a plan was made, and what there is to say was printed.
	planned bool
}

// errDiffers says that a build would not be the same.
var errDiffers = errors.New("the resources would not be the same, so all files were put back")

// writeProven writes the SecretSpec under transformers or, where that would move a Secret to another namespace or
// change references, under generators, which leaves all of that to kustomize.
func (a *adoption) writeProven(ctx context.Context, out io.Writer, unproven bool) error {
	err := a.write(ctx, out, unproven)
	if !errors.Is(err, errDiffers) {
		return err
	}
	if a.usedBy != adopt.LeaveReferences {
		return a.withLess(ctx, out)
	}
	if a.plan.Layout != adopt.Kustomization {
		return a.sayDifferent(err)
	}
	first := a.different
	if err := a.makePlan(ctx, adopt.Generators); err != nil {
		return err
	}
	err = a.write(ctx, out, unproven)
	if err != nil {
		return a.sayDifferent(err)
	}
	var c report.Collector
	c.Warn(report.LeftAlone, nil, "the SecretSpec is under generators, since under transformers the build would change: "+
		strings.Join(first, "; "), "to have it write references, give its Secrets a namespace, and move it to transformers")
	return printText(a.stderr, c.Findings())
}

// withLess writes the plan with the references copied and not moved, and if that would change something too, without
// them.
func (a *adoption) withLess(ctx context.Context, out io.Writer) error {
	first := strings.Join(a.different, "; ")
	a.usedBy--
	if err := a.makePlan(ctx, adopt.Transformers); err != nil {
		return err
	}
	if err := a.writeProven(ctx, out, false); err != nil || a.saidLess {
		return err
	}
	a.saidLess = true
	message := "the references stay in the manifests too"
	if a.usedBy == adopt.LeaveReferences {
		message = "the references are not taken over"
	}
	var c report.Collector
	c.Warn(report.LeftAlone, nil, message+", since else the output would change: "+first, "")
	return printText(a.stderr, c.Findings())
}

// sayDifferent prints what differs, if that is the error, and returns the error.
func (a *adoption) sayDifferent(err error) error {
	if errors.Is(err, errDiffers) {
		var c report.Collector
		for _, text := range a.different {
			c.Error(report.BuildDiffers, nil, text, "")
		}
		_ = printText(a.stderr, c.Findings()) // the error is printed anyway
	}
	return err
}

// proof is what is compared.
func (a *adoption) proof() string {
	if a.plan.Layout == adopt.Kustomization {
		return "build"
	}
	return "output"
}

// resources returns the resources that there are now, before the plan is written or after.
func (a *adoption) resources(ctx context.Context, after bool) ([]*yaml.RNode, error) {
	if a.plan.Layout != adopt.Kustomization {
		return a.render(ctx, after)
	}
	text, err := a.build(ctx)
	if err != nil {
		return nil, err
	}
	return proof.Resources(text)
}

// newAdoption opens the Git work tree around a folder, in which the nearest .sops.yaml is looked for, or else the
// folder.
func newAdoption(dir string, stderr io.Writer) (*adoption, error) {
	here, err := filepath.Abs(dir)
	if err == nil {
		here, err = filepath.EvalSymlinks(here)
	}
	if err != nil {
		return nil, pathError(dir, err)
	}
	if info, err := os.Stat(here); err == nil && !info.IsDir() {
		return nil, pathError(dir, syscall.ENOTDIR)
	}
	top := fn.WorkTree(here)
	if top == "" {
		top = here
	}
	relative, err := filepath.Rel(top, here)
	if err != nil {
		return nil, pathError(dir, err)
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, pathError(dir, err)
	}
	return &adoption{root: root, dir: filepath.ToSlash(relative), stderr: stderr}, nil
}

// makePlan makes the plan and prints what there is to say about it.
func (a *adoption) makePlan(ctx context.Context, field string) error {
	var c report.Collector
	a.plan = adopt.NewPlan(ctx, &c, a.root, a.dir, field, a.usedBy, time.Now())
	if a.plan != nil {
		for _, file := range a.plan.Unused {
			c.Add(report.New(report.PlainInHistory, "it is plain, and nothing names it any more; Git's history still has it",
				"change its values if it was ever committed, and remove it").WithSeverity(report.Warning).From(file))
		}
		for _, file := range a.plan.Plain {
			c.Add(report.New(report.PlainInHistory, "its plain values are taken out of it; Git's history still has them",
				"change them if the file was ever committed").WithSeverity(report.Warning).From(file))
		}
		for _, file := range a.plan.Configs {
			c.Add(report.New(report.LeftAlone, "the kustomization does not name it any more", "remove it if nothing else does").
				WithSeverity(report.Info).From(file))
		}
	}
	if a.planned && a.plan != nil {
		return nil // all of it has been printed
	}
	a.planned = true
	if err := printText(a.stderr, c.Findings()); err != nil || a.plan == nil {
		return errSilent
	}
	return nil
}

// print prints the plan as a diff, without plain and encrypted values.
func (a *adoption) print(out io.Writer) error {
	var text strings.Builder
	for _, change := range a.plan.Changes {
		before, after := sides(change.Path, change.Before, change.After)
		text.WriteString(printableLines(string(diff.Diff(before, change.Was, after, change.Is))))
	}
	if _, err := io.WriteString(out, text.String()); err != nil {
		return errors.New("the output cannot be written")
	}
	return nil
}

// write writes the plan, and takes it back unless the build stays the same.
func (a *adoption) write(ctx context.Context, out io.Writer, unproven bool) (err error) {
	var before []*yaml.RNode
	if !unproven {
		if before, err = a.resources(ctx, false); err != nil {
			return fmt.Errorf("the %s before: %w; nothing was changed", a.proof(), err)
		}
	}
	var changes []manifests.Change
	for _, change := range a.plan.Changes {
		changes = append(changes, manifests.Change{
			Name: change.Path, Content: change.After, Former: change.Before, New: change.Before == nil})
	}
	if err := manifests.Write(a.root.Name(), changes); err != nil {
		return err // and nothing was written
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.restore())
		}
	}()
	if unproven {
		_, err = fmt.Fprintf(out, "wrote %d files; the %s was not compared\n", len(a.plan.Changes), a.proof())
		return err
	}
	after, err := a.resources(ctx, true)
	if err != nil {
		return fmt.Errorf("the %s after: %w; all files were put back", a.proof(), err)
	}
	if a.different, err = a.plan.Proof(ctx, a.root, before, after); err != nil {
		return fmt.Errorf("the %s cannot be compared: %w; all files were put back", a.proof(), err)
	}
	if len(a.different) > 0 {
		return errDiffers
	}
	_, err = fmt.Fprintf(out, "wrote %d files; the %s is the same but for the hashes in names\n", len(a.plan.Changes),
		a.proof())
	return err
}

// restore puts every file back.
func (a *adoption) restore() error {
	var changes []manifests.Change
	for _, change := range a.plan.Changes {
		changes = append(changes, manifests.Change{Name: change.Path, Content: change.Before, Former: change.After})
	}
	return manifests.Write(a.root.Name(), changes)
}
