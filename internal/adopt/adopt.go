package adopt

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// Annotations by which a generator tells kustomize what to do with a resource.
const (
	NeedsHash = "kustomize.config.k8s.io/needs-hash"
	Behavior  = "kustomize.config.k8s.io/behavior"
)

const ksopsName = "ksops v4.5.1"

// tool is a tool whose configurations are run.
type tool struct {
	name  string
	group string
	kinds []string
	// make returns what the tool makes of a configuration, and has said what is wrong with it when it returns nothing.
	make func(r *run, config *yaml.RNode) []*yaml.RNode
	next string // how to go on to a SecretSpec
}

// tools are the tools whose configurations are run.
var tools = []tool{
	{
		name: ksopsName, group: "viaduct.ai", kinds: []string{"ksops", "ksops-exec"}, make: ksops,
		next: "to have its Secrets checked and wired, go on to a SecretSpec with `secretwright adopt`: docs/from-ksops.md shows it",
	},
	{
		name: "SopsSecretGenerator v1.6.0", group: "goabout.com", kinds: []string{"SopsSecretGenerator",
			"SopsSecret"}, make: sopsSecretGenerator,
		next: "to have its Secret checked and wired, go on to a SecretSpec with `secretwright adopt`: " +
			"docs/from-sopssecretgenerator.md shows it",
	},
}

// find returns the tool that a configuration is for, or nil.
func find(config *yaml.RNode) *tool {
	if config.IsNilOrEmpty() {
		return nil
	}
	group, _ := resid.ParseGroupVersion(config.GetApiVersion())
	for i := range tools {
		if group == tools[i].group && slices.Contains(tools[i].kinds, config.GetKind()) {
			return &tools[i]
		}
	}
	return nil
}

// Known reports whether a resource is a configuration that [Opener.Resources] runs.
func Known(config *yaml.RNode) bool { return find(config) != nil }

// Opener opens what configurations name.
type Opener struct {
	// Root is the only folder that files are read from; nil has no files.
	Root *os.Root
	Keys *sopsfile.Keyring
}

// Resources returns the resources that the tool of a configuration makes of it, in the order in which the tool's items
// have them. Files are relative to dir, a path in the root with slashes. What is wrong is in the collector, and then
// nothing is returned.
func (o *Opener) Resources(ctx context.Context, c *report.Collector, config *yaml.RNode, dir string) []*yaml.RNode {
	found := find(config)
	if found == nil {
		return nil
	}
	r := &run{Collector: c, opener: o, ctx: ctx, dir: dir, files: map[string]*file{}}
	before := c.Errors()
	resources := found.make(r, config)
	if c.Errors() > before {
		return nil
	}
	c.Info(report.ForeignConfig, nil, fmt.Sprintf("this %s is run as %s runs it", config.GetKind(), found.name),
		found.next)
	return resources
}

// Sort sorts resources as both tools write them: by apiVersion, kind, namespace and name.
func Sort(resources []*yaml.RNode) {
	order := func(r *yaml.RNode) string {
		return strings.Join([]string{r.GetApiVersion(), r.GetKind(), r.GetNamespace(), r.GetName()}, " ")
	}
	slices.SortStableFunc(resources, func(a, b *yaml.RNode) int { return cmp.Compare(order(a), order(b)) })
}

// run is one configuration on its way to the resources.
type run struct {
	*report.Collector
	opener *Opener
	ctx    context.Context //nolint:containedctx // a run is one call
	dir    string
	files  map[string]*file
	size   int
}
