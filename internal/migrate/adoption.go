package migrate

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
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/proof"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/internal/terminal"
)

// Adoption is one run of the command.
type Adoption struct {
	root   *os.Root
	dir    string // in the root
	stderr io.Writer
	// different is how the last build differed, and failed is why there is none after the plan.
	different []string
	failed    *proof.BuildError
	// above are what kustomizations had that build on this one, by folder, once they were built.
	above  map[string][]*yaml.RNode
	plan   *Plan
	usedBy UsedBy
	// saidLess reports whether it was said that references were not taken over as asked.
	saidLess bool
	// decrypts reports whether plans may decrypt.
	decrypts bool
	// planned reports whether a plan was made, and what there is to say was printed.
	planned bool
}

// errDiffers says that a build would not be the same.
var errDiffers = errors.New("the resources would not be the same, so all files were put back")

// WriteProven writes the SecretSpec under transformers or, where that would move a Secret to another namespace, change
// references or make the build fail, under generators, which leaves all of that to kustomize.
func (a *Adoption) WriteProven(ctx context.Context, out io.Writer, unproven bool) error {
	if a.plan.hidesHashes && !unproven {
		a.decrypts = true
		if err := a.makePlan(ctx, Transformers); err != nil {
			return err
		}
	}
	err := a.prove(ctx, out, unproven)
	a.explain(err)
	return err
}

// prove writes the plan, or another one where that would not be the same.
func (a *Adoption) prove(ctx context.Context, out io.Writer, unproven bool) error {
	err := a.write(ctx, out, unproven)
	if !errors.Is(err, errDiffers) && a.failed == nil {
		return err
	}
	if a.usedBy != LeaveReferences {
		return a.withLess(ctx, out)
	}
	if a.plan.Layout != Kustomization {
		return err
	}
	first, fix := a.why(), "to have it write references, give its Secrets a namespace, and move it to transformers"
	if a.failed != nil {
		fix = "patches and replacements see its Secrets there alone"
	}
	if err := a.makePlan(ctx, Generators); err != nil {
		return err
	}
	if err = a.write(ctx, out, unproven); err != nil {
		return err
	}
	var c report.Collector
	c.Warn(report.LeftAlone, nil, "the SecretSpec is under generators, since under transformers the build would "+first, fix)
	return terminal.PrintFindings(a.stderr, c.Findings())
}

// withLess writes the plan with the references copied and not moved, and if that would change something too, without
// them.
func (a *Adoption) withLess(ctx context.Context, out io.Writer) error {
	first := a.why()
	a.usedBy--
	if err := a.makePlan(ctx, Transformers); err != nil {
		return err
	}
	if err := a.prove(ctx, out, false); err != nil || a.saidLess {
		return err
	}
	a.saidLess = true
	message := "the references stay in the manifests too"
	if a.usedBy == LeaveReferences {
		message = "the references are not taken over"
	}
	var c report.Collector
	c.Warn(report.LeftAlone, nil, message+", since else the output would "+first, "")
	return terminal.PrintFindings(a.stderr, c.Findings())
}

// explain prints what there is to say about an error beside the error itself: what differs, or why there is no build.
func (a *Adoption) explain(err error) {
	var failed *proof.BuildError
	switch {
	case errors.Is(err, errDiffers):
		var c report.Collector
		for _, text := range a.different {
			c.Error(report.BuildDiffers, nil, text, "")
		}
		_ = terminal.PrintFindings(a.stderr, c.Findings()) // the error is printed anyway
	case errors.As(err, &failed):
		_, _ = io.WriteString(a.stderr, strings.Join(failed.Said, ""))
	}
}

// proof is what is compared.
func (a *Adoption) proof() string {
	if a.plan.Layout == Kustomization {
		return "build"
	}
	return "output"
}

// resources returns the resources that there are now, before the plan is written or after.
func (a *Adoption) resources(ctx context.Context, after bool) ([]*yaml.RNode, error) {
	if a.plan.Layout != Kustomization {
		return a.render(ctx, after)
	}
	return a.build(ctx, a.dir)
}

// Open opens the Git work tree around a folder, in which the nearest .sops.yaml is looked for. Outside Git, it opens
// the nearest folder with a .sops.yaml, from this one up to the working folder, or else this one. With usedBy, the
// references in the manifests are taken over. What there is to say is printed to stderr.
func Open(dir string, usedBy bool, stderr io.Writer) (*Adoption, error) {
	here, err := filepath.Abs(dir)
	if err == nil {
		here, err = filepath.EvalSymlinks(here)
	}
	if err != nil {
		return nil, disk.NamedError(dir, err)
	}
	if info, err := os.Stat(here); err == nil && !info.IsDir() {
		return nil, disk.NamedError(dir, syscall.ENOTDIR)
	}
	top := fn.WorkTree(here)
	if top == "" {
		top = keyring.RuledFolder(here, disk.Resolve("."))
	}
	if top == "" {
		top = here
	}
	relative, err := filepath.Rel(top, here)
	if err != nil {
		return nil, disk.NamedError(dir, err)
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, disk.NamedError(dir, err)
	}
	a := &Adoption{root: root, dir: filepath.ToSlash(relative), stderr: stderr}
	if usedBy {
		a.usedBy = MoveReferences
	}
	return a, nil
}

// Close closes the work tree.
func (a *Adoption) Close() { _ = a.root.Close() } // every file was closed

// Plan makes the plan and prints what there is to say about it.
func (a *Adoption) Plan(ctx context.Context) error { return a.makePlan(ctx, Transformers) }

// makePlan makes the plan with the SecretSpec under a field of the kustomization.
func (a *Adoption) makePlan(ctx context.Context, field string) error {
	var c report.Collector
	a.plan = NewPlan(ctx, &c, a.root, a.dir,
		Options{Field: field, UsedBy: a.usedBy, Decrypts: a.decrypts, Now: time.Now()})
	if a.plan != nil {
		say := func(severity report.Severity, code report.Code, files []string, message, fix string) {
			for _, file := range files {
				c.Add(report.New(code, message, fix).WithSeverity(severity).From(file))
			}
		}
		say(report.Warning, report.PlainInHistory, a.plan.Unused,
			"it is plain, and this kustomization does not name it any more; Git's history still has it",
			"change its values if it was ever committed, and remove it if nothing else names it")
		say(report.Warning, report.PlainInHistory, a.plan.Named,
			"it is plain, and the kustomization names it elsewhere, so that its values stay in the clear",
			"take what is secret out of it, and change it")
		say(report.Warning, report.PlainInHistory, a.plan.Patches,
			"it has a patch with values of a Secret in the clear, which stays",
			"change the values, give them in an encrypted file (secretwright set), and remove them from the patch")
		say(report.Warning, report.PlainInHistory, a.plan.Plain,
			"its plain values are taken out of it; Git's history still has them",
			"change them if the file was ever committed")
		say(report.Warning, report.PlainInHistory, a.plan.Partly,
			"some of its plain values are taken out of it, and others stay; Git's history still has them",
			"change them if the file was ever committed")
		say(report.Info, report.LeftAlone, a.plan.Configs, "the kustomization does not name it any more",
			"remove it if nothing else does")
	}
	if a.planned && a.plan != nil {
		return nil // all of it has been printed
	}
	a.planned = true
	if err := terminal.PrintFindings(a.stderr, c.Findings()); err != nil || a.plan == nil {
		return terminal.ErrPrinted
	}
	return nil
}

// Print prints the plan as a diff, without plain and encrypted values.
func (a *Adoption) Print(out io.Writer) error {
	var text strings.Builder
	for _, change := range a.plan.Changes {
		before, after := terminal.DiffNames(change.Path, change.Before, change.After)
		text.WriteString(terminal.PrintableLines(string(diff.Diff(before, change.Was, after, change.Is))))
	}
	if _, err := io.WriteString(out, text.String()); err != nil {
		return errors.New("the output cannot be written")
	}
	return nil
}

// write writes the plan, and takes it back unless the build stays the same.
func (a *Adoption) write(ctx context.Context, out io.Writer, unproven bool) (err error) {
	a.different, a.failed = nil, nil
	var before []*yaml.RNode
	if !unproven {
		if before, err = a.before(ctx); err != nil {
			return fmt.Errorf("the %s before: %w; nothing was changed", a.proof(), err)
		}
		if err := a.buildAbove(ctx); err != nil {
			return err
		}
	}
	var changes []disk.Change
	for _, change := range a.plan.Changes {
		changes = append(changes, disk.Change{
			Name: change.Path, Content: change.After, Former: change.Before, New: change.Before == nil})
	}
	if err := disk.Write(a.root.Name(), changes); err != nil {
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
	if errors.As(err, &a.failed) {
		a.failed.Fix = "to see why, write it with --unproven too, and run kustomize"
	}
	if err != nil {
		return fmt.Errorf("the %s after: %w; all files were put back", a.proof(), err)
	}
	if err := a.compareAbove(ctx); err != nil {
		return fmt.Errorf("the build after of %w; all files were put back", err)
	}
	different, err := a.plan.Proof(ctx, a.root, before, after)
	if a.different = append(different, a.different...); err != nil {
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
func (a *Adoption) restore() error {
	var changes []disk.Change
	for _, change := range a.plan.Changes {
		changes = append(changes, disk.Change{Name: change.Path, Content: change.Before, Former: change.After})
	}
	return disk.Write(a.root.Name(), changes)
}

// why says in a few words why a plan was taken back.
func (a *Adoption) why() string {
	switch {
	case a.failed == nil:
		return "change: " + strings.Join(a.different, "; ")
	case a.failed.Reason == "":
		return "fail"
	}
	return fmt.Sprintf("fail (%s)", a.failed.Reason)
}
