package fn

import (
	"context"
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/adopt"
	"github.com/secretwright/secretwright/internal/host"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/schema"
)

// foreign reports whether the run is one of another tool's configurations instead of SecretSpecs.
func (f *Filter) foreign(nodes []*yaml.RNode) bool {
	if !f.FunctionConfig.IsNilOrEmpty() && !isEmptyConfigMap(f.FunctionConfig) {
		return adopt.Known(f.FunctionConfig)
	}
	return slices.ContainsFunc(nodes, adopt.Known) && !slices.ContainsFunc(nodes, schema.IsSecretSpec)
}

// adopt runs other tools' configurations as those tools do: each item is one, and what it makes takes its place.
func (f *Filter) adopt(ctx context.Context, c *report.Collector, nodes []*yaml.RNode) []*yaml.RNode {
	configs := nodes
	if len(configs) == 0 {
		configs = []*yaml.RNode{f.FunctionConfig}
	}
	if i := slices.IndexFunc(configs, func(n *yaml.RNode) bool { return !adopt.Known(n) }); i >= 0 {
		c.Error(report.OnlyGenerator, nil, fmt.Sprintf("the configuration of a generator came with a resource, %s %s",
			configs[i].GetKind(), configs[i].GetName()),
			"name the configuration under generators: of a kustomization, or write a SecretSpec")
		return nil
	}
	opener := &adopt.Opener{Root: f.Root, Keys: sopsfile.NewKeyring()}
	var resources []*yaml.RNode
	for _, config := range configs {
		said := &report.Collector{}
		resources = append(resources, f.adoptOne(ctx, said, opener, config)...)
		c.Take(said, config, f.Positions)
	}
	adopt.Sort(resources)
	return resources
}

func (f *Filter) adoptOne(ctx context.Context, c *report.Collector, opener *adopt.Opener,
	config *yaml.RNode) []*yaml.RNode {
	if f.Keyless {
		c.Error(report.NoSecretSpec, nil, fmt.Sprintf("a %s cannot be run without keys", config.GetKind()),
			"write a SecretSpec, or render it")
		return nil
	}
	dir, finding := host.Origin(f.Root, f.Dir, config)
	if finding != nil {
		c.Add(finding)
		return nil
	}
	return opener.Resources(ctx, c, config, dir)
}
