package apply

import (
	"context"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// form is a form in which Secrets go out. Each is one file: plain.go, encrypted.go, redacted.go.
type form interface {
	// generate makes a Secret from its values.
	generate(in generators.Input, c *report.Collector) *generators.Secret
	// address decides for whom a Secret is, once its sources are open.
	address(p *plan, from opened) *report.Finding
	// emit prepares a Secret to go out, in each of its namespaces, given what a former run emitted.
	emit(ctx context.Context, p *plan, made []wiring.Emitted) emission
	// hidden reports whether what goes out tells nothing of the values.
	hidden() bool
}

// emission is one Secret on its way out.
type emission interface {
	// digest returns the hash that names and checksums are made of.
	digest(secret *generators.Secret) (string, error)
	// annotate adds the annotations of the form.
	annotate(annotations map[string]string)
	// write returns the manifest as it goes out in a namespace.
	write(namespace string, manifest *yaml.RNode) (*yaml.RNode, *report.Finding)
}

// opened is what the recipients of a Secret are decided by: its sources, the SecretSpec itself, and the file the Secret
// will be stored in.
type opened struct {
	set  *sources.Set
	own  *keyring.Recipients
	file string
}

// formOf returns the form that a SecretSpec asks for.
func (r *run) formOf(spec *schema.SecretSpec) form {
	switch {
	case r.settings.Keyless:
		var out *schema.SOPSOutput
		if spec.Output != nil {
			out = spec.Output.SOPS
		}
		return redacted{run: r, out: out}
	case spec.Output != nil && spec.Output.SOPS != nil:
		return encrypted{r, *spec.Output.SOPS}
	}
	return plain{}
}
