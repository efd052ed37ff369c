package apply

import (
	"context"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/former"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/internal/wiring"
)

// Outcome is what SecretSpecs came to.
type Outcome struct {
	// Items are the resources with the Secrets and the references to them, and Indices the index of each among those
	// that were given, or -1.
	Items   []*yaml.RNode
	Indices []int
	// Readable is the same, to be asked who reads what.
	Readable *wiring.Items
	// Audiences are who can read the Secrets, by their marks and namespaces.
	Audiences map[[2]string]Audience
}

// Specs applies SecretSpecs to resources, one after the other, and changes none that it is given. Files are those that
// the resources come from. What is wrong is in the collector, and then the outcome is of no use.
func Specs(ctx context.Context, c *report.Collector, settings *Settings, nodes, specs []*yaml.RNode,
	files []string) Outcome {
	items := wiring.NewItems(nodes)
	run := &run{
		settings: settings,
		items:    items,
		keys:     sopsfile.NewKeyring(),
		nodes:    nodes,
		known:    former.Read(slices.Concat(specs, nodes, settings.Others)...),

		audiences: map[[2]string]Audience{},
	}
	run.templates = &generators.Templates{Explain: settings.Explain}
	run.items.SetFiles(files)
	run.opener = sources.NewOpener(settings.Root, run.keys)
	run.opener.Dir = settings.Dir
	run.opener.Keyless = settings.Keyless
	said := &report.Collector{}
	for _, node := range specs {
		run.Collector, run.set, run.dir, run.taken = &report.Collector{}, nil, "", nil
		run.apply(ctx, node)
		if len(specs) == 1 {
			run.templates.Report(run.Collector)
		}
		said.Take(run.Collector, node, settings.Positions)
	}
	if run.templates.Failed() && !settings.Explain && len(specs) > 1 {
		// Each SecretSpec changes what the next one finds, so that what else was found would tell in which of them a
		// template failed: the findings are those of a run without keys.
		keyless := *settings
		keyless.Keyless = true
		Specs(ctx, c, &keyless, nodes, specs, files)
		run.templates.ReportAnonymously(c)
		return Outcome{}
	}
	for _, finding := range said.Findings() {
		c.Add(finding)
	}
	out, indices := run.items.Nodes()
	for i := range indices {
		if indices[i] >= len(nodes) || out[i] != nodes[indices[i]] && run.items != items {
			indices[i] = -1 // a generator begins with no items
		}
	}
	return Outcome{Items: out, Indices: indices, Readable: run.items, Audiences: run.audiences}
}
