package migrate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/proof"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/repository"
	"github.com/secretwright/secretwright/internal/terminal"
)

// build returns the resources that the kustomization in a folder of the root has.
func (a *Adoption) build(ctx context.Context, dir string) ([]*yaml.RNode, error) {
	folder := filepath.Join(a.root.Name(), filepath.FromSlash(dir))
	text, err := proof.Build(ctx, folder, fn.RootVariable+"="+a.root.Name())
	if err != nil {
		return nil, err
	}
	return proof.Resources(text)
}

// buildAbove builds, before anything is written, the kustomizations of the repository that build on this one. One that
// does not build, or whose Secrets are ciphertext as yet, is not compared, which is said.
func (a *Adoption) buildAbove(ctx context.Context) error {
	if a.plan.Layout != Kustomization || a.above != nil {
		return nil
	}
	a.above = map[string][]*yaml.RNode{}
	users, err := repository.Users(a.root, a.dir)
	if err != nil {
		return err
	}
	var c report.Collector
	for _, dir := range users {
		nodes, err := a.build(ctx, dir)
		if err == nil && len(a.plan.sealed)+len(a.plan.Resources) == 0 {
			a.above[dir] = nodes
			continue
		}
		c.Add(report.New(report.LeftAlone, "it builds on this kustomization, and its build is not compared",
			"build it before and after").WithSeverity(report.Warning).From(dir))
	}
	return terminal.PrintFindings(a.stderr, c.Findings())
}

// compareAbove notes how the kustomizations above would differ.
func (a *Adoption) compareAbove(ctx context.Context) error {
	for _, dir := range slices.Sorted(maps.Keys(a.above)) {
		after, err := a.build(ctx, dir)
		if errors.As(err, &a.failed) {
			a.failed.Fix = "it builds on this one; to see why, write it with --unproven too, and run kustomize there"
		}
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		for _, difference := range proof.Differences(a.above[dir], after) {
			a.different = append(a.different, dir+": "+difference)
		}
	}
	return nil
}
