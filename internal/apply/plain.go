package apply

import (
	"context"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
)

// plain has Secrets go out in the clear: for a pipe to the cluster.
type plain struct{}

func (plain) generate(in generators.Input, c *report.Collector) *generators.Secret {
	return generators.Make(in, c)
}

func (plain) address(p *plan, from opened) *report.Finding {
	p.audience = audienceOf(p, from, nil)
	return nil
}

func (p plain) emit(context.Context, *plan, []wiring.Emitted) emission { return p }

func (plain) hidden() bool { return false }

func (plain) digest(secret *generators.Secret) (string, error) { return secret.Hash() }

func (plain) annotate(map[string]string) {}

func (plain) write(_ string, manifest *yaml.RNode) (*yaml.RNode, *report.Finding) {
	return manifest, nil
}
